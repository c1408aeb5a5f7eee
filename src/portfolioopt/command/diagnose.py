"""`portfolioopt diagnose`: why nothing is feasible, and the cheapest ways out."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from itertools import groupby
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
    run_study,
)

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

    from portfolioopt.studies.diagnose import Diagnosis, Remedy
    from portfolioopt.studies.diagnose.loosening import Change

MOST_CONFLICTS = 10


def diagnose_command(
    instance: InstancePath,
    model: ModelName = "expected_value",
    settings: Settings = None,
    count: Annotated[int, typer.Option("--count", "-n", min=0, help="Most ways out to tell.")] = 5,
    prices: Annotated[
        list[str] | None,
        typer.Option(
            "--price",
            metavar="LIMIT=PRICE",
            help="Money per unit of a limit or family; then only limits with a price may give way. May repeat.",
        ),
    ] = None,
    keep: Annotated[
        list[str] | None, typer.Option("--keep", metavar="LIMIT", help="Limit or family to be kept; may repeat.")
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
    """Why nothing is feasible: limits that contradict each other, and the cheapest ways out.

    Exit codes: 0 feasible, 3 input that cannot be used, 4 infeasible, 5 not found out in time, 130 interrupted.
    """
    priced = dict(_price(text) for text in prices or ())
    from portfolioopt.studies.diagnose import diagnose

    asked = means(time_limit, solve_limit, gap, threads, seed, no_verify)
    run_study(
        instance,
        model,
        settings,
        lambda facts, choices, watch: diagnose(
            facts, choices, asked, prices=priced, keep=keep or (), count=count, watch=watch
        ),
        lambda answer: {True: OK, False: INFEASIBLE, None: NO_PLAN}[answer.feasible],
        as_json=as_json,
        out=out,
        quiet=quiet,
    )


def _price(text: str) -> tuple[str, Decimal]:
    name, _, price = text.partition("=")
    try:
        return name.strip(), Decimal(price)
    except InvalidOperation:
        raise typer.BadParameter(f"{text!r} is not LIMIT=PRICE, for example capital=0.3") from None


def report(answer: "Diagnosis", _console: "Console") -> "Iterable[RenderableType]":
    """What contradicts itself, and the ways out by cost, each with what the best plan is then worth."""
    from rich.text import Text

    from portfolioopt.command.show.layout import bullet, heading, paragraph
    from portfolioopt.command.show.spans import finite, span
    from portfolioopt.result.figures import decimals_for

    if answer.feasible is None:
        yield paragraph(Text("Not found out in the time given: give more (--time-limit).", style="bold yellow"))
        return
    if answer.feasible:
        yield paragraph(Text("Feasible", style="bold green").append(": some plan satisfies all limits."))
        yield paragraph(f"The best one is worth {span(answer.value, decimals_for(finite(answer.value)))}.")
        yield paragraph("Next: portfolioopt solve shows it.", style="dim")
        return
    yield paragraph(Text("Infeasible", style="bold red").append(": no plan satisfies all limits."))
    yield heading("What contradicts itself", _how_many(answer))
    for number, conflict in enumerate(answer.conflicts[:MOST_CONFLICTS], 1):
        alone = len(conflict.limits) == 1
        text = "cannot be kept, whatever becomes of the others" if alone else "cannot all be kept"
        if conflict.minimal and not alone:
            text += "; without any one of them the others can"
        elif not conflict.minimal:
            text += "; perhaps not all of them are needed for that"
        text += "" if conflict.verified else " (by one run, not verified)"
        yield paragraph(Text(f"{number}  ", style="bold").append(f"{text}:", style="not bold"))
        for limit in conflict.limits:
            words = answer.words.get(limit, limit)
            name = Text(limit, style="bold")
            yield bullet(name if words == limit else name.append(f": {words}", style="not bold"), indent=4)
    if len(answer.conflicts) > MOST_CONFLICTS:
        yield paragraph(f"… and {len(answer.conflicts) - MOST_CONFLICTS} more: see tables/conflicts.csv of the study.")
    yield from _remedies(answer)


def _how_many(answer: "Diagnosis") -> str:
    if not answer.conflicts:
        return "not found out in the time given"
    return "all there is, the smallest first" if answer.all_conflicts else "there may be more"


def _remedies(answer: "Diagnosis") -> "Iterable[RenderableType]":
    from portfolioopt.command.show.layout import heading, indented, paragraph

    cost = "the cheapest first" if answer.priced else "the least change first"
    yield heading("Ways out", f"{cost}; no one contains another")
    if not answer.remedies:
        kept = f" while {_few(answer.kept)} must be kept" if answer.kept else ""
        found = f"There is none{kept}." if answer.all_remedies else "None was found in the time given."
        yield paragraph(found)
        return
    for remedy in answer.remedies:
        yield from _remedy(answer, remedy)
        yield indented(_changes(answer, remedy))
        yield from _plan(answer, remedy)
    if answer.all_remedies:
        yield paragraph("There is no other way out that does not contain one of these.")
    if not answer.priced:
        yield paragraph(
            "Costs are shares of limits: 100% is one year's limit of average size. "
            "With --price LIMIT=PRICE they are money.",
            style="dim",
        )


def _remedy(answer: "Diagnosis", remedy: "Remedy") -> "Iterable[RenderableType]":
    from rich.text import Text

    from portfolioopt.command.show.layout import paragraph
    from portfolioopt.command.show.spans import finite, span
    from portfolioopt.result.figures import decimals_for, figure, percent

    def said(cost: float) -> str:
        return figure(cost, decimals_for([cost])) if answer.priced else percent(cost)

    text = Text(f"{remedy.rank}  ", style="bold")
    text.append(f"cost {said(remedy.cost.high)}", style="not bold")
    if not remedy.cost.settled:
        text.append(f" (at least {said(max(remedy.cost.low, 0.0))} is proven)", style="not bold")
    elif not remedy.verified:
        text.append(" (not verified)", style="not bold")
    value = span(remedy.value, decimals_for(finite(remedy.value)))
    text.append(f"; the best plan is then worth {value}", style="not bold")
    yield paragraph(text)


def _plan(answer: "Diagnosis", remedy: "Remedy") -> "Iterable[RenderableType]":
    """What the best plan decides in every scenario, by year."""
    from portfolioopt.command.show.layout import bullet

    by_act: dict[tuple[int, str, str], int] = {}
    for one in remedy.decisions:
        act = (one.year, one.partnership, one.action)
        by_act[act] = by_act.get(act, 0) + 1
    everywhere = [act for act in sorted(by_act) if by_act[act] == len(answer.scenarios)]
    parts = [
        f"{year} {', '.join(f'{partnership} {action}' for _, partnership, action in acts)}"
        for year, acts in groupby(everywhere, key=lambda act: act[0])
    ]
    if len(everywhere) < len(by_act):
        parts.append("and more in some scenarios (tables/plans.csv)")
    if parts:
        yield bullet(f"decides: {'; '.join(parts)}", mark=" ", indent=4)


def _changes(answer: "Diagnosis", remedy: "Remedy") -> "Table":
    """A line for each number, consecutive years of equal numbers together."""
    from rich.text import Text

    from portfolioopt.command.show.layout import columns
    from portfolioopt.result.figures import years_text

    table = columns("", "", "was", "becomes", "change", left=2)
    table.add_column(Text(""), overflow="fold")

    def alike(change: "Change") -> tuple[object, ...]:
        return change.limit, change.side, change.was, change.becomes, change.amount

    for _, same in groupby(remedy.changes, key=alike):
        group = list(same)
        change = group[0]
        years = [one.year for one in group if one.year is not None]
        when = years_text(years) if years else "all years"
        if change.becomes is None:
            was = "" if change.was is None else _number(change.was)
            table.add_row(f"   {change.limit}", when, was, "set aside", "", "")
            continue
        assert change.was is not None
        moved = change.becomes - change.was
        sign = "+" if moved > 0 else ""
        numbers = (_number(change.was), _number(change.becomes), f"{sign}{_number(moved)}")
        table.add_row(f"   {change.limit}", when, *numbers, _unit(answer, change))
    return table


def _unit(answer: "Diagnosis", change: "Change") -> str:
    """What the numbers of a family count, where the limit's own name does not say it."""
    counted = {"skills": "engineers", "activity": "partnerships", "moves": "decisions"}
    return answer.about.currency if change.family == "capital" else counted.get(change.family, "")


def _number(value: Decimal) -> str:
    """All digits: a plan is feasible with the numbers as they are printed."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _few(names: tuple[str, ...]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
