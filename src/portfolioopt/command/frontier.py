"""`portfolioopt frontier`: value against risk, capital, an exposure or a requirement."""

from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from portfolioopt.command.exits import INFEASIBLE, NO_PLAN, OK
from portfolioopt.command.kept import Resume, RunOrInstanceOrNone, WholeLimit, run_kept
from portfolioopt.command.study import (
    AsJson,
    Gap,
    ModelOfRun,
    NoVerify,
    Out,
    Parquet,
    Quiet,
    Seed,
    Settings,
    SolveLimit,
    Threads,
    WorkLimit,
    no_plan_words,
)

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from portfolioopt.studies.asked import Asked
    from portfolioopt.studies.frontier import Frontier, Point
    from portfolioopt.studies.pace import Watch


def frontier_command(
    context: typer.Context,
    target: RunOrInstanceOrNone = None,
    against: Annotated[
        str, typer.Option(metavar="WHAT", help="cvar, capital, exposure:ID or requirement:ID.")
    ] = "cvar",
    points: Annotated[int, typer.Option("--points", "-n", min=2, max=1000, help="Points, both ends included.")] = 9,
    tail: Annotated[
        str | None, typer.Option(metavar="SHARE", help="Share of the future that counts as bad, for cvar; 10%.")
    ] = None,
    without_yearly_budgets: Annotated[
        bool, typer.Option("--without-yearly-budgets", help="Also with one capital budget for all years.")
    ] = False,
    model: ModelOfRun = None,
    settings: Settings = None,
    resume: Resume = None,
    time_limit: WholeLimit = None,
    work_limit: WorkLimit = None,
    solve_limit: SolveLimit = None,
    gap: Gap = None,
    threads: Threads = None,
    seed: Seed = None,
    no_verify: NoVerify = False,
    parquet: Parquet = False,
    as_json: AsJson = False,
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """Value against risk, capital, an exposure or a requirement, from the most valuable plan to the most cautious.

    Reports of a run of the same facts and choices show it. What is solved is kept at once: after Ctrl-C or a crash,
    --resume goes on.

    Exit codes: 0 answered, 3 input that cannot be used, 4 infeasible, 5 no plan found, 130 interrupted.
    """
    share = None if tail is None else str(_share(tail))
    options = {"against": against, "points": points, "tail": share, "without_yearly_budgets": without_yearly_budgets}

    def ask(asked: "Asked", folder: Path, watch: "Watch | None") -> "Frontier":
        from portfolioopt.studies.frontier import frontier

        own = dict(asked.options)
        share = None if own["tail"] is None else Decimal(own.pop("tail"))
        return frontier(
            asked.instance,
            asked.model,
            asked.means,
            **(own | {"tail": share}),
            plan=asked.plan,
            folder=folder,
            watch=watch,
        )

    def check(asked: "Asked") -> None:
        from portfolioopt.studies.frontier.yardsticks import pooled, yardstick

        share = asked.options["tail"]
        tail = None if share is None else Decimal(share)
        chosen = yardstick(asked.instance, asked.model, asked.options["against"], tail)
        if asked.options["without_yearly_budgets"]:
            pooled(asked.instance, chosen.model)

    run_kept(
        context,
        "frontier",
        options,
        ask,
        lambda answer: {"infeasible": INFEASIBLE, "no_plan": NO_PLAN}.get(answer.status, OK),
        check,
    )


def _share(text: str) -> Decimal:
    """A share written as 10% or 0.1, as written."""
    try:
        value = Decimal(text.strip().removesuffix("%"))
    except InvalidOperation:
        value = Decimal("NaN")
    value = value / 100 if text.strip().endswith("%") else value
    if not value.is_finite() or not 0 < value <= 1:
        raise typer.BadParameter(f"{text!r} is not a share such as 10% or 0.1")
    return value


def report(answer: "Frontier", _console: "Console") -> "Iterable[RenderableType]":
    """The points, what the plans to compare with are worth, and what changes from point to point."""
    from rich.text import Text

    from portfolioopt.command.show.layout import columns, heading, indented, paragraph
    from portfolioopt.command.show.spans import finite, span
    from portfolioopt.result.figures import decimals_for, figure

    if not answer.points:
        yield paragraph(no_plan_words(answer.status))
        return
    values = [one.value for one in answer.points]
    decimals = decimals_for(finite(*values))
    scale = max(map(abs, finite(*values)), default=0.0)
    best = values[0]
    phased = any(one.pooled is not None for one in answer.points)
    yield heading(f"{answer.value_title.capitalize()} against {answer.title}".replace("npv", "NPV"), answer.risk)
    table = columns("", "reached", "value", "given up", *(("one budget", "phasing") if phased else ()))
    for number, one in _rows(answer):
        cells = [
            _name(answer, number),
            answer.level_text(one.reached),
            span(one.value, decimals),
            span((best - one.value).within(low=0.0), decimals, scale=scale),
        ]
        if phased:
            cells += ["", ""] if one.pooled is None or one.phasing is None else [
                span(one.pooled, decimals),
                span(one.phasing, decimals, scale=scale),
            ]  # fmt: skip
        table.add_row(*(cells if one.proven else [cells[0] + " *", *cells[1:]]))
    for mark in (answer.today, answer.own):
        if mark is not None:
            name = f"{'today' if mark is answer.today else 'this run'}{' (infeasible)' if mark.broken else ''}"
            value = figure(mark.value, decimals)
            table.add_row(Text(name, style="bold"), answer.level_text(mark.reached), value, "")
    yield indented(table)
    yield from _remarks(answer, decimals, scale)
    yield from _what_changes(answer)


def _rows(answer: "Frontier") -> "Iterator[tuple[int, Point]]":
    """The points, of those with one plan the most cautious only."""
    for number, one in enumerate(answer.points):
        after = answer.points[number + 1] if number + 1 < len(answer.points) else None
        first = answer.points[0]
        last_of_its_plan = after is None or (after.plan, after.pooled) != (one.plan, one.pooled)
        if number == 0 or (last_of_its_plan and (one.plan, one.pooled) != (first.plan, first.pooled)):
            yield number, one


def _name(answer: "Frontier", number: int) -> str:
    one = answer.points[number]
    if len(answer.points) == 1:
        return "the only one"
    if number == 0:
        return "most valuable"
    if number == len(answer.points) - 1:
        return "most cautious"
    if one.level == answer.now:
        return f"{answer.level_text(one.level)}, as now"
    return f"{'at least' if answer.more else 'at most'} {answer.level_text(one.level)}"


def _remarks(answer: "Frontier", decimals: int, scale: float) -> "Iterable[RenderableType]":
    from portfolioopt.command.show.layout import paragraph
    from portfolioopt.command.show.spans import span

    if len(answer.points) == 1 and answer.settled:
        yield paragraph("The most valuable plan is also the most cautious one: there is nothing to trade.", style="dim")
    elif len(answer.points) == 1:
        yield paragraph(
            "No plan was found that is more cautious or more valuable; that there is none is not proven. Give each "
            "solve more time (--solve-limit), or the whole (--time-limit)."
        )
    if not all(one.proven for one in answer.points):
        yield paragraph("*: not proven to the asked gap; at most the second value is possible there.", style="dim")
    if not answer.extreme.settled and answer.extreme.known and answer.about.complete:
        low, high = (answer.level_text(end) for end in (answer.extreme.low, answer.extreme.high))
        yield paragraph(f"How cautious a plan can be is not settled: {low} to {high}.", style="dim")
    if answer.pooled_best is not None and answer.pooled_best.known:
        costs = span((answer.pooled_best - answer.points[0].value).within(low=0.0), decimals, scale=scale)
        pooled = span(answer.pooled_best, decimals)
        yield paragraph(
            f"With one budget for all years the best plan is worth {pooled}: phasing it by year costs {costs}."
        )


def _what_changes(answer: "Frontier") -> "Iterable[RenderableType]":
    from rich.text import Text

    from portfolioopt.command.show.changed import changes
    from portfolioopt.command.show.layout import heading, paragraph

    steps = list(answer.steps())
    if not steps:
        return
    yield heading("What changes", "decisions, from the most valuable plan on")
    scenarios = answer.scenarios
    for number, added, dropped in steps:
        reached = answer.level_text(answer.points[number].reached)
        yield paragraph(Text(f"at {reached}", style="bold"))
        yield from changes(scenarios, added, dropped, "decisions")
