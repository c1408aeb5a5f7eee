"""Facts and choices while a case is made of them: plain data, and which change has touched what."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel

from portfolioopt.cases.changes import Change
from portfolioopt.language.addresses import (
    ABSENT,
    Address,
    UnusableError,
    find,
    horizon_of,
    opened,
    put,
    take,
    value_at,
)
from portfolioopt.language.addresses import words_of as parted
from portfolioopt.language.checking import Path
from portfolioopt.language.faults import records_of
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model

Root = Literal["instance", "model"]
ROOTS: Mapping[Root, type[BaseModel]] = {"instance": Instance, "model": Model}


@dataclass(frozen=True, slots=True)
class Mark:
    """A place that a change has touched; of something removed, the place where it stood and its name."""

    root: Root
    path: Path
    change: Change
    removed: str = ""


@dataclass(slots=True)
class Draft:
    """An instance and a model in the making."""

    tops: dict[Root, dict[str, Any]]
    marks: list[Mark] = field(default_factory=list)
    touched: set[Root] = field(default_factory=set)
    gone: list[tuple[Root, Path]] = field(default_factory=list)
    """what was removed, in order, each where it stood just then"""

    @property
    def instance(self) -> dict[str, Any]:
        return self.tops["instance"]

    @property
    def model(self) -> dict[str, Any]:
        return self.tops["model"]

    def members(self, section: str) -> list[Any]:
        """The members of a list at the instance's top; none where it is not there, or is no list."""
        standing = opened(self.instance.get(section))
        return standing if isinstance(standing, list) else []

    def entries(self, root: Root, section: str) -> dict[str, Any]:
        """The entries of keys at an input's top; none where they are not there, or are no keys."""
        standing = opened(self.tops[root].get(section))
        return standing if isinstance(standing, dict) else {}

    def find(self, path: str) -> tuple[Root, list[Address]]:
        """Where a path leads, in the instance or, behind `model.`, in the model. Raises `UnusableError`."""
        words, end = parted(path)
        if end < len(path):
            raise UnusableError((), f"{path[:60]!r} is not a path", "for example capital.budget")
        root: Root = "instance"
        if words[0] == "model":
            root, words = "model", words[1:]
            if not words:
                raise UnusableError((), "model is not a path", "for example model.objective.risk.weight")
        return root, find(self.tops[root], words, ROOTS[root])

    def put(self, root: Root, path: Path, value: Any, change: Change) -> None:
        """Sets what stands at a path."""
        put(self.tops[root], path, value)
        self.mark(root, path, change)

    def mark(self, root: Root, path: Path, change: Change) -> None:
        """Notes that a change has touched a place."""
        self.touched.add(root)
        self.marks.append(Mark(root, path, change))

    def take(self, root: Root, path: Path, name: str, change: Change) -> None:
        """Removes what stands at a path; members of its list move up."""
        take(self.tops[root], path)
        self.touched.add(root)
        self.gone.append((root, path))
        kept = [moved for mark in self.marks if (moved := _moved_up(mark, root, path)) is not None]
        self.marks = [*kept, Mark(root, path, change, removed=name)]

    def path_before(self, root: Root, path: Path) -> Path:
        """Where a part of what has become of an input stood in it: members have moved up past those taken out."""
        for where, gone in reversed(self.gone):
            depth = len(gone) - 1
            if where != root or path[:depth] != gone[:depth] or len(path) <= depth:
                continue
            at, out = path[depth], gone[depth]
            if isinstance(at, int) and isinstance(out, int) and at >= out:
                path = (*path[:depth], at + 1, *path[depth + 1 :])
        return path

    def meant(self, root: Root, address: Address) -> Any:
        """What stands at an address, or what its absence means; raises `UnusableError` where it means nothing."""
        standing = value_at(self.tops[root], address.path)
        if standing is not ABSENT and standing is not None:
            return standing
        default = _default(address)
        if default is not None:
            return default
        if address.shape in ("years", "calendar"):
            first, years = horizon_of(self.instance)
            return [first, first + years - 1] if address.shape == "years" else list(range(first, first + years))
        raise UnusableError(address.path, "is not written, so there is nothing to change", "set it instead")


def _default(address: Address) -> Any:
    """What the absence of a key means; None where it means that there is no such thing."""
    if address.shape in ("number", "profile") and not records_of(list(address.holder)):
        return 0  # a flow under a label
    if address.shape == "series" and not records_of(list(address.holder)):
        return 1  # the level of a driver
    for record in records_of(list(address.holder)):
        for name, info in record.model_fields.items():
            if address.path[-1] == (info.alias or name) and not info.is_required():
                return info.get_default(call_default_factory=True, validated_data={})
    return None


def _moved_up(mark: Mark, root: Root, gone: Path) -> Mark | None:
    """The mark after something was taken out; None if it stood inside that."""
    depth = len(gone) - 1
    if mark.root != root or mark.path[:depth] != gone[:depth] or len(mark.path) <= depth:
        return mark
    at, where = mark.path[depth], gone[depth]
    if at == where and not mark.removed:
        return None
    if isinstance(at, int) and isinstance(where, int) and at > where:
        return Mark(mark.root, (*gone[:depth], at - 1, *mark.path[depth + 1 :]), mark.change, mark.removed)
    return mark
