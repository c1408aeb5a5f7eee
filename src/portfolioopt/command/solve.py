"""`portfolioopt solve`: the best plan for an instance, shown, and saved as a run folder."""

import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer

from portfolioopt.command.edits import (
    CaseOption,
    ForbidOption,
    ForceOption,
    IgnoreOption,
    InstanceArgument,
    ModelOption,
    SetOption,
    edited_source,
    edits,
    tell_differences,
)
from portfolioopt.command.exits import INFEASIBLE, INTERRUPTED, NO_PLAN, OK
from portfolioopt.command.talk import harmless, talk

if TYPE_CHECKING:
    from rich.text import Text

    from portfolioopt.result import Result


GapOption = Annotated[float | None, typer.Option(min=0, help="Relative gap at which a plan counts as optimal.")]
TimeLimitOption = Annotated[
    float | None, typer.Option(min=0.001, help="Seconds for the whole of each solve, checks included.")
]
WorkLimitOption = Annotated[
    float | None,
    typer.Option(
        min=0.001, help="Work after which to stop, of very roughly a second a unit; the same plan on every machine."
    ),
]
ThreadsOption = Annotated[int | None, typer.Option(min=1, max=256, help="Processor cores to use; two if not given.")]
SeedOption = Annotated[int | None, typer.Option(min=0, max=2**31 - 1, help="Random seed of the solver.")]
NoVerifyOption = Annotated[bool, typer.Option("--no-verify", help="Skip the second, independent run.")]
OutOption = Annotated[Path | None, typer.Option(metavar="DIR", help="Run folder; a new one under runs/ if not given.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No report and no progress.")]
AllOption = Annotated[bool, typer.Option("--all", "-a", help="Show what is the same, too.")]


class Progress(Protocol):
    """How far a solve has come."""

    @property
    def phase(self) -> str: ...
    @property
    def value(self) -> float | None: ...
    @property
    def bound(self) -> float | None: ...
    @property
    def gap(self) -> float | None: ...


def solve_command(
    instance: InstanceArgument = None,
    model: ModelOption = None,
    case: CaseOption = None,
    settings: SetOption = None,
    forced: ForceOption = None,
    forbidden: ForbidOption = None,
    ignored: IgnoreOption = None,
    gap: GapOption = None,
    time_limit: TimeLimitOption = None,
    work_limit: WorkLimitOption = None,
    threads: ThreadsOption = None,
    seed: SeedOption = None,
    no_verify: NoVerifyOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON instead of the report.")] = False,
    out: OutOption = None,
    quiet: QuietOption = False,
) -> None:
    """Find the best plan, show it and save the run.

    Exit codes: 0 a plan, 3 input that cannot be used, 4 infeasible, 5 no plan found, 130 interrupted.
    """
    from portfolioopt.runs import refuse_unusable

    refuse_unusable(out)
    source = edited_source(instance, model, edits(case, settings, forced, forbidden, ignored))
    if not quiet:
        tell_differences(source)
    for warning in source.warnings():
        talk(f"warning: {warning}")

    from portfolioopt.runs import write_run
    from portfolioopt.solving import solve

    options = solver_options(gap, time_limit, work_limit, threads, seed, no_verify=no_verify)
    with watched(wanted=not quiet) as progress:
        result = solve(source.instance, source.model, progress=progress, **options)
    try:
        folder = write_run(result, source.instance, source.model, out, command=sys.argv)
    finally:
        # even where it cannot be saved, what was found is told
        tell_result(result, as_json=as_json, quiet=quiet)
    talk(f"run saved in {folder}")
    raise typer.Exit(exit_code(result))


def solver_options(
    gap: float | None,
    time_limit: float | None,
    work_limit: float | None,
    threads: int | None,
    seed: int | None,
    *,
    no_verify: bool,
) -> dict[str, Any]:
    """What the command line asks of the solver, as options of `solve`."""
    asked = {"gap": gap, "time_limit": time_limit, "work_limit": work_limit, "threads": threads, "seed": seed}
    return {name: value for name, value in asked.items() if value is not None} | {"verify": not no_verify}


def exit_code(result: "Result") -> int:
    """How a solve that returned a result ends."""
    if result.stop_reason == "interrupted":
        return INTERRUPTED
    return {"infeasible": INFEASIBLE, "no_plan": NO_PLAN}.get(result.status, OK)


def tell_result(result: "Result", *, as_json: bool, quiet: bool) -> None:
    """The report of a solve, or the result for other programs."""
    if as_json:
        sys.stdout.write(result.to_json())
    elif not quiet:
        from portfolioopt.command.show import show_result

        show_result(result)
    sys.stdout.flush()


@contextmanager
def watched(*, wanted: bool) -> Iterator[Callable[[Progress], None] | None]:
    """A line on stderr that says how far the solve is, while it runs, if somebody is there to see it."""
    if not (wanted and sys.stderr.isatty()):
        yield None
        return
    from rich.console import Console

    console = Console(stderr=True)
    line = ProgressLine()
    with console.status(line):
        yield line


class ProgressLine:
    """What the search was last seen at. It is drawn anew several times a second, so that its seconds run on."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = clock()
        self._seen: Progress | None = None
        self._stopping = False

    def __call__(self, progress: Progress) -> None:
        # also called from the handler of Ctrl-C, so nothing is written here
        self._stopping = self._stopping or progress.phase == "stopping"
        self._seen = progress

    def __rich__(self) -> "Text":
        from rich.text import Text

        return Text(harmless(self.text()))

    def text(self) -> str:
        """The line as it is now."""
        seconds = self._clock() - self._began
        if self._stopping:
            said = "the best plan so far is being audited (press Ctrl-C again to give up)"
            return f"stopping; {said}, {seconds:.0f} s"
        return f"preparing: {seconds:.0f} s" if self._seen is None else progress_line(self._seen, seconds)


def progress_line(progress: Progress, seconds: float) -> str:
    """search: value 1,143.6, bound 1,168.0, gap 2.1%, 12 s."""
    parts = [
        f"{name} {value:,.1f}"
        for name, value in (("value", progress.value), ("bound", progress.bound))
        if value is not None and math.isfinite(value)
    ]
    if progress.gap is not None and math.isfinite(progress.gap):
        parts.append(f"gap {progress.gap:.2%}")
    parts.append(f"{seconds:.0f} s")
    return f"{progress.phase}: {', '.join(parts)}"
