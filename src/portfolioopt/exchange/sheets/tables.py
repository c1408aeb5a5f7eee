"""The language as tables, one for each kind of thing: the sheets of a workbook, or the files of a folder of CSV.

`SHEETS` says which part of the language stands where; the columns follow from the leaves of the language, so a new key
gets its column or line by itself. `tables` raises where a key has no place, and a test asks it.

A table has, from left to right, the names of the things that its rows belong to, columns for what is said once, and
columns for numbers: one, or one for each year. Where a thing has several series or profiles, each has a line of its
own, and a column says which it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from pydantic import BaseModel

from portfolioopt.exchange.sheets.leaves import LABEL, MEMBER, Leaf, Path, UnknownKindError, leaves, own_key
from portfolioopt.language.instance import Instance

Group = Literal["frame", "deals", "limits", "future"]
Spread = Literal["", "value", "profile", "years", "curve", "names"]
"""How numbers stand: in one column, by year in the state, by calendar year, as points, or no numbers but names."""

PARTNERSHIPS: Path = ("partnerships", MEMBER)
STATES: Path = (*PARTNERSHIPS, "states", LABEL)
ACTIONS: Path = (*PARTNERSHIPS, "actions", MEMBER)
FIRST_AND_LAST = ("from", "to")
"""What is behind the name of a pair's two columns."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where a part of the language stands."""

    name: str
    """Without spaces, so that no formula needs quotes around it."""
    about: str
    group: Group
    stem: Path
    """Whose members the rows are about."""
    claims: tuple[Path, ...]
    """The leaves below these paths stand here, unless another sheet claims a longer path."""
    keys: tuple[str, ...] = ()
    """Headers of the names of what the stem runs through."""
    line: str = "quantity"
    """Header of the column that says which of several lines a row is."""
    label: str = ""
    """Header of the column for names of the author's own: a skill, a driver."""
    value: str = "value"
    """Header of a single column of numbers."""
    unsaid: str = ""
    """A key that the names of lines leave out."""
    all_lines: bool = False
    """Whether what is said once stands in lines too."""


SHEETS = (
    Sheet("Instance", "Name, years, money, and how readiness counts.", "frame", (), ((),), line="setting",
          all_lines=True),
    Sheet("Partnerships", "Every partnership, in force or possible.", "deals", PARTNERSHIPS, (PARTNERSHIPS,)),
    Sheet("States", "The structures that each partnership can be in, and what they change of its readiness.", "deals",
          STATES, ((*STATES, "readiness"),), ("partnership", "state")),
    Sheet("StateFlows", "Money, people, risk and deliverables of each state, by year in the state.", "deals", STATES,
          (STATES,), ("partnership", "state"), line="flow", label="of"),
    Sheet("StateSensitivity", "How strongly the flows of states follow the drivers.", "deals", STATES,
          ((*STATES, "sensitivity"),), ("partnership", "state"), line="flow", label="driver", value="strength",
          unsaid="sensitivity"),
    Sheet("Actions", "The moves from one state to another that may be decided.", "deals", ACTIONS, (ACTIONS,),
          ("partnership",)),
    Sheet("ActionFlows", "Flows of the lead years of actions (during) and of the year of effect (at_effect).", "deals",
          ACTIONS, ((*ACTIONS, "during"), (*ACTIONS, "at_effect")), ("partnership", "action"), line="flow", label="of",
          all_lines=True),
    Sheet("ActionSensitivity", "How strongly the flows of actions follow the drivers.", "deals", ACTIONS,
          ((*ACTIONS, "during", "sensitivity"), (*ACTIONS, "at_effect", "sensitivity")), ("partnership", "action"),
          line="flow", label="driver", value="strength", unsaid="sensitivity"),
    Sheet("Capital", "The capital budget; without a budget capital is not limited.", "limits", ("capital",),
          (("capital",),), label="driver", all_lines=True),
    Sheet("Skills", "The engineers there are, and who may be hired beside them.", "limits", ("skills", LABEL),
          (("skills", LABEL),), ("skill",)),
    Sheet("Exposures", "Limits on amounts at risk.", "limits", ("exposures", MEMBER), (("exposures", MEMBER),)),
    Sheet("Requirements", "Capabilities that must be provided, or whose shortfall costs money.", "limits",
          ("requirements", MEMBER), (("requirements", MEMBER),)),
    Sheet("Pools", "Benefits that grow with the total provided of a capability.", "limits", ("pools", MEMBER),
          (("pools", MEMBER),)),
    Sheet("PoolCurves", "The points of each pool's curve, the first 0 and 0, linear between.", "limits",
          ("pools", MEMBER), (("pools", MEMBER, "curve"),), ("pool",)),
    Sheet("Coordination", "What live interfaces cost together: points, the first 0 and 0, linear between.", "limits",
          ("coordination",), (("coordination",),)),
    Sheet("Activity", "How many partnerships may, or must, be active at once.", "limits", ("activity", MEMBER),
          (("activity", MEMBER),)),
    Sheet("Moves", "How many decisions may be taken in a year or in all.", "limits", ("moves", MEMBER),
          (("moves", MEMBER),)),
    Sheet("Links", "Partnerships that require, exclude or strengthen each other.", "limits", ("links", MEMBER),
          (("links", MEMBER),)),
    Sheet("LinkMembers", "What an excludes link counts, and what must hold for a synergy.", "limits",
          ("links", MEMBER, "members", MEMBER), (("links", MEMBER, "members", MEMBER),), ("link",)),
    Sheet("Rules", "What must, or must never, be so, with reason and owner.", "limits", ("rules", MEMBER),
          (("rules", MEMBER),)),
    Sheet("Drivers", "What may turn out otherwise; level 1 is the instance's own numbers.", "future", (),
          (("drivers",),), ("driver",)),
    Sheet("Scenarios", "Possible futures; their probabilities sum to 1.", "future", ("scenarios", MEMBER),
          (("scenarios", MEMBER),)),
    Sheet("DriverLevels", "The levels of drivers by scenario and year; a driver not named stays at 1.", "future",
          ("scenarios", MEMBER), (("scenarios", MEMBER, "drivers"),), ("scenario",), label="driver"),
)  # fmt: skip
"""In the order in which they are shown and read: whoever names something stands behind the sheet that declares it."""


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf in a table, or one side of a pair."""

    name: str
    """Header of its column, or name of its line."""
    leaf: Leaf
    side: int | None = None
    """0 or 1 in a pair."""


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet with what stands in it."""

    sheet: Sheet
    owner: bool
    """Whether its rows declare the things that they are about."""
    key: str
    """The column that names a member of a list: id, name; empty where the stem's own keys do, or nothing does."""
    columns: tuple[Part, ...]
    """What is said once."""
    lines: tuple[Part, ...]
    spread: Spread

    @property
    def name(self) -> str:
        return self.sheet.name

    @property
    def line_header(self) -> str:
        """Header of the column that says which line a row is; empty where there is only one."""
        return self.sheet.line if len(self.lines) > 1 else ""

    @property
    def label_header(self) -> str:
        """Header of the column for names of the author's own; empty where there are none."""
        return self.sheet.label if any(part.leaf.labelled for part in self.lines) else ""

    @property
    def lists_settings(self) -> bool:
        """Whether its rows are keys of one record, all of them shown."""
        return self.sheet.all_lines and not {MEMBER, LABEL} & set(self.sheet.stem)

    def line(self, name: str) -> Part:
        """The line of that name; raises KeyError."""
        for part in self.lines:
            if part.name == name:
                return part
        raise KeyError(name)


