from __future__ import annotations

from typing import Any

import pytest

import dissect
from dissect import Data, FieldError, Header, compile_filter
from dissect.declaration.entry import Entry, EntryList, lists_in
from dissect.declaration.specifiers import ipv4, octets, records, u8, u16
from dissect.protocols.ospf_lsa import OSPFRouterLSA
from dissect.views.details import details
from dissect.wireshark.fields import values


class Name(Entry, name="test.list"):
    kind: int = u8("name.kind", default=1, expected=1, kw_only=False)
    size: int = u8("name.size", default=0)
    text: bytes = octets("name.text", default=b"", length="size", kw_only=False)


class Station(Entry, name="test.list"):
    count: int = u8("station.count", default=0)
    names: Any = records("station.names", default=(), of=Name, count="count")
    address: str = ipv4("station.address", default="192.0.2.1")


class Roll(Header, name="test.list"):
    count: int = u8("count", default=0)
    stations: Any = records("stations", default=(), of=Station, count="count")
    others: Any = records("others", default=(), of=Name, length=lambda record: 4)
    end: int = u16("end", default=0xABCD)


class Open(Header, name="test.open", leaf=True):
    count: int = u8("count", default=0)
    names: Any = records("names", default=(), of=Name, count="count", length="rest")


ROLL = Roll(stations=[Station(names=[Name(1, b"ab"), Name(1)]), Station()], others=[Name(), Name()])
RAW = bytes.fromhex("02 02 01026162 0100 c0000201 00 c0000201 01000100 abcd")


def read(data: bytes, cls: Any = Roll) -> Any:
    return cls.decode(data, 0, len(data), 0)


def test_records_within_records_are_built_and_read() -> None:
    assert bytes(ROLL) == RAW
    assert read(RAW) == ROLL
    assert read(RAW).stations == ROLL.stations
    assert ROLL.stations[0].names[0].text == b"ab"
    assert eval(repr(ROLL), {"Roll": Roll, "Station": Station, "Name": Name}) == ROLL


def test_each_has_its_own_names_and_bytes() -> None:
    assert values(ROLL, "test.list.name.text") == [b"ab"]
    assert values(ROLL, "test.list.station.address") == ["192.0.2.1", "192.0.2.1"]
    assert compile_filter("test.list.name.size == 2")(ROLL)
    assert not compile_filter("test.list.name.kind == 7")(ROLL)
    lines = [" ".join(line.split()) for line in str(details(read(RAW))).splitlines()]
    assert "4-5 Text: 6162" in lines
    assert "13-16 Address: 192.0.2.1" in lines


def test_a_record_that_does_not_fit_leaves_the_rest_as_bytes() -> None:
    whole = read(bytes.fromhex("03 010161 0105"), Open)
    assert whole.names == (Name(1, b"a"), b"\1\5")
    assert eval(repr(whole), {"Open": Open, "Name": Name}) == whole
    assert [str(problem) for problem in whole.problems()] == [
        "test.open.count at byte 0 differs from the records that are there: expected 1, found 3"
    ]
    assert read(bytes.fromhex("02 02 0102")).is_cut


def test_a_count_that_was_right_stays_right() -> None:
    roll = read(RAW)
    roll.stations = [Station()]
    assert (roll.count, roll.end, roll.problems()) == (1, 0xABCD, [])
    roll.count = 5
    assert read(bytes(roll)) == roll


def test_what_a_record_should_hold_is_a_problem_of_its_header() -> None:
    wrong = Open(names=[Name(7, b"a"), Name(1)])
    assert [str(problem) for problem in read(bytes(wrong), Open).problems()] == [
        "test.open.names at byte 1 Name has kind 7, expected 1"
    ]


def test_entries_are_values() -> None:
    name = Name(1, b"ab")
    assert name == Name(text=b"ab")
    assert hash(name) == hash(Name(1, b"ab"))
    assert name.replace(text=b"abc").size == 3
    with pytest.raises(FieldError, match="cannot be changed in place"):
        name.kind = 5
    with pytest.raises(FieldError, match="a list of Name"):
        Open(names=[Station()])
    assert repr(Name(size=4, text=b"ab")) == "Name.cut('01 04 61 62')"
    assert Data not in ROLL


def test_what_is_computed_counts_second_readings() -> None:
    plain, other = OSPFRouterLSA(options=0x22), OSPFRouterLSA(option_dc=True)
    assert bytes(plain) == bytes(other)
    assert other.replace(flags=1).is_border


def test_a_list_knows_what_it_may_hold_in_turn() -> None:
    stations, others = Roll.field("stations").kind, Roll.field("others").kind
    assert isinstance(stations, EntryList)
    assert isinstance(others, EntryList)
    assert stations.may_list([Station])
    assert stations.may_list([Name])
    assert others.may_list([Entry])
    assert not others.may_list([Station])
    assert not stations.may_list([OSPFRouterLSA])
    assert [field.name for field in lists_in(Station)] == ["names"]
    assert [field.name for field in lists_in(Roll)] == ["stations", "others"]
    assert lists_in(Name) == ()


def test_a_list_that_may_hold_itself_is_looked_through_once() -> None:
    options = dissect.DHCP.field("options").kind
    assert isinstance(options, EntryList)
    assert not options.may_list([Station])
