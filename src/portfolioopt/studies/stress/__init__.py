"""Stress: a given plan in thousands of drawn futures, with breakdowns as they fall and drivers around the scenarios.

A draw takes a scenario by its probability, and the plan does what it says for that scenario. Then

    drivers      stray from the scenario's level by a lognormal factor of mean 1 that lasts, and may be correlated
                 between drivers (moves.py), where they have a declared volatility
    breakdowns   each year in which a partnership is active it breaks down with its breakdown rate, and then costs its
                 breakdown loss, once; the partnership goes on. The instance charges rate·loss instead: the mean of this

so without volatility and with breakdowns as charged every draw earns exactly what the audit says of its scenario. With
`outage` a partnership also provides nothing in the year of a breakdown, so that requirements fall short and pools earn
less. Decisions and hiring stay as planned whatever is drawn, so limits may be broken: capital overdrawn (what is
missing is added in its year), requirements short. What exceeding a soft limit is charged with is no part of NPV.

Draws are made in batches, each from the seed and its own number: the first n of N draws are the same for every N.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path as FilePath

import numpy as np

from portfolioopt.audit import Audit, Auditor
from portfolioopt.errors import UnknownOption
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.language.plans import compared_with
from portfolioopt.language.risk import Cvar
from portfolioopt.networks.tree import Floats, Ints
from portfolioopt.plan import Plan
from portfolioopt.result import Status
from portfolioopt.result.exhibit import Exhibit, PlainTable
from portfolioopt.result.tables import Table
from portfolioopt.solution.request import Request
from portfolioopt.studies.answer import About
from portfolioopt.studies.desk import Desk
from portfolioopt.studies.exhibiting import exhibit
from portfolioopt.studies.means import Means
from portfolioopt.studies.pace import Watch
from portfolioopt.studies.stress.courses import Courses, Outcome
from portfolioopt.studies.stress.moves import PERSISTENCE, Moves, Pairs, moves_of

DRAWS, MOST_DRAWS = 10_000, 10_000_000
TAIL = 0.1
QUANTILES = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99)
BINS = 20
BATCH, MOST_NUMBERS = 1_000, 20_000_000
"""Draws of a batch, and numbers that one may need at once."""
BEYOND = "beyond partnerships"
"""Synergies, pools, coordination, hiring and shortfalls."""


@dataclass(frozen=True)
class Spread:
    """NPV over the draws."""

    mean: float
    error: float
    """Standard error of the mean."""
    deviation: float
    least: float
    most: float
    quantiles: tuple[tuple[float, float], ...]
    """(share, NPV)"""
    tail: float
    """Mean of the worst draws (CVaR), ..."""
    tail_error: float
    below_zero: float
    """Share of the draws with NPV below 0."""


@dataclass(frozen=True)
class Bin:
    """Draws with low ≤ NPV < high (the last one: ≤)."""

    low: float
    high: float
    draws: int


@dataclass(frozen=True)
class InScenario:
    """The draws of one scenario."""

    scenario: str
    probability: Decimal
    draws: int
    promised: float
    """NPV by the audit of the plan."""
    mean: float
    deviation: float
    worst_tenth: float
    """Mean of its own worst tenth."""


@dataclass(frozen=True)
class Strain:
    """A limit that some draws break, or a requirement that falls short in them, in one year."""

    family: str
    limit: str
    year: int
    chance: float
    """Share of the draws."""
    size: float
    """Mean of what is missing in those draws, in the limit's unit."""
    most: float


@dataclass(frozen=True)
class Contribution:
    """What a partnership earns: on average, and in the worst draws. Both add up to those of NPV."""

    partnership: str
    mean: float
    tail: float
    breakdowns: float
    """Mean number of them over the horizon."""
    lost: float
    """Mean loss by them, discounted."""

    @property
    def swing(self) -> float:
        """What it earns less in the worst draws."""
        return self.mean - self.tail


