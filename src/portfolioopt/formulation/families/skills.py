"""Engineering bandwidth: effort is kept within capacity and those who are hired."""

from portfolioopt.formulation.algebra import algebra
from portfolioopt.formulation.draft import Draft, Term, at, clearly, perhaps
from portfolioopt.formulation.symbols import Symbol
from portfolioopt.language.families.skills import Hire
from portfolioopt.networks.tree import Ints

FAMILY = "skills"
SYMBOLS = (
    Symbol("effort", "[p,n,a]", "full-time engineers of the skill that an arc needs", "Portfolio.carried",
           "partnerships.*.states.*.effort"),
    Symbol("capacity", "(y)", "full-time engineers there are", "Skill.capacity", "skills.*.capacity"),
    Symbol("hired", "[n]", "full-time engineers hired for the year", "skills_hired"),
    Symbol("hire.at_most", "(y)", "most that may be hired", "Hire.at_most", "skills.*.hire.at_most"),
    Symbol("hire.cost", "(y)", "money for one of them", "Hire.cost", "skills.*.hire.cost"),
)  # fmt: skip


@algebra
def write(draft: Draft) -> None:
    """Effort is kept within capacity and those who are hired.

    Σ_{p,a} effort[p,n,a]·take[p,n,a] − hired[n] ≤ capacity(y)    at every node n, for every skill
    """
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
                terms.append((_hired(draft, name, skill.hire, year, reach), -1.0))
            draft.limit(FAMILY, name, year, terms, at_most=capacity, reach=reach)


@algebra
def _hired(draft: Draft, skill: str, hire: Hire, year: int, reach: float) -> Ints:
    """Some may be hired for a year; nobody is where an instance does not say so.

    0 ≤ hired[n] ≤ hire.at_most(y)    at every node n, for every skill with hire
    joint(n): − hire.cost(y)·hired[n]
    """
    hired = draft.columns_at_nodes(year, "skills_hired", 0.0, min(at(hire.at_most, year), reach))
    draft.hired.update({(skill, year, node): column for node, column in enumerate(hired[:, 0].tolist())})
    draft.earn(year, hired, -at(hire.cost, year))
    return hired
