"""A part of a formulation says of its columns what the whole says when the others are where they were put."""

import numpy as np
import pytest

from benchmarks.portfolios import realistic
from engine_samples import formulated
from enumeration.generators import random_instance
from portfolioopt.formulation.build import Formulation
from portfolioopt.formulation.part import around, part, whole
from portfolioopt.networks.tree import Ints
from portfolioopt.plan import TODAY
from portfolioopt.solution.decisions import arcs_of
from portfolioopt.solution.highs import Settings, run
from portfolioopt.solution.program import hand_over, hand_over_part
from portfolioopt.solution.stop import Stop


def drawn(seed: int) -> Formulation:
    return formulated(*random_instance(seed))


def arcs_of_one_life(formulation: Formulation, partnership: int) -> Ints:
    """One arc at every node, each going on from where the last one led."""
    tree = formulation.portfolio.tree
    taken: list[int] = []
    place = np.array([partnership])
    for year, arcs in enumerate(formulation.portfolio.years):
        coming = place[tree.nodes.parent[year]]
        picks = [int(np.flatnonzero(arcs.source == slot)[-1]) for slot in coming.tolist()]
        start = formulation.year_columns(year).start
        taken += [start + node * arcs.size + pick for node, pick in enumerate(picks)]
        place = arcs.target[picks]
    return np.array(taken)


def owners(formulation: Formulation) -> Ints:
    count = formulation.portfolio.tree.nodes.count
    return np.concatenate(
        [np.tile(arcs.partnership, count[year]) for year, arcs in enumerate(formulation.portfolio.years)]
    )


@pytest.mark.parametrize("seed", range(20))
def test_a_single_life_is_folded_into_sides_and_constant(seed: int) -> None:
    formulation = drawn(seed)
    taken = arcs_of_one_life(formulation, 0)
    kept = np.ones(len(formulation.objective), dtype=bool)
    kept[: formulation.takes] = owners(formulation) != 0
    kept[taken] = True
    cut = part(formulation, kept)
    assert set(taken.tolist()) <= set(cut.settled.tolist())
    fixed = np.zeros(len(formulation.objective))
    fixed[cut.settled] = 1
    use = formulation.matrix @ fixed
    rng = np.random.default_rng(seed)
    x = fixed.copy()
    x[cut.columns] = rng.random(len(cut.columns))
    dense = formulation.matrix.toarray()
    scale = np.abs(dense) @ np.abs(x) + 1
    assert np.allclose((cut.matrix @ x[cut.columns] + use[cut.rows]) / scale[cut.rows], (dense @ x / scale)[cut.rows])
    for mine, theirs in ((cut.row_lower, formulation.row_lower), (cut.row_upper, formulation.row_upper)):
        bound = np.isfinite(theirs[cut.rows])
        assert np.array_equal(bound, np.isfinite(mine))
        moved = mine[bound] + use[cut.rows][bound] - theirs[cut.rows][bound]
        assert np.allclose(moved / scale[cut.rows][bound], 0, atol=1e-12)
    worth = formulation.objective @ x + formulation.constant
    assert formulation.objective[cut.columns] @ x[cut.columns] + cut.constant == pytest.approx(worth, rel=1e-9)


@pytest.mark.parametrize("seed", range(10))
def test_the_whole_is_the_part_with_everything_kept(seed: int) -> None:
    formulation = drawn(seed)
    everything = whole(formulation)
    assert (everything.formulation.matrix[everything.rows] != everything.matrix).nnz == 0
    assert len(everything.columns) == len(formulation.objective)
    kept = part(formulation, np.ones(len(formulation.objective), dtype=bool))
    if not len(kept.settled):
        assert np.array_equal(kept.rows, everything.rows)
        assert (kept.matrix != everything.matrix).nnz == 0
        assert np.array_equal(kept.row_lower, everything.row_lower)
        assert np.array_equal(kept.row_upper, everything.row_upper)


def solution_of(formulation: Formulation) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The best solution of all rows."""
    program = hand_over(formulation)
    ended = run(program, Settings(), Stop())
    assert ended.x is not None
    return program.whole(ended.x)


@pytest.mark.parametrize("seed", range(12))
def test_around_a_solution_only_open_arcs_and_what_hangs_on_them_are_left_and_the_solution_still_fits(
    seed: int,
) -> None:
    formulation = formulated(realistic(seed, 5, 5, 3))
    at = solution_of(formulation)
    rng = np.random.default_rng(seed)
    arcs = np.flatnonzero(np.isin(owners(formulation), rng.choice(5, 2, replace=False)))
    near = around(formulation, arcs, at)
    assert np.array_equal(near.columns[near.columns < formulation.takes], arcs)
    fixed = np.zeros(len(at))
    fixed[near.settled] = near.settled_at
    fixed[near.columns] = at[near.columns]
    assert np.array_equal(fixed, at)
    now = near.matrix @ at[near.columns]
    slack = 1e-9 * (np.abs(near.matrix) @ np.abs(at[near.columns]) + 1)
    assert np.all(now >= near.row_lower - slack)
    assert np.all(now <= near.row_upper + slack)
    worth = formulation.objective @ at + formulation.constant
    assert formulation.objective[near.columns] @ at[near.columns] + near.constant == pytest.approx(worth, rel=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_solved_around_the_best_solution_a_part_finds_nothing_better_and_around_a_worse_one_no_worse(seed: int) -> None:
    formulation = formulated(realistic(seed, 5, 5, 3))
    best = solution_of(formulation)
    nothing = np.ones(len(best), dtype=bool)
    nothing[: formulation.takes] = False
    nothing[arcs_of(formulation, TODAY)] = True
    held = hand_over(formulation, nothing)
    ended = run(held, Settings(), Stop())
    assert ended.x is not None
    for at, least in ((best, formulation.objective @ best), (held.whole(ended.x), None)):
        worth = formulation.objective @ at if least is None else least
        arcs = np.flatnonzero(owners(formulation) < 3)
        program = hand_over_part(around(formulation, arcs, at))
        found = run(program, Settings(), Stop())
        assert found.value >= worth + formulation.constant - 1e-6 * abs(worth)
        assert found.value <= formulation.objective @ best + formulation.constant + 1e-6 * abs(worth)
