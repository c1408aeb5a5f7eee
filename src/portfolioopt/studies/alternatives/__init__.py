"""Other plans that are nearly as good: the most different first, and how firmly each decision stands.

    apart.py        when plans differ in decisions that matter, and by how much
    near.py         near-optimal plans, the most different first, until none is left
    standing.py     core, borderline, out: what the other choice costs
    perturbed.py    the same when figures err; what the best plan promises too much

A plan is near-optimal if it is worth at least  best − within·|best|,  best being the value of the best plan found.
Where that plan is not proven optimal, an alternative may lie further from the optimum than `within`, by its gap.
"""

from dataclasses import dataclass
from fractions import Fraction

from portfolioopt.errors import UnknownOption
from portfolioopt.formulation.build import formulate
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.language.plans import compared_with
from portfolioopt.networks.portfolio import lay_out
from portfolioopt.plan import Decision
from portfolioopt.result import Status
from portfolioopt.result.exhibit import CoreDecision, CoreIndex, Exhibit, PlainTable
from portfolioopt.result.figures import decimals_for, figure, percent
from portfolioopt.result.tables import Table
from portfolioopt.result.wording import some
from portfolioopt.studies.alternatives.apart import Yardstick
from portfolioopt.studies.alternatives.near import Nearby, NearPlan
from portfolioopt.studies.alternatives.perturbed import Curse, Errors, Sureness, sampled
from portfolioopt.studies.alternatives.standing import Standing, standings
from portfolioopt.studies.answer import About
from portfolioopt.studies.desk import Desk
from portfolioopt.studies.exhibiting import exhibit
from portfolioopt.studies.interval import Interval
from portfolioopt.studies.means import Means
from portfolioopt.studies.pace import Watch

FOR_PLANS, FOR_STANDINGS = 0.4, 0.5
"""Shares of the time left that go at most into alternatives, and then into how decisions stand; draws get the rest."""


@dataclass(frozen=True)
class Difference:
    """A decision that one plan takes and the best plan does not, or the other way round, or in another year."""

    side: str
    """`added`, `dropped` or `moved`."""
    partnership: str
    action: str
    scenarios: tuple[str, ...]
    year: int
    """In which it is taken; by the best plan, where it is dropped."""
    was: int | None
    """In which the best plan takes a decision that is moved."""


@dataclass(frozen=True)
class Alternative:
    """A near-optimal plan."""

    rank: int
    """0 is the best plan."""
    value: float
    """The audit's objective."""
    lost: float
    """Share of the best plan's value."""
    distance: Interval
    """Distance to the nearest plan told before it, and what no other near-optimal plan could exceed."""
    differences: tuple[Difference, ...]
    """From the best plan."""
    decisions: tuple[Decision, ...]


@dataclass(frozen=True)
class Alternatives:
    """Near-optimal plans, how firmly decisions stand among them, and how sure they are when figures err."""

    about: About
    status: Status
    """Of the best plan."""
    best: Interval
    within: float
    threshold: float
    plans: tuple[Alternative, ...]
    """The best plan, then the most different ones first."""
    exhausted: bool
    """Whether every near-optimal plan differs from one of these in years and cosmetics alone."""
    standings: tuple[Standing, ...]
    sureness: tuple[Sureness, ...]
    curse: Curse | None
    """None where no figures were drawn."""
    scenarios: tuple[str, ...]

    def tables(self) -> dict[str, Table]:
        """`plans`; `differences` from the best plan; `decisions` of all; `standings`; `sureness`; `curse`."""
        curse = self.curse
        return {
            "plans": Table(
                ("plan", "value", "lost", "distance", "distance_high"),
                tuple((one.rank, one.value, one.lost, one.distance.low, one.distance.high) for one in self.plans),
            ),
            "differences": Table(
                ("plan", "side", "partnership", "action", "year", "was", "scenario"),
                tuple(
                    (one.rank, each.side, each.partnership, each.action, each.year, each.was, scenario)
                    for one in self.plans
                    for each in one.differences
                    for scenario in each.scenarios
                ),
            ),
            "decisions": Table(
                ("plan", "partnership", "action", "kind", "year", "scenario"),
                tuple(
                    (one.rank, each.partnership, each.action, each.kind, each.year, each.scenario)
                    for one in self.plans
                    for each in one.decisions
                ),
            ),
            "standings": Table(
                ("partnership", "action", "best", "index", "standing", "loss_low", "loss_high"),
                tuple(
                    (
                        one.partnership,
                        one.action,
                        float(one.best),
                        float(one.index),
                        one.standing,
                        one.loss.low,
                        one.loss.high,
                    )
                    for one in self.standings
                ),
            ),
            "sureness": Table(
                ("partnership", "action", "share", "low", "high"),
                tuple((one.partnership, one.action, one.share, one.low, one.high) for one in self.sureness),
            ),
            "curse": Table(
                ("draws", "promised", "shortfall", "standard_error", "expected", "flattered", "misled", "same_plan"),
                ()
                if curse is None
                else (
                    (
                        curse.draws,
                        curse.promised,
                        curse.shortfall,
                        curse.standard_error,
                        curse.expected,
                        curse.flattered,
                        curse.misled,
                        curse.same_plan,
                    ),
                ),
            ),
        }

    def exhibits(self) -> dict[str, Exhibit]:
        """How firmly decisions stand, and the near-optimal plans with what they do otherwise."""
        if not self.plans:
            return {}
        near = f"within {percent(self.within, 1)} of the best"
        decisions = tuple(
            CoreDecision(
                one.partnership,
                one.action,
                one.years[0] if len(one.years) == 1 else None,
                float(one.index),
                one.standing,
            )
            for one in self.standings
        )
        firm = exhibit(
            self.about,
            "How firmly decisions stand",
            CoreIndex(len(self.plans), decisions),
            f"Core: no plan {near} does without it. Out: none takes it. Borderline: some do, some do not.",
        )
        decimals = decimals_for(one.value for one in self.plans)
        rows = tuple(
            (
                "best" if not one.rank else f"plan {one.rank}",
                figure(one.value, decimals),
                percent(one.lost, 2),
                some((_otherwise(each) for each in one.differences), MOST_DIFFERENCES) or "-",
            )
            for one in self.plans
        )
        table = PlainTable(("", "worth", "lost", "otherwise than the best"), rows)
        shown = exhibit(
            self.about, "Other plans nearly as good", table, f"Plans {near}, the most different ones first."
        )
        return ({"": firm} if decisions else {}) | ({"plans": shown} if len(self.plans) > 1 else {})


