"""Published problems are read as they stand, and the best values known of them are reached."""

from pathlib import Path

import pytest

from benchmarks import knapsacks, logos
from portfolioopt import Instance, solve


@pytest.mark.parametrize("name", ["I01", "I02"])
def test_a_published_knapsack_optimum_is_reached(name: str) -> None:
    raw = knapsacks.instance_of(knapsacks.read_knapsack(knapsacks.DATA / name), name)
    result = solve(Instance.model_validate(raw))
    assert (result.status, result.verified, result.objective) == ("optimal", True, knapsacks.KNOWN[name])


@pytest.mark.parametrize("name", logos.KNOWN)
def test_a_capital_budgeting_case_is_solved_to_its_gold_result(name: str) -> None:
    raw = logos.instance_of(logos.read_budgeting(logos.DATA / f"{name}.xml"), name)
    result = solve(Instance.model_validate(raw))
    assert (result.status, result.verified, result.objective) == ("optimal", True, logos.KNOWN[name])


def test_every_group_takes_exactly_one_item_within_the_capacities() -> None:
    knapsack = knapsacks.read_knapsack(knapsacks.DATA / "I01")
    result = solve(Instance.model_validate(knapsacks.instance_of(knapsack, "one")))
    assert result.plan is not None
    taken = {one.partnership: int(one.action.removeprefix("take_")) for one in result.plan.decisions}
    assert len(taken) == len(result.plan.decisions) == len(knapsack.groups)
    rows = [knapsack.groups[int(group.removeprefix("group_"))][item] for group, item in taken.items()]
    assert sum(value for value, _ in rows) == knapsacks.KNOWN["I01"]
    for resource, capacity in enumerate(knapsack.capacities):
        assert sum(weights[resource] for _, weights in rows) <= capacity


def test_a_knapsack_is_read_whole() -> None:
    knapsack = knapsacks.read_knapsack(knapsacks.DATA / "I02")
    assert knapsack.capacities == (50,) * 5
    assert [len(group) for group in knapsack.groups] == [5] * 10
    assert knapsack.groups[0][1] == (17, (1, 4, 9, 9, 3))


def test_a_knapsack_that_ends_too_early_is_refused(tmp_path: Path) -> None:
    cut = tmp_path / "cut"
    cut.write_text("2 2 1\n 5\n 1\n 3 1\n 4 2\n 2\n 1", encoding="utf-8")
    with pytest.raises(ValueError, match="ends too early"):
        knapsacks.read_knapsack(cut)


def test_a_made_knapsack_is_the_same_from_the_same_seed_and_looks_like_the_published_ones() -> None:
    made = knapsacks.made_knapsack(1, 5, 4, 3)
    assert made == knapsacks.made_knapsack(1, 5, 4, 3) != knapsacks.made_knapsack(2, 5, 4, 3)
    assert made.capacities == (25, 25, 25)
    assert all(list(group) == sorted(group) for group in made.groups)


def test_budgeting_numbers_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    text = (logos.DATA / "test_skp.xml").read_text(encoding="utf-8")
    wrong = tmp_path / "wrong.xml"
    wrong.write_text(text.replace("18,20,17", "18,20"), encoding="utf-8")
    with pytest.raises(ValueError, match="do not fit"):
        logos.read_budgeting(wrong)


def test_an_investment_without_a_way_to_do_nothing_must_take_an_option() -> None:
    budgeting = logos.read_budgeting(logos.DATA / "use_case_1b_fy19.xml")
    assert "FireProtection" in budgeting.mandatory
    assert "BatteriesReplacement" not in budgeting.mandatory
