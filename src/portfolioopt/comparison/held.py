"""A plan held fast while facts or choices change: is it still open, and what is it worth then?

Decisions stay; the engineers to hire follow: what effort lacks is hired, as far as may be, and where the skill's limit
is soft only if that is no dearer than exceeding it.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from portfolioopt.audit import Audit, Auditor
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.language.plans import compared_with
from portfolioopt.language.values import series_at
from portfolioopt.plan import Hiring, Plan


@dataclass(frozen=True, slots=True)
class Held:
    """A plan under other facts or choices, and what its audit says of it there."""

    plan: Plan
    audit: Audit


def hold(plan: Plan, instance: Instance, model: Model) -> Held:
    """The plan's decisions under this instance and model, with the engineers that they now need."""
    auditor = Auditor(instance, model, compared_with(model, instance))
    needed = _hired(instance, model, auditor.audit(Plan(plan.decisions), tables=False))
    adapted = Plan.of(plan.decisions, needed)
    found = [Held(one, auditor.audit(one, tables=False)) for one in dict.fromkeys((adapted, plan))]
    return max((one for one in found if one.audit.ok), key=lambda one: one.audit.objective, default=found[0])


def _hired(instance: Instance, model: Model, unhired: Audit) -> list[Hiring]:
    found = []
    first_year = instance.horizon.first_year
    for use in unhired.limits:
        if use.family != "skills" or use.headroom >= 0:
            continue
        hire = instance.skills[use.id].hire
        if hire is None:
            continue
        year = use.year - first_year
        price = model.price("skills", use.id)
        if price is not None and price < series_at(hire.cost, year):
            continue
        engineers = min(-use.headroom, Fraction(series_at(hire.at_most, year)))
        if engineers > 0:
            found.append(Hiring(use.scenario, use.year, use.id, _decimal(engineers)))
    return found


def _decimal(number: Fraction) -> Decimal:
    """A sum of decimals as a decimal again, exactly."""
    digits = 0
    while (number * 10**digits).denominator != 1:
        digits += 1
    return Decimal(f"{int(number * 10**digits)}e-{digits}")
