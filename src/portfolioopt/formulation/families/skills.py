"""Engineering bandwidth, at every node.

Σ effort − hired[n] ≤ capacity(y),   0 ≤ hired[n] ≤ at_most(y);   NPV − hire_cost(y)·hired[n]
"""

from portfolioopt.formulation.draft import Draft, Term, at, clearly, perhaps

FAMILY = "skills"


def write(draft: Draft) -> None:
    """Writes the rows of the family."""
    portfolio = draft.portfolio
    for name in sorted(portfolio.instance.skills):
        skill = portfolio.instance.skills[name]
        carried = portfolio.carried(("effort", name))
        for year in range(draft.years):
            effort = portfolio.along(year, carried)
            capacity = at(skill.capacity, year)
            reach = draft.most(year, effort) - capacity
            if not perhaps(reach, capacity):
                continue
            terms: list[Term] = [draft.along_nodes(year, effort)]
            if skill.hire is not None and at(skill.hire.at_most, year) > 0 and clearly(reach, capacity):
                hired = draft.columns_at_nodes(year, "skills_hired", 0.0, min(at(skill.hire.at_most, year), reach))
                draft.hired.update({(name, year, node): column for node, column in enumerate(hired[:, 0].tolist())})
                draft.earn(year, hired, -at(skill.hire.cost, year))
                terms.append((hired, -1.0))
            draft.limit(FAMILY, name, year, terms, at_most=capacity, reach=reach)
