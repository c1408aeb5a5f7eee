"""What the commands of all studies share: their options, the line of progress, saving, and how they end."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from portfolioopt.command.exits import INTERRUPTED, OK
from portfolioopt.command.talk import harmless, talk

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

    from portfolioopt.language.instance import Instance
    from portfolioopt.language.model import Model
    from portfolioopt.plan import Plan
    from portfolioopt.studies.answer import About, Answer
    from portfolioopt.studies.means import Means
    from portfolioopt.studies.pace import Step, Watch

InstancePath = Annotated[Path, typer.Argument(help="Instance file, or folder that holds instance.yaml.")]
ModelName = Annotated[
    str, typer.Option("--model", "-m", help="Model file, or name of a model that comes with portfolioopt.")
]
Settings = Annotated[
    list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Change the instance first; may repeat.")
]
TimeLimit = Annotated[float, typer.Option(min=0.001, help="Seconds for the whole study.")]
SolveLimit = Annotated[
    float | None, typer.Option(min=0.001, help="Seconds for each solve; the model's time limit if not given.")
]
Gap = Annotated[float | None, typer.Option(min=0, help="Relative gap at which a plan counts as optimal.")]
Threads = Annotated[int | None, typer.Option(min=1, max=256, help="Processor cores to use; two if not given.")]
Seed = Annotated[int | None, typer.Option(min=0, max=2**31 - 1, help="Random seed.")]
NoVerify = Annotated[bool, typer.Option("--no-verify", help="Skip the second, independent run of each solve.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON instead of the report.")]
Parquet = Annotated[bool, typer.Option("--parquet", help="Tables as Parquet too, beside the CSV.")]
Out = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Folder of the study; a new one under runs/ if not given.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No report and no progress.")]
TIME_LIMIT = 600.0
MOST_FAILED = 8
"""Solves without an answer that are told one by one."""
WorkLimit = Annotated[
    float | None,
    typer.Option(min=0.001, help="Work for each solve, counted and not timed, in units of very roughly a second."),
]
Found = TypeVar("Found", bound="Answer")


def means(
    time_limit: float,
    solve_limit: float | None,
    gap: float | None,
    threads: int | None,
    seed: int | None,
    no_verify: bool,
) -> "Means":
    """The options of every study as its means."""
    from portfolioopt.studies.means import Means

    return Means(time_limit, solve_limit, gap, threads, seed, verify=not no_verify)


def run_study(
    instance: Path,
    model: str,
    settings: list[str] | None,
    ask: "Callable[[Instance, Model, Watch | None], Found]",
    code: Callable[[Found], int] | None = None,
    *,
    as_json: bool,
    out: Path | None,
    quiet: bool,
) -> None:
    """Reads the input, asks the study, saves and tells its answer, and exits.

    `code` tells the exit code of an answer (0 if not given); one that Ctrl-C cut short ends with 130.
    """
    from portfolioopt.language.reading import InstanceSource, ModelSource
    from portfolioopt.runs import refuse_unusable

    refuse_unusable(out)
    source = InstanceSource(instance, settings or ())
    chosen = ModelSource(model)
    chosen.check_fit(source.instance)
    for warning in source.warnings():
        talk(f"warning: {warning}")
    with study_progress(wanted=not quiet) as watch:
        answer = ask(source.instance, chosen.model, watch)

    from portfolioopt.studies.saving import write_study

    try:
        folder = write_study(answer, source.instance, chosen.model, out, command=sys.argv)
    finally:
        # even where it cannot be saved, what was found is told
        tell_answer(answer, as_json=as_json, quiet=quiet)
    talk(f"study saved in {folder}")
    interrupted = answer.about.stopped_by == "interrupted"
    raise typer.Exit(INTERRUPTED if interrupted else OK if code is None else code(answer))


def tell_answer(answer: "Answer", *, as_json: bool, quiet: bool) -> None:
    """Prints an answer as JSON or as its report, as asked for."""
    if as_json:
        from portfolioopt.studies.answer import to_json

        sys.stdout.write(to_json(answer))
    elif not quiet:
        show_answer(answer)
    sys.stdout.flush()


def show_answer(answer: "Answer", console: "Console | None" = None) -> None:
    """Prints the report of an answer: its title, what its study's command says of it, and how it ended."""
    from portfolioopt.command.show.layout import print_report, report_console

    console = console or report_console()
    sections = import_module(f"portfolioopt.command.{answer.about.study}").report(answer, console)
    print_report([_title(answer.about), *sections, *_closing(answer.about)], console)


