"""Changes cut into groups, and what has become of an instance and a model after each of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from portfolioopt.cases import Applied, Case, Change, apply
from portfolioopt.cases.changes import Add, Aim, Ignore, Remove, Scale, Set, Shift
from portfolioopt.cases.differences import Difference, all_differences, changes_for
from portfolioopt.errors import InvalidCase
from portfolioopt.language.addresses import words_of
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model

MOST_GROUPS = 12
"""Changes without a group of their own that stand alone; more of them are grouped by what they are about."""
LABELS = ("name", "description", "currency", "solver")
"""Keys at the top of an instance or a model that move no value."""


@dataclass(frozen=True, slots=True)
class Group:
    """Changes that are made together."""

    name: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """Instance and model after the changes of some more groups: those that are only sound together count as one."""

    group: Group
    after: Applied


def groups_of(case: Case) -> tuple[Group, ...]:
    """The changes of a case in order: by their `group`, or by case where it is based on another, or one by one."""
    several = len([one for one in case.chain if one.changes]) > 1
    named = [
        (change.group or (owner.name if several else ""), change) for owner in case.chain for change in owner.changes
    ]
    alone = sum(1 for name, _ in named if not name)
    return _together(
        (name or (change.said if alone <= MOST_GROUPS else subject(change)), change) for name, change in named
    )


def groups_between(before: tuple[Instance, Model], after: tuple[Instance, Model]) -> tuple[Group, ...]:
    """The changes that lead from one input to another, by what they are about."""
    found = [one for one in all_differences(before, after) if not _only_labels(one)]
    changes = changes_for(found)
    by_subject: dict[str, list[Change]] = {}
    for change in changes:
        by_subject.setdefault(subject(change), []).append(change)
    return tuple(Group(name, tuple(own)) for name, own in by_subject.items())


def subject(change: Change) -> str:
    """What a change is about: partnerships.cell_jv, capital, skills, model."""
    match change:
        case Set(path=path) | Scale(path=path) | Add(path=path) | Shift(path=path) | Remove(path=path):
            words = words_of(path).words
            return ".".join(map(str, words[:2])) if words[0] == "partnerships" else str(words[0])
        case Aim(partnership=partnership):
            return f"partnerships.{partnership}"
        case Ignore():
            return "limits ignored"
    return change.said


def stages(groups: Iterable[Group], instance: Instance, model: Model) -> Iterator[Stage]:
    """The input after each group; one that is only sound with the next is made together with it.

    Raises `InvalidCase` where all of them together are unsound.
    """
    made: list[Change] = []
    waiting: list[Group] = []
    last: InvalidCase | None = None
    for group in groups:
        waiting.append(group)
        made += group.changes
        try:
            after = apply(Case("stage", tuple(made)), instance, model)
        except InvalidCase as invalid:
            last = invalid
            continue
        yield Stage(joined(waiting), after)
        waiting, last = [], None
    if last is not None:
        raise last


def joined(groups: Iterable[Group]) -> Group:
    """Several groups as one."""
    own = tuple(groups)
    return Group("; ".join(one.name for one in own), tuple(change for one in own for change in one.changes))


def _together(named: Iterable[tuple[str, Change]]) -> tuple[Group, ...]:
    """Changes of one name that follow each other."""
    found: list[tuple[str, list[Change]]] = []
    for name, change in named:
        if found and found[-1][0] == name:
            found[-1][1].append(change)
        else:
            found.append((name, [change]))
    return tuple(Group(name, tuple(changes)) for name, changes in found)


def _only_labels(difference: Difference) -> bool:
    words = difference.words[1:] if difference.words[0] == "model" else difference.words
    return words[0] in LABELS or (words[0] == "partnerships" and words[-1] in ("name", "purpose") and len(words) == 3)
