"""The algebra as it is written: every function that writes rows tells them as equations in its docstring.

    @algebra
    def write(draft: Draft) -> None:
        '''What effort exceeds capacity is hired.

            Σ_{p,a} effort[p,n,a]·take[p,n,a] − hired[n] ≤ capacity(y)    at every node n, for every skill
            joint(n): − hire.cost(y)·hired[n]
        '''

The second paragraph holds the equations, one in each line: what stands behind two or more blanks says where one holds,
and a name with a colon in front says what the terms behind it are added to. A third paragraph is told as well; what
follows concerns the code alone. `algebra` also notes on the draft what a
function has written, so that what is told of an instance is what was built.
"""

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from types import ModuleType
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, cast

if TYPE_CHECKING:
    from portfolioopt.formulation.draft import Draft

P = ParamSpec("P")
R = TypeVar("R")
_MARK = "tells_its_algebra"
_EXCESS = "draft.exceeded"


@dataclass(frozen=True)
class Equation:
    """One line of algebra."""

    text: str
    added_to: str = ""
    """what the terms are added to, such as joint(n); empty where the line stands by itself"""
    where: str = ""
    """in words: where it holds"""


@dataclass(frozen=True)
class Block:
    """What one function writes."""

    name: str
    """module and function, such as skills.write"""
    said: str
    equations: tuple[Equation, ...]
    notes: str = ""

    @property
    def module(self) -> str:
        return self.name.partition(".")[0]


@dataclass(frozen=True)
class Written:
    """How much one function has written for an instance."""

    name: str
    rows: int
    columns: int
    excess: int = 0
    """columns by which its limits may be exceeded, which are told apart"""


def algebra(write: "Callable[Concatenate[Draft, P], R]") -> "Callable[Concatenate[Draft, P], R]":
    """Marks a function that writes rows, columns or money, and notes on the draft how much it has written.

    Columns of a marked function within it count as that one's. A function that returns
    something, but writes nothing itself, has been used all the same.
    """
    name = name_of(write)

    @wraps(write)
    def noted(draft: "Draft", *arguments: P.args, **named: P.kwargs) -> R:
        before, within = draft.size, draft.noted
        draft.noted = (0, 0)
        found = write(draft, *arguments, **named)
        rows, columns, charged = (after - at_first for after, at_first in zip(draft.size, before, strict=True))
        if rows or columns or charged or found is not None:
            known, (inside, excess) = draft.written.get(name, Written(name, 0, 0)), draft.noted
            draft.written[name] = Written(
                name, known.rows + rows, known.columns + columns - inside, known.excess + excess
            )
        draft.noted = (within[0] + columns, within[1] + (columns if name == _EXCESS else draft.noted[1]))
        return found

    setattr(noted, _MARK, True)
    marked: Any = noted
    return cast("Callable[Concatenate[Draft, P], R]", marked)


def name_of(function: Callable[..., object]) -> str:
    """Module and function."""
    return f"{function.__module__.rpartition('.')[2]}.{function.__qualname__}"


def blocks(module: ModuleType) -> list[Block]:
    """What the marked functions of a module write, in the order of its text."""
    own = [one for one in vars(module).values() if getattr(one, _MARK, False) and one.__module__ == module.__name__]
    return [block_of(one) for one in sorted(own, key=lambda one: inspect.unwrap(one).__code__.co_firstlineno)]


def block_of(function: Callable[..., object]) -> Block:
    """What the docstring of a function tells."""
    said, equations, notes, *_ = (*inspect.cleandoc(function.__doc__ or "").split("\n\n"), "", "")
    lines = (line.strip() for line in equations.splitlines())
    return Block(name_of(function), _joined(said), tuple(_equation(line) for line in lines if line), _joined(notes))


def _joined(paragraph: str) -> str:
    return " ".join(paragraph.split())


def _equation(line: str) -> Equation:
    text, _, where = (part.strip() for part in re.sub(r" {2,}", "\t", line, count=1).partition("\t"))
    added = re.fullmatch(r"([\w.()\[\],]+): (.*)", text)
    return Equation(added[2], added[1], where) if added else Equation(text, "", where)


# ---- the notation ----------------------------------------------------------------------------------------------------

_TOKEN = re.compile(
    r"(?P<name>[A-Za-z]+(?:_[A-Za-z]+)*(?:\.[A-Za-z]+(?:_[A-Za-z]+)*)*)|(?P<greek>[Σηπ])"
    r"|(?P<number>\d+)|(?P<sign>[·≤≥=+−∈{}()\[\],/|<>…Δ])|(?P<under>_)|(?P<blank> )"
)
_SAID = {
    "·": r"\cdot ", "≤": r"\le ", "≥": r"\ge ", "−": "-", "∈": r"\in ", "{": r"\{", "}": r"\}", "…": r"\dots ",
    "Δ": r"\,\Delta\,", "Σ": r"\sum", "η": r"\eta ", "π": r"\pi ", "max": r"\max", "E": r"\mathbb{E}",
}  # fmt: skip


class UnreadableError(Exception):
    """A line that is not in the notation."""


def tokens(text: str) -> Iterator[tuple[str, str]]:
    """(kind, text) of every part of an equation; raises `UnreadableError`."""
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise UnreadableError(f"{text[position:]!r} in {text!r}")
        position = found.end()
        yield str(found.lastgroup), found[0]


def names(text: str) -> set[str]:
    """All names in an equation, indices among them."""
    return {word for kind, word in tokens(text) if kind in ("name", "greek") and word not in ("Σ", "max")}


def latex(text: str) -> str:
    """An equation in LaTeX: brackets are indices, names of more than one letter stand upright."""
    made, close = [], [""]
    before = ""
    for kind, word in tokens(text):
        if kind == "name":
            made.append(_SAID.get(word) or (word if len(word) == 1 else rf"\text{{{word}}}"))
        elif kind == "under":
            made.append("_")
        elif word == "{" and before == "_":
            made.append("{")
            close.append("}")
        elif word == "[" and before != "E":
            made.append("_{")
            close.append("]")
        elif (word == "]" and close[-1] == "]") or (word == "}" and close[-1] == "}"):
            made.append("}")
            close.pop()
        else:
            made.append(_SAID.get(word, word))
        before = word
    return re.sub(" +", " ", "".join(made))
