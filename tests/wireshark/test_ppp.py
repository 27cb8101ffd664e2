"""PPP, its framing, its sessions over Ethernet and Cisco's HDLC in the eyes of Wireshark."""

from __future__ import annotations

import pytest

from dissect import PPP, CiscoHDLC, Header, Packet, PPPoESession
from dissect.protocols.ppp import HDLCFraming
from dissect.wireshark.columns import summarize
from dissect.wireshark.fields import texts


@pytest.mark.parametrize(
    ("header", "protocol", "words"),
    [
        (PPP(protocol=0xC021), "0xc021", "PPP Link Control Protocol (0xc021)"),
        (PPP(protocol=0x1235), "0x1235", "PPP Unknown (0x1235)"),
        (PPP.cut("c0"), "PPP", "[Malformed Packet]"),
        (HDLCFraming(), "PPP", ""),
        (PPPoESession(), "PPPoES", "Session Data"),
        (PPPoESession(code=0x55), "PPPoES", "Unknown"),
        (PPPoESession.cut("11"), "PPPoES", "[Malformed Packet]"),
        (CiscoHDLC(protocol=0x2000), "CHDLC", ""),
        (CiscoHDLC(protocol=0x88B5), "0x88b5", ""),
    ],
)
def test_columns(header: Header, protocol: str, words: str) -> None:
    assert (summarize(header).protocol, summarize(header).info) == (protocol, words)


def test_framing_is_no_protocol_of_its_own() -> None:
    assert texts(Packet(bytes.fromhex("ff03 80fd 01"), link=9), "frame.protocols") == ["ppp:data"]
    assert texts(Packet(bytes.fromhex("ff03"), link=9), "frame.protocols") == ["ppp"]
    assert texts(Packet(bytes.fromhex("ff03 80fd 01"), link=9), "ppp") == ["ppp"]
    assert texts(Packet(bytes.fromhex("ff03"), link=9), "ppp") == ["ppp"]
