from __future__ import annotations

from typing import Any

import pytest

from dissect import Header
from dissect.declaration.automatic import LengthBehind, Variant
from dissect.declaration.compression import compressed
from dissect.declaration.domain_names import domain_name
from dissect.declaration.entry import Entry
from dissect.declaration.specifiers import ipv4, octets, records, text, u8, u16


class Thing(Entry, name="test.family", family=True):
    owner: str = domain_name("owner", default=".", kw_only=False)
    kind: int = u16("kind", factory=Variant())
    size: int = u8("size", factory=LengthBehind())


class Place(Thing, variant=1):
    address: str = ipv4("address", default="192.0.2.9", kw_only=False)


class Friend(Thing, variant=2):
    rank: int = u8("rank", default=3)
    friend: str = domain_name("friend", default=".", kw_only=False)


class Other(Thing, unknown=True):
    data: bytes = octets("data", default=b"", length="rest", kw_only=False)


class Things(Header, name="test.family", leaf=True):
    count: int = u8("count", default=0)
    things: Any = records("", of=Thing, count="count", clipped=True)
    rest: bytes = octets("rest", default=b"", length="rest")


class Word(Entry, name="test.words"):
    size: int = u8("size", default=0)
    word: str = text("word", length="size", kw_only=False)


class Words(Header, name="test.words", leaf=True):
    words: Any = records("", of=Word, clipped=True)


NAMES = {each.__name__: each for each in (Things, Place, Friend, Other, Words, Word)}
THINGS = Things(things=[Place("a.b", "192.0.2.1"), Friend("a.b", "c.a.b"), Other("b", b"xy", kind=9)])


def read(data: bytes, cls: Any = Things) -> Any:
    return cls.decode(data, 0, len(data), 0)


def test_each_form_has_its_number_and_the_length_behind_it() -> None:
    assert bytes(THINGS)[:13] == bytes.fromhex("03 0161 0162 00 0001 04 c0000201")
    parsed = read(bytes(THINGS))
    assert parsed == THINGS
    assert [type(thing) for thing in parsed.things] == [Place, Friend, Other]
    assert [thing.size for thing in parsed.things] == [4, 8, 2]
    assert eval(repr(parsed), dict(NAMES)) == parsed
    assert parsed.problems() == []


def test_a_record_knows_who_lists_it() -> None:
    parsed = read(bytes(THINGS))
    assert parsed.things[0].holder is parsed
    assert Place("a").holder is None


def test_what_is_replaced_has_its_length_computed() -> None:
    friend = Friend("a", "b").replace(friend="longer.name")
    assert (friend.size, friend.rank, friend.kind) == (14, 3, 2)
    assert Other("a", b"1", kind=9).replace(data=b"123").kind == 9


def test_names_in_front_of_and_behind_the_length_are_compressed() -> None:
    small = compressed(THINGS)
    assert small.things[1] == Friend("@1", "c.@1")
    assert small.things[1].size == 5
    assert small.things[2].owner == "b"
    assert small.problems() == []


def test_the_length_tells_where_a_record_ends_whatever_its_form_has() -> None:
    data = bytes.fromhex("03 00 0001 05 c0000201 ff 00 0001 03 c00002 00 0001 04 c0000202")
    parsed = read(data)
    assert [str(thing) for thing in parsed.things] == [
        "Place.cut('00 00 01 05 c0 00 02 01 ff')",
        "Place.cut('00 00 01 03 c0 00 02')",
        "Place(address='192.0.2.2')",
    ]
    assert parsed.things[0].address == "192.0.2.1"
    assert not parsed.things[1].has("address")
    assert eval(repr(parsed), dict(NAMES)) == parsed
    assert [problem.message for problem in parsed.problems()] == [
        "Place has data of another length than its fields"
    ] * 2


@pytest.mark.parametrize(("cut", "left"), [("00", "Other"), ("00 0001", "Place"), ("00 0001 04 c000", "Place")])
def test_the_last_one_may_be_cut(cut: str, left: str) -> None:
    parsed = read(bytes.fromhex("02 00 0001 04 c0000201" + cut))
    assert [type(thing).__name__ for thing in parsed.things] == ["Place", left]
    assert parsed.things[1].is_cut
    assert parsed.rest == b""
    assert [problem.message for problem in parsed.problems()] == [f"{left} is cut short"]
    assert eval(repr(parsed), dict(NAMES)) == parsed


def test_a_text_stands_for_a_record_that_has_one() -> None:
    words = Words(words=["one", Word("two")])
    assert bytes(words) == b"\3one\3two"
    assert read(b"\3one\5tw", Words).words == (Word("one"), Word.cut(b"\5tw"))


def test_a_family_needs_what_tells_its_forms() -> None:
    with pytest.raises(TypeError, match="family=True, so that it needs"):

        class NoFamily(Entry, name="test.none", family=True):
            kind: int = u8("kind", factory=Variant())

    with pytest.raises(TypeError, match="inherits no class that has family=True"):

        class NoForm(Entry, name="test.none", variant=3):
            kind: int = u8("kind")

    with pytest.raises(TypeError, match="variant=1, which Place has"):

        class Second(Thing, variant=1):
            data: bytes = octets("data", default=b"", length="rest")


def test_many_records_take_linear_work() -> None:
    many = read(b"\xff" + bytes.fromhex("00 0001 04 c0000201") * 60000)
    assert len(many.things) == 255
    assert len(many.rest) == 8 * 59745
