"""`portfolioopt whatif`: solve an edited instance, and say what the edit changes."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from portfolioopt.command.edits import (
    CaseOption,
    Edits,
    ForbidOption,
    ForceOption,
    IgnoreOption,
    ModelOption,
    SetOption,
    edited_source,
    edits,
)
from portfolioopt.command.exits import INTERRUPTED
from portfolioopt.command.solve import (
    AllOption,
    GapOption,
    NoVerifyOption,
    OutOption,
    QuietOption,
    SeedOption,
    ThreadsOption,
    TimeLimitOption,
    WorkLimitOption,
    exit_code,
    solver_options,
    watched,
)
from portfolioopt.command.talk import data, talk

if TYPE_CHECKING:
    from portfolioopt.cases.sources import EditedSource
    from portfolioopt.comparison import WhatIf
    from portfolioopt.result import Result

KEPT_OPTIONS = ("gap", "time_limit", "work_limit", "threads", "seed")


def whatif_command(
    base: Annotated[
        Path | None,
        typer.Argument(metavar="RUN|INSTANCE", help="A saved run, or an instance, which is solved first."),
    ] = None,
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
    no_steps: Annotated[
        bool, typer.Option("--no-steps", help="One step for all changes in the bridge: no solves in between.")
    ] = False,
    every: AllOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print edits, comparison and bridge as JSON.")] = False,
    out: OutOption = None,
    quiet: QuietOption = False,
) -> None:
    """Solve an edited instance and say what the edit changes: value, decisions, money, limits, and why.

    The run of the edited instance is saved. Exit codes are those of its solve.
    """
    from portfolioopt.comparison import what_if
    from portfolioopt.runs import refuse_unusable, write_run
    from portfolioopt.solving import Session

    refuse_unusable(out)
    asked = edits(case, settings, forced, forbidden, ignored)
    source, start = _base(base, model, asked)
    before = source.before
    for warning in source.warnings():
        talk(f"warning: {warning}")
    options: dict[str, Any] = {} if start is None else _kept(start)
    options |= solver_options(gap, time_limit, work_limit, threads, seed, no_verify=no_verify)
    session = Session()
    try:
        with watched(wanted=not quiet) as progress:
            found = what_if(
                source.case, *before, start=start, steps=not no_steps, session=session, progress=progress, **options
            )
    except KeyboardInterrupt:
        talk("portfolioopt: interrupted before the edited instance was solved")
        raise typer.Exit(INTERRUPTED) from None
    try:
        folder = write_run(found.result, *found.edited, out, command=sys.argv)
    finally:
        # even where it cannot be saved, what was found is told
        _tell(found, every=every, as_json=as_json, quiet=quiet)
    talk(f"run saved in {folder}")
    raise typer.Exit(exit_code(found.result))


def _base(base: Path | None, model: str | None, asked: Edits) -> "tuple[EditedSource, Result | None]":
    """What is edited, and the result of it where it is a saved run."""
    from portfolioopt.cases.differences import changes_for, model_differences
    from portfolioopt.cases.sources import EditedSource
    from portfolioopt.language.reading import read_model
    from portfolioopt.runs import INSTANCE_USED, MODEL_USED, is_run, read_run

    if not asked.case.every_change and model is None:
        raise typer.BadParameter("say what is edited: --case, --set, --force, --forbid, --ignore-limit, or --model")
    if base is None or not is_run(base):
        if not asked.case.every_change:
            raise typer.BadParameter("another model alone can only be compared with a saved run", param_hint="--model")
        return edited_source(base, model, asked), None
    case = asked.case
    if model is not None:
        other = changes_for(model_differences(read_model(base / MODEL_USED), read_model(model)))
        case = asked.with_changes(other, f"model {Path(model).stem}").case
    return EditedSource(base / INSTANCE_USED, base / MODEL_USED, case), read_run(base)


def _kept(start: "Result") -> dict[str, Any]:
    """The options that a run was solved with."""
    return {name: start.options[name] for name in KEPT_OPTIONS if start.options.get(name) is not None}


def _tell(found: "WhatIf", *, every: bool, as_json: bool, quiet: bool) -> None:
    if as_json:
        data(json.dumps(_plain(found), indent=1, ensure_ascii=False))
    elif not quiet:
        from portfolioopt.command.versus import show_what_if

        show_what_if(found, every=every)
    sys.stdout.flush()


def _plain(found: "WhatIf") -> dict[str, Any]:
    from portfolioopt.comparison.writing import bridge_plain, comparison_plain, differences_plain

    return {
        "case": found.case.name,
        "edits": [change.said for change in found.case.every_change],
        "base_could_be": None if found.base_could_be is None else float(found.base_could_be),
        "differences": differences_plain(found.differences),
        **comparison_plain(found.comparison),
        "bridge": bridge_plain(found.bridge),
    }
