"""Why no plan is feasible, which limits contradict each other, and the cheapest ways out.

    relaxing.py     ways out: which limits give way by how much, the cheapest first (givable.py, loosening.py)
    conflicts.py    minimal sets of limits that no plan keeps together, the smallest first

A limit is what the planner wrote under one name: capital, a skill, an exposure, a requirement, an activity, a number
of moves, a link, a rule. A way out changes numbers as they are written, for all scenarios at once; its cost is

    Σ price(limit)·amount        over its numbers (one for each year, or one for the whole horizon)

undiscounted. Without prices a unit costs one over the mean size of its limit, so that 10 % of a year's budget weighs
as much as 10 % of a year's capacity; a year of a rule, and a link, cost 1. With prices, only limits that have one may
give way, and costs are money. No way out that is told contains another one told before it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from portfolioopt.errors import UnknownOption
from portfolioopt.language.checking import did_you_mean
from portfolioopt.language.families import SOFT_FAMILIES
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.language.plans import compared_with
from portfolioopt.plan import Decision
from portfolioopt.result import Status
from portfolioopt.result.exhibit import Exhibit, PlainTable
from portfolioopt.result.figures import decimals_for, figure, percent, years_text
from portfolioopt.result.tables import Table
from portfolioopt.result.wording import limit_words, listed, shown, some
from portfolioopt.solution.request import Request
from portfolioopt.studies.answer import About
from portfolioopt.studies.desk import Desk
from portfolioopt.studies.diagnose.conflicts import Conflict, Conflicts
from portfolioopt.studies.diagnose.loosening import Change, loosened
from portfolioopt.studies.diagnose.relaxing import Relaxing, WayOut
from portfolioopt.studies.exhibiting import exhibit, told
from portfolioopt.studies.interval import UNKNOWN, Interval
from portfolioopt.studies.means import Means
from portfolioopt.studies.pace import Watch

MOST_CONFLICTS = 100
FOR_FIRST_PLAN, FOR_FIRST_CONFLICT, FOR_WAYS = 0.25, 0.4, 0.6
"""Shares of the time left for the best plan under the cheapest way out, for the first conflict, and for other ways out
and their plans; other conflicts get the rest."""


@dataclass(frozen=True)
class Remedy:
    """A way out, and the best plan where it is taken."""

    rank: int
    changes: tuple[Change, ...]
    cost: Interval
    """From what is proven to be the least at this rank to what this way costs."""
    verified: bool
    status: Status
    """Of the plan."""
    value: Interval
    """The optimum of the objective where the changes are made."""
    decisions: tuple[Decision, ...]


@dataclass(frozen=True)
class Diagnosis:
    """What stands in the way of any plan, and what would make room for one."""

    about: About
    feasible: bool | None
    """None where it was not found out in time."""
    value: Interval
    """The optimum, where the instance is feasible as it is."""
    conflicts: tuple[Conflict, ...]
    all_conflicts: bool
    """Whether there is no other minimal conflict."""
    remedies: tuple[Remedy, ...]
    all_remedies: bool
    """Whether every other way out contains one of these."""
    priced: bool
    """Whether costs are money; otherwise they are shares of limits."""
    kept: tuple[str, ...]
    """Limits that were not allowed to give way."""
    words: dict[str, str]
    """By limit, what it asks."""
    scenarios: tuple[str, ...]

    def tables(self) -> dict[str, Table]:
        """`conflicts`, one row per member; `changes`, one per number changed; `remedies`; `plans`, one per decision."""
        return {
            "conflicts": Table(
                ("conflict", "limit", "minimal", "smallest", "verified", "asks"),
                tuple(
                    (number, limit, one.minimal, one.smallest, one.verified, self.words.get(limit, limit))
                    for number, one in enumerate(self.conflicts, 1)
                    for limit in one.limits
                ),
            ),
            "remedies": Table(
                ("remedy", "cost_low", "cost", "verified", "status", "value_low", "value_high"),
                tuple(
                    (one.rank, one.cost.low, one.cost.high, one.verified, one.status, one.value.low, one.value.high)
                    for one in self.remedies
                ),
            ),
            "changes": Table(
                ("remedy", "family", "limit", "side", "year", "amount", "was", "becomes"),
                tuple(
                    (
                        one.rank,
                        change.family,
                        change.limit,
                        change.side,
                        change.year,
                        float(change.amount),
                        None if change.was is None else float(change.was),
                        None if change.becomes is None else float(change.becomes),
                    )
                    for one in self.remedies
                    for change in one.changes
                ),
            ),
            "plans": Table(
                ("remedy", "partnership", "action", "kind", "year", "scenario"),
                tuple(
                    (one.rank, decision.partnership, decision.action, decision.kind, decision.year, decision.scenario)
                    for one in self.remedies
                    for decision in one.decisions
                ),
            ),
        }

    def exhibits(self) -> dict[str, Exhibit]:
        """Limits that contradict each other, and ways out; nothing of an instance that is feasible."""
        found = {}
        if self.conflicts:
            rows = tuple(
                (listed(one.limits), some((self.words.get(limit, limit) for limit in one.limits), MOST_WORDS))
                for one in self.conflicts
            )
            said = ["There is no other."] if self.all_conflicts else ["There may be others."]
            table = PlainTable(("limits", "what they ask for"), rows)
            title = "Limits that contradict each other"
            found[""] = exhibit(self.about, title, table, "No plan keeps all limits of one line.", *said)
        if self.remedies:
            columns = ("way out", "costs" if self.priced else "costs, of a year's limit", "the best plan is then worth")
            ways = tuple(
                (_in_words(one.changes), self._cost(one.cost.high), _worth(one.value)) for one in self.remedies
            )
            order = "The cheapest first" if self.priced else "The least change first"
            table = PlainTable(columns, ways)
            found["ways-out"] = exhibit(self.about, "Ways out", table, f"{order}; no one contains another.")
        return found

    def _cost(self, cost: float) -> str:
        return figure(cost, decimals_for([cost])) if self.priced else percent(cost)


MOST_WORDS, MOST_CHANGES = 6, 8
"""Limits of a conflict, and changes of a way out, that a table on a page tells."""


def _worth(value: Interval) -> str:
    return told(value, decimals_for(end for end in (value.low, value.high) if abs(end) < float("inf")))


def _in_words(changes: tuple[Change, ...]) -> str:
    """capital 120 -> 150 in 2026-2027; rule keep_cells set aside in 2030."""
    same: dict[tuple[str, Decimal | None, Decimal | None], list[int]] = {}
    for one in changes:
        same.setdefault((one.limit, one.was, one.becomes), []).extend([] if one.year is None else [one.year])
    said = []
    for (limit, was, becomes), years in same.items():
        what = "set aside" if was is None or becomes is None else f"{shown(was)} -> {shown(becomes)}"
        said.append(f"{limit} {what}" + (f" in {years_text(years)}" if years else ""))
    return some(said, MOST_CHANGES)


ANSWER = Diagnosis


def diagnose(
    instance: Instance,
    model: Model | str = "expected_value",
    means: Means | None = None,
    *,
    prices: Mapping[str, Decimal | float] | None = None,
    keep: Collection[str] = (),
    count: int = 5,
    watch: Watch | None = None,
) -> Diagnosis:
    """Conflicts of limits, the smallest first, and up to `count` ways out, the cheapest first, each with its best plan.

    prices    money per unit (and year) by id or family of limits; without any, see the module
    keep      ids or families of limits that may not give way

    Raises `InvalidInstance`, `InvalidModel` and `UnknownOption`; Ctrl-C ends it with what is known by then.
    """
    desk = Desk("diagnose", instance, model, means or Means(), watch)
    given = {name: Decimal(str(price)) for name, price in (prices or {}).items()}
    if any(not price.is_finite() or price <= 0 for price in given.values()):
        raise UnknownOption("a price must be a number above 0")
    with desk.at_work():
        return _diagnosed(desk, given, frozenset(keep), count)


def made_room(
    diagnosis: Diagnosis, instance: Instance, model: Model | None = None, rank: int = 1
) -> tuple[Instance, Model]:
    """The instance with the changes of one of its ways out, and the model without limits that are set aside."""
    changes = next(one.changes for one in diagnosis.remedies if one.rank == rank)
    return loosened(instance, model or Model(), changes)


def _diagnosed(desk: Desk, given: dict[str, Decimal], keep: frozenset[str], count: int) -> Diagnosis:
    relaxing = Relaxing(desk, given, keep)
    _check_names(relaxing, [*given, *keep])
    free = relaxing if not given and not keep else Relaxing(desk, {}, frozenset())
    conflicts = Conflicts(free)
    compared = Request(against=compared_with(desk.model, desk.instance))
    root = relaxing.keeping(frozenset())
    feasible = None if root is None else isinstance(root, WayOut) and not root.changes
    value = UNKNOWN
    remedies: list[Remedy] = []
    all_remedies = False
    if feasible:
        value = desk.optimum("the best plan", request=compared).value
        all_remedies = conflicts.all_found = True
    elif feasible is not None:
        if count and isinstance(root, WayOut):
            with desk.for_a_part(FOR_FIRST_PLAN):
                remedies.append(_remedy(desk, 1, root, compared))
        with desk.for_a_part(FOR_FIRST_CONFLICT):
            next(conflicts.search(1), None)
        if not conflicts.found and not conflicts.all_found:
            with desk.for_a_part(FOR_FIRST_CONFLICT):
                conflicts.shrink()
        with desk.for_a_part(FOR_WAYS):
            for rank, way in enumerate(relaxing.cheapest_ways(), 1):
                if rank > len(remedies) and rank <= count:
                    remedies.append(_remedy(desk, rank, way, compared))
                if rank >= count or desk.due:
                    break
            else:
                all_remedies = not desk.due
        for _ in conflicts.search(MOST_CONFLICTS):
            continue
    asked = {limit for one in conflicts.found for limit in one.limits}
    asked |= {change.limit for one in remedies for change in one.changes}
    everything = relaxing.limits
    return Diagnosis(
        about=About.of(desk, complete=_whole(feasible, conflicts, all_remedies or len(remedies) == count)),
        feasible=feasible,
        value=value,
        conflicts=tuple(conflicts.found),
        all_conflicts=conflicts.all_found,
        remedies=tuple(remedies),
        all_remedies=all_remedies,
        priced=bool(given),
        kept=tuple(sorted(everything.keys() - relaxing.may_give)) if given or keep else (),
        words={limit: limit_words(desk.instance, everything[limit], limit) for limit in sorted(asked)},
        scenarios=tuple(future.name for future in desk.instance.futures),
    )


def _whole(feasible: bool | None, conflicts: Conflicts, enough: bool) -> bool:
    """Whether all that was asked for has been told."""
    if feasible is None:
        return False
    return feasible or (enough and (conflicts.all_found or len(conflicts.found) >= MOST_CONFLICTS))


def _remedy(desk: Desk, rank: int, way: WayOut, compared: Request) -> Remedy:
    """A way out with the best plan under it; the plan of the way itself is one to start from."""
    asked = f"the best plan under way out {rank}"
    starts = Request(against=compared.against, starts=(way.plan,))
    best = desk.optimum(asked, *loosened(desk.instance, desk.model, way.changes), request=starts)
    return Remedy(
        rank=rank,
        changes=way.changes,
        cost=Interval(min(way.bound, float(way.cost)), float(way.cost)),
        verified=way.verified,
        status=best.status,
        value=best.value,
        decisions=() if best.plan is None else best.plan.decisions,
    )


def _check_names(relaxing: Relaxing, names: Collection[str]) -> None:
    known = [*relaxing.limits, *SOFT_FAMILIES]
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known)
            raise UnknownOption(f"there is no hard limit or family of limits called {name} ({hint})")