@dataclass(frozen=True)
class Stress:
    """A plan in drawn futures."""

    about: About
    status: Status
    """Of the plan, where it was solved for; `feasible` where it was given."""
    asked: int
    """Draws asked for, ..."""
    draws: int
    """...and made."""
    breakdowns: bool
    """Whether they were drawn; if not, they are charged at what they cost on average."""
    outage: bool
    volatility: tuple[tuple[str, float], ...]
    persistence: float
    correlation: tuple[tuple[str, str, float], ...]
    """Between the yearly shocks of two drivers; all others move independently."""
    tail: float
    """Share of the draws that counts as worst."""
    promised: float | None
    """Expected NPV by the audit; None without a plan."""
    broken: tuple[str, ...]
    """Limits that the plan breaks as it is."""
    npv: Spread | None
    bins: tuple[Bin, ...]
    scenarios: tuple[InScenario, ...]
    strains: tuple[Strain, ...]
    """The most likely first."""
    overdrawn: float
    """Share of the draws in which capital is overdrawn in some year."""
    contributions: tuple[Contribution, ...]
    """The widest swing first; what no single partnership earns stands under `beyond partnerships`."""

    def tables(self) -> dict[str, Table]:
        """`npv` (measure, value), `histogram`, `scenarios`, `limits`, `contributions`."""
        rows: list[tuple[str, float]] = []
        if self.npv is not None:
            one = self.npv
            rows = [
                ("mean", one.mean),
                ("standard_error", one.error),
                ("standard_deviation", one.deviation),
                ("least", one.least),
                *((f"quantile_{share:g}", value) for share, value in one.quantiles),
                ("most", one.most),
                (f"mean_of_worst_{self.tail:g}", one.tail),
                ("its_standard_error", one.tail_error),
                ("share_below_zero", one.below_zero),
            ]
        return {
            "npv": Table(("measure", "value"), tuple(rows)),
            "histogram": Table(("low", "high", "draws"), tuple((one.low, one.high, one.draws) for one in self.bins)),
            "scenarios": Table(
                ("scenario", "probability", "draws", "promised", "mean", "deviation", "worst_tenth"),
                tuple(
                    (
                        one.scenario,
                        float(one.probability),
                        one.draws,
                        one.promised,
                        one.mean,
                        one.deviation,
                        one.worst_tenth,
                    )
                    for one in self.scenarios
                ),
            ),
            "limits": Table(
                ("family", "limit", "year", "chance", "size", "most"),
                tuple((one.family, one.limit, one.year, one.chance, one.size, one.most) for one in self.strains),
            ),
            "contributions": Table(
                ("partnership", "mean", "tail", "swing", "breakdowns", "lost"),
                tuple(
                    (one.partnership, one.mean, one.tail, one.swing, one.breakdowns, one.lost)
                    for one in self.contributions
                ),
            ),
        }

    def exhibits(self) -> dict[str, Exhibit]:
        """The distribution of NPV, and who drives the worst draws."""
        if self.npv is None or self.promised is None:
            return {}
        share = f"{100 * self.tail:g}%"
        rows = [
            ("promised by the plan", self.promised),
            ("mean of the draws", self.npv.mean),
            (f"mean of the worst {share}", self.npv.tail),
            *((f"{100 * at:g}% of the draws are below", value) for at, value in self.npv.quantiles),
        ]
        said = (
            f"{self.draws:,} futures drawn; capital is overdrawn in some year in {100 * self.overdrawn:.1f}% of them."
        )
        drivers = tuple((one.partnership, one.mean, one.tail, one.swing) for one in self.contributions[:20])
        return {
            "": exhibit(self.about, "NPV under stress", PlainTable(("", "NPV"), tuple(rows)), said),
            "tail": exhibit(
                self.about,
                "Who drives the worst futures",
                PlainTable(("partnership", "mean", f"in the worst {share}", "less"), drivers),
            ),
        }


ANSWER = Stress


