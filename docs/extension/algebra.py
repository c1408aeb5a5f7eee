"""The algebra as a page, made from the docstrings of the functions that write the rows."""

from portfolioopt.formulation.algebra import Block, Equation, latex
from portfolioopt.formulation.telling import every_block, every_symbol, latex_of, maximized

TITLES = {
    "value": "Value",
    "risk": "Risk",
    "changes": "Changes",
    "draft": "Soft limits",
    "paths": "Lives",
}
"""Of what belongs to no family of limits; a family goes by its own name."""


def algebra() -> str:
    """What is maximized, and then block by block what each function writes."""
    objective = maximized(risk=True, penalties=True, changes=True)
    lines = [
        "## Objective",
        "",
        "What is maximized; a model has only the terms that it asks for.",
        "",
        *_math(objective),
    ]
    for module, blocks in every_block().items():
        lines += [f"## {TITLES.get(module) or module.capitalize()}", ""]
        for block in blocks:
            lines += _block(block)
    return "\n".join(lines)


def symbols() -> str:
    """The one table of symbols."""
    rows = [f"| ${latex_of(one)}$ | {one.meaning} | {_code(one.code)} | {_code(one.key)} |" for one in every_symbol()]
    return "\n".join(["| symbol | means | in the code | key |", "|---|---|---|---|", *rows])


def _block(block: Block) -> list[str]:
    lines = [f"{block.said} `{block.name}`", ""]
    for equation in block.equations:
        lines += _equation(equation)
    return [*lines, block.notes, ""] if block.notes else lines


def _equation(equation: Equation) -> list[str]:
    added = rf"\text{{in }}{latex(equation.added_to)}\colon\; " if equation.added_to else ""
    where = [f"*{equation.where}*".replace("[", "\\["), ""] if equation.where else []
    return ["$$", f"{added}{latex(equation.text)}", "$$", "", *where]


def _math(text: str) -> list[str]:
    return ["$$", latex(text), "$$", ""]


def _code(text: str) -> str:
    return f"`{text}`" if text else ""
