from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dissect.declaration.compiler import patched, raw_expression
from dissect.declaration.fields import bits, u8, u16
from dissect.declaration.header import Header
from dissect.errors import FieldError
from tests.declared import RECORDS


@given(st.binary(min_size=1, max_size=12), st.data())
def test_patching_changes_the_bits_and_no_others(buffer: bytes, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, 8 * len(buffer) - 1))
    width = data.draw(st.integers(1, 8 * len(buffer) - first))
    raw = data.draw(st.integers(0, (1 << width) - 1))
    text = "".join(f"{byte:08b}" for byte in buffer)
    after = "".join(f"{byte:08b}" for byte in patched(buffer, first, width, raw))
    assert after == text[:first] + f"{raw:0{width}b}" + text[first + width :]


def test_patching_bytes() -> None:
    assert patched(b"abcdef", 16, 16, b"XY") == b"abXYef"


@pytest.mark.parametrize("cls", RECORDS)
def test_written_out_expressions_read_what_a_record_reads(cls: type[Any]) -> None:
    numbers = [field for field in cls.layout if field.width and field.kind.code not in ("ether", "ipv4", "ipv6")]

    @given(st.binary(min_size=cls._fixed, max_size=cls._fixed))
    @settings(max_examples=40)
    def check(buffer: bytes) -> None:
        record = object.__new__(cls)
        record._buffer, record._start, record._body, record._automatic = buffer, 0, len(buffer), 0
        for field in numbers:
            assert eval(raw_expression(field), {"buffer": b"xy" + buffer, "start": 2}) == record.raw(field)
            assert getattr(record, field.name) == field.kind.load(record.raw(field))

    check()


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
