"""The options by which a command edits its input first: --case, --set, --force, --forbid, --ignore-limit."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from portfolioopt.command.talk import talk

if TYPE_CHECKING:
    from portfolioopt.cases import Case, Change
    from portfolioopt.cases.files import Foundation
    from portfolioopt.cases.sources import EditedSource

InstanceArgument = Annotated[
    Path | None,
    typer.Argument(help="Instance file, or folder that holds instance.yaml; default: what the case file names."),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        "-m",
        help="Model file, or name of one that comes with portfolioopt; default: the case file's, or expected_value.",
    ),
]
CaseOption = Annotated[
    list[str] | None,
    typer.Option("--case", "-c", metavar="FILE[:NAME]", help="Make the changes of a case first; may repeat."),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Change the instance (or model.PATH) first: =5 sets, =x1.1 scales, =+3 adds; may repeat.",
    ),
]
ForceOption = Annotated[
    list[str] | None,
    typer.Option(
        "--force",
        metavar="ID[.ACTION|.STATE][.YEARS]",
        help="A partnership that must be formed (or kept), an action taken, a state held; may repeat.",
    ),
]
ForbidOption = Annotated[
    list[str] | None,
    typer.Option("--forbid", metavar="ID[.ACTION|.STATE][.YEARS]", help="The same, but must not; may repeat."),
]
IgnoreOption = Annotated[
    list[str] | None,
    typer.Option("--ignore-limit", metavar="ID|FAMILY", help="A limit that may be exceeded for free; may repeat."),
]

MOST_TOLD = 12
"""Differences that are told line by line."""


class Edits(NamedTuple):
    """What the options of a command line ask for."""

    case: "Case"
    foundation: "Foundation | None"
    """instance and model that the last case file names"""

    def with_changes(self, changes: "Iterable[Change]", group: str) -> "Edits":
        """The same with changes made before all others, in a group of their own."""
        first = tuple(replace(change, group=group) for change in changes)
        name = self.case.name if self.case.changes else group
        return Edits(replace(self.case, name=name, changes=(*first, *self.case.changes)), self.foundation)


def edits(
    cases: Iterable[str] | None,
    settings: Iterable[str] | None,
    forced: Iterable[str] | None,
    forbidden: Iterable[str] | None,
    ignored: Iterable[str] | None,
) -> Edits:
    """One case of all options: case files first, in their order, then settings, then the rest.

    Raises `InvalidInput` for files and options that cannot be read.
    """
    from portfolioopt.cases.changes import Case
    from portfolioopt.cases.files import read_case
    from portfolioopt.errors import Fault, InvalidCase
    from portfolioopt.language.addresses import UnusableError

    found: list[Fault] = []
    read = [read_case(reference) for reference in cases or ()]
    changes: list[Change] = [change for case, _ in read for change in _grouped(case, alone=len(read) == 1)]
    for option, texts in zip(_MAKING, (settings, forced, forbidden, ignored), strict=True):
        for text in texts or ():
            said = f"{option} {text if len(text) <= 100 else text[:100] + '…'}"
            try:
                changes.append(_MAKING[option](text, said))
            except UnusableError as fault:
                found.append(fault.fault(said))
    if found:
        raise InvalidCase(found)
    name = " + ".join(case.name for case, _ in read) or ("edited" if changes else "base")
    return Edits(Case(name, tuple(changes)), read[-1][1] if read else None)


def edited_source(instance: Path | None, model: str | None, asked: Edits) -> "EditedSource":
    """Instance and model, edited; those that the case file names where the command line names none.

    Raises `InvalidInput`.
    """
    from portfolioopt.cases.sources import DEFAULT_MODEL, EditedSource

    base = asked.foundation
    if instance is None:
        if base is None:
            raise typer.BadParameter("name an instance, or with --case a file that has a base", param_hint="INSTANCE")
        instance = base.instance
    return EditedSource(instance, model or (base and base.model) or DEFAULT_MODEL, asked.case)


def tell_differences(source: "EditedSource") -> None:
    """Says on stderr what an edited input says otherwise than its files."""
    from portfolioopt.cases.differences import all_differences
    from portfolioopt.errors import InvalidInput

    try:
        found = all_differences(source.before, (source.instance, source.model))
    except InvalidInput:  # sound only with the edits
        return
    for one in found[:MOST_TOLD]:
        talk(f"changed: {one.said}")
    if len(found) > MOST_TOLD:
        talk(f"changed: … and {len(found) - MOST_TOLD} more")
    if source.case.every_change and not found:
        talk("changed: nothing; what is asked for is so already")


def _grouped(case: "Case", *, alone: bool) -> "Iterator[Change]":
    """All changes of a case; those that come from several cases are grouped by them."""
    for owner in case.chain:
        for change in owner.changes:
            yield change if alone and len(case.chain) == 1 else replace(change, group=change.group or owner.name)


def _setting(text: str, said: str) -> "Change":
    from portfolioopt.cases.changes import Origin
    from portfolioopt.cases.notation import change_at, signed_value
    from portfolioopt.language.settings import parted

    path, value = parted(text, signed_value)
    return change_at(path, value, origin=Origin(said))


def _forced(text: str, said: str) -> "Change":
    from portfolioopt.cases.changes import Force, Origin
    from portfolioopt.cases.notation import aim_of

    return Force(**aim_of(text), origin=Origin(said))


def _forbidden(text: str, said: str) -> "Change":
    from portfolioopt.cases.changes import Forbid, Origin
    from portfolioopt.cases.notation import aim_of

    return Forbid(**aim_of(text), origin=Origin(said))


def _ignored(text: str, said: str) -> "Change":
    from portfolioopt.cases.changes import Ignore, Origin

    return Ignore(text, origin=Origin(said))


_MAKING: "dict[str, Callable[[str, str], Change]]" = {
    "--set": _setting,
    "--force": _forced,
    "--forbid": _forbidden,
    "--ignore-limit": _ignored,
}
