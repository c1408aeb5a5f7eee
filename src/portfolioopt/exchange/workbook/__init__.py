"""The tables as an Excel workbook, written and read."""
