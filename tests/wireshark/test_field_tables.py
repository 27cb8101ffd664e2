"""What Wireshark has of fields beside their declarations: every entry is about a field that there is."""

from __future__ import annotations

import pytest

from dissect.wireshark import field_tables as tables
from dissect.wireshark.types import field_names, field_type


@pytest.mark.parametrize("name", ["TYPES", "VALUES", "TITLES", "LEARNT"])
def test_entries_are_about_fields(name: str) -> None:
    known = field_names()
    assert len(getattr(tables, name)) > 5
    assert sorted(set(getattr(tables, name)) - known) == []


@pytest.mark.parametrize("name", ["TRUTHS", "HOLDERS"])
def test_entries_are_beginnings_of_fields(name: str) -> None:
    known = field_names()
    assert len(getattr(tables, name)) > 1
    assert [each for each in getattr(tables, name) if not any(field.startswith(each) for field in known)] == []


def test_types_in_the_tables_are_those_of_the_fields() -> None:
    assert {name: kind for name, kind in tables.TYPES.items() if field_type(name) != kind} == {}


def test_names_of_values_are_numbers_or_another_field_that_has_some() -> None:
    for name, values in tables.VALUES.items():
        if isinstance(values, str):
            assert values in field_names(), name
        else:
            assert all(isinstance(number, int) for number in values.values()), name
