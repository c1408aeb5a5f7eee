"""From a solution's numbers to a plan: each partnership's life is walked along the arcs taken."""

from decimal import Decimal

import numpy as np

from portfolioopt.formulation.build import Formulation
from portfolioopt.language.collector import collector_paused
from portfolioopt.language.partnership import During
from portfolioopt.language.values import profile_at, series_at
from portfolioopt.networks.portfolio import Portfolio, YearArcs
from portfolioopt.networks.tree import Floats, Ints
from portfolioopt.plan import Decision, Hiring, Plan
from portfolioopt.solution.prices import arc_starts

PLACES = Decimal("1e-9")


def arcs_taken(formulation: Formulation, x: Floats) -> Ints:
    """Columns of the arcs of every partnership's life at every node: from each place the arc taken most."""
    portfolio = formulation.portfolio
    tree = portfolio.tree
    taken: list[Ints] = []
    held = np.arange(len(portfolio.partnerships), dtype=np.int64)[None, :]
    for year, arcs in enumerate(portfolio.years):
        level = x[formulation.year_columns(year)].reshape(tree.nodes.count[year], arcs.size)
        first = arc_starts(arcs.source)
        after = np.concatenate((first[1:], [arcs.size]))
        now = []
        for node in range(tree.nodes.count[year]):
            coming = held[tree.nodes.parent[year][node]]
            picks = _largest(level[node], first[coming], after[coming])
            now.append(arcs.target[picks])
            taken.append(formulation.take_start[year] + node * arcs.size + picks)
        held = np.array(now)
    return np.concatenate(taken)


def _largest(level: Floats, starts: Ints, ends: Ints) -> Ints:
    """Within each span the position of the largest value, the first of equals."""
    lengths = ends - starts
    offsets = np.concatenate(([0], np.cumsum(lengths)))
    spread = np.repeat(starts - offsets[:-1], lengths) + np.arange(offsets[-1])
    values = level[spread]
    peak = np.maximum.reduceat(values, offsets[:-1])
    at_peak = np.flatnonzero(values >= np.repeat(peak, lengths))
    owner = np.searchsorted(offsets, at_peak, side="right") - 1
    first = np.unique(owner, return_index=True)[1]
    positions: Ints = spread[at_peak[first]]
    return positions


def plan_of(formulation: Formulation, x: Floats) -> Plan:
    """The plan of a solution: decisions in every scenario, and the engineers to hire."""
    with collector_paused():
        return _plan_of(formulation, x)


def _plan_of(formulation: Formulation, x: Floats) -> Plan:
    portfolio = formulation.portfolio
    tree = portfolio.tree
    first_year = portfolio.instance.horizon.first_year
    taken = arcs_taken(formulation, x)
    decisions: list[Decision] = []
    for year, arcs in enumerate(portfolio.years):
        local = _of_year(formulation, taken, year)
        node, arc = np.divmod(local, arcs.size)
        decided = arcs.decided[arc]
        members = [tree.nodes.members(year, number).tolist() for number in range(tree.nodes.count[year])]
        for number, at_node in zip(decided[decided >= 0].tolist(), node[decided >= 0].tolist(), strict=True):
            owner, action = portfolio.actions[number]
            decisions += [
                Decision(tree.scenarios[w], first_year + year, portfolio.partnerships[owner].id, action.id, action.kind)
                for w in members[at_node]
            ]
    return Plan.of(decisions, _hiring(formulation, taken, x))


def arcs_of(formulation: Formulation, plan: Plan) -> Ints:
    """Columns of the arcs that a plan takes: the decided arc where it decides, else the only one that goes on."""
    with collector_paused():
        return _arcs_of(formulation, plan)


