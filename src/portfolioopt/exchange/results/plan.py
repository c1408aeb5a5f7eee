"""What a workbook of results says of the plan: decisions, where each partnership stands by year, engineers hired."""

from collections.abc import Sequence
from typing import Any

from portfolioopt.exchange.results.account import Account
from portfolioopt.exchange.results.page import ResultPage, shape_of

MOST_NAMED = 12
"""Scenarios that are named where a decision is taken in some; beyond that they are counted."""
ACTIVE, LEAD, IDLE = "#DCE9F5", "#FBE9C6", "#F2F2F2"


def write_decisions(book: Any, formats: Any, account: Account) -> None:
    """One row for each action and year, with the scenarios in which it is taken."""
    page = ResultPage(book, formats, "Decisions")
    titles = ("year", "partnership", "name", "action", "kind", "takes effect", "leads to", "probability", "scenarios")
    page.header(titles, (8, 22, 36, 22, 13, 13, 18, 12, 60), 2)
    taken: dict[tuple[int, str, str, str], list[str]] = {}
    for one in account.plan.decisions:
        taken.setdefault((one.year, one.partnership, one.action, one.kind), []).append(one.scenario)
    order = {one.id: place for place, one in enumerate(account.outline.partnerships)}
    row = 0
    for row, (key, scenarios) in enumerate(sorted(taken.items(), key=lambda one: (one[0][0], order[one[0][1]])), 1):
        year, partnership, action, kind = key
        own = account.outline.partnership(partnership)
        known = own.action(action)
        page.number(row, 0, year, "0")
        for column, text in enumerate((partnership, own.title, action, kind), start=1):
            page.text(row, column, text)
        page.number(row, 5, year + known.delay, "0")
        page.text(row, 6, known.to)
        page.number(row, 7, sum(account.probability[name] for name in scenarios), "0%")
        page.text(row, 8, _named(scenarios, account.scenarios))
    if not row:
        page.text(1, 1, "no action at all: today's portfolio goes on as it is")
    page.filter(row, len(titles))


def _named(scenarios: Sequence[str], every: Sequence[str]) -> str:
    if len(scenarios) == len(every):
        return "all"
    return ", ".join(scenarios) if len(scenarios) <= MOST_NAMED else f"{len(scenarios)} of {len(every)}"


def write_road_map(book: Any, formats: Any, account: Account) -> None:
    """The state of each partnership by year, scenario by scenario."""
    page = ResultPage(book, formats, "RoadMap")
    titles = ("no.", "scenario", "partnership", "name", *account.calendar)
    page.header(titles, (6, 18, 22, 36, *(16 for _ in account.calendar)), 4)
    standings = {(one.scenario, one.partnership, one.year): one for one in account.audit.standings}
    row = 0
    for number, scenario in enumerate(account.scenarios, start=1):
        for partnership in account.outline.partnerships:
            row += 1
            page.number(row, 0, number, "0")
            page.text(row, 1, scenario)
            page.text(row, 2, partnership.id)
            page.text(row, 3, partnership.title)
            for column, year in enumerate(account.calendar, start=4):
                one = standings[scenario, partnership.id, year]
                said = {"lead": f"towards {one.state}", "notice": f"{one.state} (notice)"}.get(one.phase, one.state)
                page.text(row, column, said, bg_color=LEAD if one.phase == "lead" else ACTIVE if one.active else IDLE)
    page.filter(row, len(titles))


def write_hiring(book: Any, formats: Any, account: Account) -> None:
    """Engineers hired by skill and year, where there are any."""
    hired = {(one.skill, one.scenario, one.year): one.engineers for one in account.plan.hiring if one.engineers}
    if not hired:
        return
    page = ResultPage(book, formats, "Hiring")
    titles = ("skill", "no.", "scenario", *account.calendar)
    page.header(titles, (24, 6, 18, *(10 for _ in account.calendar)), 3)
    shape = shape_of(hired.values())
    row = 0
    for skill in dict.fromkeys(skill for skill, _, _ in hired):
        for number, scenario in enumerate(account.scenarios, start=1):
            row += 1
            page.text(row, 0, skill)
            page.number(row, 1, number, "0")
            page.text(row, 2, scenario)
            for column, year in enumerate(account.calendar, start=3):
                page.number(row, column, hired.get((skill, scenario, year), 0), shape)
    page.filter(row, len(titles))
