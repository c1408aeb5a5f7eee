"""`portfolioopt sweep`: many variations of an instance, each solved by itself, here or on a cluster."""

import math
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from portfolioopt.command.edits import (
    CaseOption,
    ForbidOption,
    ForceOption,
    IgnoreOption,
    ModelOption,
    SetOption,
    edited_source,
    edits,
    tell_differences,
)
from portfolioopt.command.exits import FAULT, INTERRUPTED, INVALID, OK
from portfolioopt.command.study import (
    AsJson,
    Gap,
    NoVerify,
    Out,
    Parquet,
    Quiet,
    Seed,
    SolveLimit,
    WorkLimit,
    study_progress,
    tell_answer,
)
from portfolioopt.command.talk import talk

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from portfolioopt.cases.files import Foundation
    from portfolioopt.command.edits import Edits
    from portfolioopt.language.instance import Instance
    from portfolioopt.language.model import Model, Solver
    from portfolioopt.solution.stop import Stop
    from portfolioopt.studies.means import Means
    from portfolioopt.studies.sweep import Design, Sweep, SweepPoint
    from portfolioopt.studies.sweep.asked import Asked
    from portfolioopt.studies.sweep.found import Act
    from portfolioopt.studies.sweep.inputs import Varied

MOST_ROWS, MOST_SWINGS, MOST_ACTS = 40, 20, 8
NAME_WIDTH, INPUT_WIDTH, LEVEL_WIDTH = 44, 30, 10


def sweep_command(
    target: Annotated[
        Path | None,
        typer.Argument(metavar="INSTANCE|RUN|FILE", help="An instance, a saved run, or a file that declares a sweep."),
    ] = None,
    model: ModelOption = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH=LEVEL,...", help="An input at these levels: x0.9 scales, +3 adds; may repeat."),
    ] = None,
    ranges: Annotated[
        list[str] | None,
        typer.Option("--range", metavar="PATH=LOW..HIGH", help="An input between two ends; may repeat."),
    ] = None,
    each: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH=...", help="As --vary or --range, for each member of the first * by itself."),
    ] = None,
    one_at_a_time: Annotated[
        bool, typer.Option("--one-at-a-time", help="Each input alone at its levels or ends, not all combinations.")
    ] = False,
    sample: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="So many points drawn over the inputs (Latin hypercube).")
    ] = None,
    cases: Annotated[Path | None, typer.Option(metavar="FILE", help="Every case of a case file.")] = None,
    case: CaseOption = None,
    settings: SetOption = None,
    forced: ForceOption = None,
    forbidden: ForbidOption = None,
    ignored: IgnoreOption = None,
    engine: Annotated[str, typer.Option(help="Where it runs: serial, loky (processes here), dask or ray.")] = "loky",
    address: Annotated[str, typer.Option(metavar="ADDRESS", help="Of the Dask scheduler or the Ray cluster.")] = "",
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes here; as many as processors, if not given.")
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Go on with the sweep in that folder, on any engine or machine.")
    ] = None,
    time_limit: Annotated[
        float | None, typer.Option(min=0.001, help="Seconds for the whole sweep; none if not given.")
    ] = None,
    work_limit: WorkLimit = None,
    solve_limit: SolveLimit = None,
    gap: Gap = None,
    seed: Seed = None,
    no_verify: NoVerify = False,
    parquet: Parquet = False,
    as_json: AsJson = False,
    out: Out = None,
    quiet: Quiet = False,
) -> None:
    """Solve many variations of an instance: grids, samples, one input at a time, or lists of cases.

    What is solved is kept at once: after Ctrl-C or a crash, --resume goes on. Exit codes: 0 done (points without an
    answer are told), 3 input that cannot be used, 130 interrupted.
    """
    from portfolioopt.points import Where
    from portfolioopt.studies.asked import refuse_another
    from portfolioopt.studies.saving import begin_study, check_parquet, settle_study
    from portfolioopt.studies.sweep import sweep
    from portfolioopt.studies.sweep.asked import keep, kept

    where = Where(engine, workers, address)
    where.check()
    if parquet:
        check_parquet()
    own = _Own(time_limit, work_limit, solve_limit, gap, seed, no_verify=no_verify)
    if resume is not None:
        told = (target, model, vary, ranges, each, sample, cases, case, settings, forced, forbidden, ignored, out)
        if any(one is not None for one in told) or one_at_a_time:
            raise typer.BadParameter("goes on with what its folder says: leave out what to vary", param_hint="--resume")
        folder: Path | None = resume
        asked = kept(resume)
        asked = replace(asked, means=own.over(asked.means))
    else:
        asking = edits(case, settings, forced, forbidden, ignored)
        varying = _Varying(vary, ranges, each, sample, cases, one_at_a_time)
        asked = _asked(target, model, asking, own, varying, quiet=quiet)
        folder = out
    if folder is not None:
        refuse_another(folder, "sweep")
    home = begin_study("sweep", asked.instance, asked.model, folder, command=sys.argv)
    keep(asked, home)
    talk(f"sweep kept in {home}; to go on with it: portfolioopt sweep --resume {home}")
    with study_progress(wanted=not quiet) as watch, _heard() as stop:
        answer = sweep(
            asked.instance,
            asked.design,
            asked.model,
            asked.means,
            where=where,
            folder=home,
            stop=stop,
            watch=watch,
        )
    try:
        settle_study(answer, asked.instance, asked.model, home, command=sys.argv, parquet=parquet)
    finally:
        # even where it cannot be saved, what was found is told
        tell_answer(answer, as_json=as_json, quiet=quiet)
    raise typer.Exit(_code(answer))


