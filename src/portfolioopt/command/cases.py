"""`portfolioopt cases`: the cases of a file, checked, and what each changes."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from portfolioopt.command.edits import ModelOption
from portfolioopt.command.exits import INVALID
from portfolioopt.command.solve import AllOption
from portfolioopt.command.talk import data
from portfolioopt.command.talk import faults as tell

if TYPE_CHECKING:
    from portfolioopt.cases import Applied, Case
    from portfolioopt.cases.differences import Difference
    from portfolioopt.cases.files import CaseFile
    from portfolioopt.errors import Fault


@dataclass(frozen=True, slots=True)
class Listed:
    """A case, what it changes against its base, and what is wrong with it."""

    case: "Case"
    differences: "tuple[Difference, ...] | None"
    """None where no instance is known, or where something is wrong."""
    before: "Applied | None" = None
    after: "Applied | None" = None
    faults: "tuple[Fault, ...]" = ()


def cases_command(
    file: Annotated[Path, typer.Argument(help="Case file.")],
    instance: Annotated[
        Path | None, typer.Option("--instance", "-i", help="Instance to check against, instead of the file's base.")
    ] = None,
    model: ModelOption = None,
    every: AllOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print cases, differences and faults as JSON.")] = False,
) -> None:
    """Check the cases of a file, and show what each of them changes against its base."""
    from portfolioopt.cases.files import read_cases
    from portfolioopt.errors import InvalidCase

    try:
        found = read_cases(file)
    except InvalidCase as invalid:
        if not as_json:
            raise
        data(json.dumps({"valid": False, "faults": [*map(_fault, invalid.faults)], "cases": []}, indent=1))
        raise typer.Exit(INVALID) from None
    listed = [_listed(found, name, instance, model) for name in found.cases]
    faults = list(dict.fromkeys(fault for one in listed for fault in one.faults))
    if as_json:
        plain = {"valid": not faults, "faults": [*map(_fault, faults)], "cases": [*map(_plain, listed)]}
        data(json.dumps(plain, indent=1, ensure_ascii=False))
    else:
        tell(faults)
        _show(found, listed, every=every)
    if faults:
        raise typer.Exit(INVALID)


def _listed(found: "CaseFile", name: str, instance: Path | None, model: str | None) -> Listed:
    """A case checked against its instance, if one is known."""
    from portfolioopt.cases import Applied, apply
    from portfolioopt.cases.differences import all_differences
    from portfolioopt.cases.sources import DEFAULT_MODEL, EditedSource
    from portfolioopt.errors import InvalidInput

    case, foundation = found.cases[name], found.foundations[name]
    path = instance if instance is not None or foundation is None else foundation.instance
    chosen = model if model is not None or foundation is None else foundation.model
    if path is None:
        return Listed(case, None)
    try:
        source = EditedSource(path, chosen or DEFAULT_MODEL, case)
        before = source.before if case.base is None else apply(case.base, *source.before)
    except InvalidInput as invalid:
        return Listed(case, None, faults=invalid.faults)
    after = Applied(source.instance, source.model)
    return Listed(case, all_differences(before, after), before, after)


def _show(found: "CaseFile", listed: list[Listed], *, every: bool) -> None:
    from rich.text import Text

    from portfolioopt.command.show import report_console
    from portfolioopt.command.show.layout import bullet, paragraph
    from portfolioopt.command.versus.edited import edits

    console = report_console()
    with console.capture() as captured:
        for number, one in enumerate(listed):
            head = Text("\n" if number else "").append(one.case.name, style="bold cyan")
            base = found.foundations[one.case.name]
            on = one.case.base.name if one.case.base is not None else "" if base is None else _short(base.instance)
            head.append(f"  changes {on}" if on else "", style="dim")
            console.print(head)
            if one.case.description:
                console.print(paragraph(one.case.description, style="dim"))
            if one.differences is not None and one.before is not None and one.after is not None:
                for part in edits(one.differences, one.before, one.after, every=every):
                    console.print(part)
                continue
            for change in one.case.changes:
                console.print(bullet(change.said))
            if not one.faults:
                console.print(paragraph("Not checked: no instance is named (base in the file, or --instance)."))
    console.file.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def _short(path: Path) -> str:
    """The end of a path, which says enough."""
    return "/".join(path.parts[-2:])


def _plain(one: Listed) -> dict[str, Any]:
    from portfolioopt.comparison.writing import differences_plain

    return {
        "name": one.case.name,
        "description": one.case.description,
        "base": None if one.case.base is None else one.case.base.name,
        "changes": [change.said for change in one.case.changes],
        "differences": None if one.differences is None else differences_plain(one.differences),
        "valid": not one.faults,
    }


def _fault(fault: "Fault") -> dict[str, Any]:
    from portfolioopt.command.validate import plain_fault

    return plain_fault(fault)
