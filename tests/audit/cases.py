"""Small instances and plans in a line or two, so that a test shows only what it is about."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from portfolioopt.audit import Audit, audit
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.plan import Decision, Hiring, Plan

Written = dict[str, Any]
FIRST_YEAR = 2026
SCORES = ("shared_goals", "complementary_strengths", "governance", "culture", "exit_path")


def deal(name: str = "deal", states: Written | None = None, actions: tuple[Written, ...] = (), **more: Any) -> Written:
    """A partnership that is in no state yet."""
    return {"id": name, "states": states or {}, "actions": list(actions), **more}


def owned(name: str = "deal", **flows: Any) -> Written:
    """A partnership that is in the state `on` from the start, with the flows given."""
    return deal(name, {"on": flows}, start={"state": "on"})


def form(to: str = "on", **more: Any) -> Written:
    """The action `form`, from none."""
    return {"id": "form", "kind": "form", "from": "none", "to": to, **more}


def leave(origin: str = "on", **more: Any) -> Written:
    """The action `leave`, to exited."""
    return {"id": "leave", "kind": "exit", "from": origin, "to": "exited", **more}


def ready(*scores: int) -> Written:
    """The five readiness scores, or all of them the one given."""
    return dict(zip(SCORES, scores * 5 if len(scores) == 1 else scores, strict=True))


def case(*partnerships: Written, years: int = 1, **more: Any) -> Written:
    """An instance without discounting, unless it says so."""
    return {
        "format": "portfolioopt-instance/1",
        "name": "case",
        "horizon": {"first_year": FIRST_YEAR, "years": years},
        "discount_rate": 0,
        "partnerships": list(partnerships),
        **more,
    }


def futures(*scenarios: tuple[str, float, Mapping[str, Any]]) -> Written:
    """Scenarios by name, probability and driver levels, with the drivers that they name."""
    return {
        "drivers": sorted({driver for _, _, drivers in scenarios for driver in drivers}),
        "scenarios": [
            {"name": name, "probability": probability, "drivers": dict(drivers)}
            for name, probability, drivers in scenarios
        ],
    }


def take(
    action: str, year: int, partnership: str = "deal", scenario: str = "base", kind: str | None = None
) -> Decision:
    """A decision; forming and leaving are of the kind that their name says."""
    return Decision(scenario, year, partnership, action, kind or {"leave": "exit"}.get(action, "form"))


def hire(engineers: str | int, year: int = FIRST_YEAR, skill: str = "engineer", scenario: str = "base") -> Hiring:
    return Hiring(scenario, year, skill, Decimal(engineers))


def audited(
    instance: Written,
    *acts: Decision | Hiring,
    model: Written | None = None,
    against: Plan | None = None,
) -> Audit:
    """The audit of the plan made of these decisions and hirings."""
    plan = Plan.of((act for act in acts if isinstance(act, Decision)), (act for act in acts if isinstance(act, Hiring)))
    return audit(Instance.model_validate(instance), Model.model_validate(model or {}), plan, against)


def value(instance: Written, *acts: Decision | Hiring) -> Fraction:
    """Expected NPV of a plan in which nothing is wrong."""
    found = audited(instance, *acts)
    assert found.ok, found.findings
    return found.expected_npv


def broken(found: Audit) -> list[tuple[str, str, int]]:
    """Family, id and year of each finding."""
    return [(finding.family, finding.id, finding.year) for finding in found.findings]


def messages(found: Audit) -> str:
    return "\n".join(str(finding) for finding in found.findings)
