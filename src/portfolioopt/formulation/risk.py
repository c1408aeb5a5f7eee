"""Attitudes to risk; the same names stand in `language.risk` and `audit.risk`.

Each writes its rows and returns the terms of its value, which enter the objective with the model's weight.
"""

from collections.abc import Callable

import numpy as np

from portfolioopt.formulation.algebra import algebra
from portfolioopt.formulation.draft import Draft, Level, Term
from portfolioopt.formulation.value import most_by_scenario, scenario_value
from portfolioopt.language.risk import Cvar, WorstCase
from portfolioopt.networks.tree import Floats, Ints

Terms = list[tuple[Ints, Floats]]


@algebra
def cvar(draft: Draft, measure: Cvar) -> Terms:
    """The mean NPV of the worst share `tail` of probability (Rockafellar and Uryasev, 2000).

        risk = η − Σ_w π[w]·below[w]/tail
        below[w] ≥ η − NPV(w)    for every w that can happen
        below[w] ≥ 0

    Where the tail lies inside the worst scenario: η alone, and η ≤ NPV(w) for every w that can happen.
    """
    tree = draft.portfolio.tree
    # probabilities sum to 1 within 1e-9: no tail is longer than all of them
    tail = min(float(measure.tail), float(tree.probability.sum()))
    if draft.apart is not None:
        return _share(draft, "cvar", draft.apart, tail)
    can_happen = np.flatnonzero(tree.probability > 0)
    if tail <= tree.probability[can_happen].min():
        return _worst(draft, "cvar")  # the tail lies inside the worst scenario
    reach = [most_by_scenario(draft, int(w)) for w in can_happen]
    most = max(reach)
    level = draft.columns("cvar_level", -most, most)
    below = draft.columns("cvar_below", 0, np.full(len(can_happen), 2 * most))
    for position, w in enumerate(can_happen.tolist()):
        columns, money = scenario_value(draft, w)
        terms: list[Term] = [(columns, money), (below[position : position + 1], 1.0), (level, -1.0)]
        draft.row("risk", "cvar", draft.years - 1, terms, group=w, lower=0.0)
    return [(level, np.ones(1)), (below, -tree.probability[can_happen] / tail)]


@algebra
def worst_case(draft: Draft, measure: WorstCase) -> Terms:  # noqa: ARG001  (a measure without settings of its own)
    """The NPV of the worst scenario that can happen.

    risk = η
    η ≤ NPV(w)    for every w with π[w] > 0
    """
    if draft.apart is not None:
        return _share(draft, "worst_case", draft.apart, None)
    return _worst(draft, "worst_case")


def _share(draft: Draft, name: str, within: Level, tail: float | None) -> Terms:
    """What one scenario adds to a measure of all: max η − d/tail, d ≥ η − NPV, d ≥ 0; without a tail η ≤ NPV.

    The mean over all scenarios is the measure, if they agree on η.
    """
    level = draft.columns(f"{name}_level", within.lowest, within.highest)
    columns, money = scenario_value(draft, 0)
    terms: list[Term] = [(columns, money), (level, -1.0)]
    value: Terms = [(level, np.ones(1))]
    if tail is not None:
        below = draft.columns(f"{name}_below", 0, max(within.highest + within.most, 0.0))
        terms.append((below, 1.0))
        value.append((below, np.array([-1 / tail])))
    draft.row("risk", name, draft.years - 1, terms, lower=0.0)
    return value


def _worst(draft: Draft, name: str) -> Terms:
    can_happen = np.flatnonzero(draft.portfolio.tree.probability > 0)
    most = max(most_by_scenario(draft, int(w)) for w in can_happen)
    level = draft.columns(f"{name}_level", -most, most)
    for w in can_happen.tolist():
        columns, money = scenario_value(draft, w)
        draft.row("risk", name, draft.years - 1, [(columns, money), (level, -1.0)], group=w, lower=0.0)
    return [(level, np.ones(1))]


MEASURES: dict[str, Callable[..., Terms]] = {"cvar": cvar, "worst_case": worst_case}
