"""What partnerships earn, what becomes of the capital and how far limits are used, with the sums computed again."""

from fractions import Fraction
from typing import Any

from portfolioopt.audit.findings import LimitUse
from portfolioopt.exchange.results.account import OF_THE_PORTFOLIO, Account, Check
from portfolioopt.exchange.results.money import ASSUMPTIONS, CARRY_OVER, FACTORS, RECYCLE, Book, assumption
from portfolioopt.exchange.results.page import ResultPage, at, down, shape_of

ZERO = Fraction(0)


def write_partnerships(book: Any, formats: Any, account: Account, money: Book) -> list[Check]:
    """What each partnership earns itself, by scenario; with what only the portfolio earns that is the NPV."""
    page = ResultPage(book, formats, "Partnerships")
    scenarios = account.scenarios
    titles = ("partnership", "name", "domain", "today", "expected", *scenarios)
    page.header(titles, (24, 36, 16, 16, 12, *(13 for _ in scenarios)), 2)
    worth = account.audit.worth
    shape = shape_of(value for earned in worth.values() for value in earned.values())
    first, last_column = 2, 4 + len(scenarios)
    page.text(1, 0, "probability", italic=True)
    for column, name in enumerate(scenarios, start=5):
        page.number(1, column, account.probability[name], "0.####", italic=True)
    weights = f"{at(1, 5)}:{at(1, last_column)}"

    def expected(row: int, value: Fraction, **shown: Any) -> None:
        cells = f"{at(row, 5, fixed=False)}:{at(row, last_column, fixed=False)}"
        page.formula(row, 4, f"SUMPRODUCT({weights},{cells})", value, shape, **shown)

    row = 1
    for partnership in account.outline.partnerships:
        row += 1
        for column, text in enumerate(
            (partnership.id, partnership.title, partnership.domain or "", partnership.start_state)
        ):
            page.text(row, column, text)
        own = worth[partnership.id]
        for column, name in enumerate(scenarios, start=5):
            page.number(row, column, own[name], shape)
        expected(row, account.expected(own.__getitem__))
    total = row + 1
    sums = {name: sum((own[name] for own in worth.values()), ZERO) for name in scenarios}
    page.text(total, 0, "all partnerships", bold=True)
    for column, name in enumerate(scenarios, start=5):
        page.formula(total, column, f"SUM({down(column, first, row)})", sums[name], shape, bold=True)
    expected(total, account.expected(sums.__getitem__), bold=True)
    row = total
    for line in (line for line in OF_THE_PORTFOLIO if line in account.lines):
        row += 1
        page.text(row, 0, line)
        for column, name in enumerate(scenarios, start=5):
            present = account.present.get((name, line), ZERO)
            sums[name] += present
            page.formula(row, column, money.of(money.present, str(column - 4), line), present, shape)
        expected(row, account.expected(lambda name, line=line: account.present.get((name, line), ZERO)))  # type: ignore[misc]
    page.text(row + 1, 0, "NPV", bold=True)
    for column, name in enumerate(scenarios, start=5):
        page.formula(row + 1, column, f"SUM({down(column, total, row)})", sums[name], shape, bold=True)
    expected(row + 1, account.expected(sums.__getitem__), bold=True)
    return [
        Check("expected NPV, partnership by partnership", account.audit.expected_npv, at(row + 1, 4, sheet=page.name)),
    ]


def write_capital(book: Any, formats: Any, account: Account, money: Book) -> list[Check]:
    """The budget, what is carried over and recycled, what is drawn and what is left, year by year."""
    capital = account.outline.capital
    if capital is None:
        return []
    page = ResultPage(book, formats, "Capital", "#A65E00")
    titles = ("no.", "scenario", "capital", *account.calendar)
    page.header(titles, (6, 18, 18, *(11 for _ in account.calendar)), 3)
    uses = {(use.scenario, use.year): use for use in account.audit.limits if use.family == "capital"}
    shape = shape_of(use.limit for use in uses.values())
    everything = ZERO
    row = 1
    items = ("budget", "carried over", "recycled", "drawn", "left", "left (audited)")
    for number, scenario in enumerate(account.scenarios, start=1):
        for place, item in enumerate(items):
            page.number(row + place, 0, number, "0")
            page.text(row + place, 1, scenario)
            page.text(row + place, 2, item, bold=item == "left")
        before = ZERO
        for index, year in enumerate(account.calendar):
            column, use = 3 + index, uses[scenario, year]
            budget = capital.budget[scenario][index]
            carried = Fraction(capital.carry_over) * before
            recycled = Fraction(capital.recycle) * account.amounts.get((scenario, "proceeds", year), ZERO)
            left = max(ZERO, budget + carried + recycled - use.use)
            page.number(row, column, budget, shape)
            formula = f"{assumption(CARRY_OVER)}*{at(row + 4, column - 1, fixed=False)}" if index else "0"
            page.formula(row + 1, column, formula, carried, shape)
            proceeds = money.of(money.year(index), at(row, 0), "proceeds")
            page.formula(row + 2, column, f"{assumption(RECYCLE)}*{proceeds}", recycled, shape)
            page.formula(row + 3, column, f"-{money.of(money.year(index), at(row, 0), 'capital')}", use.use, shape)
            held, over, again, drawn = (at(row + place, column, fixed=False) for place in range(4))
            spendable = f"{held}+{over}+{again}-{drawn}"
            page.formula(row + 4, column, f"MAX(0,{spendable})", left, shape, bold=True)
            page.number(row + 5, column, max(ZERO, use.headroom), shape, font_color="#777777")
            everything += max(ZERO, use.headroom)
            before = left
        row += len(items)
    page.filter(row - 1, len(titles))
    cells = f"{at(1, 3, sheet=page.name)}:{at(row - 1, 2 + len(account.calendar))}"
    items_column = down(2, 1, row - 1, sheet=page.name)
    live = f'SUMPRODUCT(({items_column}="left")*{cells})'
    return [Check("capital left, all scenarios and years", everything, live)]


