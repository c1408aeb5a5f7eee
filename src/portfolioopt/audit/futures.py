"""The scenarios as an auditor sees them: probabilities, driver levels, and what is known when."""

from collections.abc import Mapping
from decimal import Decimal

from portfolioopt.audit.rationals import minus, plus, rational, times
from portfolioopt.language.instance import Instance
from portfolioopt.language.values import series_at

Deviation = dict[str, Decimal]
"""By driver, level − 1, of the drivers that are not at 1."""


class Futures:
    """Scenarios w = 0 … W−1 and years y = 0 … T−1 of one instance."""

    def __init__(self, instance: Instance, foreseen: frozenset[str] = frozenset()) -> None:
        """`foreseen` are drivers whose whole paths are known from the start."""
        self.first_year = instance.horizon.first_year
        self.years = instance.horizon.years
        self.names = tuple(scenario.name for scenario in instance.futures)
        self.probabilities = tuple(rational(scenario.probability) for scenario in instance.futures)
        self._deviations = tuple(
            tuple(_deviation(scenario.drivers, year) for year in range(self.years)) for scenario in instance.futures
        )
        numbers: dict[frozenset[tuple[str, Decimal]], int] = {}
        self._levels = tuple(
            tuple(numbers.setdefault(frozenset(deviation.items()), len(numbers)) for deviation in deviations)
            for deviations in self._deviations
        )
        every = instance.horizon.calendar if instance.review_years is None else instance.review_years
        reviews = {0, *(year - self.first_year for year in every)}
        self._latest_review = tuple(max(at for at in reviews if at <= year) for year in range(self.years))
        self._histories = self._number_histories(foreseen)

    def factor(self, coefficients: Mapping[str, Decimal], scenario: int, year: int) -> Decimal:
        """max(0, 1 + Σ_d β_d·(level_d(w,y) − 1))."""
        factor = Decimal(1)
        deviation = self._deviations[scenario][year]
        if deviation:
            for driver, coefficient in coefficients.items():
                if driver in deviation:
                    factor = plus(factor, times(coefficient, deviation[driver]))
        return max(Decimal(0), factor)

    def levels(self, scenario: int, year: int) -> int:
        """A number that scenarios and years share exactly if all their driver levels are the same."""
        return self._levels[scenario][year]

    def review_before(self, year: int) -> int:
        """The latest review year ≤ `year`: what was seen before it may be acted on."""
        return self._latest_review[year]

    def known(self, scenario: int, year: int) -> int:
        """A number that two scenarios share exactly if decisions in `year` may not differ between them.

        They may differ only if some driver level differs in a year before the latest review year ≤ `year`, or a level
        of a foreseen driver in any year.
        """
        return self._histories[scenario][self._latest_review[year]]

    def _number_histories(self, foreseen: frozenset[str]) -> tuple[tuple[int, ...], ...]:
        """By scenario and k = 0 … T−1, a number for the levels of the first k years and what is foreseen."""
        numbers: dict[tuple[int, frozenset[tuple[str, Decimal]]], int] = {}
        paths: dict[tuple[frozenset[tuple[str, Decimal]], ...], int] = {}
        histories = []
        for deviations in self._deviations:
            ahead = tuple(frozenset(item for item in year.items() if item[0] in foreseen) for year in deviations)
            history = [-paths.setdefault(ahead, len(paths))]
            for deviation in deviations[:-1]:
                seen = (history[-1], frozenset(deviation.items()))
                history.append(numbers.setdefault(seen, len(numbers) + 1))
            histories.append(tuple(history))
        return tuple(histories)


def _deviation(drivers: Mapping[str, Decimal | tuple[Decimal, ...]], year: int) -> Deviation:
    levels = {driver: series_at(series, year) for driver, series in drivers.items()}
    return {driver: minus(level, Decimal(1)) for driver, level in levels.items() if level != 1}
