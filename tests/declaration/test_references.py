"""What is told by a reference is found again by it, and what cannot be found is refused."""

from __future__ import annotations

import sys
from fractions import Fraction
from functools import partial
from marshal import dumps, loads
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import IPv4, TCPFlags
from dissect.declaration.fields import Field
from dissect.declaration.references import (
    UntellableError,
    are_there,
    name_in,
    reference,
    referred,
    remembered,
    restored,
    told_value,
)
from dissect.views.meanings import digits

PLAIN = st.none() | st.booleans() | st.integers() | st.binary() | st.text() | st.floats(allow_nan=False)
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3).map(tuple))


@remembered
def adding(number: int) -> Any:
    """Return what adds a number."""
    return lambda other: other + number


@given(VALUES)
def test_values_come_back_as_they_were(value: Any) -> None:
    again = restored(loads(dumps(told_value(value))))
    assert again == value
    assert type(again) is type(value)


@pytest.mark.parametrize(
    "found",
    [IPv4, digits, bytes.hex, str, type(None), adding(4), IPv4.field("ttl"), IPv4.field("ttl").text],
    ids="class function method type none made field text".split(),
)
def test_what_has_a_reference_is_found_by_it(found: Any) -> None:
    told = loads(dumps(reference(found)))
    assert referred(told) == found
    assert restored(told_value((found, 1))) == (found, 1)
    assert are_there([told])
    assert name_in(told).isidentifier()


def test_references_have_names_of_their_own() -> None:
    found = [digits, bytes.hex, adding(4), adding(5), IPv4.field("ttl").text, IPv4.field("id").text]
    assert len({name_in(reference(each)) for each in found}) == len(found)


def test_a_member_of_an_enumeration_is_told_as_its_number() -> None:
    assert told_value(TCPFlags.SYN) == 2
    assert type(told_value(TCPFlags.SYN)) is int


@pytest.mark.parametrize(
    "found",
    [lambda: 0, partial(int, base=2), object(), [1], Field(8, IPv4.field("ttl").kind, "x"), Fraction(1, 2)],
    ids="lambda partial object list field fraction".split(),
)
def test_what_is_not_found_by_a_name_is_refused(found: Any) -> None:
    with pytest.raises(UntellableError):
        told_value((1, found))


def test_what_is_gone_is_told_so() -> None:
    for told in (("dissect.views.meanings", "no_such_function"), ("dissect.no_such_module", "digits")):
        with pytest.raises(UntellableError):
            referred(told)


def test_modules_are_not_imported_to_find_out_whether_they_are_there() -> None:
    assert not are_there([1, ("", (("dissect.unheard_of", "Header"),))])
    assert not are_there([(("dissect.unheard_of", "make"), (4,))])
    assert "dissect.unheard_of" not in sys.modules
    assert are_there([told_value((4, IPv4)), reference(adding(4))])
