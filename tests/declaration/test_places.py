from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dissect import AUTOMATIC, Data, FieldAbsentError, FieldError, Header
from dissect.declaration.specifiers import bits, flag, octets, text, u8, u16, u32
from dissect.views.details import details
from dissect.views.strategies import headers
from tests.declaration.random_classes import NAMES, layouts, made

MANY = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


class Beacon(Header, name="test.beacon"):
    count: int = u8("count", default=0)
    name_: bytes = octets("name", default=b"", length="count")
    cookie: int = u32("cookie", default=0x63825363)
    keyed: bool = flag("keyed", default=False)
    rest: int = bits(7, "rest", default=0)
    key: int | None = u16("key", when="keyed", default=0, little=True)
    words: str = text("words", default="", terminated=True)
    end: int = u8("end", default=9)


WHOLE = "03 616263 63825363 80 0500 686900 09"


def test_fields_stand_in_the_order_of_their_declaration() -> None:
    beacon = Beacon(name_=b"abc", key=5, words="hi")
    assert bytes(beacon) == bytes.fromhex(WHOLE)
    places = [(field.name, first // 8, width // 8) for field, first, width in beacon.places()]
    assert places == [
        ("count", 0, 1),
        ("name_", 1, 3),
        ("cookie", 4, 4),
        ("keyed", 8, 0),
        ("rest", 8, 0),
        ("key", 9, 2),
        ("words", 11, 3),
        ("end", 14, 1),
    ]


def test_a_field_that_is_not_there_takes_no_bytes() -> None:
    beacon: Any = Beacon.decode(bytes.fromhex("00 63825363 00 00 09 6d6f7265"), 0, 12, 0)
    assert (beacon.key, beacon.words, beacon.end, bytes(beacon.payload)) == (None, "", 9, b"more")
    with pytest.raises(FieldAbsentError, match="other fields say so"):
        beacon.raw("key")
    assert "Key:" not in details(beacon)


@pytest.mark.parametrize("size", range(15))
def test_a_cut_header_has_what_is_in_front_of_the_cut(size: int) -> None:
    data = bytes.fromhex(WHOLE)[:size]
    beacon: Any = Beacon.decode(data, 0, size, 0)
    assert bytes(beacon) == data
    assert beacon.is_cut
    assert "is cut short" in str(beacon.problems()[0])
    assert eval(repr(beacon), {"Beacon": Beacon}) == beacon
    with pytest.raises(FieldAbsentError):
        beacon.end  # noqa: B018


def test_lengths_see_what_stands_in_front_of_them_alone() -> None:
    looking = made({"a": u8("a"), "v": octets("v", length=lambda record: record.b), "b": u8("b")})
    header = looking.decode(b"\1\2\3", 0, 3, 0)
    assert header.is_cut
    assert bytes(header) == b"\1\2\3"
    dividing = made({"a": u8("a"), "v": octets("v", length=lambda record: 8 // record.a), "b": u8("b")})
    assert dividing.decode(b"\0\2\3", 0, 3, 0).is_cut
    assert dividing.decode(b"\4ab\3", 0, 4, 0).b == 3


@MANY
@given(layouts(), st.data())
def test_whatever_is_declared_is_total_lossless_and_symmetric(body: dict[str, Any], data: st.DataObject) -> None:
    cls = made(body)
    names = {cls.__name__: cls, "Data": Data, **NAMES}
    octets_ = data.draw(st.binary(max_size=60))
    parsed = cls.decode(octets_, 0, len(octets_), 0)
    assert bytes(parsed) == octets_
    again = eval(repr(parsed), dict(names))
    assert again == parsed
    assert bytes(again) == octets_
    built = data.draw(headers(cls))
    assert eval(repr(built), dict(names)) == built
    assert bytes(built.copy()) == bytes(built)
    for header in (parsed, built):
        header.problems()
        details(header)
        header.hexdump()
        header.diagram()
        header.source()
        covered = [place for _, first, width in header.places() for place in range(first, first + width)]
        assert covered == list(range(len(covered)))


def _agreeing(cls: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for headers whose lengths are left out, so that they are right."""
    return headers(cls, **{field.name: AUTOMATIC for field in cls.layout if field.mask})


@MANY
@given(layouts(), st.data())
def test_what_is_built_with_lengths_left_out_is_parsed_equal(body: dict[str, Any], data: st.DataObject) -> None:
    cls = made(body)
    built = data.draw(_agreeing(cls))
    raw = bytes(built)
    parsed = cls.decode(raw, 0, len(raw), 0)
    assert parsed == built
    assert not parsed.is_cut
    assert parsed.fixed() == parsed


@MANY
@given(layouts(), st.data())
def test_an_edit_changes_its_field_and_what_depends_on_it(body: dict[str, Any], data: st.DataObject) -> None:
    cls = made(body)
    built = data.draw(_agreeing(cls))
    raw = bytes(built)
    parsed = cls.decode(raw, 0, len(raw), 0)
    other = data.draw(_agreeing(cls))
    for field in cls.layout:
        if field.mask or not other.reaches(field):
            continue
        try:
            setattr(parsed, field.name, getattr(other, field.name))
        except FieldError:
            assert callable(field.length)
            continue
        assert getattr(parsed, field.name) == getattr(other, field.name)
    assert cls.decode(bytes(parsed), 0, len(bytes(parsed)), 0) == parsed


class Told(Header, name="told_in_test"):
    size: int = u8("size", default=0)
    told: bytes = octets("told", default=b"", length="size")
    rest: bytes = octets("rest", default=b"", length="rest")


@pytest.mark.parametrize("told", [b"", b"ab"])
@pytest.mark.parametrize("rest", [b"", b"xyz"])
def test_the_rest_is_what_a_field_whose_length_is_told_leaves(told: bytes, rest: bytes) -> None:
    header = Told.decode(bytes([len(told)]) + told + rest, 0, 1 + len(told) + len(rest), 0)
    assert (header.told, header.rest, header.is_cut) == (told, rest, False)
    assert bytes(Told(told=told, rest=rest)) == bytes(header)
