"""Requirements, at every node.

Σ provided ≥ at_least(y)                                            without a shortfall cost: a limit
Σ provided + short[n] ≥ at_least(y);   NPV − shortfall_cost(y)·short[n]          with one: a cost
"""

from portfolioopt.formulation.draft import Draft, Term, at, clearly, perhaps

FAMILY = "requirements"


def write(draft: Draft) -> None:
    """Writes the rows of the family."""
    portfolio = draft.portfolio
    for requirement in sorted(portfolio.instance.requirements, key=lambda requirement: requirement.id):
        carried = portfolio.carried(("provides", requirement.capability))
        for year in range(draft.years):
            provided = portfolio.along(year, carried)
            least = at(requirement.at_least, year)
            reach = least - draft.least(year, provided)
            if not perhaps(reach, least):
                continue
            terms: list[Term] = [draft.along_nodes(year, provided)]
            if requirement.shortfall_cost is None:
                draft.limit(FAMILY, requirement.id, year, terms, at_least=least, reach=reach)
            elif clearly(reach, least):
                short = draft.columns_at_nodes(year, "requirements_short", 0.0, reach)
                draft.earn(year, short, -at(requirement.shortfall_cost, year))
                draft.row(FAMILY, requirement.id, year, [*terms, (short, 1.0)], lower=least)
