"""Every function that writes rows tells its equations, in one notation, with every symbol in one table."""

import ast
import inspect
import math
import re
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest
from docutils.utils.math.latex2mathml import tex2mathml

import portfolioopt
from docs.extension.language import sections
from language.samples import SOUND
from portfolioopt.formulation.algebra import Block, UnreadableError, block_of, latex, names, tokens
from portfolioopt.formulation.build import Formulation, formulate, objective_of
from portfolioopt.formulation.symbols import INDICES
from portfolioopt.formulation.telling import (
    BESIDE_FAMILIES,
    every_block,
    every_symbol,
    latex_of,
    maximized,
    names_in,
    tell,
)
from portfolioopt.language.families import FAMILY_NAMES, SOFT_FAMILIES
from portfolioopt.language.instance import Instance
from portfolioopt.language.model import Model
from portfolioopt.language.parsing import parse
from portfolioopt.language.schema import instance_schema, model_schema
from portfolioopt.language.values import series_at
from portfolioopt.networks.portfolio import lay_out

ROOT = Path(__file__).parents[2]
BLOCKS = [block for own in every_block().values() for block in own]
SYMBOLS = every_symbol()
MODULES = {
    **{family: import_module(f"portfolioopt.formulation.families.{family}") for family in FAMILY_NAMES},
    **{module.__name__.rpartition(".")[2]: module for module in BESIDE_FAMILIES},
}
WRITES = ("row", "limit", "columns", "columns_at_nodes", "earn", "charge")


def sample() -> Instance:
    return Instance.model_validate(parse(SOUND).value)


@pytest.mark.parametrize("family", FAMILY_NAMES)
def test_every_family_tells_its_algebra_and_has_symbols(family: str) -> None:
    assert every_block()[family], f"no function of formulation/families/{family}.py is marked with @algebra"
    assert MODULES[family].SYMBOLS, f"formulation/families/{family}.py names no SYMBOLS"


@pytest.mark.parametrize("module", MODULES)
def test_every_function_that_writes_is_marked_or_serves_one_that_is(module: str) -> None:
    source = ast.parse(inspect.getsource(MODULES[module]))
    functions = {node.name: node for node in source.body if isinstance(node, ast.FunctionDef)}
    marked = {
        name for name, node in functions.items() if any("algebra" in ast.dump(one) for one in node.decorator_list)
    }
    calls = {
        name: {
            call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
            for call in ast.walk(node)
            if isinstance(call, ast.Call)
        }
        for name, node in functions.items()
    }
    for name in functions.keys() - marked:
        if calls[name] & set(WRITES):
            callers = {caller for caller, called in calls.items() if name in called}
            served = bool(callers) and callers <= marked
            assert served, f"{module}.{name} writes, but is not marked with @algebra"


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.name)
def test_every_equation_is_in_the_notation_and_names_only_symbols_of_the_table(block: Block) -> None:
    assert block.said.endswith(".")
    assert block.equations
    unknown = names_in(block) - {symbol.name for symbol in SYMBOLS}
    assert not unknown, f"{block.name} uses what no table of symbols tells: {', '.join(sorted(unknown))}"
    for equation in block.equations:
        assert "<math" in tex2mathml(latex(equation.text))
        assert len(equation.text) <= 100


def test_every_symbol_is_used_and_stands_once() -> None:
    used = names(maximized(risk=True, penalties=True, changes=True)).union(*(names_in(block) for block in BLOCKS))
    assert {symbol.name for symbol in SYMBOLS} - used - {"y", "n", "q", "m", "T", "h"} == set()
    assert [name for name, times in Counter(symbol.name for symbol in SYMBOLS).items() if times > 1] == []
    for symbol in SYMBOLS:
        assert "<math" in tex2mathml(latex_of(symbol))
        assert symbol.meaning[0] in "(01" or symbol.meaning[0].islower() or symbol.name == "E"


def test_keys_of_symbols_are_keys_of_the_language() -> None:
    keys = {
        f"{before}{path}.{key.name}".replace("model..", "model.").lstrip(".")
        for root, schema, before in (("Instance", instance_schema(), ""), ("Model", model_schema(), "model."))
        for section in sections(schema, root)
        for path in section.paths
        for key in section.keys
    }
    assert {symbol.key for symbol in SYMBOLS if symbol.key} - keys == set()


def five_deals() -> Instance:
    return portfolioopt.read_instance(ROOT / "instances" / "five_deals")


def written(model: dict[str, object], instance: Instance) -> Formulation:
    return formulate(lay_out(instance), Model.model_validate(model))


def everything() -> list[Formulation]:
    """Formulations that together hold every kind of column."""
    facts = sample()
    soft = {name: {"price": 1} for name in SOFT_FAMILIES}
    return [
        written({"limits": soft, "objective": {"risk": {"measure": "cvar", "tail": 0.5, "weight": 0.5}}}, facts),
        written({"objective": {"risk": {"measure": "worst_case", "weight": 0.5}}}, five_deals()),
    ]


