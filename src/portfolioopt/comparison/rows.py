"""The tables of a comparison: a row for each fact, a value for each run, exact."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from portfolioopt.audit.findings import MONEY_LINES, Audit, LimitUse
from portfolioopt.result import Result

ZERO = Fraction(0)
USED_FAMILIES = ("capital", "skills", "exposures", "requirements", "activity", "moves")
"""Families of which it is told how far a limit is used; of links and rules only by how much they are exceeded."""


@dataclass(frozen=True, slots=True)
class Row:
    """One fact of several runs: None where a run says nothing of it."""

    name: tuple[str, ...]
    values: tuple[Any, ...]

    @property
    def differs(self) -> bool:
        return any(value != self.values[0] for value in self.values)


@dataclass(frozen=True, slots=True)
class LimitState:
    """How far a limit is used over all scenarios and years."""

    share: Fraction | None
    """Of the limit, in the year and scenario that comes closest to it (for at_least: the lowest); None if never."""
    binding: tuple[int, ...]
    """Years in which it is used whole, or just met, in some scenario."""
    excess: Fraction
    """The most by which it is exceeded, at its price."""
    counted: bool = True
    """Whether it is told how far it is used: of links and rules it is not."""


Taken = tuple[tuple[int, tuple[str, ...]], ...]
"""Years of a decision, each with its scenarios."""


def outcomes(results: Sequence[Result]) -> tuple[Row, ...]:
    """What the plans are worth: expected NPV, measure of risk, worst scenario, penalties, objective."""
    rows = [
        Row(("expected NPV",), _each(results, lambda audit: audit.expected_npv)),
        Row(("worst scenario",), tuple(_worst(result) for result in results)),
        Row(("risk measure",), _each(results, lambda audit: audit.risk)),
        Row(("price of exceeded limits",), _each(results, lambda audit: -audit.penalties)),
        Row(("price of changes",), _each(results, lambda audit: -audit.changes)),
        Row(("objective",), _each(results, lambda audit: audit.objective)),
        Row(("doing nothing",), tuple(_nothing(result) for result in results)),
    ]
    return tuple(row for row in rows if any(row.values))


def scenarios(results: Sequence[Result]) -> tuple[Row, ...]:
    """NPV by scenario."""
    names = _union([future.name for future in result.outline.scenarios] for result in results)
    return tuple(Row((name,), _each(results, lambda audit, name=name: audit.npv.get(name))) for name in names)


def money(results: Sequence[Result]) -> tuple[Row, ...]:
    """Expected discounted money by line; the lines sum to the expected NPV."""
    sums = [_by_line(result) for result in results]
    rows = (Row((line,), tuple(None if by is None else by[line] for by in sums)) for line in MONEY_LINES)
    return tuple(row for row in rows if any(row.values))


def worth(results: Sequence[Result]) -> tuple[Row, ...]:
    """What each partnership earns itself, expected and discounted; the rest is earned by all together."""
    names = _union([one.id for one in result.outline.partnerships] for result in results)
    found = [_worths(result) for result in results]
    rows = [Row((name,), tuple(None if one is None else one.get(name) for one in found)) for name in names]
    together = [
        None if one is None or result.audit is None else result.audit.expected_npv - sum(one.values(), ZERO)
        for result, one in zip(results, found, strict=True)
    ]
    return (*rows, Row(("together",), tuple(together)))


def decisions(results: Sequence[Result]) -> tuple[Row, ...]:
    """When each action is decided: by run the years, each with its scenarios."""
    place = {
        name: number for number, name in enumerate(_union([p.id for p in r.outline.partnerships] for r in results))
    }
    taken: list[dict[tuple[str, str], dict[int, list[str]]]] = []
    for result in results:
        by_action: dict[tuple[str, str], dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
        for one in () if result.chosen is None else result.chosen.decisions:
            by_action[one.partnership, one.action][one.year].append(one.scenario)
        taken.append(by_action)
    names = sorted(_union(taken), key=lambda name: (place.get(name[0], len(place)), _first_year(taken, name), name))
    return tuple(
        Row(
            name,
            tuple(
                None
                if result.chosen is None
                else tuple((year, tuple(own)) for year, own in sorted(by_action.get(name, {}).items()))
                for result, by_action in zip(results, taken, strict=True)
            ),
        )
        for name in names
    )


def hiring(results: Sequence[Result]) -> tuple[Row, ...]:
    """Engineers hired, by skill: engineer-years, expected."""
    sums: list[dict[str, Fraction] | None] = []
    for result in results:
        share = {future.name: Fraction(future.probability) for future in result.outline.scenarios}
        by_skill: dict[str, Fraction] = defaultdict(Fraction)
        for one in () if result.chosen is None else result.chosen.hiring:
            by_skill[one.skill] += share[one.scenario] * Fraction(one.engineers)
        sums.append(None if result.chosen is None else by_skill)
    skills = _union(one or {} for one in sums)
    return tuple(
        Row((skill,), tuple(None if one is None else one.get(skill, ZERO) for one in sums)) for skill in skills
    )


def limits(results: Sequence[Result]) -> tuple[Row, ...]:
    """How far each limit is used, by id and sense."""
    states = [_states(result) for result in results]
    names = _union(one for one in states)
    return tuple(Row(name, tuple(one.get(name) for one in states)) for name in names)


def _each(results: Sequence[Result], value: Callable[..., Any]) -> tuple[Any, ...]:
    return tuple(None if result.audit is None else value(result.audit) for result in results)


def _worst(result: Result) -> Fraction | None:
    """NPV of the worst scenario that can happen; of no interest where there is only one."""
    possible = [future.name for future in result.outline.scenarios if future.probability > 0]
    if result.audit is None or len(possible) < 2:
        return None
    return min(result.audit.npv[name] for name in possible)


def _nothing(result: Result) -> Fraction | None:
    today = result.do_nothing
    return None if today is None or not today.ok else today.expected_npv


def _by_line(result: Result) -> dict[str, Fraction] | None:
    if result.audit is None:
        return None
    share = {future.name: Fraction(future.probability) for future in result.outline.scenarios}
    found = dict.fromkeys(MONEY_LINES, ZERO)
    for line in result.audit.money:
        found[line.line] += share[line.scenario] * line.discounted
    return found


def _worths(result: Result) -> dict[str, Fraction] | None:
    if result.audit is None:
        return None
    share = {future.name: Fraction(future.probability) for future in result.outline.scenarios}
    return {
        name: sum((share[scenario] * npv for scenario, npv in earned.items()), ZERO)
        for name, earned in result.audit.worth.items()
    }


def _states(result: Result) -> dict[tuple[str, str], LimitState]:
    uses: dict[tuple[str, str], list[LimitUse]] = defaultdict(list)
    audit: Audit | None = result.audit
    for use in () if audit is None else audit.limits:
        uses[use.id, use.sense].append(use)
    return {name: _state(own) for name, own in uses.items()}


def _state(uses: Sequence[LimitUse]) -> LimitState:
    excess = max((use.excess for use in uses), default=ZERO)
    if uses[0].family not in USED_FAMILIES:
        return LimitState(None, (), excess, counted=False)
    shares = [use.use / use.limit for use in uses if use.limit > 0 and (use.use > 0 or use.sense == "at_least")]
    closest = min if uses[0].sense == "at_least" else max
    binding = {use.year for use in uses if use.use > 0 and use.headroom == 0}
    return LimitState(closest(shares) if shares else None, tuple(sorted(binding)), excess)


def _union(lists: Iterable[Iterable[Any]]) -> list[Any]:
    """Every name once, in the order of first sight."""
    return list(dict.fromkeys(name for one in lists for name in one))


def _first_year(taken: Sequence[dict[tuple[str, str], dict[int, list[str]]]], name: tuple[str, str]) -> int:
    return min(year for by_action in taken for year in by_action.get(name, {}))
