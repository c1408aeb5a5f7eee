"""Commands of studies that keep each solve as soon as it is made, and go on where they were ended."""

import math
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from portfolioopt.command.exits import FAULT, INTERRUPTED, NO_PLAN
from portfolioopt.command.study import TIME_LIMIT, facts_of, study_progress, tell_answer
from portfolioopt.command.talk import talk

if TYPE_CHECKING:
    from portfolioopt.studies.answer import Answer
    from portfolioopt.studies.asked import Asked
    from portfolioopt.studies.means import Means
    from portfolioopt.studies.pace import Watch

RunOrInstanceOrNone = Annotated[
    Path | None, typer.Argument(metavar="RUN|INSTANCE", help="A run folder that solve has saved, or an instance.")
]
Resume = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Go on with the study in that folder, here or on another machine.")
]
WholeLimit = Annotated[
    float | None,
    typer.Option(min=0.001, help="Seconds for the whole study; 600 if not given, none where work is limited."),
]
ON_RESUMING = {"resume", "time_limit", "work_limit", "solve_limit", "gap", "threads", "seed", "no_verify"}
ON_RESUMING |= {"as_json", "quiet", "parquet"}
"""Options that may be given beside --resume."""
Found = TypeVar("Found", bound="Answer")
Ask = Callable[["Asked", Path, "Watch | None"], Found]


def run_kept(
    context: typer.Context,
    study: str,
    options: dict[str, Any],
    ask: "Ask[Found]",
    code: Callable[[Found], int],
    check: "Callable[[Asked], None] | None" = None,
) -> None:
    """Asks the study, or goes on with it; each solve is stored in its folder at once, the answer when it ends.

    `context` holds the options that all such commands have; `options` are the study's own, as JSON. `check` refuses
    what cannot be asked, before there is a folder. `code` tells the exit code of an answer; one that Ctrl-C cut short
    ends with 130, one without a plan because solves failed with 1.
    """
    from portfolioopt.studies.asked import answered, keep, kept, refuse_another
    from portfolioopt.studies.saving import begin_study, check_parquet, settle_study

    given = context.params
    if given["parquet"]:
        check_parquet()
    told = {name for name in given if _told(context, name)}
    resume: Path | None = given["resume"]
    if resume is not None:
        more = sorted("RUN|INSTANCE" if name == "target" else name for name in told - ON_RESUMING)
        if more:
            said = f"goes on with what its folder says: leave out {', '.join(more).replace('_', '-')}"
            raise typer.BadParameter(said, param_hint="--resume")
        asked = kept(resume, study)
        asked = replace(asked, means=_means(given, told, asked.means))
    else:
        if given["target"] is None:
            raise typer.BadParameter("name an instance or a run, or with --resume a folder", param_hint="RUN|INSTANCE")
        asked = _asked(study, given, told, options)
    if check is not None:
        check(asked)
    folder: Path | None = given["out"] or resume
    if folder is not None:
        refuse_another(folder, study)
    before = None if folder is None else answered(asked, folder)
    if before is not None and folder is not None:
        talk(f"this was asked before, and answered in full in {folder}: nothing is solved")
        if given["parquet"]:
            settle_study(before, asked.instance, asked.model, folder, command=sys.argv, parquet=True)
        tell_answer(before, as_json=given["as_json"], quiet=given["quiet"])
        raise typer.Exit(_code(before, code))  # type: ignore[arg-type]
    home = begin_study(study, asked.instance, asked.model, folder, command=sys.argv)
    keep(asked, home)
    talk(f"{study} kept in {home}; to go on with it: portfolioopt {study} --resume {home}")
    with study_progress(wanted=not given["quiet"]) as watch:
        answer = ask(asked, home, watch)
    try:
        settle_study(answer, asked.instance, asked.model, home, command=sys.argv, parquet=given["parquet"])
    finally:
        # even where it cannot be saved, what was found is told
        tell_answer(answer, as_json=given["as_json"], quiet=given["quiet"])
    raise typer.Exit(_code(answer, code))


def _code(answer: Found, code: Callable[[Found], int]) -> int:
    if answer.about.stopped_by == "interrupted":
        return INTERRUPTED
    found = code(answer)
    return FAULT if found == NO_PLAN and answer.about.failed else found


def _told(context: typer.Context, name: str) -> bool:
    """Whether an option stands on the command line."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _means(given: dict[str, Any], told: set[str], before: "Means") -> "Means":
    """Means as kept, with what the command line says otherwise."""
    names = {"time_limit", "work_limit", "solve_limit", "gap", "threads", "seed"} & told
    found = replace(before, **{name: given[name] for name in names})
    return replace(found, verify=False) if given["no_verify"] else found


def _asked(study: str, given: dict[str, Any], told: set[str], options: dict[str, Any]) -> "Asked":
    """The question of the command line. Raises `InvalidInput`."""
    from portfolioopt.language.reading import InstanceSource, ModelSource
    from portfolioopt.studies.asked import Asked
    from portfolioopt.studies.means import Means

    instance, chosen, plan = facts_of(given["target"], given["model"])
    source = InstanceSource(instance, given["settings"] or ())
    model = ModelSource(chosen)
    model.check_fit(source.instance)
    for warning in source.warnings():
        talk(f"warning: {warning}")
    whole = TIME_LIMIT if given["work_limit"] is None else math.inf
    means = _means(given, told, Means(time_limit=whole))
    return Asked(study, source.instance, model.model, means, options, plan)