def write_limits(book: Any, formats: Any, account: Account) -> list[Check]:
    """What is used of each limit, the limit and the headroom; where soft limits are exceeded, what that costs."""
    page = ResultPage(book, formats, "Limits", "#A65E00")
    titles = (
        "family", "limit", "what it asks", "no.", "scenario", "probability", "measure", "price", *account.calendar,
        "total",
    )  # fmt: skip
    page.header(titles, (13, 22, 44, 6, 16, 11, 10, 9, *(10 for _ in account.calendar), 11), 2)
    grouped: dict[tuple[str, str, str], dict[int, LimitUse]] = {}
    for use in account.audit.limits:
        grouped.setdefault((use.family, use.id, use.scenario), {})[use.year] = use
    numbers = {name: number for number, name in enumerate(account.scenarios, start=1)}
    first, total_column = 8, 8 + len(account.calendar)
    row = 0

    def begin(family: str, name: str, scenario: str, measure: str) -> int:
        nonlocal row
        row += 1
        for column, text in ((0, family), (1, name), (2, account.outline.words(name)), (4, scenario), (6, measure)):
            page.text(row, column, text)
        page.number(row, 3, numbers[scenario], "0")
        page.number(row, 5, account.probability[scenario], "0.####")
        return row

    for (family, name, scenario), uses in grouped.items():
        shape = shape_of([value for use in uses.values() for value in (use.use, use.limit)])
        used, limit, headroom = (begin(family, name, scenario, what) for what in ("used", "limit", "headroom"))
        for year, use in uses.items():
            column = first + year - account.calendar[0]
            page.number(used, column, use.use, shape)
            page.number(limit, column, use.limit, shape)
            more, less = (limit, used) if use.sense == "at_most" else (used, limit)
            formula = f"{at(more, column, fixed=False)}-{at(less, column, fixed=False)}"
            binds = use.headroom <= 0 and use.use > 0
            page.formula(headroom, column, formula, use.headroom, shape, **({"bold": True} if binds else {}))
        exceeded = {year: use for year, use in uses.items() if use.price is not None and use.excess}
        if not exceeded:
            continue
        excess, penalty = (begin(family, name, scenario, what) for what in ("excess", "penalty"))
        price = next(use.price for use in exceeded.values() if use.price is not None)
        paid = 0.0
        page.number(penalty, 7, price, "General")
        for year, use in exceeded.items():
            index = year - account.calendar[0]
            column = first + index
            page.number(excess, column, use.excess, shape)
            factor = at(FACTORS, 1 + index, sheet=ASSUMPTIONS)
            own = float(price * use.excess) * account.discount(index)
            paid += own
            formula = f"{at(penalty, 7)}*{at(excess, column, fixed=False)}*{factor}"
            page.formula(penalty, column, formula, own, shape)
        cells = f"{at(penalty, first, fixed=False)}:{at(penalty, total_column - 1, fixed=False)}"
        page.formula(penalty, total_column, f"SUM({cells})", paid, shape)
    page.filter(row, len(titles))
    if not row:
        return []
    measures, weights = down(6, 1, row, sheet=page.name), down(5, 1, row, sheet=page.name)
    live = f'SUMPRODUCT(({measures}="penalty")*{weights}*{down(total_column, 1, row, sheet=page.name)})'
    return [Check("expected penalties of soft limits", account.audit.penalties, live)]
