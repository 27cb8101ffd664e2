from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import (
    ARP,
    UDP,
    VLAN,
    AddressFamily,
    Data,
    HDLCFraming,
    IPv4,
    Loop,
    Null,
)
from dissect.declaration.header import Header
from dissect.errors import FieldError
from dissect.protocols.null import NullType, ShortNull, SwappedNullType, SwappedShortNull
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree, keeps_promises

DATAGRAM = IPv4(src="192.0.2.1", dst="192.0.2.2", id=1) / UDP(sport=1, dport=2)


def test_construct() -> None:
    assert bytes(Null() / DATAGRAM)[:4] == bytes.fromhex("02000000")
    assert bytes(Loop() / DATAGRAM)[:4] == bytes.fromhex("00000002")
    assert bytes(Null(family="ipv6")) == bytes.fromhex("1e000000")


@pytest.mark.parametrize(
    ("link", "header", "expected"),
    [
        ("null", "02000000", Null),
        ("null", "00000002", Loop),
        ("loop", "00000002", Loop),
        ("loop", "02000000", Loop),
        # Some systems write an EtherType, in either byte order.
        ("null", "00000800", NullType),
        ("null", "12340800", NullType),
        ("null", "00080000", SwappedNullType),
        # Others have 16 bits for the family, in front or behind, and in either byte order.
        ("null", "00020000", ShortNull),
        ("null", "00000200", SwappedShortNull),
        ("null", "12340200", SwappedShortNull),
        # AIX captures PPP so.
        ("null", "ff030021", HDLCFraming),
    ],
)
def test_deconstruct(link: str, header: str, expected: type[Header]) -> None:
    frame = dissect.parse(bytes.fromhex(header) + bytes(DATAGRAM), link=link)
    assert type(frame) is expected
    if header != "02000000" or link == "null":
        assert frame[UDP].dport == 2
        assert frame.problems() == []
        assert frame[UDP].checksum_state() is dissect.ChecksumState.GOOD


def test_a_family_that_nobody_has_is_not_looked_into() -> None:
    frame = dissect.parse(bytes.fromhex("02010000") + bytes(DATAGRAM), link="null")
    assert (type(frame), frame["null.family"]) == (Null, 258)
    assert isinstance(frame.payload, Data)


@pytest.mark.parametrize("cls", [NullType, SwappedNullType])
def test_an_ethertype_carries_what_ethernet_carries(cls: type[NullType | SwappedNullType]) -> None:
    for carried, number in ((ARP(), 0x0806), (DATAGRAM, 0x0800), (VLAN() / DATAGRAM, 0x8100)):
        frame = cls() / carried
        assert frame.type == number
        assert dissect.parse(bytes(frame), link="null") == frame


def test_a_family_is_named() -> None:
    frame = dissect.parse(bytes.fromhex("18000000"), link="null")
    assert isinstance(frame, Null)
    assert frame.family is AddressFamily.IPV6_OPENBSD
    with pytest.raises(FieldError, match=r"ShortNull.family is 65536, expected 0 to 65535"):
        ShortNull(family=65536)


@pytest.mark.parametrize("link", ["null", "loop"])
@pytest.mark.parametrize("length", range(4))
def test_impossible_lengths(link: str, length: int) -> None:
    frame = keeps_promises(bytes.fromhex("00000002")[:length], link)
    assert [problem.message for problem in frame.problems()] == ["is cut short"]


@given(st.sampled_from(["null", "loop"]), st.binary(max_size=60))
def test_bytes_of_any_kind(link: str, data: bytes) -> None:
    keeps_promises(data, link)


NAMES = ["frame.protocols", "null.family", "null.type", "_ws.col.Protocol", "_ws.col.Info"]


NUMBERS = """
    02000000 00000002 63000000 00000063 00000800 00001234 0a000000 00080000 00000200 00020000 00050000 00060000 12340800
    34120000 12345678 02000100 00081200 06080000 dc050000 dd050000 0000dc05 00000500 00000600 12340500 ff030021 00000000
""".split()


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    for link in (0, 108):
        capture = tmp_path / f"{link}.pcap"
        frames = [dissect.Packet(bytes.fromhex(number) + bytes(DATAGRAM), link=link) for number in NUMBERS]
        dissect.write(capture, frames)
        assert agree(tshark, capture, NAMES) == len(NAMES) * len(NUMBERS)
