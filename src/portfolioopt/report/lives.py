"""The lives of partnerships, cut into spans of years in which nothing changes: what a road map draws."""

from dataclasses import dataclass
from itertools import groupby

from portfolioopt.plan import Decision
from portfolioopt.result.figures import years_text
from portfolioopt.result.lookup import Lookup

NONE, EXITED = "none", "exited"
STATE, NOTICE, LEAD = "state", "notice", "lead"


@dataclass(frozen=True, slots=True)
class Span:
    """Years in one state, under notice or in lead."""

    first: int
    last: int
    state: str
    """In lead years the one that the action leads to."""
    phase: str
    kind: str
    """Of the action that led here or, in lead years, leads on; `keep` where it stands as today."""

    @property
    def idle(self) -> bool:
        """Not formed, or exited: nothing to draw."""
        return self.phase != LEAD and self.state in (NONE, EXITED)

    @property
    def said(self) -> str:
        """full 2027-2029, under notice 2030."""
        how = {STATE: self.state, NOTICE: f"{self.state}, under notice", LEAD: f"preparing {self.state}"}[self.phase]
        return f"{how} {years_text(range(self.first, self.last + 1))}"


@dataclass(frozen=True, slots=True)
class Life:
    """A partnership's spans and decisions in one scenario."""

    spans: tuple[Span, ...]
    decisions: tuple[Decision, ...]

    @property
    def active(self) -> bool:
        return not all(span.idle for span in self.spans)

    @property
    def shape(self) -> tuple[tuple[Span, ...], tuple[tuple[int, str], ...]]:
        """What two scenarios have in common when they lead the same life."""
        return self.spans, tuple((decision.year, decision.action) for decision in self.decisions)


def life(lookup: Lookup, partnership: str, scenario: str) -> Life:
    """The life of a partnership in a scenario."""
    outline = lookup.outline.partnership(partnership)
    kind, coming, effect = "keep", "keep", 0
    decisions = []
    years = []
    for year in lookup.outline.calendar:
        standing = lookup.standings[partnership, scenario, year]
        decision = lookup.decisions.get((partnership, scenario, year))
        if decision is not None:
            decisions.append(decision)
            coming, effect = decision.kind, year + outline.action(decision.action).delay
        if year >= effect:
            kind = coming
        years.append((year, standing.state, standing.phase, coming if standing.phase == LEAD else kind))
    spans = []
    for (state, phase, how), group in groupby(years, key=lambda row: row[1:]):
        own = [row[0] for row in group]
        spans.append(Span(own[0], own[-1], state, phase, how))
    return Life(tuple(spans), tuple(decisions))


def distinct_lives(lookup: Lookup, partnership: str) -> list[tuple[Life, tuple[str, ...]]]:
    """The lives that a partnership leads, each with its scenarios, the likeliest first; those without a chance left
    out."""
    found: dict[tuple[tuple[Span, ...], tuple[tuple[int, str], ...]], tuple[Life, list[str]]] = {}
    for scenario, probability in lookup.probability.items():
        if probability > 0:
            own = life(lookup, partnership, scenario)
            found.setdefault(own.shape, (own, []))[1].append(scenario)
    lives = [(own, tuple(scenarios)) for own, scenarios in found.values()]
    return sorted(lives, key=lambda each: -sum(lookup.probability[name] for name in each[1]))
