"""`portfolioopt rolling`: planning again at each review, beside the one policy and hindsight."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

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

    from portfolioopt.plan import Decision
    from portfolioopt.studies.asked import Asked
    from portfolioopt.studies.interval import Interval
    from portfolioopt.studies.pace import Watch
    from portfolioopt.studies.rolling import Rolling


def rolling_command(
    context: typer.Context,
    target: RunOrInstanceOrNone = None,
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
    """Plan again at each review with what is known by then, along every scenario; beside the policy and hindsight.

    What is solved is kept at once: after Ctrl-C or a crash, --resume goes on. Exit codes: 0 answered, 3 input that
    cannot be used, 4 infeasible, 5 no plan found, 130 interrupted.
    """

    def ask(asked: "Asked", folder: Path, watch: "Watch | None") -> "Rolling":
        from portfolioopt.studies.rolling import rolling

        return rolling(asked.instance, asked.model, asked.means, plan=asked.plan, folder=folder, watch=watch)

    run_kept(
        context,
        "rolling",
        {},
        ask,
        lambda answer: {"infeasible": INFEASIBLE, "no_plan": NO_PLAN}.get(answer.status, OK),
    )


def report(answer: "Rolling", _console: "Console") -> "Iterable[RenderableType]":
    """What the planners earn, in all and in each scenario, what re-plans change, and where decisions differ."""
    from rich.text import Text

    from portfolioopt.command.show.layout import columns, heading, indented, paragraph
    from portfolioopt.command.show.spans import finite, span
    from portfolioopt.result.figures import decimals_for, figure, percent

    if answer.rolling is None:
        yield paragraph(no_plan_words(answer.status))
        return
    scale = max(map(abs, finite(answer.policy, answer.hindsight)), default=0.0)
    decimals = decimals_for([*finite(answer.policy, answer.hindsight), answer.rolling])

    def earned(value: float | None) -> str:
        return "breaks limits" if value is None else figure(value, decimals)

    def beside(value: float | None) -> str:
        return "" if value is None else figure(value - answer.policy.low, decimals, signed=True)

    yield heading("What planners earn", f"objective: {answer.risk}" if answer.risk else "expected NPV")
    table = columns("", "value", "against policy")
    if not answer.risk:
        known = answer.hindsight.high < float("inf")
        table.add_row(
            "hindsight", span(answer.hindsight, decimals), beside(answer.hindsight.low) if known else "not known"
        )
    table.add_row(Text("policy: one plan, made today", style="bold"), Text(span(answer.policy, decimals), "bold"), "")
    table.add_row("plan again at each review", earned(answer.rolling), beside(answer.rolling))
    table.add_row("plan again without a tree", _without(answer, decimals), beside(answer.expected))
    yield indented(table)
    yield from _meaning(answer, decimals)

    yield heading("In each scenario", "NPV" if not answer.risk else "NPV, whatever the attitude to risk")
    table = columns("", "chance", "hindsight", "policy", "again", "without tree", "regret")
    for one in answer.earned:
        table.add_row(
            one.scenario,
            percent(float(one.probability)),
            _at_least(one.hindsight, decimals, scale),
            earned(one.policy),
            earned(one.rolling),
            earned(one.expected) if answer.expected is not None or one.broken or one.expected is not None else "",
            _at_least(one.regret, decimals, scale) if one.hindsight.high < float("inf") else "not known",
        )
    yield indented(table)
    yield paragraph("Regret is what hindsight earns more than the policy.", style="dim")
    if any(not one.hindsight.settled_beside(scale) for one in answer.earned if one.hindsight.high < float("inf")):
        yield paragraph("* at least so much: tables/scenarios.csv of the study says at most what.", style="dim")
    yield from _reviews(answer, decimals)
    yield from _differing(answer)


def _at_least(value: "Interval", decimals: int, scale: float) -> str:
    """What is proven to be earned, with a star where it may be more."""
    from portfolioopt.result.figures import figure

    return f"{figure(value.low, decimals)}{'' if value.settled_beside(scale) else '*'}"


def _without(answer: "Rolling", decimals: int) -> str:
    from portfolioopt.result.figures import figure

    if answer.expected is not None:
        return figure(answer.expected, decimals)
    first = next((one for one in answer.reviews if one.planner == "expected"), None)
    if first is None or first.status == "no_plan":
        return "not known"
    return "no plan" if first.status == "infeasible" else "breaks limits"


def _meaning(answer: "Rolling", decimals: int) -> "Iterable[RenderableType]":
    from portfolioopt.command.show.layout import bullet
    from portfolioopt.result.figures import figure
    from portfolioopt.result.wording import some
    from portfolioopt.studies.rolling import HAIR

    scale = max(abs(answer.policy.low), 1e-9)
    lost = answer.lost or 0.0
    if not answer.about.complete:
        yield bullet("Not everything was planned again in time: where it was not, the plan at hand went on.")
    elif answer.improved:
        yield bullet(
            "Planning again came upon a better plan than the search for the policy, which had stopped short: it is "
            "told as the policy here. More time for each solve (--solve-limit) finds it at once."
        )
    elif abs(lost) <= HAIR * scale:
        yield bullet("Planning again earns what the policy earns: it has foreseen what would be decided at reviews.")
    elif answer.risk and lost > 0:
        yield bullet(
            f"Planning again earns {figure(lost, decimals)} less by the objective of today: a measure of risk is not "
            "consistent in time. What was the tail today is another one at a review, and plans made for it differ."
        )
    elif lost > 0:
        yield bullet(
            f"Planning again earns {figure(lost, decimals)} less than the policy: within the gap of the solves."
        )
    else:
        yield bullet(f"Planning again earns {figure(-lost, decimals)} more: the policy was not solved to its optimum.")
    if answer.tree is not None:
        yield bullet(
            f"Planning on the tree instead of on the expected scenario is worth {figure(answer.tree, decimals)}."
        )
    for one in answer.earned:
        if one.broken:
            yield bullet(f"In {one.scenario} the planner without a tree breaks {some(one.broken)}.")


def _reviews(answer: "Rolling", decimals: int) -> "Iterable[RenderableType]":
    """The re-plans that changed something, and how many did not."""
    from portfolioopt.command.show.layout import columns, heading, indented, paragraph
    from portfolioopt.command.show.spans import span
    from portfolioopt.result.wording import some

    yield heading("At reviews", "where new things had been seen")
    told = [one for one in answer.reviews if one.changed]
    if told:
        table = columns("", "planner", "expects", "changes", left=2)
        for one in told:
            planner = "on the tree" if one.planner == "rolling" else "without a tree"
            table.add_row(f"{one.year} {some(one.possible, 3)}", planner, span(one.value, decimals), str(one.changed))
        yield indented(table)
    for planner, name in (("rolling", "On the tree"), ("expected", "Without a tree")):
        plans = [one for one in answer.reviews if one.planner == planner]
        plans = plans[1:] if planner == "expected" else plans  # its first plan is none made again
        kept = sum(1 for one in plans if not one.changed)
        if kept:
            yield paragraph(f"{name} {kept} of {len(plans)} re-plans kept to the plan at hand.", style="dim")


def _differing(answer: "Rolling") -> "Iterable[RenderableType]":
    """Decisions unlike the policy's."""
    from portfolioopt.command.show.changed import changes
    from portfolioopt.command.show.layout import heading

    for planner, name in (("rolling", "planning again"), ("expected", "planning without a tree")):
        added = _decisions(answer, planner, "added")
        dropped = _decisions(answer, planner, "dropped")
        if added or dropped:
            yield heading(f"What {name} decides otherwise", "than the policy")
            yield from changes(answer.scenarios, added, dropped, "decisions")


def _decisions(answer: "Rolling", planner: str, side: str) -> "tuple[Decision, ...]":
    from portfolioopt.plan import Decision

    return tuple(
        Decision(one.scenario, one.year, one.partnership, one.action, one.kind)
        for one in answer.differences
        if (one.planner, one.side) == (planner, side)
    )