MOST_DIFFERENCES = 8
"""From the best plan, that a table on a page tells."""


def _otherwise(one: Difference) -> str:
    if one.side == "moved":
        return f"{one.partnership} {one.action} in {one.year}, not {one.was}"
    return f"{'no ' if one.side == 'dropped' else ''}{one.partnership} {one.action} in {one.year}"


ANSWER = Alternatives


def alternatives(
    instance: Instance,
    model: Model | str = "expected_value",
    means: Means | None = None,
    *,
    within: float | Fraction = 0.01,
    count: int = 20,
    errors: Errors | None = None,
    draws: int = 20,
    watch: Watch | None = None,
) -> Alternatives:
    """Up to `count` near-optimal plans, core, borderline and out, and how sure decisions are when figures err.

    within    share of the best plan's value that an alternative may be worth less
    errors    relative standard errors of what partnerships earn; from readiness if not given
    draws     how often figures are drawn anew; 0 for not at all

    Raises `InvalidInstance`, `InvalidModel` and `UnknownOption`; Ctrl-C ends it with what is known by then.
    """
    share = Fraction(str(within))
    if share < 0 or count < 0 or draws < 0:
        raise UnknownOption("within, count and draws must be 0 or more")
    desk = Desk("alternatives", instance, model, means or Means(), watch)
    with desk.at_work():
        return _asked(desk, share, count, errors or Errors(), draws)


def _asked(desk: Desk, within: Fraction, count: int, errors: Errors, draws: int) -> Alternatives:
    against = compared_with(desk.model, desk.instance)
    best = desk.optimum("the best plan")
    scenarios = tuple(future.name for future in desk.instance.futures)
    if best.plan is None or best.exact is None:
        about = About.of(desk, complete=best.infeasible)
        return Alternatives(
            about, best.status, best.value, float(within), -float("inf"), (), False, (), (), None, scenarios
        )
    formulation = formulate(lay_out(desk.instance), desk.model, against)
    yardstick = Yardstick.of(formulation.portfolio)
    threshold = best.exact - within * abs(best.exact)
    first = NearPlan(best.plan, yardstick.pattern(best.plan), best.exact, Interval.exactly(0.0))
    nearby = Nearby(desk, formulation, yardstick, threshold, against, [first])
    desk.expect((2 * count if count else 0) + len(yardstick.acts) + (0 if errors.none else draws))
    with desk.for_a_part(FOR_PLANS):
        while len(nearby.chosen) <= count and not desk.due and nearby.next_plan() is not None:
            continue
    desk.expect(len(yardstick.acts) + (0 if errors.none else draws))
    value = best.value
    with desk.for_a_part(FOR_STANDINGS):
        standing = list(
            standings(desk, formulation, yardstick, nearby.chosen, value, threshold, against, nearby.priced)
        )
    sure: list[Sureness] = []
    curse = None
    if draws and not errors.none:
        desk.expect(draws)
        sure, curse = sampled(desk, yardstick, best.plan, value, errors, draws, against)
    enough = nearby.exhausted or len(nearby.chosen) > count
    drawn_all = not draws or errors.none or (curse is not None and curse.draws == draws)
    told = all(one.standing != "open" for one in standing)
    return Alternatives(
        about=About.of(desk, complete=enough and told and drawn_all),
        status=best.status,
        best=value,
        within=float(within),
        threshold=float(threshold),
        plans=tuple(_alternative(rank, one, first) for rank, one in enumerate(nearby.chosen)),
        exhausted=nearby.exhausted,
        standings=tuple(standing),
        sureness=tuple(sure),
        curse=curse,
        scenarios=scenarios,
    )


def _alternative(rank: int, one: NearPlan, best: NearPlan) -> Alternative:
    by_act: dict[tuple[str, str, str, int, int | None], list[str]] = {}
    for key in sorted(one.pattern.keys() | best.pattern.keys()):
        scenario, partnership, action = key
        own, was = one.pattern.get(key), best.pattern.get(key)
        if own == was:
            continue
        side = "added" if was is None else "dropped" if own is None else "moved"
        year = was if own is None else own
        assert year is not None
        moved = was if side == "moved" else None
        by_act.setdefault((side, partnership, action, year, moved), []).append(scenario)
    return Alternative(
        rank=rank,
        value=float(one.value),
        lost=float((best.value - one.value) / abs(best.value)) if best.value else 0.0,
        distance=one.distance,
        differences=tuple(
            Difference(side, partnership, action, tuple(scenarios), year, moved)
            for (side, partnership, action, year, moved), scenarios in by_act.items()
        ),
        decisions=one.plan.decisions,
    )
