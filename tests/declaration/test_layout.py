from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dissect.declaration.kept import look_for_empty_slots
from dissect.declaration.layout import patched, raw_expression
from tests.declared import A_FEW_OF_EACH, RECORDS, of_each


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


@of_each(RECORDS)
def test_written_out_expressions_read_what_a_record_reads(cls: type[Any]) -> None:
    # A field that floats has no place that could be written out.
    fixed = [field for field in cls.layout if field.width and not field.floats]
    numbers = [field for field in fixed if not field.kind.octets]

    @given(st.binary(min_size=cls.least_size, max_size=cls.least_size))
    @A_FEW_OF_EACH
    def check(buffer: bytes) -> None:
        look_for_empty_slots(cls)
        record = object.__new__(cls)
        record._buffer, record._start, record._body, record._automatic = buffer, 0, len(buffer), 0
        for field in numbers:
            assert eval(raw_expression(field), {"buffer": b"xy" + buffer, "start": 2}) == record.raw(field)
            assert getattr(record, field.name) == field.kind.load(record.raw(field))

    check()
