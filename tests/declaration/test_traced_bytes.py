"""Bytes that are traced: what is noted of them is where they stand, and what was asked of them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import IPv4, IPv6
from dissect.declaration.symbols import Symbol, Trace, UntraceableError
from dissect.declaration.traced_bytes import (
    TracedBuffer,
    TracedOctets,
    TracedText,
    answered,
    number_in,
    printed,
    size_of,
    spelt,
)
from tests.declaration.traces import DATA, buffer_of, values_at


@given(st.integers(0, 40), st.integers(0, 40))
def test_bytes_are_those_of_the_frame_at_their_place(start: int, stop: int) -> None:
    trace = Trace()
    if start < stop and stop > len(DATA):
        with pytest.raises(UntraceableError):
            buffer_of(trace)[start:stop]
        return
    octets = buffer_of(trace)[start:stop]
    assert bytes(octets) == DATA[start:stop]
    for name, span in trace.places.items():
        assert trace.conditions[name] == DATA[span.bit // 8 : (span.bit + span.width) // 8]


@pytest.mark.parametrize(
    "ask",
    [
        lambda octets: octets == b"\xc9\xca\xcb\xcc",
        lambda octets: octets.startswith(b"\xc9"),
        lambda octets: 0xCB in octets,
        lambda octets: octets[1] > 3,
        lambda octets: bytes(octets[1:3]),
        lambda octets: octets + b"x",
        lambda octets: octets.removesuffix(b"\xcc"),
        list,
        hash,
    ],
)
def test_what_is_asked_of_bytes_is_a_condition_that_holds(ask: Any) -> None:
    trace = Trace()
    assert ask(buffer_of(trace)[1:5]) == ask(DATA[1:5])
    names = values_at(trace.places, DATA)
    assert trace.conditions
    assert all(eval(expression, dict(names)) == value for expression, value in trace.conditions.items())


def test_bytes_that_are_printed_decide_nothing() -> None:
    trace = Trace()
    octets = buffer_of(trace)[1:5]
    octets.hex(":")
    str(TracedText(octets, str))
    printed(IPv4.field("src"), octets)
    printed(IPv4.field("options"), octets)
    assert len(trace.holes) == 4
    assert not trace.conditions


def test_the_number_of_bytes_is_a_symbol_where_they_have_a_place() -> None:
    trace = Trace()
    number: Any = number_in(buffer_of(trace)[4:7])
    assert number.expression == "n32_24"
    assert number.value == number_in(DATA[4:7]) == int.from_bytes(DATA[4:7], "big")
    assert not trace.conditions


def test_groups_of_numbers_stand_behind_each_other() -> None:
    groups = list(buffer_of(Trace())[0:9].groups((2, 1)))
    assert [tuple(each.value for each in group) for group in groups] == [
        (0xC8C9, 0xCA), (0xCBCC, 0xCD), (0xCECF, 0xD0),
    ]  # fmt: skip
    assert [each.expression for each in buffer_of(Trace())[0:4].groups((2,))] == ["n0_16", "n16_16"]


def test_how_many_bytes_there_are_is_a_symbol_where_that_varies() -> None:
    trace = Trace()
    end = Symbol(trace, "end", 20)
    octets = buffer_of(trace)[4:end]
    assert bytes(octets.data) == DATA[4:20]
    size: Any = size_of(octets)
    assert (size.expression, size.value, size_of(b"abc")) == ("(end - 4)", 16, 3)
    assert eval(octets.expression, {"buffer": DATA, "base": 0, "end": 20}) == DATA[4:20]


def test_a_frame_starts_with_itself_and_with_its_bytes() -> None:
    trace = Trace()
    buffer = buffer_of(trace)
    assert buffer.startswith(buffer)
    assert not trace.conditions
    assert buffer.startswith(DATA[3:6], 3)
    assert not buffer.startswith(b"xy", 3)
    assert not buffer.startswith(DATA[30:] + b"more", 30)


def test_what_a_function_says_of_bytes_is_all_that_a_run_depends_on() -> None:
    trace = Trace()
    assert answered(max, buffer_of(trace)[2:6]) == answered(max, DATA[2:6])
    (question,) = trace.conditions
    assert eval(question, dict(trace.functions), {"o2_6": b"abc"}) == ord("c")
    (place,) = trace.places
    assert place == "o2_6"


def _as_text(data: bytes) -> str:
    return data.rstrip(b"\0").decode("latin-1")


@pytest.mark.parametrize(("data", "seen"), [(b"\0\0", ""), (b"a ", "a "), (b"ab", "\U0002f800")])
def test_a_run_depends_on_a_text_that_is_empty_or_has_blanks_at_its_ends(data: bytes, seen: str) -> None:
    trace = Trace()
    assert spelt(_as_text, TracedBuffer(trace, data, 0, len(data))[0:2]) == seen
    (question,) = trace.conditions
    for other in (b"\0\0", b"a ", b" b", b"ab", b"xy"):
        told = eval(question, dict(trace.functions), {"o0_2": other})
        assert told == (None if other in (b"ab", b"xy") else _as_text(other))
    assert spelt(_as_text, data) == _as_text(data)


def test_with_plain_bytes_a_run_depends_on_all_that_it_sees() -> None:
    trace = Trace(keeps_bytes=True)
    octets = TracedBuffer(trace, DATA, 0, len(DATA))[2:6]
    assert octets == DATA[2:6]
    assert octets.__class__ is bytes
    assert trace.conditions == {"o2_6": DATA[2:6]}


@pytest.mark.parametrize(
    "use",
    [
        lambda buffer: buffer[-1],
        lambda buffer: buffer[::2],
        lambda buffer: buffer[-4:-1],
        lambda buffer: buffer.hex(),
        lambda buffer: TracedOctets(buffer.trace, "o0_300", bytes(3000), 0, 3000).known(),
    ],
)
def test_what_cannot_be_followed_is_told(use: Any) -> None:
    with pytest.raises(UntraceableError):
        use(buffer_of(Trace()))


def test_the_text_of_bytes_that_is_compared_depends_on_them() -> None:
    trace = Trace()
    kind: Any = IPv6.field("src").kind
    text = TracedText(buffer_of(trace)[0:16], kind.load)
    assert text == kind.load(DATA[:16])
    assert text.startswith("c8c9")
    assert trace.conditions == {"o0_16": DATA[:16]}
