from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.declaration.entry import Entry
from dissect.declaration.fields import AUTOMATIC
from dissect.declaration.kept import look_for_empty_slots
from dissect.errors import FieldAbsentError
from tests.declared import A_FEW_OF_EACH, RECORDS, of_each


def _empty(cls: type[Any]) -> Any:
    """Return a record of a class of which nothing has been read."""
    look_for_empty_slots(cls)
    return object.__new__(cls)


@of_each(RECORDS)
def test_every_getter_reads_what_the_kind_loads_from_the_raw_value(cls: type[Any]) -> None:
    @given(st.binary(min_size=cls.least_size, max_size=cls.least_size))
    @A_FEW_OF_EACH
    def check(buffer: bytes) -> None:
        record = _empty(cls)
        record._buffer, record._start, record._body, record._automatic = b"ab" + buffer, 2, 2 + len(buffer), 0
        for field in cls.layout:
            if field.width and not field.floats:
                assert getattr(record, field.name) == field.kind.load(record.raw(field))

    check()


@of_each(RECORDS)
def test_a_field_beyond_the_end_is_absent_whatever_its_getter(cls: type[Any]) -> None:
    for field in cls.layout:
        if field.width and not field.floats:
            record = _empty(cls)
            end = (field.bit + field.width - 1) // 8
            record._buffer, record._start, record._body, record._automatic = bytes(end), 0, end, 0
            with pytest.raises(FieldAbsentError):
                getattr(record, field.name)


@of_each(RECORDS)
def test_deleting_and_assigning_automatic_are_the_same(cls: type[Any]) -> None:
    for field in cls.layout:
        if field.width and field.mask and not field.factory.own and not field.when:
            if issubclass(cls, Entry):
                # It doesn't change: it is built with the one or the other.
                assert not cls(**{field.name: 0})._automatic & field.mask
                assert cls(**{field.name: AUTOMATIC})._automatic == cls()._automatic
                continue
            deleted, assigned = cls(), cls()
            for record in (deleted, assigned):
                setattr(record, field.name, 0)
                assert not record._automatic & field.mask
            delattr(deleted, field.name)
            setattr(assigned, field.name, AUTOMATIC)
            assert deleted._automatic == assigned._automatic == cls()._automatic
