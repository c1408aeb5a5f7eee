"""Every key of the language stands in one table; what is forgotten is named."""

from typing import Annotated

import pytest
from pydantic import Field

from exchange.samples import every_key, leaf_paths
from portfolioopt.exchange.sheets import tables as described
from portfolioopt.exchange.sheets.filling import filled
from portfolioopt.exchange.sheets.leaves import LABEL, UnknownKindError, leaves
from portfolioopt.exchange.sheets.tables import SHEETS, tables
from portfolioopt.language.families import FAMILY_NAMES
from portfolioopt.language.instance import Instance
from portfolioopt.language.partnership import Partnership
from portfolioopt.language.values import AmountSeries, Count, Label, Profile, Record, Sequence
from portfolioopt.language.writing import plain


def test_every_leaf_stands_in_exactly_one_table() -> None:
    held = [part.leaf.path for table in tables() for part in (*table.columns, *table.lines) if part.side in (None, 0)]
    assert sorted(held) == sorted(leaf.path for leaf in leaves())


def test_every_family_of_limits_has_a_sheet() -> None:
    begun = {sheet.stem[0] for sheet in SHEETS if sheet.stem}
    assert set(FAMILY_NAMES) - begun == set()


def test_names_of_sheets_suit_excel() -> None:
    names = [sheet.name for sheet in SHEETS]
    assert all(len(name) <= 31 and name.isalpha() for name in names)
    assert len({name.lower() for name in names}) == len(names)


def test_what_is_referred_to_is_read_before() -> None:
    order = [sheet.name for sheet in SHEETS]
    for child, parent in (("StateFlows", "States"), ("ActionFlows", "Actions"), ("PoolCurves", "Pools"),
                          ("LinkMembers", "Links"), ("DriverLevels", "Scenarios")):  # fmt: skip
        assert order.index(parent) < order.index(child)


class NewPartnership(Partnership):
    review_after: Count = 0


class WithNewKeys(Instance):
    partnerships: Annotated[tuple[NewPartnership, ...], Sequence, Field(min_length=1)]
    tax_rate: Count = 0


class NewLimit(Record):
    id: Label
    at_most: AmountSeries


class WithNewFamily(Instance):
    carbon: Annotated[tuple[NewLimit, ...], Sequence] = ()


class CurvedPartnership(Partnership):
    learning: Profile = ()


class WithProfile(Instance):
    partnerships: Annotated[tuple[CurvedPartnership, ...], Sequence, Field(min_length=1)]


def test_a_new_key_gets_its_column_or_its_line_by_itself() -> None:
    found = {table.name: table for table in tables(WithNewKeys)}
    assert "review_after" in [part.name for part in found["Partnerships"].columns]
    assert "tax_rate" in [part.name for part in found["Instance"].lines]


def test_a_family_that_was_forgotten_is_named() -> None:
    with pytest.raises(UnknownKindError, match=r"carbon\.\[\]\.id has no table"):
        tables(WithNewFamily)


def test_a_family_gets_a_table_by_one_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    stem = ("carbon", "[]")
    monkeypatch.setattr(described, "SHEETS", (*SHEETS, described.Sheet("Carbon", "Carbon.", "limits", stem, (stem,))))
    table = tables(WithNewFamily)[-1]
    tables.cache_clear()
    assert ([part.name for part in table.columns], [part.name for part in table.lines]) == (["id"], ["at_most"])


def test_a_profile_joins_a_table_of_things_without_one() -> None:
    table = next(table for table in tables(WithProfile) if table.name == "Partnerships")
    assert (table.spread, [part.name for part in table.lines]) == ("profile", ["learning"])


def test_the_sample_of_these_tests_uses_every_key() -> None:
    used = leaf_paths(plain(every_key()))

    def matches(path: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
        return len(path) == len(pattern) and all(b in (LABEL, a) for a, b in zip(path, pattern, strict=True))

    missing = [".".join(leaf.path) for leaf in leaves() if not any(matches(path, leaf.path) for path in used)]
    assert missing == []


def test_every_column_has_a_note() -> None:
    for sheet in filled(every_key()):
        assert [column.header for column in sheet.columns if len(column.note) < 8] == [], sheet.table.name


def test_columns_of_one_table_have_names_of_their_own() -> None:
    for sheet in filled(every_key()):
        headers = [str(column.header) for column in sheet.columns]
        assert len(set(headers)) == len(headers), sheet.table.name
