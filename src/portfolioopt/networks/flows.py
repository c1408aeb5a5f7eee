"""What flows where: the profiles of all states, lead years and effects, read once and spread over places as arrays.

A *carrier* is what has flows: a state of a partnership, the lead years of an action, or the effect of one. A place
carries the flows of one carrier at one index of its profiles. Carriers are read one by one, only the keys that somebody
wrote; what stands at every place is then a matter of a few array operations, however many partnerships there are.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from portfolioopt.language.instance import ReadinessScale
from portfolioopt.language.partnership import ELEMENTS, AtEffect, During, Partnership
from portfolioopt.networks.lives import TAGGED_FLOWS
from portfolioopt.networks.tree import Floats, Ints, Tree

MONEY_FLOWS = ("benefit", "cost", "capital", "breakdown_loss", "terminal", "proceeds")
Label = tuple[str, str]
"""A flow that no driver changes: ("effort", skill), ("exposure", tag), ("provides", capability), ("interfaces", "")."""
Sparse = tuple[Ints, Floats]
"""Places and the values there; 0 elsewhere."""


@dataclass(frozen=True)
class Spread:
    """Flows at every place, or at every effect."""

    money: Floats
    """[level vectors, places] money a year, terminal values left out"""
    terminal: Floats
    capital: Floats
    proceeds: Floats
    use: dict[Label, Sparse]
    drivers: frozenset[str]
    """drivers that capital or proceeds vary with"""


class Profiles:
    """One flow of many carriers."""

    def __init__(self) -> None:
        self._carriers: list[int] = []
        self._lengths: list[int] = []
        self._values: list[float] = []

    def put(self, carrier: int, profile: Sequence[Decimal]) -> None:
        self._carriers.append(carrier)
        self._lengths.append(len(profile))
        self._values.extend(map(float, profile))

    def at(self, places: "Places") -> Sparse:
        """Value at the index of every place of these carriers; past the end of a profile its last value repeats."""
        lengths = np.array(self._lengths, dtype=np.int64)
        starts = np.cumsum(lengths) - lengths
        here, owner = places.of(np.array(self._carriers, dtype=np.int64))
        values = np.array(self._values)[starts[owner] + np.minimum(places.index[here], lengths[owner] - 1)]
        some = np.flatnonzero(values)
        return here[some], values[some]


class Places:
    """Which carrier's flows apply at every place, and at which index of its profiles."""

    def __init__(self, carrier: Ints, index: Ints, carriers: int) -> None:
        self.carrier = carrier
        self.index = index
        self._order = np.argsort(carrier, kind="stable")
        self.count = np.bincount(carrier, minlength=carriers)
        """[carriers] places at which each is found"""
        self._start = np.cumsum(self.count) - self.count

    def __len__(self) -> int:
        return len(self.carrier)

    def of(self, carriers: Ints) -> tuple[Ints, Ints]:
        """All places of some carriers, and the position in `carriers` of each one's own."""
        counts = self.count[carriers]
        owner = np.repeat(np.arange(len(carriers)), counts)
        return self._order[spans(self._start[carriers], counts)], owner


def spans(starts: Ints, lengths: Ints) -> Ints:
    """start, start + 1, …, start + length − 1 of every span, one after the other."""
    before = np.cumsum(lengths) - lengths
    numbers: Ints = np.repeat(starts - before, lengths) + np.arange(lengths.sum())
    return numbers