@cache
def tables(root: type[BaseModel] = Instance) -> tuple[Table, ...]:
    """Every sheet with its leaves. Raises `UnknownKindError` where a leaf of the language has no place."""
    held: dict[str, list[Leaf]] = {sheet.name: [] for sheet in SHEETS}
    for leaf in leaves(root):
        held[_place_of(leaf).name].append(leaf)
    return tuple(_table(sheet, held[sheet.name], root) for sheet in SHEETS)


def below(leaf: Leaf, sheet: Sheet) -> Path:
    """The path of a leaf from a row's thing on, without the mark of labels."""
    rest = leaf.path[len(sheet.stem) :]
    return rest[:-1] if leaf.labelled else rest


def _place_of(leaf: Leaf) -> Sheet:
    """The sheet that claims most of a leaf's path, and whose rows can hold it."""
    claims = [(claim, sheet) for sheet in SHEETS for claim in sheet.claims if leaf.path[: len(claim)] == claim]
    sheet = max(claims, key=lambda one: len(one[0]))[1]
    rest = below(leaf, sheet)
    if MEMBER in rest or LABEL in rest:
        raise UnknownKindError(f"{'.'.join(leaf.path)} has no table: add one to SHEETS for what it is a part of")
    if leaf.labelled and not sheet.label:
        raise UnknownKindError(f"{'.'.join(leaf.path)} has a value for each name, for which {sheet.name} has no column")
    return sheet


def _table(sheet: Sheet, held: list[Leaf], root: type[BaseModel]) -> Table:
    spread = _spread(sheet, held)
    if spread == "names":
        return Table(sheet, True, "", (), (Part(sheet.keys[0], held[0]),), spread)
    columns: list[Part] = []
    lines: list[Part] = []
    for leaf in held:
        if leaf.shape in ("one", "pair", "list") and not leaf.labelled and not sheet.all_lines:
            columns += _parts(leaf, sheet, " ")
        else:
            lines += _parts(leaf, sheet, ".")
    first = next(other for other in SHEETS if other.stem == sheet.stem)
    key = own_key(sheet.stem, root) if sheet is first and sheet.stem[-1:] == (MEMBER,) else ""
    return Table(sheet, sheet is first, key, tuple(columns), tuple(lines), spread)


def _parts(leaf: Leaf, sheet: Sheet, between: str) -> Iterator[Part]:
    """A leaf, or its two sides; in headers a space stands between keys, as that is where a narrow header breaks."""
    name = between.join(part for part in below(leaf, sheet) if part != sheet.unsaid)
    if leaf.shape == "pair":
        yield from (Part(f"{name} {word}", leaf, side) for side, word in enumerate(FIRST_AND_LAST))
    else:
        yield Part(name, leaf)


def _spread(sheet: Sheet, held: list[Leaf]) -> Spread:
    shapes = {leaf.shape for leaf in held}
    if shapes == {"curve"}:
        return "curve"
    if shapes == {"list"} and not sheet.stem and sheet.keys:
        return "names"
    if "curve" in shapes or {"series", "profile"} <= shapes:
        raise UnknownKindError(f"{sheet.name} holds kinds of numbers that do not stand in one table: give one a sheet")
    if "series" in shapes:
        return "years"
    if "profile" in shapes:
        return "profile"
    return "value" if sheet.all_lines or any(leaf.labelled for leaf in held) else ""
