"""What each partnership earns, how ready it is, and how much capital it draws."""

from portfolioopt.report.charts.bubbles import Bubble, bubbles
from portfolioopt.report.content import Block, Cell, Chart, Paragraph, Section, Table
from portfolioopt.report.run import Run
from portfolioopt.report.sections.roadmap import NO_DOMAIN, mapped
from portfolioopt.result.figures import decimals_for, figure, percent
from portfolioopt.result.lookup import Lookup


def partnerships(run: Run, lookup: Lookup) -> Section | None:
    """Value against readiness, and the same as a table; nothing where no partnership is ever active."""
    shown, active = mapped(run, lookup)
    if not shown:
        return None
    worth = {each.id: lookup.expected(lookup.audit.worth[each.id]) for each in shown}
    facts = run.contributions
    drawn = {} if facts is None else {name: -money for name, money in facts.over_horizon("capital")["capital"].items()}
    ready = {} if facts is None else {each.id: facts.readiness(each.id) for each in shown}
    decimals = decimals_for(worth.values())
    capital_decimals = decimals_for(drawn.values())
    over = " (expected)" if len(lookup.probability) > 1 else ""
    columns = ["partnership", "domain", f"NPV{over}"]
    scored = any(g is not None for g in ready.values())
    columns += [] if facts is None else [f"capital drawn{over}", *(["readiness"] if scored else [])]
    rows = []
    for each in sorted(shown, key=lambda one: (-worth[one.id], one.id)):
        cells: list[Cell | str] = [
            Cell(each.title, key=run.keys[each.id]),
            each.domain or "-",
            Cell(figure(worth[each.id], decimals), "bad" if worth[each.id] < 0 else ""),
        ]
        if facts is not None:
            g = ready[each.id]
            cells.append(figure(drawn[each.id], capital_decimals))
            cells += ["-" if g is None else percent(g)] if scored else []
        rows.append(tuple(cells))
    note = f"Shown {len(shown)} of {active:,} that are ever in force." if len(shown) < active else ""
    table = Table("Partnerships by what they earn themselves", tuple(columns), tuple(rows), names=2, note=note)
    blocks: list[Block] = [
        Paragraph(
            "What each earns itself over the horizon, discounted. Synergies, pools, coordination, hiring and "
            "shortfalls belong to several at once and are not in it."
        )
    ]
    things = [
        Bubble(
            each.title,
            float(g),
            float(worth[each.id]),
            float(drawn[each.id]),
            (each.domain or NO_DOMAIN) if any(one.domain for one in shown) else "",
            f"{each.title}: NPV {figure(worth[each.id], decimals)}, readiness {percent(g)}, "
            f"capital {figure(drawn[each.id], capital_decimals)}",
            run.keys[each.id],
        )
        for each in shown
        if (g := ready.get(each.id)) is not None
    ]
    if not things:
        why = f"({run.doubt})" if run.doubt else "as no partnership has readiness scores"
        return Section(
            "partnerships", "Partnerships", (*blocks, table, Paragraph(f"Readiness is not drawn {why}.", "quiet"))
        )
    without = len(shown) - len(things)
    weak = [thing for thing in things if thing.x < 0.5 and thing.amount > 0]
    says = f"Value against readiness of {len(things)} partnerships; {len(weak)} of them draw capital at a readiness "
    says += "below 50%."
    said = "Readiness is the mean of its weighted scores over the years it is active: 0% all scores 1, 100% all 5."
    chart = Chart(
        "readiness",
        "Value against readiness",
        says,
        lambda form: bubbles(things, "readiness, %", f"NPV{over}", f"area: capital drawn{over}", form, x_share=True),
        table,
        said + (f" {without} without scores {'is' if without == 1 else 'are'} in the table only." if without else ""),
    )
    return Section("partnerships", "Partnerships", (*blocks, chart))
