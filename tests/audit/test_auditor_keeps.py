"""What an auditor keeps from one plan to the next changes nothing that it says."""

from dataclasses import replace

import pytest

from audit.cases import broken
from engine_samples import Written, plan_from
from enumeration.generators import random_instance, random_plan
from portfolioopt import Instance, Model
from portfolioopt.audit import Auditor, audit, auditor
from portfolioopt.plan import TODAY, Plan


def plans(written: Written) -> list[Plan]:
    """Some plans of an instance, the last with a decision that may not be taken, and the first once more."""
    some = [TODAY, *(plan_from(written, random_plan(seed, written)) for seed in range(4))]
    late = [replace(decision, year=decision.year + 1) for decision in some[1].decisions]
    return [*some, Plan.of(late), some[0], some[1]]


@pytest.mark.parametrize("most", [500_000, -100], ids=["keeping", "forgetting"])
@pytest.mark.parametrize("seed", range(20))
def test_plans_audited_one_after_the_other_are_audited_as_each_alone(
    seed: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auditor, "MOST_LIVES", most)
    written, choices = random_instance(seed, tight=bool(seed % 2))
    instance, model = Instance.model_validate(written), Model.model_validate(choices)
    against = plans(written)[2]
    keeping = Auditor(instance, model, against)
    for plan in plans(written):
        assert keeping.audit(plan) == audit(instance, model, plan, against)


@pytest.mark.parametrize("seed", range(10))
def test_without_tables_only_standings_and_worth_are_missing(seed: int) -> None:
    written, choices = random_instance(seed)
    instance, model = Instance.model_validate(written), Model.model_validate(choices)
    for plan in plans(written):
        whole = audit(instance, model, plan)
        assert Auditor(instance, model).audit(plan, tables=False) == replace(whole, standings=(), worth={})
        assert broken(whole) == broken(Auditor(instance, model).audit(plan, tables=False))


@pytest.mark.parametrize("seed", range(20))
def test_npv_is_the_sum_of_the_discounted_lines_and_of_what_partnerships_are_worth_beside_what_they_share(
    seed: int,
) -> None:
    written, _ = random_instance(seed)
    instance = Instance.model_validate(written)
    own = {"benefit", "cost", "breakdown", "capital", "proceeds", "terminal"}
    for plan in plans(written)[:-3]:
        found = audit(instance, Model(), plan)
        for name, npv in found.npv.items():
            lines = [line for line in found.money if line.scenario == name]
            assert npv == sum(line.discounted for line in lines)
            assert sum(earned[name] for earned in found.worth.values()) == sum(
                line.discounted for line in lines if line.line in own
            )
