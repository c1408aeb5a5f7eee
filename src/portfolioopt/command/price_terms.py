"""`portfolioopt price terms`: what each term of a deal is worth."""

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

    from portfolioopt.cases import Change
    from portfolioopt.studies.price_terms import PriceTerms, TermPrice
    from portfolioopt.studies.taken import Taken

LABEL_WIDTH, CHANGE_WIDTH = 28, 14


def price_terms_command(
    instance: InstancePath,
    partnership: Annotated[str, typer.Argument(help="Id of the partnership.")],
    model: ModelName = "expected_value",
    settings: Settings = None,
    step: Annotated[str, typer.Option(metavar="SHARE", help="By which amounts are changed.")] = "10%",
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--change",
            metavar="PATH=VALUE",
            help="Price this change instead of one step of each term: =5 sets, =x1.1 scales, =+3 adds; may repeat.",
        ),
    ] = None,
    tail: Annotated[str, typer.Option(metavar="SHARE", help="Worst outcomes whose mean is told.")] = "10%",
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
    """What each term of a deal is worth: notice, lead, years, proceeds, shares, exclusivity, volume, window.

    Exit codes: 0 answered, 3 input that cannot be used, 4 infeasible, 5 no plan found, 130 interrupted.
    """
    from portfolioopt.studies.price_terms import price_terms

    asked = means(time_limit, solve_limit, gap, threads, seed, no_verify)
    share, worst = (Decimal(repr(percentage(text))) for text in (step, tail))
    own = [_change(text) for text in changes or ()] or None
    run_study(
        instance,
        model,
        settings,
        lambda facts, choices, watch: price_terms(
            facts, partnership, choices, asked, step=share, changes=own, tail=worst, watch=watch
        ),
        lambda answer: {"infeasible": INFEASIBLE, "no_plan": NO_PLAN}.get(answer.status, OK),
        as_json=as_json,
        out=out,
        quiet=quiet,
    )


def _change(text: str) -> "Change":
    from portfolioopt.cases.changes import Origin
    from portfolioopt.cases.notation import change_at, signed_value
    from portfolioopt.errors import InvalidCase
    from portfolioopt.language.addresses import UnusableError
    from portfolioopt.language.settings import parted

    said = f"--change {text[:100]}"
    try:
        return change_at(*parted(text, signed_value), origin=Origin(said))
    except UnusableError as fault:
        raise InvalidCase([fault.fault(said)]) from None


def report(answer: "PriceTerms", _console: "Console") -> "Iterable[RenderableType]":
    """A row for each change that matters; the others in one line."""
    from portfolioopt.command.show.layout import bullet, columns, cut, heading, indented, paragraph
    from portfolioopt.command.show.spans import finite, span
    from portfolioopt.result.figures import decimals_for, figure, percent
    from portfolioopt.result.wording import some

    if answer.status in ("infeasible", "no_plan"):
        yield paragraph(no_plan_words(answer.status))
        return
    decimals = decimals_for(finite(answer.base))
    scale = max(map(abs, finite(answer.base)), default=0.0)
    yield heading(answer.name, answer.partnership)
    yield paragraph(
        f"The best plan is worth {span(answer.base, decimals)}" + (f" ({answer.risk})." if answer.risk else ".")
    )
    yield heading("What its terms are worth", "changes of the best plan, at time 0")
    value = "objective" if answer.risk else "value"
    table = columns("", "", value, "mean", f"worst {percent(float(answer.tail))}", "moves", left=2)
    idle: dict[str, None] = {}

    def named(one: "TermPrice") -> str:
        return one.change if one.term == "asked for" else " ".join(filter(None, (one.term, one.of, one.change)))

    def told(change: float | None) -> str:
        return "" if change is None else figure(change, decimals, signed=True)

    for one in answer.terms:
        if one.gain.low == one.gain.high == 0 and not one.changes:
            idle[named(one)] = None
            continue
        table.add_row(
            cut(f"{one.term} {one.of}".strip() if one.term != "asked for" else one.change, LABEL_WIDTH),
            cut(one.change, CHANGE_WIDTH) if one.term != "asked for" else "",
            span(one.gain, decimals, signed=True, scale=scale),
            told(one.expected),
            told(one.tail),
            str(len(one.changes)),
        )
    if table.row_count:
        yield indented(table)
        yield paragraph(
            "A gain is the most to concede for the change, a loss the least to ask for it. "
            "Mean: expected NPV. Moves: decisions that change.",
            style="dim",
        )
    turned: dict[tuple[Taken, ...], list[str]] = {}
    for one in answer.terms:
        if one.changes:
            turned.setdefault(one.changes, []).append(named(one))
    if turned:
        yield heading("What the plan does otherwise", "now -> under the changed term")
        for changes, terms in turned.items():
            yield bullet(f"{some(terms, most=6)}: {some(map(_said, changes), most=5)}.")
    if idle:
        yield paragraph(f"Worth nothing: {some(idle, most=60)}.")
    if answer.spared:
        cases = "1 case" if answer.spared == 1 else f"{answer.spared} cases"
        yield paragraph(f"{cases} needed no solve: the best plan remains in them.", style="dim")


def _said(one: "Taken") -> str:
    """A decision that changes: taken no more, taken anew, or with another probability."""
    from portfolioopt.result.figures import percent

    what = f"{one.partnership}.{one.action} {one.year}"
    if one.now and one.then:
        return f"{what} {percent(float(one.now))} -> {percent(float(one.then))}"
    return f"{what} dropped" if one.now else f"{what} added"
