"""`portfolioopt math`: the algebra of a model, from the docstrings of the functions that write it."""

import json
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from portfolioopt.command.talk import data, harmless

if TYPE_CHECKING:
    from portfolioopt.formulation.algebra import Equation
    from portfolioopt.formulation.symbols import Symbol
    from portfolioopt.formulation.telling import Told, ToldBlock

COLUMNS = 80
TITLES = {"value": "Value", "risk": "Risk", "changes": "Changes", "draft": "Soft limits", "paths": "Lives"}


def math_command(
    model: Annotated[str, typer.Argument(help="A model that comes with portfolioopt, or a file.")] = "expected_value",
    instance: Annotated[
        str | None, typer.Option("--instance", "-i", help="Only what is written for this instance, and how much.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON, equations as text and as LaTeX.")] = False,
) -> None:
    """Print the algebra that is solved for a model, and what its symbols mean."""
    from portfolioopt.formulation.telling import tell
    from portfolioopt.language.reading import read_instance, read_model

    facts = None if instance is None else read_instance(instance)
    told = tell(read_model(model), facts)
    if as_json:
        data(json.dumps(_plain(told), indent=1, ensure_ascii=False))
    else:
        data("\n".join(harmless(line) for line in _lines(told)))


def _lines(told: "Told") -> Iterator[str]:
    from rich.cells import chop_cells

    where = f"what is written for {told.instance}" if told.instance else "whatever the instance"
    yield from chop_cells(f"{told.model}  the algebra, {where}", COLUMNS)
    yield ""
    yield "Maximize"
    yield f"  {told.objective}"
    for one in told.blocks:
        yield ""
        yield from _block(one)
    yield ""
    yield "Symbols  with their keys in an instance, or in a model"
    for symbol in told.symbols:
        yield from _symbol(symbol)


def _block(one: "ToldBlock") -> Iterator[str]:
    block = one.block
    sizes = f" ({_size(one)})" if one.written and (one.written.rows or one.written.columns) else ""
    title = one.family.capitalize() or TITLES[block.module]
    yield from textwrap.wrap(f"{title}  {block.said}{sizes}", COLUMNS, subsequent_indent=" " * (len(title) + 2))
    for equation in block.equations:
        yield from _equation(equation)
    if one.settings:
        yield f"  Here {', '.join(f'{name} is {number}' for name, number in one.settings.items())}."
    if one.soft:
        prices = ", ".join(f"{name} at {price} for a unit and year" for name, price in one.soft.items())
        yield from textwrap.wrap(f"May be exceeded: {prices}.", COLUMNS, initial_indent="  ", subsequent_indent="  ")
    if block.notes:
        yield from textwrap.wrap(block.notes, COLUMNS, initial_indent="  ", subsequent_indent="  ")


def _size(one: "ToldBlock") -> str:
    assert one.written is not None
    parts = [(one.written.rows, "row"), (one.written.columns, "column")]
    return ", ".join(f"{number:,} {what}{'' if number == 1 else 's'}" for number, what in parts if number)


def _equation(equation: "Equation") -> Iterator[str]:
    text = f"in {equation.added_to}: {equation.text}" if equation.added_to else equation.text
    width = COLUMNS - 4
    inline = f"{text}    {equation.where}"
    if equation.where and len(inline) <= width:
        yield f"    {inline}"
        return
    yield from textwrap.wrap(text, COLUMNS, initial_indent="    ", subsequent_indent="        ", break_long_words=False)
    if equation.where:
        yield from textwrap.wrap(equation.where, COLUMNS, initial_indent="        ", subsequent_indent="        ")


def _symbol(symbol: "Symbol") -> Iterator[str]:
    shown = f"  {symbol.shown:<24} "
    said = f"{symbol.meaning} {f'({symbol.key})' if symbol.key else ''}".strip()
    yield from textwrap.wrap(
        said, COLUMNS, initial_indent=shown, subsequent_indent=" " * 27, break_long_words=False, break_on_hyphens=False
    )


def _plain(told: "Told") -> dict[str, Any]:
    from portfolioopt.formulation.algebra import latex
    from portfolioopt.formulation.telling import latex_of

    return {
        "model": told.model,
        "instance": told.instance,
        "objective": {"text": told.objective, "latex": latex(told.objective)},
        "blocks": [
            {
                "name": one.block.name,
                "family": one.family or None,
                "said": one.block.said,
                "equations": [
                    {
                        "text": equation.text,
                        "latex": latex(equation.text),
                        "added_to": equation.added_to or None,
                        "where": equation.where or None,
                    }
                    for equation in one.block.equations
                ],
                "notes": one.block.notes or None,
                "soft": {name: float(price) for name, price in one.soft.items()},
                "settings": {name: float(number) for name, number in one.settings.items()},
                "rows": one.written.rows if one.written else None,
                "columns": one.written.columns if one.written else None,
            }
            for one in told.blocks
        ],
        "symbols": [
            {
                "symbol": symbol.shown,
                "latex": latex_of(symbol),
                "meaning": symbol.meaning,
                "code": symbol.code or None,
                "key": symbol.key or None,
            }
            for symbol in told.symbols
        ],
    }
