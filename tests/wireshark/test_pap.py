from __future__ import annotations

from dissect import PAP, PPP, Packet
from dissect.wireshark.columns import summarize
from dissect.wireshark.fields import texts


def test_what_stands_behind_the_length_has_a_name() -> None:
    packet = Packet(bytes(PPP() / PAP(peer="me", password="you")), link=9)
    assert summarize(packet.frame).protocol == "PPP PAP"
    assert texts(packet, "pap.data") == ["1"]
    assert texts(Packet(bytes(PPP() / PAP(code=9)), link=9), "pap.data") == []