class _Varying(NamedTuple):
    """What the command line varies."""

    vary: list[str] | None
    ranges: list[str] | None
    each: list[str] | None
    sample: int | None
    cases: Path | None
    one_at_a_time: bool

    @property
    def any(self) -> bool:
        return any(self)

    def design(self, instance: "Instance", model: "Model", seed: int) -> "Design":
        """Raises `InvalidInput` and `UnknownOption`."""
        from portfolioopt.cases.files import read_cases
        from portfolioopt.studies.sweep import designs
        from portfolioopt.studies.sweep.inputs import check_levels, each_of, read_varied

        if self.cases is not None:
            if self.vary or self.ranges or self.each or self.sample or self.one_at_a_time:
                raise typer.BadParameter("cases are solved as they are: vary nothing else", param_hint="--cases")
            return designs.listed(read_cases(self.cases).cases.values())
        varied: list[Varied] = []
        for option, texts in (("--vary", self.vary), ("--range", self.ranges)):
            varied += [read_varied(text, f"{option} {text}") for text in texts or ()]
        for text in self.each or ():
            varied += each_of(read_varied(text, f"--each {text}"), instance, model)
        if not varied:
            raise typer.BadParameter(
                "say what is varied: --vary, --range, --each or --cases, or a file that declares it"
            )
        if self.sample is not None and self.one_at_a_time:
            raise typer.BadParameter("either a sample or one at a time", param_hint="--sample")
        check_levels(tuple(varied), instance, model)
        if self.sample is not None:
            return designs.sample(varied, self.sample, seed)
        return designs.one_at_a_time(varied) if self.one_at_a_time else designs.grid(varied)


