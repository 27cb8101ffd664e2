"""Numbers that are traced: what is noted of them is Python that gives what they gave."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.declaration.symbols import (
    MOST_CONDITIONS,
    MOST_HOLES,
    RUNNING,
    Symbol,
    Trace,
    UntraceableError,
    changed,
    padded,
    retold,
    told,
)
from tests.declaration.traces import DATA, NUMBERS, buffer_of

COMPUTED = [operator.add, operator.sub, operator.mul, operator.floordiv, operator.mod, operator.and_, operator.or_]
COMPARED = [operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne]


@contextmanager
def running(trace: Trace) -> Iterator[None]:
    """Have a trace be the one that is being made."""
    RUNNING.append(trace)
    try:
        yield
    finally:
        RUNNING.remove(trace)


places = st.integers(0, len(DATA) - 1)


@given(places, st.lists(st.tuples(st.sampled_from(COMPUTED), st.booleans(), places | st.integers(-9, 9)), max_size=4))
def test_an_expression_gives_the_number(first: int, steps: list[tuple[Any, bool, int]]) -> None:
    trace = Trace()
    buffer = buffer_of(trace)
    symbol, plain = buffer[first], DATA[first]
    for apply, is_symbol, number in steps:
        other = DATA[number] if is_symbol and number >= 0 else number
        if other == 0:
            continue
        symbol = apply(symbol, buffer[number] if is_symbol and number >= 0 else number)
        plain = apply(plain, other)
    assert isinstance(symbol, Symbol)
    assert symbol.value == plain == eval(symbol.expression, dict(NUMBERS))
    assert not trace.conditions, "nothing was decided"


@given(places, places | st.integers(190, 240), st.sampled_from(COMPARED))
def test_what_is_compared_is_a_condition_that_holds(place: int, number: int, apply: Any) -> None:
    trace = Trace()
    assert apply(buffer_of(trace)[place], number) == apply(DATA[place], number)
    ((expression, value),) = trace.conditions.items()
    assert eval(expression, dict(NUMBERS)) == value


@pytest.mark.parametrize(
    "use",
    [float, int, bool, lambda number: [0] * 256 and range(256)[number], lambda number: number / 3, lambda n: -n],
)
def test_what_is_done_otherwise_depends_on_the_number(use: Any) -> None:
    trace = Trace()
    assert use(buffer_of(trace)[3]) == use(DATA[3])
    assert all(eval(expression, dict(NUMBERS)) == value for expression, value in trace.conditions.items())
    assert trace.conditions


def test_a_division_by_zero_is_the_codes_own_fault() -> None:
    symbol: Any = Symbol(Trace(), "n0_8", 0)
    with pytest.raises(ZeroDivisionError):
        5 // symbol


def test_what_is_printed_leaves_a_hole_and_decides_nothing() -> None:
    trace = Trace()
    first, second = buffer_of(trace)[0], buffer_of(trace)[1]
    with running(trace):
        text = f"{first} {second:#04x} {told(hex, first)} {padded(str(second), 6)}"
    holes = list(trace.holes)
    assert holes[:2] == ["n0_8", "n8_8:#04x"]
    assert holes[-1] == "n8_8:>6"
    assert len(text.split()) == 4
    assert trace.functions[holes[2].partition("(")[0]] is hex
    assert not trace.conditions


def test_a_text_with_holes_may_stand_in_one_itself() -> None:
    trace = Trace()
    with running(trace):
        padded(f"{buffer_of(trace)[0]}-{buffer_of(trace)[1]}", -12)
    (part,) = trace.parts
    assert list(trace.holes)[-1] == f"{part}:<12"


def test_a_text_may_be_made_of_texts_with_holes() -> None:
    trace = Trace()
    with running(trace):
        text = retold(str.replace, f"<{buffer_of(trace)[0]}>", "<", '"\\')
        assert retold(str.replace, "<a>", "<", "-") == "-a>"
    ((first, told_text), (_, second), (_, third)) = trace.parts.items()
    assert (told_text[1:2], second, third) == (next(iter(trace.alone)), "<", '"\\')
    name = trace.name_of(str.replace)
    assert list(trace.holes)[-1] == f"{name}({', '.join(trace.parts)})"
    assert (first, len(text)) == ("p0", 1)
    assert not trace.conditions


def test_characters_are_changed_around_numbers_and_in_other_texts() -> None:
    trace = Trace()
    number: Any = buffer_of(trace)[0]
    with running(trace):
        assert changed(doubled, f"a<{number}") == f"a<<{number}"
        # What a function says may hold any character.
        text = changed(doubled, f"<{told(bin, number)}")
    assert len(text) == 1
    assert list(trace.holes)[-1].startswith(f"{trace.name_of(doubled)}(")
    assert changed(doubled, "<a>") == "<<a>"


def doubled(text: str) -> str:
    return text.replace("<", "<<")


def test_a_run_that_depends_on_all_that_there_is_cannot_be_followed() -> None:
    trace = Trace()
    for number in range(MOST_CONDITIONS):
        trace.holds(f"(size > {number})", True)
    trace.holds("(size > 0)", True)
    with pytest.raises(UntraceableError):
        trace.holds("size", MOST_CONDITIONS)


def test_there_are_not_more_holes_than_characters_for_them() -> None:
    trace = Trace()
    for number in range(MOST_HOLES):
        trace.hole(f"number + {number}")
    trace.hole("number + 0")
    with pytest.raises(UntraceableError, match="more holes"):
        trace.hole("time_ns")


def test_a_number_that_was_a_key_is_printed_as_it_is() -> None:
    trace = Trace()
    number = buffer_of(trace)[0]
    assert {200: "here"}[number] == "here"
    assert (str(number), number + 1) == ("200", 201)
    assert trace.conditions["n0_8"] == 200


def test_plain_values_are_told_and_padded_as_they_are() -> None:
    assert (told(hex, 16), padded("ab", 4), padded("ab", -4)) == ("0x10", "  ab", "ab  ")
    assert retold(str.upper, "ab") == "AB"


def test_what_has_no_expression_cannot_be_told() -> None:
    with pytest.raises(UntraceableError, match="has no expression"):
        told("{}{}".format, buffer_of(Trace())[0], [])


def test_an_expression_does_not_grow_without_end() -> None:
    """Where each of many records tells where the next one begins, its place may be told twice in each expression."""
    place: Any = Trace().number(0, 8, 1)

    def double(times: int) -> Any:
        found = place
        for _ in range(times):
            found = found + found
        return found

    assert double(4).value == 16
    with pytest.raises(UntraceableError):
        double(64)
