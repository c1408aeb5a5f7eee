"""The leaves are the keys of the language, all of them, with what their columns need to know."""

from typing import Literal

import pytest
from pydantic import BaseModel

from portfolioopt.exchange.sheets.leaves import LABEL, MEMBER, Leaf, UnknownKindError, leaves, own_key
from portfolioopt.language.descriptions import DESCRIPTIONS
from portfolioopt.language.instance import Instance
from portfolioopt.language.schema import instance_schema
from portfolioopt.language.values import AmountSeries, Label
from test_every_key import key_paths


def leaf(path: str) -> Leaf:
    return next(one for one in leaves() if ".".join(one.path) == path)


def test_every_key_of_the_language_is_a_leaf_and_nothing_else_is() -> None:
    found = {".".join("*" if part == LABEL else part for part in one.path if part != MEMBER) for one in leaves()}
    # the walk by which the engine's own tests find the keys
    assert found == set(key_paths(Instance, ""))


def test_every_leaf_says_what_it_means() -> None:
    assert [".".join(one.path) for one in leaves() if not one.said] == []
    assert leaf("partnerships.[].states.{}.cost").said == DESCRIPTIONS["State", "cost"]


def test_a_key_is_required_as_the_schema_says() -> None:
    records = instance_schema()["$defs"]
    for record, stem in (
        ("Action", "partnerships.[].actions.[]"),
        ("Rule", "rules.[]"),
        ("Requirement", "requirements.[]"),
    ):
        required = {one.path[-1] for one in leaves() if one.required and ".".join(one.path[:-1]) == stem}
        assert required == set(records[record]["required"])


def test_what_only_one_kind_of_link_needs_is_not_required_of_all() -> None:
    assert leaf("links.[].id").required
    assert not leaf("links.[].benefit").required
    assert leaf("links.[].kind").choices == ("requires", "excludes", "synergy")


def test_shapes_are_told_from_the_models() -> None:
    assert leaf("capital.budget").shape == "series"
    assert leaf("partnerships.[].states.{}.effort.{}").shape == "profile"
    assert leaf("partnerships.[].actions.[].at_effect.effort.{}").shape == "one"
    assert leaf("pools.[].curve").shape == "curve"
    assert leaf("rules.[].years").shape == "pair"
    assert leaf("drivers").shape == "list"
    assert (leaf("moves.[].total").element, leaf("horizon.years").element) == ("truth", "whole")
    assert (leaf("partnerships.[].id").element, leaf("partnerships.[].name").element) == ("label", "text")


def test_bounds_are_those_of_the_schema() -> None:
    assert leaf("partnerships.[].readiness.culture").bounds == (1, 5)
    assert leaf("scenarios.[].probability").bounds == (0, 1)
    assert leaf("links.[].at_most").bounds == (0, None)


def test_members_are_told_apart_by_id_or_name() -> None:
    assert own_key(("partnerships", MEMBER)) == "id"
    assert own_key(("scenarios", MEMBER)) == "name"
    assert own_key(("links", MEMBER, "members", MEMBER)) == ""


def test_a_key_of_a_kind_that_no_column_holds_is_named() -> None:
    class Odd(BaseModel):
        matrix: dict[str, dict[str, list[bytes]]]

    with pytest.raises(UnknownKindError, match="matrix"):
        leaves(Odd)


def test_a_new_key_is_a_leaf_at_once() -> None:
    class Wide(BaseModel):
        id: Label
        kind: Literal["a", "b"] = "a"
        cap: AmountSeries | None = None

    found = {one.path: (one.shape, one.element, one.required) for one in leaves(Wide)}
    assert found == {
        ("id",): ("one", "label", True),
        ("kind",): ("one", "choice", False),
        ("cap",): ("series", "number", False),
    }