class _Own:
    """What the command line says of time and means; what it does not say is for the file or the model to say."""

    def __init__(
        self,
        time_limit: float | None,
        work_limit: float | None,
        solve_limit: float | None,
        gap: float | None,
        seed: int | None,
        *,
        no_verify: bool,
    ) -> None:
        given = {"work_limit": work_limit, "solve_limit": solve_limit, "gap": gap, "seed": seed}
        self._given: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        if no_verify:
            self._given["verify"] = False
        self._time_limit = math.inf if time_limit is None else time_limit
        self.seed = seed

    def over(self, means: "Means") -> "Means":
        return replace(means, time_limit=self._time_limit, **self._given)

    def over_solver(self, solver: "Solver | None") -> "Means":
        """Over what a sweep file says."""
        from portfolioopt.studies.means import Means

        if solver is None:
            return self.over(Means())
        told = {name: getattr(solver, name) for name in solver.model_fields_set}
        names = {"gap": "gap", "work_limit": "work_limit", "time_limit": "solve_limit"}
        found: dict[str, Any] = {names[name]: float(value) for name, value in told.items() if name in names}
        return self.over(Means(seed=told.get("seed"), **found))


def _asked(
    target: Path | None, model: str | None, asking: "Edits", own: _Own, varying: _Varying, *, quiet: bool
) -> "Asked":
    """What to solve."""
    from portfolioopt.runs import INSTANCE_USED, MODEL_USED, is_run
    from portfolioopt.studies.sweep.asked import Asked
    from portfolioopt.studies.sweep.files import is_sweep_file, read_sweep

    declared = None
    if target is not None and is_sweep_file(target):
        if varying.any:
            raise typer.BadParameter("the file says what is varied: change it there", param_hint="FILE")
        declared = read_sweep(target)
        foundation = declared.foundation or asking.foundation
        asking = asking._replace(foundation=foundation)
        target = None
    elif target is None and varying.cases is not None:
        asking = asking._replace(foundation=_foundation(varying.cases))
    elif target is not None and is_run(target):
        model, target = model or str(target / MODEL_USED), target / INSTANCE_USED
    source = edited_source(target, model, asking)
    if not quiet:
        tell_differences(source)
    for warning in source.warnings():
        talk(f"warning: {warning}")
    facts, choices = source.instance, source.model
    if declared is not None:
        return Asked(facts, choices, declared.design(facts, choices), own.over_solver(declared.solver))
    seed = choices.solver.seed if own.seed is None else own.seed
    return Asked(facts, choices, varying.design(facts, choices, seed), own.over_solver(None))


def _foundation(cases: Path) -> "Foundation | None":
    """Instance and model that a case file names for its first case."""
    from portfolioopt.cases.files import read_cases

    return next(iter(read_cases(cases).foundations.values()))


@contextmanager
def _heard() -> "Iterator[Stop]":
    """A wish to stop that Ctrl-C asks for: no point is begun any more, and those under way are given up."""
    from portfolioopt.solution.stop import Stop

    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = signal.getsignal(signal.SIGINT)

    def ask(_signal: int, _frame: Any) -> None:
        if stop.asked.is_set():
            raise KeyboardInterrupt
        stop.ask()

    signal.signal(signal.SIGINT, ask)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


def _code(answer: "Sweep") -> int:
    if answer.about.stopped_by == "interrupted":
        return INTERRUPTED
    tried = [one for one in answer.points[1:] if one.outcome != "missing"]
    if tried and all(one.outcome == "refused" for one in tried):
        return INVALID
    return FAULT if tried and all(one.outcome == "failed" for one in tried) else OK


def report(answer: "Sweep", _console: "Console") -> "Iterable[RenderableType]":
    """The tornado or the points; which decisions stand throughout; what has no answer."""
    from portfolioopt.command.show.layout import paragraph

    done = [one for one in answer.points[1:] if one.outcome != "missing"]
    words = {"grid": "grid", "one_at_a_time": "one input at a time", "sample": "sample", "list": "cases"}
    yield paragraph(
        f"{len(done):,} of {len(answer.points) - 1:,} points ({words[answer.kind]}), each solved with at most "
        f"{answer.work_limit:g} units of work. Values: {answer.objective}."
    )
    if answer.swings:
        yield from _tornado(answer)
    elif answer.kind == "sample":
        yield from _spread(answer)
    if answer.kind != "one_at_a_time":
        yield from _points(answer)
    yield from _core(answer)
    yield from _without(answer)


