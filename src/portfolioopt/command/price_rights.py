"""`portfolioopt price rights`: what rights to exit, expand and restructure, reviews and flexibility are worth."""

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
    run_study,
)

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from portfolioopt.studies.price_rights import PriceRights, RightPrice

NAME_WIDTH = 34


def price_rights_command(
    instance: InstancePath,
    model: ModelName = "expected_value",
    settings: Settings = None,
    rights: Annotated[
        list[str] | None,
        typer.Option("--right", metavar="NAME", help="Price PARTNERSHIP.ACTION, a partnership's, or a review year."),
    ] = None,
    together: Annotated[
        list[str] | None, typer.Option(metavar="A,B", help="Also: what these are worth together; may repeat.")
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
    """What each exit, expansion and restructuring, each review year, and flexibility are worth.

    Exit codes: 0 answered, 3 input that cannot be used, 4 infeasible, 5 no plan found, 130 interrupted.
    """
    from portfolioopt.studies.price_rights import price_rights

    asked = means(time_limit, solve_limit, gap, threads, seed, no_verify)
    groups = [[name.strip() for name in group.split(",") if name.strip()] for group in together or ()]
    run_study(
        instance,
        model,
        settings,
        lambda facts, choices, watch: price_rights(facts, choices, asked, rights=rights, together=groups, watch=watch),
        lambda answer: {"infeasible": INFEASIBLE, "no_plan": NO_PLAN}.get(answer.status, OK),
        as_json=as_json,
        out=out,
        quiet=quiet,
    )


def report(answer: "PriceRights", _console: "Console") -> "Iterable[RenderableType]":
    """Rights that are worth something, those that are not in one line, and groups."""
    from portfolioopt.command.show.layout import heading, indented, paragraph
    from portfolioopt.command.show.spans import finite, span
    from portfolioopt.result.figures import decimals_for
    from portfolioopt.result.wording import some

    if answer.status in ("infeasible", "no_plan"):
        yield paragraph(no_plan_words(answer.status))
        return
    decimals = decimals_for(finite(answer.base))
    yield heading("The best plan", f"objective: {answer.risk}" if answer.risk else "expected NPV")
    yield paragraph(f"worth {span(answer.base, decimals)}")
    if not answer.rights and not answer.groups:
        yield paragraph("There are no rights here: no exits, expansions or restructurings, and nothing is uncertain.")
        return
    yield heading("What each right is worth", "the most to pay for it at time 0")
    worthy = [one for one in answer.rights if one.value.high > 0]
    if worthy:
        yield indented(_table(worthy, answer, decimals))
    idle = [f"review {one.name}" if one.sort == "review" else one.name for one in answer.rights if one.value.high == 0]
    if idle:
        yield paragraph(f"Worth nothing, as a best plan does without: {some(idle, most=60)}.")
    if answer.groups:
        yield heading("What they are worth together", "rights do not add up")
        yield indented(_table(answer.groups, answer, decimals))
    if any(one.value.low == float("inf") for one in (*answer.rights, *answer.groups)):
        yield paragraph("Unlimited: without it no plan keeps all limits.", style="dim")
    if answer.spared:
        cases = "1 case" if answer.spared == 1 else f"{answer.spared} cases"
        yield paragraph(f"{cases} needed no solve: the best plan remains in them.", style="dim")


def _table(rights: "Iterable[RightPrice]", answer: "PriceRights", decimals: int) -> "RenderableType":
    from portfolioopt.command.show.layout import columns, cut
    from portfolioopt.command.show.spans import span
    from portfolioopt.result.figures import percent

    scale = max(abs(answer.base.low), abs(answer.base.high))
    table = columns("", "used", "worth", "plan without")
    for one in rights:
        name = f"review {one.name}" if one.sort == "review" else one.name
        table.add_row(
            cut(name, NAME_WIDTH),
            percent(float(one.used)) if one.used else "",
            span(one.value, decimals, scale=scale),
            span(one.without, decimals),
        )
    return table
