"""`portfolioopt security`: what the loss of any one partner would cost, and what could no longer be met."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from portfolioopt.command.exits import INFEASIBLE, NO_PLAN, OK
from portfolioopt.command.study import (
    TIME_LIMIT,
    AsJson,
    Gap,
    ModelOfRun,
    NoVerify,
    Out,
    Quiet,
    RunOrInstance,
    Seed,
    Settings,
    SolveLimit,
    Threads,
    TimeLimit,
    facts_of,
    means,
    no_plan_words,
    run_study,
)

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from portfolioopt.studies.security import Loss, Security

NAME_WIDTH = 18
MOST_YEARS = 8
"""Years whose costs fit into one table."""


def security_command(
    target: RunOrInstance,
    model: ModelOfRun = None,
    settings: Settings = None,
    partners: Annotated[
        list[str] | None, typer.Option("--partner", metavar="NAME", help="Lose this partner only; may repeat.")
    ] = None,
    years: Annotated[
        list[int] | None, typer.Option("--year", metavar="YEAR", help="Lose them in this year only; may repeat.")
    ] = None,
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
    """Lose any one partner in any year: the best recovery, its cost, and what can no longer be met.

    Exit codes: 0 answered, 3 input that cannot be used, 4 infeasible, 5 no plan found, 130 interrupted.
    """
    from portfolioopt.studies.security import security

    asked = means(time_limit, solve_limit, gap, threads, seed, no_verify)
    instance, choices, plan = facts_of(target, model)
    run_study(
        instance,
        choices,
        settings,
        lambda facts, chosen, watch: security(facts, plan, chosen, asked, partners=partners, years=years, watch=watch),
        lambda answer: {"infeasible": INFEASIBLE, "no_plan": NO_PLAN}.get(answer.status, OK),
        as_json=as_json,
        out=out,
        quiet=quiet,
    )


def report(answer: "Security", _console: "Console") -> "Iterable[RenderableType]":
    """The worst loss of each partner, costs by year, what can no longer be met, single points of failure."""
    from rich.text import Text

    from portfolioopt.command.show.layout import bullet, columns, cut, heading, indented, paragraph
    from portfolioopt.command.show.spans import span
    from portfolioopt.result.figures import decimals_for, figure, years_text
    from portfolioopt.result.wording import some

    if answer.status in ("infeasible", "no_plan"):
        yield paragraph(no_plan_words(answer.status))
        return
    if not answer.losses:
        yield paragraph("No partnership names a partner, so none can be lost.")
        return
    decimals = decimals_for([answer.value])
    scale = abs(answer.value)
    yield heading("The plan, undisturbed", f"objective: {answer.risk}" if answer.risk else "expected NPV")
    yield paragraph(f"worth {figure(answer.value, decimals)}")
    partners = list(dict.fromkeys(one.partner for one in answer.losses))
    worst = sorted(map(answer.worst, partners), key=lambda one: (one.secure is not False, -one.cost.low))
    yield heading("The worst year to lose a partner", "cost of the loss after the best recovery")
    table = columns("", "year", "cost", "recovery", "limits", left=1)
    for one in worst:
        table.add_row(
            cut(one.partner, NAME_WIDTH),
            str(one.year) if one.cost.high > 0 or one.secure is False else "",
            span(one.cost, decimals, scale=scale),
            span(one.recovery, decimals),
            {True: "kept", None: "open"}.get(one.secure, Text("broken", style="bold red")),
        )
    yield indented(table)
    years = sorted({one.year for one in answer.losses})
    if 1 < len(years) <= MOST_YEARS:
        yield heading("Cost by the year of the loss", "* where limits are broken")
        table = columns("", *map(str, years))
        by_year = {(one.partner, one.year): one for one in answer.losses}
        for partner in (one.partner for one in worst):
            cells = [by_year.get((partner, year)) for year in years]
            table.add_row(
                cut(partner, min(NAME_WIDTH, 78 - 8 * len(years))),
                *("" if one is None else _cost(one) for one in cells),
            )
        yield indented(table)
    failing = answer.single_points_of_failure
    if any(one.secure is None for one in answer.losses):
        yield paragraph("Open: time ended before it was known whether the limits can be kept.", style="dim")
    elif not failing:
        yield paragraph("No single point of failure: after any one loss some plan keeps all hard limits.")
    if not failing:
        return
    yield heading("Single points of failure", "what can no longer be met")
    for partner in failing:
        own = [one for one in answer.unmet if one.partner == partner]
        for name in dict.fromkeys(one.id for one in own):
            broken = [one for one in own if one.id == name]
            most = max(one.excess for one in broken)
            lost = years_text(one.lost_in for one in broken)
            missed = {year for one in broken for year in one.years}
            when = f" (in {years_text(missed)})" if missed else ""
            yield bullet(f"{partner}, lost in {lost}: {name} is missed by up to {figure(most, 1)}{when}.")
    yield paragraph(f"To be secured: {some(failing, most=20)}.")


def _cost(loss: "Loss") -> str:
    from portfolioopt.result.figures import figure

    if loss.secure is None:
        return "open"
    return f"{'?' if loss.cost.low == float('-inf') else figure(loss.cost.low)}{'' if loss.secure else '*'}"