def _title(about: "About") -> "Text":
    from rich.text import Text

    model = "default model" if about.model == "unnamed" else f"model {about.model}"
    text = Text(about.instance, style="bold")
    return text.append(f"  {about.study.replace('_', ' ')}, {model}, figures in {about.currency}", style="not bold")


def _closing(about: "About") -> "Iterable[RenderableType]":
    from rich.text import Text

    from portfolioopt.command.show.layout import bullet, paragraph
    from portfolioopt.result.figures import seconds

    yield Text()
    for one in about.failed[:MOST_FAILED]:
        yield bullet(f"Without an answer: {one.asked}. {one.reason}")
    if len(about.failed) > MOST_FAILED:
        yield bullet(f"… and {len(about.failed) - MOST_FAILED:,} more without an answer: see study.json", mark=" ")
    if not about.complete:
        text = Text("Partial answer", style="bold yellow")
        text.append(f", stopped by: {about.stopped_by}. What is told holds; more could be.", style="not bold")
        yield paragraph(text)
    solves = "1 solve" if about.solves == 1 else f"{about.solves:,} solves"
    known = f"; {about.known:,} known before" if about.known else ""
    yield paragraph(f"{solves if about.solves else 'Done'} in {seconds(about.seconds)}{known}.")


@contextmanager
def study_progress(*, wanted: bool) -> Iterator["Watch | None"]:
    """A line on stderr that says how far the study is, while it runs, if somebody is there to see it."""
    if not (wanted and sys.stderr.isatty()):
        yield None
        return
    from rich.console import Console

    line = StudyLine()
    with Console(stderr=True).status(line):
        yield line


class StudyLine:
    """What the study was last seen at."""

    def __init__(self) -> None:
        self._seen: Step | None = None

    def __call__(self, step: "Step") -> None:
        # also called from the handler of Ctrl-C, so nothing is written here
        self._seen = step

    def __rich__(self) -> "Text":
        from rich.text import Text

        return Text(harmless("preparing" if self._seen is None else step_line(self._seen)))


def step_line(step: "Step") -> str:
    """stability: at most 3 changes; 4 of 9 solves, 2.1 a second, about 2 s left."""
    if step.stopping:
        return f"stopping; what has been found is being put together (press Ctrl-C again to give up): {step.doing}"
    parts = [f"{step.done:,} of {step.expected:,} {step.unit}" if step.expected else f"{step.done:,} {step.unit}"]
    if step.done:
        parts.append(f"{step.rate:.1f} a second" if step.rate >= 1 else f"{step.seconds / step.done:.1f} s each")
    parts.append(f"{step.seconds:.0f} s" if step.left is None else f"about {step.left:.0f} s left")
    if step.sight is not None and 0 < step.sight.gap < 10:
        parts.append(f"gap {step.sight.gap:.2%}")
    return f"{step.study.replace('_', ' ')}: {step.doing}; {', '.join(parts)}"


def percentage(text: str) -> float:
    """A share written as 1% or 0.01; raises `typer.BadParameter`."""
    try:
        value = float(text.strip().removesuffix("%"))
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a share such as 1% or 0.01") from None
    share = value / 100 if text.strip().endswith("%") else value
    if not 0 <= share < 1_000:
        raise typer.BadParameter(f"{text!r} is not a share of 0 or more")
    return share


def no_plan_words(status: str) -> str:
    """What to do where there is nothing to study, because no plan was found."""
    if status == "infeasible":
        return "No plan satisfies all limits: portfolioopt diagnose says which contradict each other, and a way out."
    return "No plan was found in the time given: give each solve more (--solve-limit), or the whole (--time-limit)."


RunOrInstance = Annotated[
    Path, typer.Argument(metavar="RUN|INSTANCE", help="A run folder that solve has saved, or an instance.")
]
ModelOfRun = Annotated[
    str | None,
    typer.Option("--model", "-m", help="Model file or name; default: that of the run, or expected_value."),
]


def facts_of(target: Path, model: str | None) -> "tuple[Path, str, Plan | None]":
    """Instance file, model, and the plan to start from, of a run or an instance; raises `InvalidInput`."""
    from portfolioopt.runs import is_run, read_run

    if not is_run(target):
        return target, model or "expected_value", None
    chosen = read_run(target).chosen
    return target / "instance.resolved.yaml", model or str(target / "model.resolved.yaml"), chosen
