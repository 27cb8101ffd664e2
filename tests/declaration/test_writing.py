"""Records whose fields lie where the values of others say: built and changed, and read again as what they are."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dissect import FieldAbsentError, FieldError, Header
from dissect.declaration.specifiers import octets, u8, u16, u32


class Parcel(Header, name="test.parcel", leaf=True):
    """A number that says whether there is a stamp; a name as long as a length tells; a number behind it, and a rest."""

    has_stamp: int = u8("has_stamp", default=0)
    kind: int = u8("kind", default=0)
    name_length: int = u8("name_length", default=0)
    label: bytes = octets("label", length="name_length", default=b"")
    stamp: int | None = u32("stamp", when="has_stamp", default=7)
    weight: int | None = u16("weight", when={"kind": 3}, default=9)
    rest: bytes = octets("rest", length="rest", default=b"", kw_only=False)


UNIT: list[int] = [4]
"""The bytes of a word."""


class Padded(Header, name="test.padded", leaf=True):
    words: int = u8("words", default=0)
    padding: bytes = octets("padding", length=lambda record: record.words * UNIT[0], default=b"")


def read(data: bytes) -> Any:
    return Parcel.decode(data, 0, len(data), 0)


NAMES, STAMPS = st.binary(max_size=20), st.one_of(st.none(), st.integers(0, 0xFFFFFFFF))
WEIGHTS = st.one_of(st.none(), st.integers(0, 0xFFFF))


def laid(label: bytes, stamp: int | None, weight: int | None, rest: bytes) -> bytes:
    """The bytes as the declaration draws them."""
    return (
        bytes([1 if stamp is not None else 0, 3 if weight is not None else 0, len(label)])
        + label
        + (b"" if stamp is None else stamp.to_bytes(4, "big"))
        + (b"" if weight is None else weight.to_bytes(2, "big"))
        + rest
    )


@given(NAMES, STAMPS, WEIGHTS, st.binary(max_size=9))
def test_what_is_given_decides_what_is_there(label: bytes, stamp: int | None, weight: int | None, rest: bytes) -> None:
    built = Parcel(label=label, stamp=stamp, weight=weight, rest=rest)
    assert bytes(built) == laid(label, stamp, weight, rest)
    again = read(bytes(built))
    assert again == built
    assert (again.label, again.stamp, again.weight, again.rest) == (label, stamp, weight, rest)
    assert (again.has_stamp == 1, again.kind == 3) == (stamp is not None, weight is not None)


@given(NAMES, STAMPS, WEIGHTS, st.binary(max_size=9), NAMES, STAMPS, WEIGHTS)
def test_a_change_moves_what_stands_behind_and_changes_nothing_else(
    label: bytes, stamp: int | None, weight: int | None, rest: bytes, name: bytes, seal: int | None, load: int | None
) -> None:
    changed = read(laid(label, stamp, weight, rest))
    changed.label = name
    assert bytes(changed) == laid(name, stamp, weight, rest)
    changed.stamp = seal
    assert bytes(changed) == laid(name, seal, weight, rest)
    # No number of the kind says that there is no weight: it is the one that asks for it.
    assume(load is not None or weight is None)
    changed.weight = load
    assert bytes(changed) == laid(name, seal, load, rest)
    assert read(bytes(changed)) == changed


def test_what_is_left_out_where_it_is_asked_for_has_its_default() -> None:
    assert bytes(Parcel(has_stamp=1)) == laid(b"", 7, None, b"")
    assert bytes(Parcel(kind=3)) == laid(b"", None, 9, b"")
    changed = Parcel(label=b"ab", rest=b"end")
    changed.has_stamp = 1
    assert bytes(changed) == laid(b"ab", 7, None, b"end")
    changed.has_stamp = 0
    assert bytes(changed) == laid(b"ab", None, None, b"end")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"has_stamp": 0, "stamp": 5}, "Parcel.stamp is there only where has_stamp is not 0; has_stamp is"),
        ({"has_stamp": 1, "stamp": None}, "Parcel.stamp is not there only where has_stamp is 0"),
        ({"kind": 4, "weight": 1}, "Parcel.weight is there only where kind is 3; kind is 4"),
    ],
)
def test_what_contradicts_itself_is_refused(values: dict[str, Any], words: str) -> None:
    with pytest.raises(FieldError) as raised:
        Parcel(**values)
    assert str(raised.value).startswith(words)


def test_a_function_that_tells_a_length_is_kept_to(monkeypatch: pytest.MonkeyPatch) -> None:
    # What is left out is zeros, as many as the function says.
    assert bytes(Padded(words=2)) == bytes([2]) + bytes(8)
    assert bytes(Padded(words=1, padding=b"abcd")) == b"\1abcd"
    with pytest.raises(FieldError, match=r"Padded.padding has 2 bytes, expected 4"):
        Padded(words=1, padding=b"ab")
    monkeypatch.setattr("tests.declaration.test_writing.UNIT", [1 << 20])
    with pytest.raises(FieldError, match=r"Padded.padding is left out, and its length tells 267386880"):
        Padded(words=255)
    monkeypatch.undo()
    changed = Padded(words=1, padding=b"abcd")
    with pytest.raises(FieldError, match=r"has 2 bytes, expected 4"):
        changed.padding = b"ab"
    assert changed.padding == b"abcd"


def test_a_length_that_was_wrong_stays_and_one_that_was_right_follows() -> None:
    right = read(laid(b"abc", None, None, b""))
    right.label = b"a"
    assert right.name_length == 1
    cut = read(bytes([0, 0, 9]) + b"abc")
    assert cut.is_cut
    with pytest.raises(FieldAbsentError):
        cut.stamp = 4
    assert bytes(cut) == bytes([0, 0, 9]) + b"abc"
