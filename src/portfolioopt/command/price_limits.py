"""`portfolioopt price limits`: what one more of each limit is worth, and what each limit costs."""

from collections.abc import Iterable
from decimal import Decimal
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

    from portfolioopt.studies.price_limits import PriceLimits

NAME_WIDTH = 24


def price_limits_command(
    instance: InstancePath,
    model: ModelName = "expected_value",
    settings: Settings = None,
    limits: Annotated[
        list[str] | None, typer.Option("--limit", metavar="ID|FAMILY", help="Price this one only; may repeat.")
    ] = None,
    step: Annotated[str, typer.Option(metavar="SHARE", help="What one step more is.")] = "10%",
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
    """What one more unit, and one more step, of each limit is worth; what each limit costs.

    Exit codes: 0 answered, 3 input that cannot be used, 4 infeasible, 5 no plan found, 130 interrupted.
    """
    from portfolioopt.studies.price_limits import price_limits

    asked = means(time_limit, solve_limit, gap, threads, seed, no_verify)
    share = Decimal(repr(percentage(step)))
    run_study(
        instance,
        model,
        settings,
        lambda facts, choices, watch: price_limits(facts, choices, asked, limits=limits, step=share, watch=watch),
        lambda answer: {"infeasible": INFEASIBLE, "no_plan": NO_PLAN}.get(answer.status, OK),
        as_json=as_json,
        out=out,
        quiet=quiet,
    )


def report(answer: "PriceLimits", _console: "Console") -> "Iterable[RenderableType]":
    """What loosening gains, limit by limit; those that gain nothing in one line; what each limit costs."""
    from portfolioopt.command.show.layout import columns, cut, heading, indented, paragraph
    from portfolioopt.command.show.spans import finite, span
    from portfolioopt.result.figures import decimals_for, percent
    from portfolioopt.result.wording import some

    if answer.status in ("infeasible", "no_plan"):
        yield paragraph(no_plan_words(answer.status))
        return
    decimals = decimals_for(finite(answer.base))
    scale = max(map(abs, finite(answer.base)), default=0.0)
    yield heading("The best plan", f"objective: {answer.risk}" if answer.risk else "expected NPV")
    yield paragraph(f"worth {span(answer.base, decimals)}")
    yield heading("What more of a limit is worth", "value at time 0")
    table = columns("", "one unit", "is worth", f"{percent(float(answer.step))} more", left=2)
    idle: dict[str, None] = {}
    for one in answer.prices:
        if all(value is None or value.high == 0 for value in (one.one_unit, one.one_step)):
            idle[f"{one.id} {one.year}" if one.year else one.id] = None
            continue
        table.add_row(
            cut(f"{one.id} {one.year}" if one.year else one.id, NAME_WIDTH),
            one.unit,
            "" if one.one_unit is None else span(one.one_unit, decimals + 1, scale=scale),
            "" if one.one_step is None else span(one.one_step, decimals, scale=scale),
        )
    if table.row_count:
        yield indented(table)
    if idle:
        yield paragraph(f"Worth nothing, proven: {some(idle, most=60)}.")
    yield heading("What each limit costs", "what would be gained if it were ignored altogether")
    table = columns("", "costs", "owner", left=1)
    free = [one.id for one in answer.costs if one.cost.high == 0]
    for cost in answer.costs:
        if cost.cost.high > 0:
            table.add_row(cut(cost.id, NAME_WIDTH), span(cost.cost, decimals, scale=scale), cut(cost.owner, NAME_WIDTH))
    if table.row_count:
        yield indented(table)
    if free:
        yield paragraph(f"Cost nothing, proven: {some(free, most=60)}.")
    if answer.spared:
        many = "1 figure" if answer.spared == 1 else f"{answer.spared} figures"
        yield paragraph(
            f"{many} needed no solve of their own: loosened together with others, they gain nothing.", style="dim"
        )
