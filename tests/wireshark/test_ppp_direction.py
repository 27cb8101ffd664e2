"""PPP with a direction in the eyes of Wireshark."""

from __future__ import annotations

import pytest

from dissect import Packet
from dissect.declaration.header import Header
from dissect.protocols.ppp_direction import DaemonPPP, DirectedPPP
from dissect.wireshark.columns import summarize
from dissect.wireshark.fields import texts, values
from dissect.wireshark.frame import frame_headline


@pytest.mark.parametrize("frame", [DirectedPPP(), DaemonPPP()])
def test_received_is_1_and_sent_is_0(frame: Header) -> None:
    assert values(frame, "ppp.direction") == [1]
    assert values(frame.replace(sent=1), "ppp.direction") == [0]
    assert texts(DaemonPPP(), "ppp.control") == ["0x03"]


def test_the_byte_in_front_is_not_counted() -> None:
    packet = Packet(bytes.fromhex("01 ff03 80fd 01000004"), link=204)
    assert texts(packet, "frame.len") == texts(packet, "frame.cap_len") == ["8"]
    assert summarize(packet).length == "8"
    assert frame_headline(packet).startswith("Frame 1: 8 bytes on wire (64 bits), 8 bytes captured")
    assert texts(Packet(packet.data, link=9), "frame.len") == ["9"]
