from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import TCP, VLAN, IPv4, IPv6, Timestamps
from dissect.declaration.header import Header
from dissect.declaration.specifiers import bits, u8, u16
from dissect.errors import FieldError


class Narrow(Header, name="narrow"):
    first: int = bits(3, "first", default=0)
    second: int = bits(13, "second", default=0)
    wide: int = bits(24, "wide", default=5)


@given(st.integers(0, 7), st.integers(0, 0x1FFF), st.integers(0, 0xFFFFFF))
def test_constructors_pack_bits(first: int, second: int, wide: int) -> None:
    record = Narrow(first=first, second=second, wide=wide)
    assert record._buffer == (first << 37 | second << 24 | wide).to_bytes(5, "big")
    assert (record.first, record.second, record.wide) == (first, second, wide)


@pytest.mark.parametrize(("name", "greatest"), [("first", 7), ("second", 0x1FFF), ("wide", 0xFFFFFF)])
def test_constructors_refuse_what_would_spill_into_a_neighbour(name: str, greatest: int) -> None:
    values: dict[str, Any] = {name: greatest}
    Narrow(**values)
    for value in (greatest + 1, -1):
        values[name] = value
        with pytest.raises(FieldError, match=f"Narrow.{name} is {value}, expected 0 to {greatest}"):
            Narrow(**values)


def test_a_class_below_one_that_was_used_has_a_constructor_of_its_own() -> None:
    class Base(Header, name="base"):
        first: int = u8("first", default=1)

    Base()

    class Below(Base, name="below"):
        second: int = u16("second", default=2)

    assert Below(second=3)._buffer == b"\1\0\3"
    assert Base(first=4)._buffer == b"\4"
    with pytest.raises(FieldError, match="Base has no field 'second'"):
        Base(second=3)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("cls", "given"),
    [
        (IPv4, {"tos": 0x10, "dscp": 3}),
        (IPv4, {"tos": 0x10, "ecn": 1}),
        (IPv4, {"flags": "DF", "dont_fragment": False}),
        (IPv4, {"flags": "MF", "more_fragments": False}),
        (IPv6, {"traffic_class": 1, "dscp": 3}),
    ],
)
def test_two_readings_of_the_same_bits_that_contradict_each_other_are_refused(
    cls: type[Header], given: dict[str, Any]
) -> None:
    with pytest.raises(FieldError, match="contradict each other"):
        cls(**given)


def test_two_readings_that_agree_are_taken() -> None:
    assert IPv4(tos=0x10, dscp=4) == IPv4(tos=0x10)
    assert IPv4(flags="DF", dont_fragment=True) == IPv4(dont_fragment=True)


@pytest.mark.parametrize(
    ("cls", "values", "name"),
    [(VLAN, [5], "id"), (TCP, [80], "sport"), (Timestamps, [1, 2], "value"), (IPv4, "a", "src")],
)
def test_values_without_a_name_are_refused_with_the_names(cls: Any, values: Any, name: str) -> None:
    with pytest.raises(TypeError, match=rf"takes its fields by name.*\b{name}\b"):
        cls(*values)
