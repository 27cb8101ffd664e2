"""PPP of captures that tell which way a frame went."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import PPP, UDP, HDLCFraming, IPv4
from dissect.declaration.header import Header
from dissect.protocols.ppp_direction import DaemonPPP, DirectedPPP
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree, keeps_promises

DATAGRAM = IPv4(src="192.0.2.1", dst="192.0.2.2", id=1) / UDP(sport=1, dport=2)


@pytest.mark.parametrize(
    ("link", "start", "frame"),
    [
        (204, "00 0021", DirectedPPP() / PPP() / DATAGRAM),
        (204, "01 ff03 0021", DirectedPPP(sent=1) / HDLCFraming() / PPP() / DATAGRAM),
        (166, "00 03 0021", DaemonPPP() / PPP() / DATAGRAM),
        (166, "01 03 0021", DaemonPPP(sent=1) / PPP() / DATAGRAM),
    ],
)
def test_construct_and_deconstruct(link: int, start: str, frame: Header) -> None:
    data = bytes.fromhex(start) + bytes(DATAGRAM)
    assert bytes(frame) == data
    assert dissect.parse(data, link=link) == frame
    assert dissect.parse(data, link=link).problems() == []
    assert frame.info() == ("sent" if data[0] else "received")


@given(st.sampled_from([166, 204]), st.binary(max_size=60))
def test_bytes_of_any_kind(link: int, data: bytes) -> None:
    keeps_promises(data, link)


NAMES = "frame.protocols ppp.direction ppp.address ppp.control ppp.protocol _ws.col.Protocol _ws.col.Info".split()


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    """Tshark 4.0 does not read the captures of pppd."""
    capture = tmp_path / "directed.pcap"
    starts = ("000021", "010021", "020021", "00ff030021", "01ff030021", "0021", "011234")
    dissect.write(capture, [dissect.Packet(bytes.fromhex(each) + bytes(DATAGRAM), link=204) for each in starts])
    assert agree(tshark, capture, NAMES) == len(NAMES) * len(starts)
