"""What was maximized, part by part: of the plan and of doing nothing."""

from fractions import Fraction

from portfolioopt.result.lookup import Lookup

ValueRow = tuple[str, Fraction, Fraction | None]
"""Name, of the plan, of doing nothing (None where that is not known)."""


def value_rows(lookup: Lookup) -> list[ValueRow]:
    """Expected NPV first, then risk and whatever else stands between it and the objective, which is last."""
    audit, today = lookup.audit, lookup.result.do_nothing
    rows: list[ValueRow] = [("Expected NPV", audit.expected_npv, None if today is None else today.expected_npv)]
    if audit.risk is not None:
        measure = lookup.outline.risk.partition(", weight")[0] or "risk measure"
        rows.append((measure[:1].upper() + measure[1:], audit.risk, None if today is None else today.risk))
    if audit.penalties or (today is not None and today.ok and today.penalties):
        rows.append(("Price of exceeded limits", -audit.penalties, None if today is None else -today.penalties))
    if audit.changes:
        against = "today" if lookup.outline.changes_against == "today" else "the plan compared with"
        rows.append((f"Price of changes against {against}", -audit.changes, None if today is None else -today.changes))
    if audit.objective != audit.expected_npv:
        rows.append(("Objective", audit.objective, None if today is None else today.objective))
    return rows
