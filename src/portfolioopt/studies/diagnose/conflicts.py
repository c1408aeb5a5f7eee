"""Which limits contradict each other: every minimal set of them that no plan can keep together, the smallest first.

Every conflict has a member in common with every set of limits that some plan breaks. So: take the smallest set that
has a member in common with all such sets known so far and contains no conflict found before; if a plan keeps it, what
that plan breaks is one more such set; if not, it is a conflict, and none of its members can be spared, for each is the
only one in common with some set that an audited plan breaks (implicit hitting sets: Ignatiev, Previti, Liffiton and
Marques-Silva 2015; enumeration as in MARCO: Liffiton, Previti, Malik and Marques-Silva 2016). Where no set is left,
all conflicts are found.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from portfolioopt.studies.diagnose.relaxing import Limits, NoWay, Relaxing


@dataclass(frozen=True)
class Conflict:
    """Limits that no plan keeps together."""

    limits: tuple[str, ...]
    minimal: bool
    """Whether any one of them less can be kept, by an audited plan."""
    smallest: bool
    """Whether no conflict has fewer members."""
    verified: bool
    """Whether two different runs say that no plan keeps them."""


class Conflicts:
    """Finds conflicts one after the other; `all_found` once none is left."""

    def __init__(self, relaxing: Relaxing) -> None:
        self._relaxing = relaxing
        self._names = sorted(relaxing.may_give)
        self.found: list[Conflict] = []
        self.all_found = False

    def search(self, most: int) -> Iterator[Conflict]:
        """Conflicts by size, up to so many in all; can be called again after time ended it."""
        while len(self.found) < most:
            chosen = self._smallest_candidate()
            if chosen is None:
                self.all_found = True
                return
            if self._relaxing.desk.due:
                return
            answer = self._relaxing.keeping(chosen, cheapest=False)
            if answer is None:
                return
            if isinstance(answer, NoWay):
                size = min((len(one.limits) for one in self.found), default=len(chosen))
                conflict = Conflict(tuple(sorted(chosen)), True, len(chosen) == size, answer.verified)
                self.found.append(conflict)
                yield conflict

    def shrink(self) -> Conflict | None:
        """Where there was no time for the smallest one: a conflict out of which limits were taken one by one."""
        kept = frozenset(self._names)
        if not isinstance(self._relaxing.keeping(kept, cheapest=False), NoWay):
            return None
        minimal, verified = True, False
        for limit in self._names:
            if self._relaxing.desk.due:
                minimal = False
                break
            answer = self._relaxing.keeping(kept - {limit}, cheapest=False)
            if isinstance(answer, NoWay):
                kept, verified = kept - {limit}, answer.verified
            elif answer is None:
                minimal = False
        conflict = Conflict(tuple(sorted(kept)), minimal, False, verified)
        self.found.append(conflict)
        return conflict

    def _smallest_candidate(self) -> Limits | None:
        """The smallest set that meets all sets that plans break and contains no conflict; None if there is none."""
        from scipy.optimize import Bounds, LinearConstraint, milp  # slow to import, and only conflicts need it

        place = {name: number for number, name in enumerate(self._names)}
        broken = [way.limits for way in self._relaxing.ways]
        if any(not limits for limits in broken):
            return None  # a plan breaks nothing
        rows, lower, upper = [], [], []
        for limits in broken:
            rows.append(_row(place, limits))
            lower.append(1.0)
            upper.append(np.inf)
        for conflict in self.found:
            rows.append(_row(place, frozenset(conflict.limits)))
            lower.append(-np.inf)
            upper.append(len(conflict.limits) - 1.0)
        if not rows:
            return frozenset()
        # of equally small sets the one of the first names, so that the answer does not depend on chance
        cost = 1 + np.arange(len(place)) * (0.5 / max(len(place), 1) ** 2)
        found = milp(
            cost,
            constraints=LinearConstraint(np.array(rows), lb=lower, ub=upper),
            integrality=np.ones(len(place), dtype=np.int64),
            bounds=Bounds(0, 1),
        )
        if found.x is None:
            return None
        chosen = np.flatnonzero(np.asarray(found.x) > 0.5).tolist()
        return frozenset(self._names[number] for number in chosen)


def _row(place: dict[str, int], limits: Limits) -> np.ndarray:
    row = np.zeros(len(place))
    row[[place[name] for name in limits if name in place]] = 1
    return row
