"""Where the value comes from: expected discounted money line by line, from nothing to the NPV of the plan."""

from portfolioopt.report.cash import value_by_line
from portfolioopt.report.charts.colours import BLUE, GREEN, VERMILLION
from portfolioopt.report.charts.waterfall import bridge
from portfolioopt.report.content import Cell, Chart, Paragraph, Section, Table
from portfolioopt.result.figures import decimals_for, figure
from portfolioopt.result.lookup import Lookup
from portfolioopt.result.wording import shown

WORDS = {
    "benefit": "benefits",
    "cost": "costs",
    "breakdown": "expected breakdowns",
    "capital": "capital drawn",
    "proceeds": "proceeds",
    "synergies": "synergies",
    "pools": "volume pools",
    "coordination": "coordination",
    "hiring": "hired engineers",
    "shortfall": "shortfalls",
    "terminal": "terminal values",
}


def worth(lookup: Lookup) -> Section:
    """The bridge from nothing to the plan's NPV."""
    lines = value_by_line(lookup)
    total = lookup.audit.expected_npv
    decimals = decimals_for([*lines.values(), total])
    several = len(lookup.probability) > 1
    name = "expected NPV" if several else "NPV"
    steps = [
        (WORDS[line], float(value), GREEN if value > 0 else VERMILLION, f"{WORDS[line]}: {figure(value, decimals)}")
        for line, value in lines.items()
    ]
    steps.append((name, float(total), BLUE, f"{name}: {figure(total, decimals)}"))
    rows = [(WORDS[line], Cell(figure(value, decimals))) for line, value in lines.items()]
    table = Table(
        f"What {name} is made of",
        ("", "discounted"),
        (*rows, (Cell(name, "strong"), Cell(figure(total, decimals), "strong"))),
    )
    chart = Chart(
        "value",
        f"From nothing to the {name}",
        f"The {name} of {figure(total, decimals)} is made of {len(lines)} kinds of money.",
        lambda form: bridge(steps, form),
        table,
        f"In {lookup.outline.currency}, discounted at {shown(100 * lookup.outline.discount_rate)}% a year.",
    )
    said = "Money of all years, discounted" + (", expected over scenarios." if several else ".")
    return Section("value", "Where the value comes from", (Paragraph(said), chart))
