"""`portfolioopt validate`: is the instance sound, and what is in it."""

import json
from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

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
)
from portfolioopt.command.exits import INVALID
from portfolioopt.command.talk import data, talk
from portfolioopt.command.talk import faults as tell

if TYPE_CHECKING:
    from portfolioopt.cases.sources import EditedSource
    from portfolioopt.errors import Fault
    from portfolioopt.language.instance import Instance


def validate_command(
    instance: InstanceArgument = None,
    model: ModelOption = None,
    case: CaseOption = None,
    settings: SetOption = None,
    forced: ForceOption = None,
    forbidden: ForbidOption = None,
    ignored: IgnoreOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print valid, faults and warnings as JSON.")] = False,
) -> None:
    """Check an instance, and a model with it, without solving."""
    from portfolioopt.errors import InvalidInput

    found: list[Fault] = []
    source = None
    try:
        source = edited_source(instance, model, edits(case, settings, forced, forbidden, ignored))
    except InvalidInput as invalid:
        found += invalid.faults
    warnings = source.warnings() if source else []
    if as_json:
        data(_json(found, warnings))
    else:
        tell(found)
        tell(warnings, "warning: ")
        if source:
            _summarize(source, model is not None, len(warnings))
            if instance is not None:
                talk(f"next: portfolioopt solve {instance}" + (f" --model {model}" if model else ""))
    if found:
        raise typer.Exit(INVALID)


def _json(found: "list[Fault]", warnings: "list[Fault]") -> str:
    report = {"valid": not found, "faults": [*map(plain_fault, found)], "warnings": [*map(plain_fault, warnings)]}
    return json.dumps(report, indent=1, ensure_ascii=False)


def plain_fault(fault: "Fault") -> dict[str, Any]:
    """A fault for other programs."""
    return {
        "file": fault.file,
        "line": fault.line,
        "column": fault.column,
        "key": fault.key,
        "message": fault.message,
        "hint": fault.hint,
    }


def _summarize(source: "EditedSource", model_asked: bool, warnings: int) -> None:
    """What there is of each kind, and what to do next."""
    from rich.text import Text

    from portfolioopt.command.show.layout import facts, print_report, report_console

    instance = source.instance
    horizon = instance.horizon
    domains = Counter[str](partnership.domain or "no domain" for partnership in instance.partnerships)
    in_force = [one.id for one in instance.partnerships if one.start.state not in ("none", "exited")]
    lines = [
        ("horizon", f"{horizon.first_year} to {horizon.last_year}, {instance.currency}"),
        ("partnerships", _counted(len(instance.partnerships), _tally(domains))),
        ("in force", _counted(len(in_force), _some(in_force))),
        ("scenarios", _counted(len(instance.futures), _some([one.name for one in instance.futures]))),
        ("review years", _reviews(instance)),
        ("limits", _limits(instance)),
    ]
    if model_asked or source.case.every_change:
        lines.append(("model", f"{source.model.name}, fits"))
    if source.case.every_change:
        lines.append(("case", f"{source.case.name}, {_changes(len(source.case.every_change))}"))
    lines.append(("warnings", str(warnings) if warnings else "none"))
    title = Text(instance.name, style="bold").append(": valid", style="not bold")
    print_report([title, facts(lines)], report_console())


def _changes(number: int) -> str:
    return "1 change" if number == 1 else f"{number} changes"


def _limits(instance: "Instance") -> str:
    """How many of each family."""
    from portfolioopt.language.families import FAMILY_NAMES

    parts = []
    for family in FAMILY_NAMES:
        section = getattr(instance, family)
        if section is not None and section != () and section != {}:
            parts.append(f"{family} {len(section)}" if isinstance(section, tuple | dict) else family)
    return ", ".join(parts) or "none"


def _tally(counts: "Counter[str]") -> str:
    return ", ".join(f"{name} {number}" for name, number in counts.most_common())


def _some(names: list[str]) -> str:
    return ", ".join(names[:8]) + (", …" if len(names) > 8 else "")


def _reviews(instance: "Instance") -> str:
    if instance.review_years is None:
        return "every year"
    return _some([str(year) for year in instance.review_years]) or "the first year only"


def _counted(number: int, detail: str) -> str:
    return f"{number} ({detail})" if detail else str(number)
