"""Edited cases re-solved from a base case: what is known of them before, and what a re-solve adds.

Two facts spare work, and hold whatever the edit:

    a case that only asks more     is worth no more than the base; if the base plan keeps it, that plan is its best too
    a case that only gives more    is worth no less than the base, since the base plan keeps it

With a base optimum B in [b, B+] and a plan P worth b, a tightened case that P keeps has its optimum E in [b, B], so
that B − E lies in [0, B+ − b] without any solve, and is 0 where the base is proven. Every re-solve starts from what
the base solve remembers (prices and plan), not from the case before, and is told the bound that is known.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction

from portfolioopt.audit import Audit, Auditor
from portfolioopt.cases import Applied, Change, apply, case
from portfolioopt.language.plans import compared_with
from portfolioopt.plan import Plan
from portfolioopt.solution.conditions import Condition
from portfolioopt.solution.request import Request
from portfolioopt.studies.ahead import Asked
from portfolioopt.studies.desk import Desk
from portfolioopt.studies.interval import Interval
from portfolioopt.studies.optimum import Optimum


@dataclass
class FromBase:
    """The base case of a study, solved, and the cases that are edited from it."""

    desk: Desk
    base: Optimum
    against: Plan
    """what the model's `changes` are counted from"""
    case: Applied
    """the base case itself"""
    spared: int = field(default=0)
    """cases answered without a solve"""
    _remaining: dict[int, tuple[Applied, bool]] = field(default_factory=dict)
    """edited cases, by identity, and whether the base plan remains in them"""

    @staticmethod
    def of(desk: Desk, asked: str = "the best plan", *, start: Plan | None = None) -> "FromBase":
        """Solves the base case; `start` is a plan to begin with."""
        against = compared_with(desk.model, desk.instance)
        starts = () if start is None else (start,)
        base = desk.optimum(asked, request=Request(against=against, starts=starts))
        desk.start_from_here()
        return FromBase(desk, base, against, Applied(desk.instance, desk.model))

    @property
    def plan(self) -> Plan:
        """The best plan; there must be one."""
        assert self.base.plan is not None
        return self.base.plan

    @property
    def value(self) -> Interval:
        return self.base.value

    def made(self, *changes: Change) -> Applied:
        """The base case with these changes; raises `InvalidCase`."""
        return apply(case("edited", *changes), *self.case)

    def at(self, made: Applied, optimum: Optimum) -> "FromBase":
        """The same with an edited case, solved, as the base of further edits."""
        return FromBase(self.desk, optimum, self.against, made)

    def audit(self, made: Applied, plan: Plan | None = None) -> Audit:
        """A plan, the base plan where none is given, audited in an edited case."""
        known = {(one.id, action.id) for one in made.instance.partnerships for action in one.actions}
        chosen = self.plan if plan is None else plan
        if any((one.partnership, one.action) not in known for one in chosen.decisions):
            chosen = Plan.of((one for one in chosen.decisions if (one.partnership, one.action) in known), chosen.hiring)
        return Auditor(made.instance, made.model, self.against).audit(chosen, tables=False)

    def remains(self, made: Applied) -> bool:
        """Whether the base plan keeps all limits of an edited case, and is worth there what it is worth here."""
        if id(made) not in self._remaining:
            found = self.audit(made)
            self._remaining[id(made)] = made, found.ok and found.objective == self.base.exact
        return self._remaining[id(made)][1]

    def takes(self, asked: str, made: Applied, *, starts: Iterable[Plan] = (), ties: bool = False) -> Asked:
        """What `tighter` asks, for `Desk.ahead`."""
        return self.asks(asked, made, high=self.value.high, starts=starts, ties=ties)

    def tighter(self, asked: str, made: Applied, *, starts: Iterable[Plan] = (), ties: bool = False) -> Optimum:
        """The optimum of a case that only asks more than the base: no solve where the base plan keeps it."""
        if self.remains(made):
            self.spared += 1
            return replace(self.base, asked=asked, seconds=0.0)
        found = self.solved(self.takes(asked, made, starts=starts, ties=ties))
        return replace(found, value=Interval(min(found.value.low, self.value.high), found.value.high))

    def gives(self, asked: str, made: Applied, *, high: float = math.inf, ties: bool = False) -> Asked:
        """What `looser` asks, for `Desk.ahead`."""
        return self.asks(asked, made, high=high, starts=() if self.base.plan is None else (self.base.plan,), ties=ties)

    def looser(self, asked: str, made: Applied, *, high: float = math.inf, ties: bool = False) -> Optimum:
        """The optimum of a case that only gives more than the base; `high` is a bound known from elsewhere."""
        found = self.solved(self.gives(asked, made, high=high, ties=ties))
        if found.infeasible:
            return found
        return replace(found, value=found.value.within(low=self.value.low))

    def asks(
        self,
        asked: str,
        made: Applied,
        *,
        high: float = math.inf,
        starts: Iterable[Plan] = (),
        ties: bool = False,
        conditions: tuple[Condition, ...] = (),
    ) -> Asked:
        """Any edited case, which is known to be worth no more than `high`: for `solved`, and for `Desk.ahead`.

        With `ties` its plan is the one with the fewest decisions: to be told, not only weighed.
        """
        request = Request(against=self.against, starts=tuple(starts), bound=high, ties=ties, conditions=conditions)
        return Asked(asked, made.instance, made.model, request)

    def solved(self, case: Asked) -> Optimum:
        """The optimum of any edited case (see `asks`), worth no more than what it is known to be worth at most."""
        found = self.desk.optimum(case.name, case.instance, case.model, case.request)
        if found.infeasible:
            return found
        low = found.value.low
        return replace(found, value=Interval(low, max(low, min(found.value.high, case.request.bound))))

    def without(self, partnership: str) -> Plan:
        """The base plan without what it decides on one partnership."""
        return Plan.of((one for one in self.plan.decisions if one.partnership != partnership), self.plan.hiring)

    def chance(self, scenarios: Iterable[str]) -> Fraction:
        """The probability of some of the scenarios."""
        chances = {future.name: Fraction(future.probability) for future in self.desk.instance.futures}
        return sum((chances[name] for name in set(scenarios)), Fraction(0))


def lost(more: Interval, less: Interval) -> Interval:
    """What one optimum has over another that cannot be larger; without limit where the other has no plan at all."""
    if less.low == less.high == -math.inf and math.isfinite(more.low):
        return Interval(math.inf, math.inf)
    return (more - less).within(low=0.0)
