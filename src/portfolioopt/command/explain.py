"""`portfolioopt explain`: why a partnership is in the best plan, or is not."""

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
    percentage,
    run_study,
)

if TYPE_CHECKING:
    from fractions import Fraction

    from rich.console import Console, RenderableType

    from portfolioopt.studies.explain import Explain
    from portfolioopt.studies.taken import Taken

NAME_WIDTH = 24


def explain_command(
    target: RunOrInstance,
    partnership: Annotated[str, typer.Argument(help="Id of the partnership.")],
    model: ModelOfRun = None,
    settings: Settings = None,
    tolerance: Annotated[
        str, typer.Option(metavar="SHARE", help="Of the factors at which the decision turns over.")
    ] = "1%",
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
    """Why a partnership is in the best plan or not, and what would turn that over.

    Exit codes: 0 answered, 3 input that cannot be used, 4 infeasible, 5 no plan found, 130 interrupted.
    """
    from portfolioopt.studies.explain import explain

    asked = means(time_limit, solve_limit, gap, threads, seed, no_verify)
    width = percentage(tolerance)
    instance, choices, plan = facts_of(target, model)
    run_study(
        instance,
        choices,
        settings,
        lambda facts, chosen, watch: explain(
            facts, partnership, chosen, asked, plan=plan, tolerance=width, watch=watch
        ),
        lambda answer: {"infeasible": INFEASIBLE, "no_plan": NO_PLAN}.get(answer.status, OK),
        as_json=as_json,
        out=out,
        quiet=quiet,
    )


def report(answer: "Explain", _console: "Console") -> "Iterable[RenderableType]":
    """What it adds or lacks, what its place goes to, what limits cost it, and what would turn the decision over."""
    from portfolioopt.command.show.layout import bullet, columns, cut, heading, indented, paragraph
    from portfolioopt.command.show.spans import finite, span
    from portfolioopt.result.figures import decimals_for

    if answer.status in ("infeasible", "no_plan"):
        yield paragraph(no_plan_words(answer.status))
        return
    decimals = decimals_for(finite(answer.base))
    scale = max(map(abs, finite(answer.base)), default=0.0)
    yield heading(answer.name, answer.partnership)
    for sentence in _why(answer, decimals, scale):
        yield bullet(sentence)

    table = columns("", f"value ({answer.risk})" if answer.risk else "expected NPV")
    table.add_row("the best plan", span(answer.base, decimals))
    for said, value in (("the best with it", answer.with_it), ("the best without it", answer.without_it)):
        if value is not None:
            table.add_row(said, span(value, decimals))
    yield indented(table)

    if answer.does:
        yield heading("What the best plan decides on it")
        yield indented(_taken(answer.does, then=False))
    if answer.instead:
        other = "without it" if answer.verdict != "out" else "with it"
        yield heading("What its place goes to", f"decisions that the best plan {other} takes otherwise")
        yield indented(_taken(answer.instead, then=True))
    elif answer.verdict != "out" and answer.without_it is not None and answer.without_it.low > -float("inf"):
        yield heading("What its place goes to")
        yield paragraph("Nothing: the best plan without it decides all else as it does now.")

    yield heading("Limits in its way", "what the plan with it would gain if they were ignored")
    table = columns("", "costs it", "asks for", left=1)
    table.columns[-1].justify = "left"
    table.columns[-1].no_wrap = False
    for one in answer.obstacles:
        table.add_row(cut(one.id, NAME_WIDTH), span(one.cost, decimals, scale=scale), one.said)
    if table.row_count:
        yield indented(table)
    else:
        yield paragraph("None: no limit, ignored, would gain anything with it in the plan.")
    if answer.flips:
        yield heading("What would turn the decision over")
        for sentence in _turning(answer):
            yield bullet(sentence)


def _why(answer: "Explain", decimals: int, scale: float) -> "Iterable[str]":
    from portfolioopt.command.show.spans import span
    from portfolioopt.result.figures import percent

    kept = answer.in_force
    if answer.verdict == "out":
        yield "Out: the best plan leaves it." if kept else "Out: the best plan never signs it."
    elif answer.verdict == "in":
        yield (
            "In: the best plan keeps it in every scenario." if kept else "In: the best plan signs it in every scenario."
        )
    else:
        how = "keeps" if kept else "signs"
        yield f"In part: the best plan {how} it with a probability of {percent(float(answer.chance))}."
    worth, missing = answer.worth, answer.missing
    if worth is None:
        yield "It cannot be left out: no action can end it within the horizon."
    elif worth.low == float("inf"):
        yield "Without it no plan keeps all limits."
    elif worth.high > 0:
        yield f"It adds {span(worth, decimals, scale=scale)}: without it, that is what the whole portfolio loses."
    if missing is None:
        yield "No action enters it."
    elif missing.low == float("inf"):
        yield "With it in every scenario no plan keeps all limits."
    elif missing.high > 0:
        what = "kept" if kept else "signed"
        yield f"It lacks {span(missing, decimals, scale=scale)} to be {what} in every scenario."


def _taken(decisions: "tuple[Taken, ...]", *, then: bool) -> "RenderableType":
    from portfolioopt.command.show.layout import columns, cut
    from portfolioopt.result.figures import percent

    def chance(value: "Fraction") -> str:
        return percent(float(value)) if value else "-"

    table = columns("", "", "", "best plan", *(("the other",) if then else ()), left=3)
    for one in decisions:
        last = (chance(one.then),) if then else ()
        table.add_row(
            str(one.year), cut(one.partnership, NAME_WIDTH), cut(one.action, NAME_WIDTH), chance(one.now), *last
        )
    return table


def _turning(answer: "Explain") -> "Iterable[str]":
    """One sentence for each thing that does it, one for all that do not."""
    from portfolioopt.result.figures import percent
    from portfolioopt.result.wording import some

    it = "it is left" if answer.in_force else "it is not signed"
    if answer.verdict == "out":
        it = "it is kept" if answer.in_force else "it is signed"
    for flip in answer.flips:
        if flip.ends is not None:
            said = f"{flip.said[0].upper()}{flip.said[1:]}"
            yield f"{said}: {it} (not yet at {percent(abs(flip.ends[1] - 1), 1)})."
    for ends, of_limit in ((f, limit) for limit in (False, True) for f in sorted({one.tried for one in answer.flips})):
        idle = [
            one.what
            for one in answer.flips
            if one.between is None and not one.no_plan and one.tried == ends and one.of_limit == of_limit
        ]
        if idle:
            owner = "the limit" if of_limit else "its"
            reach = "nothing" if ends == 0 else f"{ends:g} times what it is"
            way = "down" if ends < 1 else "up"
            yield f"Nothing that is done to {owner} {some(idle, most=60, word='or')} alone does it, {way} to {reach}."
    gone = list(dict.fromkeys(one.what for one in answer.flips if one.no_plan))
    if gone:
        yield f"The limit {some(gone, most=60, word='or')} tightened leaves no plan at all before it does."
