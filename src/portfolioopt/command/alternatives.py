"""`portfolioopt alternatives`: near-optimal plans, how firmly decisions stand, and how sure they are."""

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

    from portfolioopt.studies.alternatives import Alternative, Alternatives
    from portfolioopt.studies.alternatives.perturbed import Curse

MOST_LINES = 8
"""Differences told of an alternative."""
MARKS = {"added": "+", "dropped": "-", "moved": "~"}
STANDINGS = ("core", "borderline", "open", "out")
LEGEND = (
    "core: every near-optimal plan takes it; out: none does; borderline: some do; open: not known in time",
    "best, index: probability that the best plan takes it, and the mean over all plans told",
    "otherwise: what the opposite choice costs: to take it never, or somewhere",
)


def alternatives_command(
    instance: InstancePath,
    model: ModelName = "expected_value",
    settings: Settings = None,
    within: Annotated[
        str, typer.Option(metavar="SHARE", help="By how much an alternative may be worth less, such as 1%.")
    ] = "1%",
    count: Annotated[int, typer.Option("--count", "-n", min=0, help="Most alternatives to tell.")] = 20,
    error: Annotated[
        str,
        typer.Option(
            metavar="SHARE",
            help="Relative standard error of what partnerships earn: 20%, or 40%,10% at the least and the greatest "
            "readiness; `readiness` for just that.",
        ),
    ] = "readiness",
    draws: Annotated[int, typer.Option(min=0, help="How often to draw figures anew; 0 for not at all.")] = 20,
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
    """Near-optimal plans, the most different first; which decisions are core, and how sure they are.

    Exit codes: 0 answered, 3 input that cannot be used, 4 infeasible, 5 no plan found, 130 interrupted.
    """
    share = percentage(within)
    shares = None if error == "readiness" else [percentage(part) for part in error.split(",")]
    if shares is not None and len(shares) > 2:
        raise typer.BadParameter(f"--error is a share, two of them, or readiness, not {error!r}")
    from portfolioopt.studies.alternatives import alternatives
    from portfolioopt.studies.alternatives.perturbed import Errors

    errors: Errors = Errors() if shares is None else Errors(shares[0], shares[-1])
    asked = means(time_limit, solve_limit, gap, threads, seed, no_verify)
    run_study(
        instance,
        model,
        settings,
        lambda facts, choices, watch: alternatives(
            facts, choices, asked, within=share, count=count, errors=errors, draws=draws, watch=watch
        ),
        lambda answer: {"infeasible": INFEASIBLE, "no_plan": NO_PLAN}.get(answer.status, OK),
        as_json=as_json,
        out=out,
        quiet=quiet,
    )


def report(answer: "Alternatives", _console: "Console") -> "Iterable[RenderableType]":
    """The alternatives by what they do otherwise, the standing of every decision, and the promise corrected."""
    from portfolioopt.command.show.layout import heading, paragraph
    from portfolioopt.command.show.spans import finite, span
    from portfolioopt.result.figures import decimals_for, figure

    if answer.status in ("infeasible", "no_plan"):
        yield paragraph(no_plan_words(answer.status))
        return
    decimals = decimals_for(finite(answer.best))
    best, threshold = span(answer.best, decimals), figure(answer.threshold, decimals)
    yield paragraph(f"The best plan is worth {best}. Near-optimal is what is worth at least {threshold}.")
    yield heading("Alternatives", "the most different first; what they do unlike the best plan")
    for plan in answer.plans[1:]:
        yield from _plan(answer, plan, decimals)
    others = len(answer.plans) > 1
    if answer.exhausted:
        only = "No other near-optimal plan differs" if others else "No near-optimal plan differs from the best one"
        yield paragraph(f"{only} in decisions, but perhaps in their years.")
    elif not others:
        yield paragraph("None was found in the time given.")
    else:
        yield paragraph("There may be more.")
    yield from _standings(answer, decimals)
    if answer.curse is not None:
        yield from _curse(answer.curse, decimals)


def _plan(answer: "Alternatives", plan: "Alternative", decimals: int) -> "Iterable[RenderableType]":
    from rich.text import Text

    from portfolioopt.command.show.layout import bullet, paragraph
    from portfolioopt.result.figures import figure, percent
    from portfolioopt.result.wording import some

    text = Text(f"{plan.rank}  ", style="bold")
    apart = f"{plan.distance.low:.2f}"
    if not plan.distance.settled and plan.distance.high < 1e6:
        apart += f" (no other more than {plan.distance.high:.2f})"
    text.append(f"worth {figure(plan.value, decimals)}, {percent(plan.lost, 2)} less; {apart} apart", style="not bold")
    yield paragraph(text)
    for one in plan.differences[:MOST_LINES]:
        where = "" if len(one.scenarios) == len(answer.scenarios) else f" in {some(one.scenarios)}"
        moved = "" if one.was is None or one.side != "moved" else f", not {one.was}"
        line = f"{one.year}{moved} {one.partnership} {one.action}{where}"
        yield bullet(line, mark=MARKS[one.side], indent=4)
    if len(plan.differences) > MOST_LINES:
        more = len(plan.differences) - MOST_LINES
        yield bullet(f"… and {more} more: see tables/differences.csv of the study", mark=" ", indent=4)


def _standings(answer: "Alternatives", decimals: int) -> "Iterable[RenderableType]":
    """Decisions by standing, those on which most hangs first."""
    from rich.text import Text

    from portfolioopt.command.show.layout import columns, heading, indented, paragraph
    from portfolioopt.command.show.spans import span
    from portfolioopt.result.figures import percent

    sure = {(one.partnership, one.action): one for one in answer.sureness}
    scale = abs(answer.best.low)
    yield heading("Decisions", "by how firmly they stand")
    table = columns("", "best", "index", "otherwise", *(["when figures err"] if sure else []))
    for kind in STANDINGS:
        own = [one for one in answer.standings if one.standing == kind]
        if not own:
            continue
        table.add_row(Text(kind, style="bold"))
        for one in sorted(own, key=lambda each: (-each.loss.low, each.partnership, each.action)):
            cost = "impossible" if one.other.high == -float("inf") else "-" + span(one.loss, decimals, scale=scale)
            cells = [f"  {one.partnership} {one.action}", percent(one.best), percent(one.index), cost]
            each = sure.get((one.partnership, one.action))
            if each is not None:
                cells.append(f"{percent(each.share)} ({100 * each.low:.0f}-{100 * each.high:.0f}%)")
            table.add_row(*cells)
    yield indented(table)
    for line in LEGEND:
        yield paragraph(line, style="dim")
    if sure:
        yield paragraph("when figures err: share of draws whose optimum takes it somewhere (90% interval)", style="dim")


def _curse(curse: "Curse", decimals: int) -> "Iterable[RenderableType]":
    from portfolioopt.command.show.layout import bullet, heading
    from portfolioopt.result.figures import figure, percent

    alike = curse.ready == curse.unready
    err = percent(curse.ready) if alike else f"{percent(curse.ready)} to {percent(curse.unready)}"
    by = "" if alike else ", by readiness"
    yield heading("What to expect", f"if benefits err by {err}{by}; {curse.draws} draws")
    give = "" if curse.draws < 2 else f" (± {figure(1.645 * curse.standard_error, decimals)})"
    promised, expected = figure(curse.promised, decimals), figure(curse.expected, decimals)
    yield bullet(
        f"The plan promises {promised}. Chosen by figures that err, the plan that looks best promises "
        f"{figure(curse.shortfall, decimals)}{give} too much on average: expect {expected}."
    )
    yield bullet(f"In {percent(curse.same_plan)} of the draws the same decisions were best, whatever their years.")