def _arcs_of(formulation: Formulation, plan: Plan) -> Ints:
    portfolio = formulation.portfolio
    tree = portfolio.tree
    first_year = portfolio.instance.horizon.first_year
    action = {(owner, one.id): number for number, (owner, one) in enumerate(portfolio.actions)}
    scenario = {name: number for number, name in enumerate(tree.scenarios)}
    wanted: dict[tuple[int, int], list[int]] = {}
    for decision in plan.decisions:
        number = action[portfolio.number(decision.partnership), decision.action]
        wanted.setdefault((decision.year - first_year, scenario[decision.scenario]), []).append(number)
    x = np.zeros(formulation.takes)
    for year, arcs in enumerate(portfolio.years):
        decided = arcs.decided
        goes_on = np.where(decided >= 0, 0.0, 1.0)
        for node, w in enumerate(tree.nodes.first_scenario(year).tolist()):
            chosen = np.zeros(len(portfolio.actions) + 1)
            chosen[wanted.get((year, w), [])] = 2.0
            # −1, no decision, reads the last entry
            start = formulation.take_start[year] + node * arcs.size
            x[start : start + arcs.size] = goes_on + chosen[decided]
    return arcs_taken(formulation, x)


def _of_year(formulation: Formulation, taken: Ints, year: int) -> Ints:
    """The arcs taken in a year, counted from the year's first column."""
    columns = formulation.year_columns(year)
    local: Ints = taken[(taken >= columns.start) & (taken < columns.stop)] - columns.start
    return local


def _hiring(formulation: Formulation, taken: Ints, x: Floats) -> list[Hiring]:
    """Hired engineers by scenario.

    Where the skill's limit is hard, exactly what effort lacks; where it is soft, exceeding the limit is the
    alternative and the solution tells how much to hire (to nine decimals, never more than is lacking or allowed).
    """
    portfolio = formulation.portfolio
    tree = portfolio.tree
    hired: list[Hiring] = []
    for name, skill in sorted(portfolio.instance.skills.items()):
        if skill.hire is None:
            continue
        soft = formulation.model.price("skills", name) is not None
        for year, arcs in enumerate(portfolio.years):
            local = _of_year(formulation, taken, year)
            flow = portfolio.use(year, ("effort", name))
            capacity, most = series_at(skill.capacity, year), series_at(skill.hire.at_most, year)
            for node in range(tree.nodes.count[year]):
                mine = local[(local >= node * arcs.size) & (local < (node + 1) * arcs.size)] - node * arcs.size
                if not most or flow[mine].sum() < float(capacity) * (1 - 1e-9) - 1e-9:
                    continue
                exact = sum((_effort(portfolio, arcs, arc, name) for arc in mine[flow[mine] != 0].tolist()), Decimal(0))
                lacking = min(max(exact - capacity, Decimal(0)), most)
                column = formulation.hired.get((name, year, node))
                if soft and column is not None:
                    wanted = Decimal(repr(float(x[column]))).quantize(PLACES)
                    lacking = min(max(wanted, Decimal(0)), lacking)
                if lacking:
                    calendar = portfolio.instance.horizon.first_year + year
                    members = tree.nodes.members(year, node).tolist()
                    hired += [Hiring(tree.scenarios[w], calendar, name, lacking) for w in members]
    return hired


def _effort(portfolio: Portfolio, arcs: YearArcs, arc: int, skill: str) -> Decimal:
    """Exact effort along an arc."""
    owner = int(arcs.partnership[arc])
    place = portfolio.networks[owner].places[int(arcs.place[arc] - portfolio.place_start[owner])]
    partnership = portfolio.partnerships[owner]
    if place.state < 0:
        own = sorted(partnership.actions, key=lambda action: action.id)
        record: During = own[place.action].during
    else:
        record = partnership.state(partnership.state_names[place.state])
    profile = record.effort.get(skill)
    exact = Decimal(0) if profile is None else profile_at(profile, place.at)
    effect = int(arcs.effect[arc])
    return exact + portfolio.actions[effect - 1][1].at_effect.effort.get(skill, Decimal(0)) if effect else exact