def stress(
    instance: Instance,
    model: Model | str = "expected_value",
    means: Means | None = None,
    *,
    plan: Plan | None = None,
    draws: int = DRAWS,
    volatility: Mapping[str, float] | None = None,
    persistence: float = PERSISTENCE,
    correlation: float | Pairs = 0.0,
    breakdowns: bool = True,
    outage: bool = False,
    tail: float | None = None,
    folder: FilePath | str | None = None,
    watch: Watch | None = None,
) -> Stress:
    """A plan in drawn futures: distribution of NPV, limits broken, and who drives the worst draws.

    plan         that is followed; the best one where none is given
    draws        how many futures; `means.seed` (or the model's) is their seed
    volatility   by driver, standard deviation of the yearly shock to the logarithm of its level
    persistence  share of last year's deviation that is left this year, 0 to 1
    correlation  between the yearly shocks of drivers, -1 to 1: of every two that move, or by (driver, driver)
    breakdowns   whether they are drawn; if not, they are charged at what they cost on average
    outage       whether a partnership also provides nothing in the year of a breakdown
    tail         share of the draws that counts as worst; the model's, or a tenth
    folder       where the solve for the plan is stored, where none is given; draws are made anew, and come out the same

    Raises `InvalidInstance`, `InvalidModel` and `UnknownOption`; Ctrl-C ends it with the draws made by then.
    """
    desk = Desk("stress", instance, model, means or Means(), watch, folder=folder)
    risk = desk.model.objective.risk
    share = (float(risk.tail) if isinstance(risk, Cvar) else TAIL) if tail is None else float(tail)
    moves = check_asked(
        desk.instance,
        draws=draws,
        volatility=volatility or {},
        persistence=persistence,
        correlation=correlation,
        breakdowns=breakdowns,
        outage=outage,
        tail=share,
    )
    with desk.at_work():
        study = _Study(desk, draws, moves, share, breakdowns=breakdowns, outage=outage)
        return study.answer(plan)


def check_asked(
    instance: Instance,
    *,
    draws: int,
    volatility: Mapping[str, float],
    persistence: float,
    correlation: float | Pairs,
    breakdowns: bool,
    outage: bool,
    tail: float | None,
) -> Moves:
    """How drivers are to move. Raises `UnknownOption` where something of what is asked cannot be drawn."""
    if not 1 <= draws <= MOST_DRAWS:
        raise UnknownOption(f"the number of draws is from 1 to {MOST_DRAWS:,}, not {draws}")
    if tail is not None and not 0 < tail <= 1:
        raise UnknownOption(f"a tail is a share above 0 and at most 1, not {tail}")
    if outage and not breakdowns:
        raise UnknownOption("an outage is what follows a breakdown: it needs breakdowns to be drawn")
    return moves_of(instance, volatility, persistence, correlation)


@dataclass(frozen=True)
class _Drawn:
    """What is kept of a batch."""

    scenario: Ints
    npv: Floats
    worth: Floats
    """[draw, partnership], the last column what no partnership earns"""
    missing: Floats
    short: dict[str, Floats]
    breakdowns: Floats
    lost: Floats


