"""The hand-over: scaled, checked, and the same model as the formulation, with nothing lost on the way."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
import scipy.sparse as sp

from audit.cases import case, deal, form, owned
from engine_samples import Written, formulated, plan_from, same
from enumeration.enumerator import assess
from enumeration.generators import random_instance
from portfolioopt import EngineFault
from portfolioopt.formulation.build import Formulation
from portfolioopt.solution.decisions import arcs_of
from portfolioopt.solution.highs import Settings, run
from portfolioopt.solution.program import hand_over
from portfolioopt.solution.scaled import Program
from portfolioopt.solution.stop import Stop


def drawn(seed: int) -> Formulation:
    return formulated(*random_instance(seed, tight=bool(seed % 2)))


def powers_of_two(values: np.ndarray) -> bool:
    mantissa, _ = np.frexp(values)
    return bool(np.all(mantissa == 0.5))


def unscaled(program: Program) -> np.ndarray:
    """The matrix in the units and columns of the formulation."""
    rows = sp.diags_array(1 / program.row_scale) @ program.matrix @ sp.diags_array(1 / program.column_scale)
    full = np.zeros((len(program.rows), program.width))
    full[:, program.columns] = rows.toarray()
    return full


@pytest.mark.parametrize("seed", range(20))
def test_when_nothing_is_left_out_it_is_the_same_model(seed: int) -> None:
    formulation = drawn(seed)
    program = hand_over(formulation)
    assert sorted(program.columns.tolist()) == list(range(len(formulation.lower)))
    matrix = formulation.matrix.toarray()[program.rows]
    assert np.allclose(unscaled(program), matrix, rtol=1e-12, atol=1e-13 * np.abs(matrix).max(initial=1))
    for mine, theirs in ((program.row_lower, formulation.row_lower), (program.row_upper, formulation.row_upper)):
        assert np.array_equal(mine / program.row_scale, theirs[program.rows])
    assert np.array_equal(program.lower * program.column_scale, formulation.lower[program.columns])
    assert np.array_equal(program.upper * program.column_scale, formulation.upper[program.columns])
    assert np.array_equal(program.integer, formulation.binary[program.columns])
    objective = program.objective * program.objective_scale / program.column_scale
    assert np.array_equal(objective, formulation.objective[program.columns])
    assert (program.constant, program.width, program.takes) == (
        formulation.constant,
        len(formulation.lower),
        formulation.takes,
    )


@pytest.mark.parametrize("seed", range(20))
def test_scales_are_powers_of_two_and_bring_numbers_near_one(seed: int) -> None:
    program = hand_over(drawn(seed))
    for scale in (program.row_scale, program.column_scale, np.array([program.objective_scale])):
        assert powers_of_two(scale)
    assert np.all(program.column_scale[program.integer] == 1)
    assert np.abs(program.objective).max() <= 2e6
    widths = (program.upper - program.lower)[~program.integer]
    assert np.all(widths[widths > 0] <= 2)
    assert np.all(np.abs(program.matrix.data) >= 1e-9)


@pytest.mark.parametrize("seed", range(12))
def test_keeping_everything_is_leaving_nothing_out(seed: int) -> None:
    formulation = drawn(seed)
    whole, kept = hand_over(formulation), hand_over(formulation, np.ones(len(formulation.lower), dtype=bool))
    if len(kept.settled):
        assert kept.takes == whole.takes
        return  # partnerships with one life only are settled beforehand
    assert (whole.matrix != kept.matrix).nnz == 0
    for name in ("row_lower", "row_upper", "lower", "upper", "objective", "columns", "rows", "integer"):
        assert np.array_equal(getattr(whole, name), getattr(kept, name)), name


@pytest.mark.parametrize("tight", [False, True], ids=["loose", "tight"])
@pytest.mark.parametrize("seed", range(25))
def test_a_plan_settled_beforehand_is_worth_what_it_is_worth(seed: int, tight: bool) -> None:
    written, choices = random_instance(seed, tight=tight)
    best = assess(written, choices).best()
    if not best.feasible:
        return
    assert best.objective is not None
    formulation = formulated(written, choices)
    kept = np.ones(len(formulation.lower), dtype=bool)
    kept[: formulation.takes] = False
    taken = arcs_of(formulation, plan_from(written, best.decisions))
    kept[taken] = True
    program = hand_over(formulation, kept)
    assert np.array_equal(np.sort(program.settled), np.sort(taken))
    assert not program.integer[program.columns < program.takes].any()
    ended = run(program, Settings(), Stop())
    assert ended.ending == "optimal"
    assert ended.x is not None
    assert same(ended.value, best.objective)
    assert np.array_equal(np.flatnonzero(program.whole(ended.x)[: formulation.takes]), np.sort(taken))


@pytest.mark.parametrize("seed", range(12))
def test_a_restricted_model_never_gives_a_better_value(seed: int) -> None:
    formulation = drawn(seed)
    rng = np.random.default_rng(seed)
    whole = run(hand_over(formulation), Settings(), Stop())
    for share in (0.5, 0.8, 0.95):
        kept = np.ones(len(formulation.lower), dtype=bool)
        kept[: formulation.takes] = rng.random(formulation.takes) < share
        part = run(hand_over(formulation, kept), Settings(), Stop())
        assert part.value <= whole.value or same(part.value, whole.value)
        if part.x is not None:
            full = hand_over(formulation, kept).whole(part.x)
            assert not full[~kept].any()


def settled(amounts: list[str], budget: str) -> Program:
    """Deals that draw these amounts in the first year, each taken, and nothing else left open."""
    partnerships = [
        deal(f"p{number}", {"on": {"capital": [Decimal(amount), 0]}}, (form(window=[2026, 2026]),))
        for number, amount in enumerate(amounts)
    ]
    written: Written = case(*partnerships, years=2, capital={"budget": Decimal(budget)})
    formulation = formulated(written)
    plan = plan_from(written, [(f"p{number}", "form", 2026, "base") for number in range(len(amounts))])
    kept = np.ones(len(formulation.lower), dtype=bool)
    kept[: formulation.takes] = False
    kept[arcs_of(formulation, plan)] = True
    return hand_over(formulation, kept)


@pytest.mark.parametrize(
    ("amounts", "budget"),
    [
        (["0.1", "0.2"], "0.3"),
        (["0.1"] * 10, "1"),
        (["1443598964.1"] * 3, "4330796892.3"),
        (["123456789.01", "987654321.02", "555555555.03"], "1666666665.06"),
        (["33333333333.3"] * 7, "233333333333.1"),
    ],
)
def test_a_budget_that_is_met_exactly_is_not_impossible_to_meet(amounts: list[str], budget: str) -> None:
    assert settled(amounts, budget).impossible == ()
    assert len(settled(amounts, str(Decimal(budget) * Decimal("0.999999"))).impossible) == 1


def test_a_row_that_no_column_can_satisfy_is_told() -> None:
    formulation = formulated(case(owned(capital=3), capital={"budget": 2}))
    kept = np.ones(len(formulation.lower), dtype=bool)
    program = hand_over(formulation, kept)
    assert [formulation.labels[row - formulation.paths].limit for row in program.impossible] == ["capital"]
    assert run(program, Settings(), Stop()).ending == "infeasible"


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_numbers_that_are_not_finite_are_our_fault(broken: float) -> None:
    formulation = drawn(2)
    spoiled = formulation.matrix.copy()
    spoiled.data[0] = broken
    with pytest.raises(EngineFault, match="not finite"):
        hand_over(replace(formulation, matrix=spoiled))
    objective = formulation.objective.copy()
    objective[0] = broken
    with pytest.raises(EngineFault, match="not finite"):
        hand_over(replace(formulation, objective=objective))


def test_a_bound_that_is_not_a_number_is_our_fault() -> None:
    formulation = drawn(2)
    lower = formulation.row_lower.copy()
    lower[0] = np.nan
    with pytest.raises((EngineFault, ValueError)):
        hand_over(replace(formulation, row_lower=lower))


def test_what_rounding_leaves_is_no_coefficient() -> None:
    formulation = drawn(2)
    matrix = formulation.matrix.tolil()
    row = formulation.paths
    matrix[row, 0] = 1e-17
    matrix[row, 1] = 3.0
    program = hand_over(replace(formulation, matrix=sp.csr_array(matrix.tocsr())))
    assert unscaled(program)[program.rows == row, 0] == 0
    assert unscaled(program)[program.rows == row, 1] == 3


@pytest.mark.parametrize("seed", range(20))
def test_widened_rows_hold_all_that_the_rows_hold_and_no_more_than_a_hair_besides(seed: int) -> None:
    formulation = drawn(seed)
    plain, wide = hand_over(formulation), hand_over(formulation, hair=1e-6)
    largest = np.abs(plain.matrix).max(axis=1).toarray().ravel()
    for narrow, wider, sign in (
        (plain.row_lower, wide.row_lower, -1),
        (plain.row_upper, wide.row_upper, 1),
    ):
        bound = np.isfinite(narrow)
        assert np.array_equal(bound, np.isfinite(wider))
        more = sign * (wider[bound] - narrow[bound])
        assert np.all(more >= 0)
        assert np.all(more <= 1.01e-6 * largest[bound])
        assert not more[plain.rows[bound] < formulation.paths].any()
    assert np.all(wide.upper >= plain.upper)
    assert np.array_equal(wide.upper[wide.integer], plain.upper[plain.integer])


def test_a_hair_of_room_earns_no_money() -> None:
    """Hired engineers cost what they cost: their number may pass the limit, the capacity may not."""
    formulation = formulated(
        case(
            owned(benefit=100, effort={"coder": 12}),
            skills={"coder": {"capacity": 10, "hire": {"cost": 1, "at_most": 5}}},
        )
    )
    plain, wide = hand_over(formulation), hand_over(formulation, hair=1e-6)
    assert np.array_equal(plain.row_upper, wide.row_upper)
    assert np.any(wide.upper > plain.upper)
    assert run(wide, Settings(), Stop()).value == pytest.approx(run(plain, Settings(), Stop()).value, rel=1e-12)
