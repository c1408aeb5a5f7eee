"""The answer that most points ask for: the best plan of the facts as edited, audited, and the base plan beside it.

Every point starts from what is known of the base (see `Facts.starting_from`) or from nothing, never from another
point: so its answer does not depend on who computed it, nor on what was computed before.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from portfolioopt.audit import Auditor
from portfolioopt.cases import Applied, Case, Change, apply
from portfolioopt.errors import Fault, InvalidCase
from portfolioopt.formulation.build import Formulation, formulate
from portfolioopt.networks.portfolio import lay_out
from portfolioopt.plan import Decision, Plan
from portfolioopt.points.edits import changes_from, changes_text
from portfolioopt.points.facts import Opened, memory_text
from portfolioopt.points.outcome import Worked
from portfolioopt.result import Result
from portfolioopt.result.exact import encode
from portfolioopt.solution.memory import Memory
from portfolioopt.solution.request import Request
from portfolioopt.solution.stop import BY_TIME, INTERRUPTED, Stop
from portfolioopt.solving import Session

SOLVE = "portfolioopt.points.solving:solve_point"
MEMORY = "memory"
"""What may be wanted besides: what the solve has found out, for others to start from."""
BY_THE_CLOCK = (BY_TIME, INTERRUPTED)


def solve_asked(
    changes: Iterable[Change] = (),
    *,
    gap: float | None = None,
    time_limit: float | None = None,
    work_limit: float | None = None,
    seed: int | None = None,
    verify: bool = True,
    wanted: Iterable[str] = (),
) -> dict[str, Any]:
    """What to ask of facts to have them edited and solved, with one thread; what is None is taken from the model."""
    options = {"gap": gap, "time_limit": time_limit, "work_limit": work_limit, "seed": seed}
    return {
        "changes": changes_text(changes),
        "options": {name: value for name, value in options.items() if value is not None} | {"verify": verify},
        "wanted": sorted(wanted),
    }


def solve_point(facts: Opened, asked: Mapping[str, Any], stop: Stop) -> Worked:
    """Money as exact fractions in text, the objective's bound as a float; None where there is no plan."""
    changes = changes_from(asked["changes"])
    made = Applied(facts.instance, facts.model)
    if changes:
        made = apply(Case("edited", changes), *made)
    _check_against(facts, made)
    session = Session()
    if facts.memory is not None:
        session = Session.knowing(facts.instance, facts.model, facts.memory, Request(against=facts.against))
    request = Request(against=facts.against, stop=stop)
    result = session.solve(*made, threads=1, request=request, **asked["options"])
    answer = _answer(result)
    if facts.memory is not None and facts.memory.plan is not None:
        same = result.chosen is not None and result.chosen.decisions == facts.memory.plan.decisions
        answer["base_plan"] = (
            {"objective": answer["objective"], "breaks": [], "whole": True}
            if same
            else _worth(made, facts.memory, facts.against, formulate(lay_out(made.instance), made.model, facts.against))
        )
        if result.chosen is not None:
            found = replace(facts.memory, plan=result.chosen)
            answer["in_base"] = _worth(Applied(facts.instance, facts.model), found, facts.against, facts.formulation)
    if MEMORY in asked["wanted"] and session.memory is not None:
        answer[MEMORY] = memory_text(session.memory)
    return Worked(answer, clock=result.stop_reason in BY_THE_CLOCK)


def _check_against(facts: Opened, made: Applied) -> None:
    """A plan file is on the machine of whoever asked; one that an edit names cannot be read here."""
    changes, before = made.model.changes, facts.model.changes
    against = None if changes is None else changes.against
    if against not in (None, "today") and (before is None or before.against != against):
        message = "an edit cannot name another plan to compare with where cases are solved elsewhere"
        raise InvalidCase([Fault(("model", "changes", "against"), message, "name it in the model")])


def _answer(result: Result) -> dict[str, Any]:
    audit, today = result.audit, result.do_nothing
    found: dict[str, Any] = {
        "status": result.status,
        "stop_reason": result.stop_reason,
        "verified": result.verified,
        "bound": result.bound,
        "gap": result.gap,
        "conflict": list(result.conflict),
        "do_nothing": None if today is None else str(today.objective),
        "do_nothing_breaks": [] if today is None else sorted({finding.id for finding in today.findings}),
        "input": result.input_hash,
    }
    if audit is None or result.chosen is None:
        return found
    return found | {
        "objective": str(audit.objective),
        "expected_npv": str(audit.expected_npv),
        "risk": None if audit.risk is None else str(audit.risk),
        "penalties": str(audit.penalties),
        "changes": str(audit.changes),
        "npv": {name: str(value) for name, value in audit.npv.items()},
        "probabilities": {future.name: str(future.probability) for future in result.outline.scenarios},
        "plan": encode(result.chosen),
        "decisions": decisions_hash(result.chosen),
        "binding": sorted(
            {(use.id, use.family, use.year) for use in audit.limits if use.headroom == 0 and use.use > 0}
        ),
    }


def _worth(made: Applied, memory: Memory, against: Plan, formulation: Formulation) -> dict[str, Any]:
    """What a plan that was found elsewhere comes to in a case (with its formulation), as far as that allows its
    decisions.

    Engineers are hired anew. Where exceeding a skill's limit has a price, that may be worth less than those of before.
    """
    assert memory.plan is not None
    anew = memory.plan_for(formulation)
    assert anew is not None
    skills, futures = made.instance.skills, {future.name for future in made.instance.futures}
    hired = tuple(one for one in memory.plan.hiring if one.skill in skills and one.scenario in futures)
    auditor = Auditor(made.instance, made.model, against)
    plans = (anew,) if anew.hiring == hired else (anew, Plan(anew.decisions, hired))
    audits = [auditor.audit(plan, tables=False) for plan in plans]
    best = max(audits, key=lambda audit: (audit.ok, audit.objective))
    breaks = sorted({finding.id for finding in best.findings})
    return {"objective": str(best.objective), "breaks": breaks, "whole": anew.decisions == memory.plan.decisions}


def decisions_hash(plan: Plan) -> str:
    """The same for plans that decide the same; 16 letters."""
    told = [[one.scenario, one.year, one.partnership, one.action] for one in plan.decisions]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def acts(plan: Plan, probabilities: Mapping[str, Fraction]) -> dict[tuple[str, str, int], Fraction]:
    """Partnership, action and year of each decision, with the probability of the scenarios that it is taken in."""
    found: dict[tuple[str, str, int], Fraction] = {}
    for one in plan.decisions:
        act = _act(one)
        found[act] = found.get(act, Fraction(0)) + probabilities[one.scenario]
    return found


def _act(one: Decision) -> tuple[str, str, int]:
    return one.partnership, one.action, one.year
