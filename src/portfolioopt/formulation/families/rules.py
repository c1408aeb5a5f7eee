"""Rules: where a partnership must always, or must never, be."""

from portfolioopt.formulation.algebra import algebra
from portfolioopt.formulation.draft import Draft, Term
from portfolioopt.formulation.symbols import Symbol

FAMILY = "rules"
SYMBOLS = (Symbol("states", "", "the states of the rule", "Rule.states", "rules.*.states"),)


@algebra
def write(draft: Draft) -> None:
    """Somebody has decided where a partnership must, or must never, be.

    occupied[states,n] ≥ 1    always: at every node n of the rule's years
    occupied[states,n] ≤ 0    never
    """
    portfolio = draft.portfolio
    horizon = portfolio.instance.horizon
    for rule in sorted(portfolio.instance.rules, key=lambda rule: rule.id):
        partnership = portfolio.number(rule.partnership)
        first, last = rule.years or (horizon.first_year, horizon.last_year)
        for year in range(max(first - horizon.first_year, 0), min(last - horizon.first_year, draft.years - 1) + 1):
            held = portfolio.in_states(year, partnership, rule.states)
            terms: list[Term] = [(draft.takes_at_nodes(year, held), 1.0)]
            if rule.must == "always":
                draft.limit(FAMILY, rule.id, year, terms, at_least=1.0, reach=1.0)
            else:
                draft.limit(FAMILY, rule.id, year, terms, at_most=0.0, reach=1.0)