class Sheet:
    """The flows of carriers, collected while partnerships are read one by one."""

    def __init__(self, carriers: int) -> None:
        self.carriers = carriers
        self.realization = np.ones(carriers)
        self.breakdown_rate = np.zeros(carriers)
        self._money: defaultdict[str, Profiles] = defaultdict(Profiles)
        self._use: defaultdict[Label, Profiles] = defaultdict(Profiles)
        self._sensitive: dict[str, list[tuple[int, Mapping[str, Decimal]]]] = {}

    def read(self, carrier: int, record: During | AtEffect) -> None:
        """Takes down what a carrier's record says; keys that nobody wrote are 0."""
        for key in record.model_fields_set:
            if key in MONEY_FLOWS:
                self._money[key].put(carrier, _profile(getattr(record, key)))
            elif key in TAGGED_FLOWS:
                for name, profile in getattr(record, key).items():
                    self._use[key, name].put(carrier, _profile(profile))
            elif key == "interfaces":
                self._use["interfaces", ""].put(carrier, _profile(record.interfaces))
            elif key == "sensitivity":
                for flow in record.sensitivity.model_fields_set:
                    coefficients = getattr(record.sensitivity, flow)
                    if coefficients:
                        self._sensitive.setdefault(flow, []).append((carrier, coefficients))

    def spread(self, places: Places, tree: Tree) -> Spread:
        """The flows at every place, money by level vector.

        money = realization·benefit − cost − breakdown_rate·breakdown_loss − capital + proceeds
        """
        money = self._scaled("benefit", places, tree)
        money *= self.realization[places.carrier]
        money -= self._scaled("cost", places, tree)
        loss = self._scaled("breakdown_loss", places, tree)
        loss *= self.breakdown_rate[places.carrier]
        money -= loss
        capital = self._scaled("capital", places, tree)
        money -= capital
        proceeds = self._scaled("proceeds", places, tree)
        money += proceeds
        return Spread(
            money=money,
            terminal=self._scaled("terminal", places, tree),
            capital=capital,
            proceeds=proceeds,
            use={label: self._use[label].at(places) for label in sorted(self._use)},
            drivers=frozenset(
                driver
                for flow in ("capital", "proceeds")
                for carrier, coefficients in self._sensitive.get(flow, ())
                if places.count[carrier]
                for driver in coefficients
            ),
        )

    def _scaled(self, flow: str, places: Places, tree: Tree) -> Floats:
        """A flow times its driver factor; [level vectors, places]."""
        scaled = np.zeros((len(tree.levels), len(places)))
        if flow not in self._money:
            return scaled
        here, values = self._money[flow].at(places)
        sensitive = self._sensitive.get(flow)
        if sensitive is None:
            scaled[:, here] = values
            return scaled
        # carriers that answer to drivers alike share a row of factors; row 0 is that of those that do not answer
        rows: dict[tuple[tuple[str, Decimal], ...], int] = {(): 0}
        row_of = np.zeros(self.carriers, dtype=np.int64)
        for carrier, coefficients in sensitive:
            row_of[carrier] = rows.setdefault(tuple(sorted(coefficients.items())), len(rows))
        factors = np.array([driver_factor(dict(row), tree) for row in rows])
        scaled[:, here] = factors[row_of[places.carrier[here]]].T * values
        return scaled


def dense(sparse: Sparse | None, size: int) -> Floats:
    """The values at all places."""
    flow = np.zeros(size)
    if sparse is not None:
        here, values = sparse
        flow[here] = values
    return flow


def driver_factor(coefficients: Mapping[str, Decimal | float], tree: Tree) -> Floats:
    """max(0, 1 + Σ_d β_d·(level_d − 1)) for every level vector of the tree."""
    factor = np.ones(len(tree.levels))
    for driver, beta in coefficients.items():
        factor += float(beta) * (tree.levels[:, tree.drivers.index(driver)] - 1)
    return np.maximum(factor, 0)


class Realization:
    """Realization of benefits and breakdown rate of a partnership in each of its states.

    g = Σ weight·(score − 1)/4, then linear between the values at g = 0 and at g = 1; without readiness 1 and 0.
    """

    def __init__(self, scale: ReadinessScale) -> None:
        self._weights = [float(getattr(scale.weights, element)) for element in ELEMENTS]
        self._realization = [float(value) for value in scale.realization]
        self._breakdown_rate = [float(value) for value in scale.breakdown_rate]

    def of(self, partnership: Partnership, state: str) -> tuple[float, float]:
        own = partnership.readiness
        if own is None:
            return 1.0, 0.0
        changed = partnership.state(state).readiness
        scores: Iterable[Decimal] = (
            getattr(
                changed if element in changed.model_fields_set and getattr(changed, element) is not None else own,
                element,
            )
            for element in ELEMENTS
        )
        g = sum(weight * (float(score) - 1) / 4 for weight, score in zip(self._weights, scores, strict=True))
        low, high = self._realization
        often, rare = self._breakdown_rate
        return low + g * (high - low), often + g * (rare - often)


def _profile(value: Decimal | tuple[Decimal, ...]) -> tuple[Decimal, ...]:
    """An effect's number is a profile of one year."""
    return value if isinstance(value, tuple) else (value,)
