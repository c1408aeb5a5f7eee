"""What studies find is saved beside a run and comes back as it was; anything else is refused and named."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portfolioopt.errors import InvalidInput
from portfolioopt.result.exhibit import (
    KINDS,
    Exhibit,
    Frontier,
    FrontierPoint,
    PlainTable,
    exhibit_from_json,
    exhibit_to_json,
)
from portfolioopt.runs import read_exhibits, write_exhibit
from report_samples import exhibits, two_deals_run

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8)
floats = st.floats(allow_nan=False, allow_infinity=False)
points = st.builds(FrontierPoint, texts, floats, floats, st.none() | floats, st.sampled_from(["", "plan", "today"]))
contents = st.one_of(
    st.builds(Frontier, texts, texts, st.lists(points, max_size=3).map(tuple)),
    st.builds(
        PlainTable,
        st.lists(texts, max_size=3).map(tuple),
        st.lists(st.lists(st.none() | texts | floats | st.integers(), max_size=3).map(tuple), max_size=3).map(tuple),
    ),
)


@given(st.builds(Exhibit, texts, st.lists(texts, max_size=2).map(tuple), texts, contents))
def test_an_exhibit_comes_back_as_it_was(exhibit):
    assert exhibit_from_json(exhibit_to_json(exhibit)) == exhibit


def test_there_is_a_sample_of_every_kind_and_each_comes_back():
    found = exhibits("hash")
    assert {exhibit.kind for exhibit in found.values()} == set(KINDS)
    for exhibit in found.values():
        assert exhibit_from_json(exhibit_to_json(exhibit)) == exhibit


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_a_number_that_cannot_be_drawn_is_not_saved(value):
    with pytest.raises(ValueError, match="has no place in an exhibit"):
        exhibit_to_json(Exhibit("t", (), "h", PlainTable(("a",), ((value,),))))


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"format": "other/1"}, "format"),
        ({"kind": "pie"}, "kind"),
        ({"title": 3}, "title"),
        ({"content": {}}, "content"),
        ({"content": {"columns": ["a"], "rows": [[1e999]]}}, "content"),
        ({"content": {"columns": "a", "rows": []}}, "content"),
    ],
)
def test_what_is_no_exhibit_is_refused_by_its_key(change, key):
    document = json.loads(exhibit_to_json(Exhibit("t", (), "h", PlainTable((), ()))))
    with pytest.raises(InvalidInput) as refused:
        exhibit_from_json(json.dumps(document | change))
    assert refused.value.faults[0].key == key


@pytest.mark.parametrize("text", ["", "[]", "null", "{", "[" * 100_000])
def test_text_that_is_no_exhibit_is_refused(text):
    with pytest.raises(InvalidInput):
        exhibit_from_json(text)


def test_exhibits_are_saved_in_the_run_folder_and_replaced_by_name(tmp_path):
    run = two_deals_run(tmp_path / "run")
    first, second = (Exhibit(title, (), "h", PlainTable((), ())) for title in ("first", "second"))
    assert read_exhibits(run) == {}
    path = write_exhibit(run, "b", first)
    write_exhibit(run, "a", second)
    assert path == run / "exhibits" / "b.json"
    assert list(read_exhibits(run)) == ["a", "b"]
    write_exhibit(run, "b", second)
    assert read_exhibits(run)["b"] == second
    assert sorted(each.name for each in (run / "exhibits").iterdir()) == ["a.json", "b.json"]


def test_a_damaged_exhibit_is_refused_and_its_file_named(tmp_path):
    run = two_deals_run(tmp_path / "run")
    path = write_exhibit(run, "broken", Exhibit("t", (), "h", PlainTable((), ())))
    path.write_text("{")
    with pytest.raises(InvalidInput) as refused:
        read_exhibits(run)
    assert str(path) in str(refused.value)


def test_only_a_run_folder_takes_exhibits(tmp_path):
    with pytest.raises(InvalidInput, match="is not a run folder"):
        write_exhibit(tmp_path, "a", Exhibit("t", (), "h", PlainTable((), ())))
