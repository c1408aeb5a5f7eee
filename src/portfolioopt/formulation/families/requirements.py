"""Requirements: a capability that must be provided, or whose shortfall costs money."""

from collections.abc import Iterator

from portfolioopt.formulation.algebra import algebra
from portfolioopt.formulation.draft import Draft, Term, at, clearly, perhaps
from portfolioopt.formulation.symbols import Symbol
from portfolioopt.language.families.requirements import Requirement
from portfolioopt.networks.tree import Floats

FAMILY = "requirements"
SYMBOLS = (
    Symbol("requirements.at_least", "(y)", "how much is required", "Requirement.at_least", "requirements.*.at_least"),
    Symbol("short", "[n]", "how much is missing", "requirements_short"),
    Symbol("shortfall_cost", "(y)", "money for each unit that is missing", "Requirement.shortfall_cost",
           "requirements.*.shortfall_cost"),
)  # fmt: skip


def write(draft: Draft) -> None:
    """Writes the rows of the family."""
    for requirement in sorted(draft.portfolio.instance.requirements, key=lambda requirement: requirement.id):
        (_must if requirement.shortfall_cost is None else _costs)(draft, requirement)


@algebra
def _must(draft: Draft, requirement: Requirement) -> None:
    """A capability must be provided.

    Σ_{p,a} provides[p,n,a]·take[p,n,a] ≥ requirements.at_least(y)    at every node n, without a shortfall cost
    """
    for year, provided, least, reach in _years(draft, requirement):
        terms: list[Term] = [draft.along_nodes(year, provided)]
        draft.limit(FAMILY, requirement.id, year, terms, at_least=least, reach=reach)


@algebra
def _costs(draft: Draft, requirement: Requirement) -> None:
    """What is missing of a capability costs money.

    Σ_{p,a} provides[p,n,a]·take[p,n,a] + short[n] ≥ requirements.at_least(y)    with a shortfall cost
    joint(n): − shortfall_cost(y)·short[n]    short[n] ≥ 0
    """
    for year, provided, least, reach in _years(draft, requirement):
        if clearly(reach, least) and requirement.shortfall_cost is not None:
            short = draft.columns_at_nodes(year, "requirements_short", 0.0, reach)
            draft.earn(year, short, -at(requirement.shortfall_cost, year))
            draft.row(FAMILY, requirement.id, year, [draft.along_nodes(year, provided), (short, 1.0)], lower=least)


def _years(draft: Draft, requirement: Requirement) -> Iterator[tuple[int, Floats, float, float]]:
    """Years in which the requirement can be missed: what arcs provide, what is required, and by how much at most."""
    carried = draft.portfolio.carried(("provides", requirement.capability))
    for year in range(draft.years):
        provided = draft.portfolio.along(year, carried)
        least = at(requirement.at_least, year)
        reach = least - draft.least(year, provided)
        if perhaps(reach, least):
            yield year, provided, least, reach
