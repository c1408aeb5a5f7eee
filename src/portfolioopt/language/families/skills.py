"""Engineering bandwidth: full-time engineers of a skill a year, and those who may be hired beside them."""

from collections.abc import Iterable, Iterator

from portfolioopt.language.checking import Checker, Path
from portfolioopt.language.partnership import Partnership
from portfolioopt.language.values import AmountSeries, Record


class Hire(Record):
    """Hiring: money per FTE-year and the most engineers in a year."""

    cost: AmountSeries
    at_most: AmountSeries


class Skill(Record):
    """Σ effort ≤ capacity + hired, 0 ≤ hired ≤ at_most."""

    capacity: AmountSeries
    hire: Hire | None = None


def ids(skills: dict[str, Skill]) -> list[tuple[Path, str]]:
    """A skill's limit is named by the skill."""
    return [(("skills", name), name) for name in skills]


def check(checker: Checker, skills: dict[str, Skill]) -> None:
    """Tells what does not fit together."""
    for name, skill in skills.items():
        checker.series(("skills", name, "capacity"), skill.capacity)
        if skill.hire is not None:
            checker.series(("skills", name, "hire", "cost"), skill.hire.cost)
            checker.series(("skills", name, "hire", "at_most"), skill.hire.at_most)
    for position, partnership in enumerate(checker.instance.partnerships):
        for path, effort in _efforts(position, partnership):
            for name in effort:
                if name in skills:
                    continue
                if skills:
                    checker.known((*path, name), name, skills, "skill")
                else:
                    checker.warn((*path, name), f"no skills are declared, so effort of {name} is not limited")


def _efforts(position: int, partnership: Partnership) -> Iterator[tuple[Path, Iterable[str]]]:
    """Every place of a partnership that demands effort."""
    top: Path = ("partnerships", position)
    for name, state in partnership.states.items():
        yield (*top, "states", name, "effort"), state.effort
    for index, action in enumerate(partnership.actions):
        yield (*top, "actions", index, "during", "effort"), action.during.effort
        yield (*top, "actions", index, "at_effect", "effort"), action.at_effect.effort
