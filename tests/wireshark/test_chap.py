from __future__ import annotations

from dissect import CHAP, PPP, Packet
from dissect.wireshark.columns import summarize
from dissect.wireshark.fields import texts


def test_a_value_and_a_name_have_one_for_both() -> None:
    packet = Packet(bytes(PPP() / CHAP(value=b"x", peer="me")), link=9)
    assert summarize(packet.frame).protocol == "PPP CHAP"
    assert texts(packet, "chap.data") == ["1"]
    assert texts(Packet(bytes(PPP() / CHAP(code="success", message="hi")), link=9), "chap.data") == []