def test_the_code_of_symbols_is_there() -> None:
    kinds = {re.sub(r"^\w+_(excess|level)$", r"*_\1", group.name) for one in everything() for group in one.groups}
    columns = {symbol.code for symbol in SYMBOLS if symbol.code and "." not in symbol.code}
    assert kinds == columns, "kinds of column, and symbols that name one"
    homes = [
        import_module(f"portfolioopt.{name}")
        for name in ("language.instance", "language.model", "language.partnership", "language.risk", "plan",
                     "networks.portfolio", "networks.tree", "networks.lives", "formulation.draft",
                     *(f"language.families.{family}" for family in FAMILY_NAMES))
    ]  # fmt: skip
    for symbol in SYMBOLS:
        home, _, attribute = symbol.code.partition(".")
        if attribute:
            owner = next((getattr(one, home) for one in homes if hasattr(one, home)), None)
            assert owner is not None, symbol
            known = {*dir(owner), *getattr(owner, "model_fields", ()), *getattr(owner, "__annotations__", ())}
            assert attribute in known, symbol


def test_what_is_told_of_an_instance_is_what_was_written() -> None:
    for instance, model in ((sample(), {}), (five_deals(), {})):
        told = tell(Model.model_validate(model), instance)
        found = written(model, instance)
        assert sum(one.written.rows for one in told.blocks if one.written) == found.matrix.shape[0]
        assert sum(one.written.columns for one in told.blocks if one.written) == found.matrix.shape[1]
        families = {one.family for one in told.blocks if one.family}
        assert families == {label.family for label in found.labels}


def test_rows_of_a_family_are_counted_as_its_own() -> None:
    told = tell(Model.model_validate({"limits": {"skills": {"price": 1}}}), five_deals())
    found = written({"limits": {"skills": {"price": 1}}}, five_deals())
    rows = Counter(label.family for label in found.labels)
    for family in FAMILY_NAMES:
        assert sum(one.written.rows for one in told.blocks if one.family == family and one.written) == rows[family]
    (soft,) = (one for one in told.blocks if one.block.name == "draft.exceeded")
    assert soft.written is not None
    assert soft.written.columns == len(found.group("skills_excess")) > 0
    assert {one.family for one in told.blocks if one.soft} == {"skills"}


def test_only_what_a_model_uses_is_told() -> None:
    def modules(model: dict[str, object]) -> list[str]:
        return [one.block.module for one in tell(Model.model_validate(model)).blocks]

    plain = modules({})
    assert set(plain) == {"value", "paths", *FAMILY_NAMES}
    risk: dict[str, object] = {"measure": "cvar", "tail": 0.1, "weight": 0.5}
    assert set(modules({"objective": {"risk": risk}})) - set(plain) == {"risk"}
    assert modules({"objective": {"risk": risk | {"weight": 0}}}) == plain
    assert set(modules({"limits": {"cells": {"price": 2}}})) - set(plain) == {"draft"}
    assert modules({"limits": {"skills": "hard"}}) == plain
    assert set(modules({"changes": {"price": 2}})) - set(plain) == {"changes"}
    assert modules({"changes": {"price": 0}}) == plain


def test_what_is_maximized_is_told_as_it_is_computed() -> None:
    assert maximized(risk=True, penalties=True, changes=True) == block_of(objective_of).equations[0].text
    assert maximized(risk=False, penalties=False, changes=False) == "E[NPV]"


def test_the_notation_becomes_mathematics() -> None:
    assert latex("Σ_{p,a} effort[p,n,a]·take[p,n,a] ≤ capacity(y)") == (
        r"\sum_{p,a} \text{effort}_{p,n,a}\cdot \text{take}_{p,n,a} \le \text{capacity}(y)"
    )
    assert latex("E[NPV]") == r"\mathbb{E}[\text{NPV}]"
    assert latex("take[p,parent(n),a] ∈ {0, 1}") == r"\text{take}_{p,\text{parent}(n),a} \in \{0, 1\}"
    with pytest.raises(UnreadableError):
        [*tokens("a ⊕ b")]


def test_an_equation_can_be_read_off_the_rows() -> None:
    """The rows of the software engineers of five_deals: Σ effort·take − hired ≤ capacity, year by year."""
    instance = five_deals()
    found = written({}, instance)
    capacity = instance.skills["software_engineer"].capacity
    hired = set(found.group("skills_hired").tolist())
    rows = [place for place, label in enumerate(found.labels) if label.limit == "software_engineer"]
    assert rows
    for place in rows:
        row = found.matrix[[found.paths + place]]
        entries = dict(zip(row.indices.tolist(), row.data.tolist(), strict=True))
        assert {value for column, value in entries.items() if column in hired} == {-1.0}
        assert all(value > 0 for column, value in entries.items() if column not in hired)
        year = found.labels[place].year
        assert found.row_upper[found.paths + place] == float(series_at(capacity, year))
        assert math.isinf(found.row_lower[found.paths + place])


def test_every_index_letter_is_one_letter() -> None:
    assert all(len(symbol.name) == 1 for symbol in INDICES)
