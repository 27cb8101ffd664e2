from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import UDP, AddressFamily, Data, HDLCFraming, IPv4, Loop, Null
from dissect.declaration.header import Header
from dissect.errors import FieldError
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
        # Some systems write an EtherType.
        ("null", "00000800", Loop),
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


def test_a_family_above_255_is_not_looked_into() -> None:
    frame = dissect.parse(bytes.fromhex("02010000") + bytes(DATAGRAM), link="null")
    assert isinstance(frame.payload, Data)


def test_a_family_is_named() -> None:
    frame = dissect.parse(bytes.fromhex("18000000"), link="null")
    assert isinstance(frame, Null)
    assert frame.family is AddressFamily.IPV6_OPENBSD
    with pytest.raises(FieldError, match=r"Null.family is 256, expected 0 to 255"):
        Null(family=256)


@pytest.mark.parametrize("link", ["null", "loop"])
@pytest.mark.parametrize("length", range(4))
def test_impossible_lengths(link: str, length: int) -> None:
    frame = keeps_promises(bytes.fromhex("00000002")[:length], link)
    assert [problem.message for problem in frame.problems()] == ["is cut short"]


@given(st.sampled_from(["null", "loop"]), st.binary(max_size=60))
def test_bytes_of_any_kind(link: str, data: bytes) -> None:
    keeps_promises(data, link)


# --- tshark ------------------------------------------------------------------------------------------

NAMES = ["frame.protocols", "null.family", "null.type", "_ws.col.Protocol", "_ws.col.Info"]


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    capture = tmp_path / "null.pcap"
    headers: tuple[str, ...] = ("02000000", "00000002", "63000000", "00000063", "00000800", "00001234", "0a000000")
    data = bytes(DATAGRAM)
    dissect.write(capture, [dissect.Packet(bytes.fromhex(header) + data, link=0) for header in headers])
    assert agree(tshark, capture, NAMES) == len(NAMES) * len(headers)
    capture = tmp_path / "loop.pcap"
    headers = ("00000002", "00000063", "0000000a", "12345678", "02000000")
    dissect.write(capture, [dissect.Packet(bytes.fromhex(header) + data, link=108) for header in headers])
    assert agree(tshark, capture, NAMES) == len(NAMES) * len(headers)
