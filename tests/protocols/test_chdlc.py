from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import UDP, CiscoHDLC, Data, IPv4
from dissect.errors import FieldError
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree, keeps_promises

DATAGRAM = IPv4(src="192.0.2.1", dst="192.0.2.2", id=1) / UDP(sport=1, dport=2)


def test_construct() -> None:
    assert bytes(CiscoHDLC() / DATAGRAM)[:4] == bytes.fromhex("0f000800")
    assert bytes(CiscoHDLC(address=0x8F, protocol=0x8035)) == bytes.fromhex("8f008035")
    with pytest.raises(FieldError, match=r"CiscoHDLC.address is -1, expected 0 to 255"):
        CiscoHDLC(address=-1)


def test_deconstruct() -> None:
    frame = dissect.parse(bytes.fromhex("0f000800") + bytes(DATAGRAM), link="chdlc")
    assert [type(header) for header in frame.layers()] == [CiscoHDLC, IPv4, UDP]
    assert frame.problems() == []


def test_slarp_is_not_read_as_rarp() -> None:
    frame = dissect.parse(bytes.fromhex("8f008035") + bytes(20), link="chdlc")
    assert frame.payload == Data(bytes(20))


@pytest.mark.parametrize("length", range(4))
def test_impossible_lengths(length: int) -> None:
    frame = keeps_promises(bytes.fromhex("0f000800")[:length], "chdlc")
    assert [problem.message for problem in frame.problems()] == ["is cut short"]


@given(st.binary(max_size=60))
def test_bytes_of_any_kind(data: bytes) -> None:
    keeps_promises(data, "chdlc")


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    names = """
        frame.protocols chdlc.address chdlc.control chdlc.protocol _ws.col.Protocol _ws.col.Info
    """.split()
    capture = tmp_path / "chdlc.pcap"
    headers = ("0f000800", "8f000800", "0f008035", "0f000806", "0f008847", "8f002000", "00001234", "0f01fefe")
    packets = [dissect.Packet(bytes.fromhex(header) + bytes(DATAGRAM), link=104) for header in headers]
    dissect.write(capture, packets)
    assert agree(tshark, capture, names) == len(names) * len(headers)
