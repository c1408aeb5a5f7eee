"""A result as a workbook whose totals are computed again."""