def _tornado(answer: "Sweep") -> "Iterable[RenderableType]":
    from portfolioopt.command.show.layout import bullet, columns, cut, heading, indented, paragraph
    from portfolioopt.result.figures import decimals_for, figure
    from portfolioopt.studies.sweep.tables import differing
    from portfolioopt.studies.sweep.tornado import level_of

    base = answer.base
    decimals = decimals_for([one.value for one in answer.points if one.value is not None])
    said = "" if base.value is None else f"the base is worth {figure(base.value, decimals)}"
    yield heading("One input at a time", f"{said}; * another plan is best there")
    table = columns("", "from", "value", "to", "value", "spread", left=1)
    for one in answer.swings[:MOST_SWINGS]:
        low, high = answer.points[one.low], answer.points[one.high]
        table.add_row(
            cut(one.input, INPUT_WIDTH),
            cut(level_of(low, one.input, answer.inputs), LEVEL_WIDTH),
            _marked(low, decimals),
            cut(level_of(high, one.input, answer.inputs), LEVEL_WIDTH),
            _marked(high, decimals),
            figure(one.spread, decimals),
        )
    yield indented(table)
    if len(answer.swings) > MOST_SWINGS:
        yield paragraph(f"… and {len(answer.swings) - MOST_SWINGS} more: see tables/tornado.csv of the study")
    turning = [one for one in answer.points if one.plan_changes]
    if turning:
        yield heading("Where the plan changes", "decisions that it adds and drops")
    for point in turning[:MOST_ACTS]:
        yield paragraph(point.name)
        lines = list(_changes(*differing(point, base)))
        for mark, line in lines[:MOST_ACTS]:
            yield bullet(line, mark=mark, indent=4)
        if len(lines) > MOST_ACTS:
            yield bullet(
                f"… and {len(lines) - MOST_ACTS} more: see tables/changes.csv of the study", mark=" ", indent=4
            )
    if len(turning) > MOST_ACTS:
        yield paragraph(f"… and {len(turning) - MOST_ACTS} more: see tables/changes.csv of the study")


def _changes(added: "list[Act]", dropped: "list[Act]") -> "Iterator[tuple[str, str]]":
    """A line for each decision: added, dropped, or in other scenarios than before."""
    from portfolioopt.result.figures import percent

    before = {(one.year, one.partnership, one.action): one.probability for one in dropped}
    after = {(one.year, one.partnership, one.action): one.probability for one in added}
    for act in sorted({*before, *after}):
        said = f"{act[0]} {act[1]} {act[2]}"
        if act in before and act in after:
            yield "~", f"{said}: {percent(after[act])} likely instead of {percent(before[act])}"
        else:
            chance = after.get(act, before.get(act, 1))
            likely = "" if chance == 1 else f" ({percent(chance)} likely)"
            yield "+" if act in after else "-", said + likely


def _marked(point: "SweepPoint", decimals: int) -> str:
    from portfolioopt.result.figures import figure

    if point.value is None:
        return point.status.replace("_", " ") or point.outcome
    unproven = "?" if point.status == "feasible" else ""
    return f"{figure(point.value, decimals)}{'*' if point.plan_changes else ''}{unproven}"


def _spread(answer: "Sweep") -> "Iterable[RenderableType]":
    """Least, middle and most of what a sample is worth."""
    from portfolioopt.command.show.layout import columns, heading, indented
    from portfolioopt.result.figures import decimals_for, figure

    rows = {
        name: sorted(value for one in answer.points[1:] if (value := getattr(one, field)) is not None)
        for name, field in (("value", "value"), ("expected NPV", "expected_npv"), ("worst scenario", "worst"))
    }
    if not rows["value"]:
        return
    decimals = decimals_for(value for values in rows.values() for value in values)
    yield heading("Over the sample", "a tenth of the points is worth less, half, nine tenths")
    table = columns("", "tenth", "half", "nine tenths", left=1)
    for name, values in rows.items():
        at = (values[min(int(share * len(values)), len(values) - 1)] for share in (0.1, 0.5, 0.9))
        table.add_row(name, *(figure(value, decimals) for value in at))
    yield indented(table)


