"""`portfolioopt stability`: re-plan against a published plan, and the curve of value against changed decisions."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
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
    run_study,
)

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from portfolioopt.language.instance import Instance
    from portfolioopt.language.model import Model
    from portfolioopt.plan import Decision
    from portfolioopt.studies.pace import Watch
    from portfolioopt.studies.stability import Point, Stability


def stability_command(
    instance: InstancePath,
    published: Annotated[Path, typer.Argument(help="The published plan: a run folder, result or plan file.")],
    model: ModelName = "expected_value",
    settings: Settings = None,
    price: Annotated[
        str | None, typer.Option(metavar="MONEY", help="Price of each change: tells also the re-plan it asks for.")
    ] = None,
    step: Annotated[
        str, typer.Option(metavar="CHANGES", help="Changes between points; 0 for every stair of the curve.")
    ] = "1",
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
    """Re-plan against a published plan: value against the number of decisions that change.

    Exit codes: 0 answered, 3 input that cannot be used, 4 infeasible, 5 no plan found, 130 interrupted.
    """
    charged = None if price is None else _number(price, "--price")
    pace = _number(step, "--step")

    def ask(facts: "Instance", choices: "Model", watch: "Watch | None") -> "Stability":
        from portfolioopt.language.plans import PlanSource
        from portfolioopt.studies.stability import stability

        source = PlanSource(published)
        source.check_fit(facts)
        asked = means(time_limit, solve_limit, gap, threads, seed, no_verify)
        return stability(facts, source.plan, choices, asked, price=charged, step=pace, watch=watch)

    run_study(
        instance,
        model,
        settings,
        ask,
        lambda answer: {"infeasible": INFEASIBLE, "no_plan": NO_PLAN}.get(answer.status, OK),
        as_json=as_json,
        out=out,
        quiet=quiet,
    )


def _number(text: str, option: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value < 0:
        raise typer.BadParameter(f"{option} is a number of 0 or more, not {text!r}")
    return value


def report(answer: "Stability", _console: "Console") -> "Iterable[RenderableType]":
    """The curve, what changes at its points, and the re-plan at a price."""
    from rich.text import Text

    from portfolioopt.command.show.changed import changes
    from portfolioopt.command.show.layout import columns, heading, indented, paragraph
    from portfolioopt.command.show.spans import finite, span
    from portfolioopt.result.figures import decimals_for, figure
    from portfolioopt.result.wording import some

    if answer.status in ("infeasible", "no_plan"):
        yield paragraph(no_plan_words(answer.status))
        return
    if answer.broken:
        yield paragraph(f"The published plan, as it is, would now break {some(answer.broken)}.")
    decimals = decimals_for(finite(answer.free))
    scale = max(map(abs, finite(answer.free)), default=0.0)
    yield heading("Value against changes", "decisions that only one of the two plans holds")
    table = columns("", "value", "lost", "a change more", left=1)
    before: Point | None = None
    for point in answer.points:
        name = changes_text(point.at_most) if answer.exact else f"at most {count_text(point.at_most)}"
        gained = "" if before is None else _slope(before, point, decimals)
        lost = span(answer.free - point.value, decimals, scale=scale)
        feasible = point.value.high > -float("inf")
        table.add_row(name, span(point.value, decimals), lost if feasible else "", gained if feasible else "")
        before = point if feasible else None
    table.add_row(Text("as it likes", style="bold"), Text(span(answer.free, decimals), style="bold"), "", "")
    yield indented(table)
    if answer.fewest.low == answer.fewest.high:
        if answer.fewest.low:
            yield paragraph(f"No plan with fewer than {changes_text(answer.fewest.low)} keeps all limits.")
    elif answer.fewest.low:
        low, high = count_text(answer.fewest.low), count_text(answer.fewest.high)
        yield paragraph(f"At least {low} changes are needed to keep all limits, and {high} are enough.")

    yield from _what_changes(answer)
    replan = answer.replan
    if replan is None:
        return
    yield heading("Re-plan", f"at {replan.price} for each change")
    if replan.worth is None or replan.changes is None:
        yield paragraph("Not found in the time given.")
        return
    worth = figure(replan.worth, decimals)
    price = span(replan.value, decimals)
    yield paragraph(f"{changes_text(replan.changes)}; worth {worth}, less their price {price}.")
    yield from changes(answer.scenarios, replan.added, replan.dropped)


def _slope(before: "Point", point: "Point", decimals: int) -> str:
    """What each change allowed more is worth between two points, where both are proven."""
    from portfolioopt.result.figures import figure

    if not (before.value.settled and point.value.settled):
        return ""
    return figure((point.value.low - before.value.low) / float(point.at_most - before.at_most), decimals, signed=True)


def _what_changes(answer: "Stability") -> "Iterable[RenderableType]":
    """At every point at which another plan is best: what it adds and drops."""
    from rich.text import Text

    from portfolioopt.command.show.changed import changes
    from portfolioopt.command.show.layout import heading, paragraph

    told: set[tuple[Decision, ...]] = set()
    yield heading("What changes")
    for point in answer.points:
        acts = (*point.added, *point.dropped)
        if point.changes is None or acts in told:
            continue
        told.add(acts)
        if not acts:
            yield paragraph("Nothing: the published plan still holds.")
            continue
        yield paragraph(Text(changes_text(point.changes), style="bold"))
        yield from changes(answer.scenarios, point.added, point.dropped)


def count_text(changes: Fraction | float) -> str:
    """A number of changes: 3, 2.4."""
    return f"{float(changes):.3f}".rstrip("0").rstrip(".")


def changes_text(changes: Fraction | float) -> str:
    """1 change, 2.4 changes."""
    text = count_text(changes)
    return f"{text} change" if text == "1" else f"{text} changes"
