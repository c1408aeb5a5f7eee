"""`portfolioopt stress`: a given plan in thousands of drawn futures."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
    percentage,
)

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from portfolioopt.studies.asked import Asked
    from portfolioopt.studies.pace import Watch
    from portfolioopt.studies.stress import Strain, Stress

MOST_ROWS = 12
"""Partnerships and limits told."""
WIDEST = 40
"""Columns of the longest bar."""


def stress_command(
    context: typer.Context,
    target: RunOrInstanceOrNone = None,
    draws: Annotated[int, typer.Option(min=1, max=10_000_000, help="How many futures.")] = 10_000,
    volatility: Annotated[
        list[str] | None,
        typer.Option(metavar="DRIVER=SHARE", help="Yearly volatility of a driver, 0.15 or 15%; may repeat."),
    ] = None,
    persistence: Annotated[
        float, typer.Option(min=0, max=1, help="Share of a year's deviation that is left the year after.")
    ] = 0.8,
    correlation: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[DRIVER,DRIVER=]R",
            help="Correlation of the shocks of two drivers, or of every two; 0, if not given; may repeat.",
        ),
    ] = None,
    no_breakdowns: Annotated[
        bool, typer.Option("--no-breakdowns", help="Charge breakdowns at what they cost on average.")
    ] = False,
    outage: Annotated[
        bool, typer.Option("--outage", help="A partnership provides nothing in the year of a breakdown.")
    ] = False,
    tail: Annotated[
        str | None, typer.Option(metavar="SHARE", help="Share of the draws that counts as worst; 10%.")
    ] = None,
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
    """A plan in drawn futures: breakdowns as they fall, drivers around the scenarios; what comes of NPV and limits.

    The plan is that of the run; asked of an instance, the best plan is found first.

    Exit codes: 0 answered, 3 input that cannot be used, 4 infeasible, 5 no plan found, 130 interrupted.
    """
    moving = [_volatility(text) for text in volatility or ()]
    options = {
        "draws": draws,
        "volatility": dict(moving),
        "persistence": persistence,
        "correlation": _correlations(correlation or (), [driver for driver, _ in moving]),
        "breakdowns": not no_breakdowns,
        "outage": outage,
        "tail": None if tail is None else percentage(tail),
    }

    def ask(asked: "Asked", folder: Path, watch: "Watch | None") -> "Stress":
        from portfolioopt.studies.stress import stress

        own = _as_asked(asked.options)
        return stress(
            asked.instance,
            asked.model,
            asked.means,
            plan=asked.plan,
            folder=folder,
            watch=watch,
            **own,
        )

    def check(asked: "Asked") -> None:
        from portfolioopt.studies.stress import check_asked

        check_asked(asked.instance, **_as_asked(asked.options))

    run_kept(
        context,
        "stress",
        options,
        ask,
        lambda answer: OK if answer.npv is not None else INFEASIBLE if answer.status == "infeasible" else NO_PLAN,
        check,
    )


def _as_asked(options: "Mapping[str, Any]") -> dict[str, Any]:
    """The options as the study takes them: correlation by pair."""
    pairs = {(one, other): value for one, other, value in options["correlation"]}
    return {**options, "correlation": pairs}


def _volatility(text: str) -> tuple[str, float]:
    driver, sign, share = text.partition("=")
    if not sign or not driver:
        raise typer.BadParameter(f"{text!r} is not a driver with its volatility, such as ev_demand=0.15")
    return driver, percentage(share)


def _correlations(texts: Iterable[str], moving: list[str]) -> list[tuple[str, str, float]]:
    """By pair; one without names is that of every two drivers that move and are not named together."""
    found: dict[tuple[str, str], float] = {}
    rest = 0.0
    for text in texts:
        pair, sign, share = text.rpartition("=")
        try:
            value = float(share)
        except ValueError:
            raise typer.BadParameter(f"{share!r} is not a correlation such as 0.5 or -0.3") from None
        if not sign:
            rest = value
            continue
        names = tuple(name.strip() for name in pair.split(","))
        if len(names) != 2:
            raise typer.BadParameter(
                f"{text!r} is not two drivers with their correlation, such as ev_demand,tariff=0.3"
            )
        found[min(names), max(names)] = value
    pairs = {(one, other): rest for one in moving for other in moving if one < other}
    return [(*pair, value) for pair, value in {**pairs, **found}.items() if value]


def report(answer: "Stress", _console: "Console") -> "Iterable[RenderableType]":
    """The distribution, scenario by scenario, what limits break, and who drives the worst draws."""
    from portfolioopt.command.show.layout import columns, heading, indented, paragraph
    from portfolioopt.result.figures import decimals_for, figure, percent
    from portfolioopt.result.wording import some

    if answer.npv is None or answer.promised is None:
        yield paragraph(no_plan_words(answer.status))
        return
    one = answer.npv
    decimals = decimals_for([one.mean, answer.promised])
    if answer.broken:
        yield paragraph(f"The plan breaks limits as it is: {some(answer.broken)}.", style="yellow")
    yield paragraph(_drawn(answer), style="dim")
    yield heading("NPV", f"{answer.draws:,} draws")
    table = columns("", "value", "+/-")
    table.add_row("promised by the plan", figure(answer.promised, decimals), "")
    table.add_row("mean", figure(one.mean, decimals), figure(one.error, decimals))
    worst = f"mean of the worst {percent(answer.tail)}"
    table.add_row(worst, figure(one.tail, decimals), figure(one.tail_error, decimals))
    table.add_row("standard deviation", figure(one.deviation, decimals), "")
    for share, value in one.quantiles:
        if share in (0.05, 0.5, 0.95):
            table.add_row(f"{percent(share)} are below", figure(value, decimals), "")
    yield indented(table)
    yield paragraph(f"NPV is below 0 in {percent(one.below_zero, 1)} of the draws.")
    yield from _histogram(answer)

    yield heading("In each scenario")
    table = columns("", "chance", "promised", "mean", "deviation", "worst tenth")
    for each in answer.scenarios:
        table.add_row(
            each.scenario,
            percent(float(each.probability)),
            *(figure(value, decimals) for value in (each.promised, each.mean, each.deviation, each.worst_tenth)),
        )
    yield indented(table)
    yield from _limits(answer)

    yield heading("Who drives the worst draws", f"the worst {percent(answer.tail)} against the mean")
    table = columns("", "mean", "in the worst", "less", "breakdowns", "lost by them")
    for part in answer.contributions[:MOST_ROWS]:
        table.add_row(
            part.partnership,
            figure(part.mean, decimals),
            figure(part.tail, decimals),
            figure(part.swing, decimals),
            figure(part.breakdowns, 2) if part.breakdowns else "",
            figure(part.lost, decimals) if part.lost else "",
        )
    yield indented(table)
    more = len(answer.contributions) - MOST_ROWS
    if more > 0:
        yield paragraph(f"… and {more} more: see tables/contributions.csv of the study.", style="dim")


def _drawn(answer: "Stress") -> str:
    """What was drawn, in a sentence."""
    from portfolioopt.result.figures import percent
    from portfolioopt.result.wording import listed

    moved = listed(f"{driver} by {percent(value)}" for driver, value in answer.volatility)
    drivers = "drivers are as in their scenario"
    if moved:
        lasting = f"of which {percent(answer.persistence)} last into the next"
        drivers = f"drivers move around their scenario: {moved} a year, {lasting}"
    if len(answer.volatility) > 1:
        together = listed(f"{one} with {other} {value:+g}" for one, other, value in answer.correlation)
        drivers += f", correlated: {together}" if together else ", independently of one another"
    falls = "breakdowns are drawn" if answer.breakdowns else "breakdowns are charged at what they cost on average"
    stops = ", and stop what is provided for the year" if answer.outage else ""
    return f"Scenarios are drawn by chance, {falls}{stops}, {drivers}."


def _histogram(answer: "Stress") -> "Iterable[RenderableType]":
    from portfolioopt.command.show.layout import columns, indented, paragraph
    from portfolioopt.result.figures import decimals_for, figure

    filled = [one for one in answer.bins if one.draws]
    if len(filled) < 2:
        return
    decimals = 0 if max(abs(one.high) for one in answer.bins) >= 100 else decimals_for([answer.bins[-1].high])
    most = max(one.draws for one in answer.bins)
    table = columns("from", "draws", "")
    table.columns[0].justify = "right"
    table.columns[2].justify = "left"
    for one in answer.bins:
        table.add_row(figure(one.low, decimals), f"{one.draws:,}", "#" * round(WIDEST * one.draws / most))
    yield paragraph("")
    yield indented(table)


def _limits(answer: "Stress") -> "Iterable[RenderableType]":
    from portfolioopt.command.show.layout import columns, heading, indented, paragraph
    from portfolioopt.result.figures import decimals_for, figure, percent

    yield heading("Limits and requirements", "share of the draws, and what is missing in those")
    if not answer.strains:
        yield paragraph("None is broken in any draw, and no requirement falls short.")
        return
    decimals = decimals_for(one.most for one in answer.strains)
    table = columns("", "year", "draws", "mean", "most")
    for one in answer.strains[:MOST_ROWS]:
        table.add_row(
            _said(one), str(one.year), percent(one.chance, 1), figure(one.size, decimals), figure(one.most, decimals)
        )
    yield indented(table)
    more = len(answer.strains) - MOST_ROWS
    if more > 0:
        yield paragraph(f"… and {more} more: see tables/limits.csv of the study.", style="dim")
    if answer.overdrawn:
        yield paragraph(f"Capital is overdrawn in some year in {percent(answer.overdrawn, 1)} of the draws.")


def _said(one: "Strain") -> str:
    words = {"requirements": f"{one.limit} short", "capital": "capital overdrawn"}
    return words.get(one.family, one.limit)
