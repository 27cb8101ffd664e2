"""Fields that are computed: what they give in Python and in filters, and where the bytes lie that they are made of."""

from __future__ import annotations

from typing import Any

import pytest

from dissect import FieldAbsentError, FieldError, Header, compile_filter
from dissect.declaration.derived_fields import derived, expert
from dissect.declaration.kinds import Boolean, IPv4Address
from dissect.declaration.record import FIELDS
from dissect.declaration.specifiers import octets, u8, u16
from dissect.wireshark.fields import values


class Sums(Header, name="test.derived", leaf=True):
    first: int = u8("first", default=0)
    second: int = u16("second", default=0)
    rest: bytes = octets("rest", default=b"", length="rest", kw_only=False)

    @derived("sum", over="first")
    def sum(self) -> int:
        """The sum of both."""
        return self.first + self.second

    @derived("each", width=8, at=lambda record: (3, len(record.rest)))
    def each(self) -> list[int] | None:
        """Each byte of the rest; None where there is none."""
        return list(self.rest) or None

    @derived("is_large", kind=Boolean(), width=1)
    def is_large(self) -> bool:
        """Whether the second is large."""
        return self.second > 0xFF

    @derived("address", kind=IPv4Address)
    def address(self) -> Any:
        """The first four bytes of the rest, as an address; one of text where they are all alike."""
        data = self.rest[:4]
        if len(data) < 4:
            return None
        return "192.0.2.1" if len(set(data)) == 1 else data

    @derived("addresses", kind=IPv4Address)
    def addresses(self) -> list[Any]:
        """Every four bytes of the rest."""
        return [self.rest[at : at + 4] for at in range(0, len(self.rest) - 3, 4)]

    wrong = expert("wrong", "The first is wrong")

    def check(self) -> Any:
        """Yield what is wrong, twice for a first of 2."""
        for _ in range(self.first):
            yield self.problem("first", "is wrong", 0, self.first, name="wrong")


def computed(name: str) -> Any:
    (field,) = FIELDS[f"test.derived.{name}"]
    return field


def test_python_and_filters_see_the_same() -> None:
    frame = Sums(first=3, second=500, rest=bytes([10, 0, 0, 9]))
    assert (frame.sum, frame.each, frame.is_large, frame.address) == (503, [10, 0, 0, 9], True, "10.0.0.9")
    assert values(frame, "test.derived.sum") == [503]
    assert values(frame, "test.derived.each") == [10, 0, 0, 9]
    assert values(frame, "test.derived.address") == ["10.0.0.9"]
    assert compile_filter("test.derived.each == 9 && test.derived.is_large == 1")(frame)
    assert compile_filter("test.derived.address == 10.0.0.0/8")(frame)
    assert not compile_filter("test.derived.sum == 502")(frame)


def test_addresses_may_be_given_as_text_or_as_they_lie_in_the_bytes() -> None:
    frame = Sums(rest=bytes([7, 7, 7, 7, 10, 0, 0, 1]))
    assert frame.address == "192.0.2.1"
    assert values(frame, "test.derived.address") == ["192.0.2.1"]
    assert frame.addresses == ["7.7.7.7", "10.0.0.1"]
    assert compile_filter("test.derived.addresses == 10.0.0.1")(frame)


def test_what_is_none_is_not_there() -> None:
    frame = Sums()
    assert (frame.each, frame.address, frame.addresses) == (None, None, [])
    for name in ("each", "address", "addresses"):
        assert values(frame, f"test.derived.{name}") == []
        assert not compile_filter(f"test.derived.{name}")(frame)


@pytest.mark.parametrize("size", [0, 1, 2])
def test_a_header_that_is_cut_has_none_of_what_lies_behind(size: int) -> None:
    cut = Sums.decode(bytes([1, 2, 3])[:size], 0, size, 0)
    assert cut.is_cut
    assert computed("sum").values(cut) == values(cut, "test.derived.sum") == []
    with pytest.raises(FieldAbsentError):
        _ = cut.sum


def test_its_bytes_are_those_that_it_is_computed_from() -> None:
    frame = Sums(first=3, rest=b"abc")
    assert computed("sum").bytes_in(frame) == (0, 1)
    assert computed("each").bytes_in(frame) == (3, 3)
    assert computed("is_large").bytes_in(frame) is None


def test_problems_are_found_by_the_name_that_they_bear() -> None:
    assert (Sums(first=0).wrong, Sums(first=1).wrong) == (False, True)
    assert values(Sums(first=2), "test.derived.wrong") == [1, 1]
    assert compile_filter("test.derived.wrong")(Sums(first=1))
    assert not compile_filter("test.derived.wrong")(Sums())


def test_a_computed_field_takes_no_room_and_no_value() -> None:
    assert len(bytes(Sums(rest=b"ab"))) == 5
    with pytest.raises(FieldError, match="Sums has no field 'sum'"):
        Sums(sum=3)  # type: ignore[call-arg]
    assert Sums.sum.__doc__ == "The sum of both."