def _points(answer: "Sweep") -> "Iterable[RenderableType]":
    from portfolioopt.command.show.layout import columns, cut, heading, indented, paragraph
    from portfolioopt.result.figures import decimals_for, figure, percent
    from portfolioopt.result.wording import listed

    decimals = decimals_for([one.value for one in answer.points if one.value is not None])
    yield heading("Points", "base plan: what it would be worth; * another plan is better")
    if answer.inputs:
        yield paragraph(f"By the levels of {listed(answer.inputs)}.")
    table = columns("", "value", "gap", "worst", "base plan", left=1)
    for one in answer.points[: MOST_ROWS + 1]:
        table.add_row(
            cut(", ".join(one.levels) or one.name, NAME_WIDTH),
            _marked(one, decimals),
            "" if one.gap is None else percent(one.gap, 2),
            "" if one.worst is None else figure(one.worst, decimals),
            "" if one.value is None else "breaks limits" if one.base_plan is None else figure(one.base_plan, decimals),
        )
    yield indented(table)
    if len(answer.points) > MOST_ROWS + 1:
        yield paragraph(f"… and {len(answer.points) - MOST_ROWS - 1:,} more: see tables/points.csv of the study")


def _core(answer: "Sweep") -> "Iterable[RenderableType]":
    """Decisions that every plan takes, and those that only some do."""
    from portfolioopt.command.show.layout import bullet, heading, paragraph
    from portfolioopt.result.figures import percent
    from portfolioopt.studies.sweep.tornado import core

    plans = sum(1 for one in answer.points if one.value is not None)
    if plans < 2:
        return
    found = list(core(answer.points))
    always = [act for act, _, share in found if share == 1]
    some = [one for one in found if one[2] < 1]
    yield heading("Decisions", f"over {plans:,} plans, in any year")
    yield paragraph(f"{len(always)} stand in every plan, {len(some)} only in some.")
    for (partnership, action), in_base, share in some[:MOST_ACTS]:
        note = "" if in_base else ", not in the base plan"
        yield bullet(f"{partnership} {action}: in {percent(share)} of the plans{note}")
    if len(some) > MOST_ACTS:
        yield bullet(f"… and {len(some) - MOST_ACTS} more: see tables/core.csv of the study", mark=" ")


def _without(answer: "Sweep") -> "Iterable[RenderableType]":
    """What was lost on the way, and points without an answer."""
    from portfolioopt.command.show.layout import bullet, heading, paragraph

    wrong = [one for one in answer.points if one.outcome in ("refused", "failed")]
    if wrong:
        yield heading("Without an answer", f"{len(wrong):,} points")
        for one in wrong[:MOST_ACTS]:
            yield bullet(f"{one.name}: {one.reason}")
        if len(wrong) > MOST_ACTS:
            yield bullet(f"… and {len(wrong) - MOST_ACTS:,} more: see tables/points.csv of the study", mark=" ")
    unproven = [one.gap for one in answer.points if one.status == "feasible" and one.gap is not None]
    if unproven:
        from portfolioopt.result.figures import percent

        some = "1 point" if len(unproven) == 1 else f"{len(unproven):,} points"
        yield paragraph(
            f"? {some} ended before the gap was reached: up to {percent(max(unproven), 1)} more may be possible there, "
            "and moves smaller than that may be chance. More work (--work-limit) tells more."
        )
    timed = sum(1 for one in answer.points if one.outcome == "clock")
    if timed:
        yield paragraph(
            f"{timed:,} points were ended by a time limit: elsewhere they may end otherwise. --resume solves them anew."
        )