class _Study:
    def __init__(
        self,
        desk: Desk,
        draws: int,
        moves: Moves,
        tail: float,
        *,
        breakdowns: bool,
        outage: bool,
    ) -> None:
        self.desk, self.draws, self.tail = desk, draws, tail
        self.moves = moves
        self.breakdowns, self.outage = breakdowns, outage
        self.against = compared_with(desk.model, desk.instance)

    def answer(self, plan: Plan | None) -> Stress:
        desk = self.desk
        status: Status = "feasible"
        if plan is None:
            found = desk.optimum("the best plan", request=Request(against=self.against))
            plan, status = found.plan, found.status
        if plan is None:
            return self.without_draws(status, None, ())
        audit = Auditor(desk.instance, desk.model, self.against).audit(plan, tables=False)
        broken = tuple(dict.fromkeys(f"{finding.id} {finding.year}" for finding in audit.findings))
        courses = Courses(desk.instance, plan, audit)
        batches = list(self.batches(courses))
        if not batches:
            return self.without_draws(status, audit, broken)
        return self.put_together(status, audit, broken, courses, batches)

    def batches(self, courses: Courses) -> Iterator[_Drawn]:
        """The draws, batch by batch, until all are made or it is time to stop."""
        size = len(courses.partnerships) * courses.years
        batch = max(1, min(BATCH, MOST_NUMBERS // max(size, 1)))
        began = time.perf_counter()
        for number, first in enumerate(range(0, self.draws, batch)):
            if self.desk.due:
                return
            count = min(batch, self.draws - first)
            yield self.batch(courses, number, batch, count)
            self.desk.drew(first + count, self.draws, time.perf_counter() - began)

    def batch(self, courses: Courses, number: int, batch: int, count: int) -> _Drawn:
        """Some draws; a batch that is cut short has the first draws of a whole one."""
        chance = np.cumsum([float(share) for share in courses.futures.probabilities])
        which, shocks, luck = (np.random.default_rng([self.desk.seed, number, stream]) for stream in range(3))
        scenario = np.searchsorted(chance, which.random(batch)[:count] * chance[-1], side="right")
        scenario = np.minimum(scenario, len(chance) - 1)
        noise = self._noise(courses, shocks, batch)[:count]
        falls = None
        if self.breakdowns:
            falls = luck.random((batch, len(courses.partnerships), courses.years))[:count]
        parts: list[tuple[Ints, Outcome]] = []
        for w, course in enumerate(courses.all):
            mine = np.flatnonzero(scenario == w)
            if len(mine):
                levels = course.levels[None] * noise[mine]
                own = None if falls is None else falls[mine]
                parts.append((mine, courses.outcome(course, levels, own, outage=self.outage)))
        order = np.argsort(np.concatenate([mine for mine, _ in parts]))

        def gathered(name: str) -> Floats:
            values: Floats = np.concatenate([getattr(outcome, name) for _, outcome in parts])[order]
            return values

        worth = np.concatenate((gathered("worth"), gathered("beyond")[:, None]), axis=1)
        short = {
            one.id: np.concatenate([outcome.short[one.id] for _, outcome in parts])[order]
            for one in courses.instance.requirements
        }
        return _Drawn(
            scenario, gathered("npv"), worth, gathered("missing"), short, gathered("breakdowns"), gathered("lost")
        )

    def _noise(self, courses: Courses, shocks: np.random.Generator, batch: int) -> Floats:
        """[draw, year, driver] what levels are multiplied by; its mean is 1."""
        noise = np.ones((batch, courses.years, len(courses.drivers)))
        for driver, factor in self.moves.factors(shocks, batch, courses.years).items():
            noise[:, :, courses.drivers.index(driver)] = factor
        return noise

    def without_draws(self, status: Status, audit: Audit | None, broken: tuple[str, ...]) -> Stress:
        return Stress(
            about=About.of(self.desk, complete=status == "infeasible"),
            status=status,
            asked=self.draws,
            draws=0,
            breakdowns=self.breakdowns,
            outage=self.outage,
            volatility=self.moves.volatility,
            persistence=self.moves.persistence,
            correlation=self.moves.correlation,
            tail=self.tail,
            promised=None if audit is None else float(audit.expected_npv),
            broken=broken,
            npv=None,
            bins=(),
            scenarios=(),
            strains=(),
            overdrawn=0.0,
            contributions=(),
        )

    def put_together(
        self, status: Status, audit: Audit, broken: tuple[str, ...], courses: Courses, batches: list[_Drawn]
    ) -> Stress:
        npv = np.concatenate([one.npv for one in batches])
        scenario = np.concatenate([one.scenario for one in batches])
        worst = tail_weights(npv, self.tail)
        missing = np.concatenate([one.missing for one in batches])
        counts, edges = np.histogram(npv, round_edges(float(npv.min()), float(npv.max())))
        return Stress(
            about=About.of(self.desk, complete=len(npv) == self.draws),
            status=status,
            asked=self.draws,
            draws=len(npv),
            breakdowns=self.breakdowns,
            outage=self.outage,
            volatility=self.moves.volatility,
            persistence=self.moves.persistence,
            correlation=self.moves.correlation,
            tail=self.tail,
            promised=float(audit.expected_npv),
            broken=broken,
            npv=_spread(npv, self.tail),
            bins=tuple(
                Bin(low, high, count)
                for low, high, count in zip(edges[:-1].tolist(), edges[1:].tolist(), counts.tolist(), strict=True)
            ),
            scenarios=tuple(self._in_scenario(audit, courses, npv, scenario)),
            strains=tuple(self._strains(audit, courses, batches, missing, scenario)),
            overdrawn=float((missing > 0).any(axis=1).mean()),
            contributions=tuple(_contributions(courses, batches, worst)),
        )

    def _in_scenario(self, audit: Audit, courses: Courses, npv: Floats, scenario: Ints) -> Iterator[InScenario]:
        futures = {future.name: future for future in courses.instance.futures}
        for w, course in enumerate(courses.all):
            own = npv[scenario == w]
            name, promised = course.scenario, float(audit.npv[course.scenario])
            mean, deviation, tail = promised, 0.0, promised
            if len(own):
                mean, deviation = float(own.mean()), float(own.std())
                tail = float(tail_weights(own, TAIL) @ own)
            yield InScenario(name, futures[name].probability, len(own), promised, mean, deviation, tail)

    def _strains(
        self, audit: Audit, courses: Courses, batches: list[_Drawn], missing: Floats, scenario: Ints
    ) -> list[Strain]:
        """Capital and requirements as drawn; all other limits as the audit finds them in the scenarios drawn."""
        first = courses.instance.horizon.first_year
        found: list[Strain] = []

        def add(family: str, limit: str, year: int, amounts: Floats) -> None:
            over = amounts[amounts > 0]
            if len(over):
                share = len(over) / len(amounts)
                found.append(Strain(family, limit, year, share, float(over.mean()), float(over.max())))

        for year in range(courses.years):
            add("capital", "capital", first + year, missing[:, year])
            for one in courses.instance.requirements:
                short = np.concatenate([batch.short[one.id][:, year] for batch in batches])
                add("requirements", one.id, first + year, short)
        place = {course.scenario: w for w, course in enumerate(courses.all)}
        beyond: dict[tuple[str, str, int], Floats] = {}
        for use in audit.limits:
            if use.excess > 0 and use.family not in ("capital", "requirements"):
                amounts = beyond.setdefault((use.family, use.id, use.year), np.zeros(len(place)))
                amounts[place[use.scenario]] = float(use.excess)
        for (family, limit, year), amounts in beyond.items():
            add(family, limit, year, amounts[scenario])
        return sorted(found, key=lambda one: (-one.chance, one.year, one.limit))


def round_edges(low: float, high: float) -> Floats:
    """Edges at round numbers, of some twenty bins from below the lowest to above the highest value."""
    width = (high - low) / BINS
    if width <= 1e-9 * max(abs(low), abs(high)):
        return np.array([low - 0.5, low + 0.5]) if low == high else np.array([low, high])
    unit = 10.0 ** np.floor(np.log10(width))
    step = unit * next(one for one in (1.0, 2.0, 2.5, 5.0, 10.0) if one * unit >= width * (1 - 1e-9))
    edges: Floats = step * np.arange(np.floor(low / step), np.ceil(high / step) + 1)
    return edges if len(edges) > 1 else np.array([edges[0], edges[0] + step])


def tail_weights(npv: Floats, tail: float) -> Floats:
    """Weights of the worst `tail` share of the draws, the one at its edge by the part inside; they sum to 1."""
    count = tail * len(npv)
    weights = np.zeros(len(npv))
    order = np.argsort(npv, kind="stable")
    weights[order] = np.clip(count - np.arange(len(npv)), 0.0, 1.0)
    weighed: Floats = weights / weights.sum()
    return weighed


def _spread(npv: Floats, tail: float) -> Spread:
    worst = tail_weights(npv, tail)
    edge = float(np.quantile(npv, tail))
    root = np.sqrt(len(npv))
    return Spread(
        mean=float(npv.mean()),
        error=float(npv.std() / root),
        deviation=float(npv.std()),
        least=float(npv.min()),
        most=float(npv.max()),
        quantiles=tuple((share, float(np.quantile(npv, share))) for share in QUANTILES),
        tail=float(worst @ npv),
        tail_error=float(np.minimum(npv - edge, 0.0).std() / (tail * root)),
        below_zero=float((npv < 0).mean()),
    )


def _contributions(courses: Courses, batches: list[_Drawn], worst: Floats) -> list[Contribution]:
    count = len(courses.partnerships)
    total, tail = np.zeros(count + 1), np.zeros(count + 1)
    breakdowns, lost = np.zeros(count), np.zeros(count)
    first = 0
    for one in batches:
        total += one.worth.sum(axis=0)
        tail += worst[first : first + len(one.npv)] @ one.worth
        breakdowns += one.breakdowns.sum(axis=0)
        lost += one.lost.sum(axis=0)
        first += len(one.npv)
    found = [
        Contribution(name, float(mean), float(bad), float(often), float(cost))
        for name, mean, bad, often, cost in zip(
            (*courses.partnerships, BEYOND),
            total / first,
            tail,
            np.append(breakdowns, 0.0) / first,
            np.append(lost, 0.0) / first,
            strict=True,
        )
    ]
    return sorted(found, key=lambda one: (-one.swing, one.partnership))
