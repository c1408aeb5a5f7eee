"""`portfolioopt runs`: what has been saved under runs/: a list, one of them again, and what may go."""

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from portfolioopt.command.exits import INVALID
from portfolioopt.command.talk import data, faults, talk

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import RenderableType

    from portfolioopt.archive import Saved

Under = Annotated[Path, typer.Option("--under", metavar="DIR", help="Folder in which the runs lie.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]
UNDER = Path("runs")
KEPT = 20
ENDED = 11
"""Columns for how it ended: infeasible, gap 12.34%."""

runs = typer.Typer(no_args_is_help=True, help="Saved runs and studies: list them, show one, delete old ones.")


@runs.command("list")
def list_command(
    under: Under = UNDER,
    most: Annotated[int, typer.Option("--most", "-n", min=1, help="Newest ones to show.")] = KEPT,
    as_json: AsJson = False,
) -> None:
    """List saved runs and studies, the newest first: date, instance, model, status, value and gap."""
    from portfolioopt.archive import saved_under

    every = saved_under(under)
    if as_json:
        data(json.dumps([_plain(one) for one in every], ensure_ascii=False, indent=1))
        return
    if not every:
        talk(f"there is no run or study in {under}; portfolioopt solve INSTANCE makes one")
        return
    _print(_lines(every[:most]))
    if len(every) > most:
        talk(f"… and {len(every) - most:,} older; --most {len(every)} shows all")
    talk("next: portfolioopt runs show NUMBER shows one again")


@runs.command("show")
def show_command(
    wanted: Annotated[
        str, typer.Argument(metavar="RUN", help="Folder, name, beginning of a name, or number in the list (1: newest).")
    ],
    under: Under = UNDER,
    as_json: AsJson = False,
) -> None:
    """Show the report of a saved run or study."""
    from portfolioopt.archive import find
    from portfolioopt.command.saved import show_saved

    show_saved(find(wanted, under).folder, as_json=as_json)


@runs.command("gc")
def gc_command(
    under: Under = UNDER,
    keep: Annotated[int, typer.Option(min=0, help="So many of the newest stay.")] = KEPT,
    older_than: Annotated[
        float | None, typer.Option("--older-than", metavar="DAYS", min=0, help="Only those older than that may go.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Delete them; without it they are only told.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete old runs and studies; tells which, and deletes them with --yes only.

    A run stays if its folder was named (--out), or holds a file called keep. No folder is deleted that portfolioopt has
    not written, nor one to which something was added.
    """
    from portfolioopt.archive import may_go, remove, saved_under, size_of
    from portfolioopt.errors import InvalidInput

    every = saved_under(under)
    old = may_go(every, keep, None if older_than is None else timedelta(days=older_than))
    size = size_of([one.folder for one in old])
    gone: list[Saved] = []
    stayed: list[InvalidInput] = []
    for one in old if yes else ():
        try:
            remove(one)
            gone.append(one)
        except InvalidInput as why:
            stayed.append(why)
    if as_json:
        document = {
            "deleted" if yes else "would_delete": [str(one.folder) for one in (gone if yes else old)],
            "refused": [str(fault) for refused in stayed for fault in refused.faults],
            "kept": [str(one.folder) for one in every if one not in gone and (yes or one not in old)],
            "bytes": size,
        }
        data(json.dumps(document, ensure_ascii=False, indent=1))
    elif not old:
        talk(f"nothing to delete: of {len(every)} runs and studies in {under} the newest {keep} and named ones stay")
    elif not yes:
        _print(_lines(old, numbered=False))
        talk(f"{len(old):,} of {len(every):,} could go, {_size(size)}; --yes deletes them")
    else:
        talk(f"deleted {len(gone):,} of {len(every):,}")
    for refused in stayed:
        faults(refused.faults, "not deleted: ")
    if stayed:
        raise typer.Exit(INVALID)


def _print(parts: "Iterable[RenderableType]") -> None:
    from portfolioopt.command.show.layout import print_report, report_console

    print_report(parts, report_console())
    sys.stdout.flush()


def _lines(every: "Sequence[Saved]", *, numbered: bool = True) -> "Iterable[RenderableType]":
    """Two lines for each: where it lies, value and how it ended; when it was made, and of what."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    from portfolioopt.result.figures import decimals_for, figure

    left = len(str(len(every))) + 2 if numbered else 0
    for number, one in enumerate(every, 1):
        grid = Table.grid(padding=(0, 2, 0, 0), expand=True)
        if numbered:
            grid.add_column(width=left - 2, justify="right")
        grid.add_column(overflow="fold", ratio=1)
        grid.add_column(justify="right", no_wrap=True)
        grid.add_column(width=ENDED, overflow="fold")
        name = Text(one.folder.name, style="bold" if one.kept else "")
        value = "" if one.value is None else figure(one.value, decimals_for([one.value]))
        grid.add_row(*([str(number)] if numbered else []), name, value, _ended(one))
        yield grid
        what = f"{one.created:%Y-%m-%d %H:%M}  {one.what.replace('_', ' ')}, {one.instance}, {one.model}"
        verified = ", not verified" if one.kind == "run" and not one.verified else ""
        yield Padding(Text(what + verified, style="dim"), (0, 0, 0, left))


def _ended(one: "Saved") -> str:
    """How good the plan is known to be, or whether the answer is whole."""
    from portfolioopt.result.figures import percent

    gap = "no bound" if one.gap is None else f"gap {percent(one.gap, 2)}"
    return {"feasible": gap, "no_plan": "no plan"}.get(one.status, one.status)


def _plain(one: "Saved") -> dict[str, Any]:
    return {
        "folder": str(one.folder),
        "kind": one.kind,
        "created": one.created.isoformat(timespec="seconds"),
        "what": one.what,
        "instance": one.instance,
        "model": one.model,
        "status": one.status,
        "value": one.value,
        "gap": one.gap,
        "verified": one.verified,
        "input_hash": one.input_hash,
        "kept": one.kept,
    }


def _size(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size >= 100_000 else f"{size / 1e3:,.1f} kB"
