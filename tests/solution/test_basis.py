"""A basis in words: the same formulation gives it back, and a similar one begins near the end."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.portfolios import realistic
from engine_samples import Written as Facts
from engine_samples import formulated, priced
from portfolioopt.formulation.build import Formulation
from portfolioopt.points.facts import memory_from, memory_text
from portfolioopt.solution.basis import BASIC, Basis
from portfolioopt.solution.memory import Memory
from portfolioopt.solution.program import hand_over
from portfolioopt.solution.relaxation import Relaxation
from portfolioopt.solution.stop import Stop


def ended(formulation: Formulation, begin: Basis | None = None) -> tuple[float, Basis, int]:
    """The value of the LP relaxation, its last basis, and the simplex iterations."""
    program = hand_over(formulation)
    start = None if begin is None else begin.within(formulation)
    relaxation = Relaxation(program, "test", Stop(), start)
    run = relaxation.solve()
    columns, of_program = relaxation.basis
    rows = np.full(len(formulation.row_lower), BASIC, dtype=np.uint8)
    rows[program.rows] = of_program
    iterations = relaxation._solver.getInfo().simplex_iteration_count
    return run.value, Basis.of(formulation, columns, rows), iterations


def test_the_same_formulation_gets_back_what_it_said() -> None:
    formulation = formulated(realistic(3, 8, 4, 2))
    _, basis, _ = ended(formulation)
    assert Basis.of(formulation, *basis.within(formulation)) == basis


@pytest.mark.parametrize("seed", [0, 3])
def test_the_simplex_method_ends_at_once_where_it_ended(seed: int) -> None:
    formulation = formulated(realistic(seed, 8, 4, 2))
    value, basis, from_cold = ended(formulation)
    again, _, iterations = ended(formulation, basis)
    assert again == pytest.approx(value, rel=1e-9)
    assert iterations <= 0.02 * from_cold


def poorer(facts: Facts) -> Facts:
    capital = facts["capital"]
    return {**facts, "capital": {**capital, "budget": 0.93 * capital["budget"]}}


def without_one(facts: Facts) -> Facts:
    return {**facts, "partnerships": facts["partnerships"][1:], "links": [], "rules": []}


def without_limits(facts: Facts) -> Facts:
    return {**facts, "exposures": [], "rules": []}


@pytest.mark.parametrize("edited", [poorer, without_one, without_limits])
def test_a_similar_formulation_has_the_same_value_sooner(edited: object) -> None:
    assert callable(edited)
    facts = realistic(3, 12, 5, 3)
    _, basis, _ = ended(formulated(facts))
    formulation = formulated(edited(facts))
    value, _, from_cold = ended(formulation)
    again, _, iterations = ended(formulation, basis)
    assert again == pytest.approx(value, rel=1e-7)
    assert iterations < 0.7 * from_cold


def test_other_lives_begin_as_if_nothing_were_known() -> None:
    formulation = formulated(realistic(3, 8, 4, 2))
    _, basis, _ = ended(formulation)
    shorter = replace(basis, lives={name: digits[1:] for name, digits in basis.lives.items()})
    columns, _ = shorter.within(formulation)
    assert not columns[: formulation.takes].any()


def test_a_search_keeps_the_basis_and_it_passes_through_text() -> None:
    memory = Memory.of(priced(formulated(realistic(2, 8, 4, 2))))
    assert memory.basis is not None
    assert memory_from(memory_text(memory)) == memory
