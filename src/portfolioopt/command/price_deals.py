"""`portfolioopt price deals`: walk-away prices of all partnerships."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from portfolioopt.command.exits import INFEASIBLE, NO_PLAN, OK
from portfolioopt.command.study import (
    TIME_LIMIT,
    AsJson,
    Gap,
    InstancePath,
    ModelName,
    NoVerify,
    Out,
    Quiet,
    Seed,
    Settings,
    SolveLimit,
    Threads,
    TimeLimit,
    means,
    no_plan_words,
    percentage,
    run_study,
)

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from portfolioopt.studies.interval import Interval
    from portfolioopt.studies.price_deals import PriceDeals

NAME_WIDTH = 22


def price_deals_command(
    instance: InstancePath,
    model: ModelName = "expected_value",
    settings: Settings = None,
    deals: Annotated[
        list[str] | None, typer.Option("--deal", metavar="ID", help="Price this partnership only; may repeat.")
    ] = None,
    paid_in: Annotated[
        list[int] | None,
        typer.Option(metavar="YEAR", help="Also: the price paid from that year's capital budget; may repeat."),
    ] = None,
    tolerance: Annotated[
        str, typer.Option(metavar="SHARE", help="Of prices paid from a budget, relative to the price today.")
    ] = "0.1%",
    time_limit: TimeLimit = TIME_LIMIT,
    solve_limit: SolveLimit = None,
    gap: Gap = None,
    threads: Threads = None,
    seed: Seed = None,
    no_verify: NoVerify = False,
    as_json: AsJson = False,
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """What each partnership is worth to the whole portfolio: the most to pay, or what is missing.

    Exit codes: 0 answered, 3 input that cannot be used, 4 infeasible, 5 no plan found, 130 interrupted.
    """
    from portfolioopt.studies.price_deals import price_deals

    asked = means(time_limit, solve_limit, gap, threads, seed, no_verify)
    width = percentage(tolerance)
    run_study(
        instance,
        model,
        settings,
        lambda facts, choices, watch: price_deals(
            facts, choices, asked, deals=deals, paid_in=paid_in or (), tolerance=width, watch=watch
        ),
        lambda answer: {"infeasible": INFEASIBLE, "no_plan": NO_PLAN}.get(answer.status, OK),
        as_json=as_json,
        out=out,
        quiet=quiet,
    )


def report(answer: "PriceDeals", _console: "Console") -> "Iterable[RenderableType]":
    """Partnerships in the plan, those left out, what may be done with those in force; prices paid from a budget."""
    from portfolioopt.command.show.layout import heading, paragraph
    from portfolioopt.command.show.spans import finite, span
    from portfolioopt.result.figures import decimals_for

    if answer.status in ("infeasible", "no_plan"):
        yield paragraph(no_plan_words(answer.status))
        return
    decimals = decimals_for(finite(answer.base))
    yield heading("The best plan", f"objective: {answer.risk}" if answer.risk else "expected NPV")
    yield paragraph(f"worth {span(answer.base, decimals)}")
    yield heading("Walk-away prices", "what is lost without it: the most to pay")
    yield from _prices(answer, decimals)
    yield from _missing(answer, decimals)
    yield from _acting(answer, decimals)
    yield from _paid(answer, decimals)
    if answer.spared:
        cases = "1 case" if answer.spared == 1 else f"{answer.spared} cases"
        yield paragraph(f"{cases} needed no solve: the best plan remains in them.", style="dim")


def _prices(answer: "PriceDeals", decimals: int) -> "Iterable[RenderableType]":
    from rich.text import Text

    from portfolioopt.command.show.layout import columns, cut, indented, paragraph
    from portfolioopt.command.show.spans import span
    from portfolioopt.result.figures import percent

    scale = _scale(answer)
    table = columns("", "", "in the plan", "price", "plan without it", left=2)
    rows = 0
    for one in answer.deals:
        if one.price is None or one.without is None or (one.price.high == 0 and not one.chance):
            continue
        rows += 1
        table.add_row(
            cut(one.partnership, NAME_WIDTH),
            Text("in force" if one.in_force else "possible", style="dim"),
            percent(float(one.chance)),
            Text(span(one.price, decimals, scale=scale), style="bold"),
            span(one.without, decimals),
        )
    if rows:
        yield indented(table)
    bound = [one.partnership for one in answer.deals if one.without is None]
    if bound:
        from portfolioopt.result.wording import listed

        yield paragraph(f"Not priced: {listed(bound)}, which no action can end within the horizon.")
    if any(one.price is not None and one.price.low == float("inf") for one in answer.deals):
        yield paragraph("Unlimited: without it no plan keeps all limits.", style="dim")


def _missing(answer: "PriceDeals", decimals: int) -> "Iterable[RenderableType]":
    from portfolioopt.command.show.layout import columns, cut, heading, indented, paragraph
    from portfolioopt.command.show.spans import span

    out = [one for one in answer.deals if one.missing is not None and one.missing.high > 0]
    if not out:
        return
    yield heading("What is missing", "before it is signed, or kept, in every scenario")
    table = columns("", "", "missing", "plan with it", left=2)
    for one in sorted(out, key=lambda one: (one.missing or answer.base).low):
        assert one.missing is not None
        assert one.forced is not None
        said = "to be kept" if one.in_force else "to be signed"
        table.add_row(
            cut(one.partnership, NAME_WIDTH),
            said,
            span(one.missing, decimals, scale=_scale(answer)),
            span(one.forced, decimals),
        )
    yield indented(table)
    if any(one.missing is not None and one.missing.low == float("inf") for one in out):
        yield paragraph("Unlimited: with it no plan keeps all limits, so no improvement suffices.", style="dim")


def _acting(answer: "PriceDeals", decimals: int) -> "Iterable[RenderableType]":
    from portfolioopt.command.show.layout import columns, cut, heading, indented
    from portfolioopt.command.show.spans import span

    own = [one for one in answer.deals if one.acting is not None and one.acting.high > 0]
    if not own:
        return
    yield heading("What can be done with those in force", "against going on as they stand today")
    table = columns("", "worth", "plan as it stands")
    for one in own:
        assert one.acting is not None
        assert one.as_it_is is not None
        table.add_row(
            cut(one.partnership, NAME_WIDTH),
            span(one.acting, decimals, scale=_scale(answer)),
            span(one.as_it_is, decimals),
        )
    yield indented(table)


def _paid(answer: "PriceDeals", decimals: int) -> "Iterable[RenderableType]":
    from portfolioopt.command.show.layout import columns, cut, heading, indented, paragraph
    from portfolioopt.command.show.spans import span

    if not answer.paid:
        return
    yield heading("Paid from the capital budget of a year", "in money of that year")
    table = columns("", "year", "most to pay", "missing")

    def told(value: "Interval | None", tolerance: float) -> str:
        if value is None or value.high == 0:
            return ""
        narrow = 0 < value.width <= tolerance
        return f"{span(value, decimals, scale=_scale(answer))}" if not narrow else span(value, decimals + 1)

    for one in answer.paid:
        if any(value is not None and value.high > 0 for value in (one.price, one.missing)):
            table.add_row(
                cut(one.partnership, NAME_WIDTH),
                str(one.year),
                told(one.price, one.tolerance),
                told(one.missing, one.tolerance),
            )
    yield indented(table)
    yield paragraph(
        "A payment leaves less capital for all else, so it may be less than the price today with interest.",
        style="dim",
    )


def _scale(answer: "PriceDeals") -> float:
    """The size of the numbers that prices are differences of."""
    return max(abs(answer.base.low), abs(answer.base.high))
