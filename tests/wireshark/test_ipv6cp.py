from __future__ import annotations

from dissect import IPV6CP, PPP, Packet
from dissect.wireshark.fields import texts


def test_options_as_wireshark_sees_them() -> None:
    packet = Packet(bytes(PPP() / IPV6CP(options=bytes.fromhex("010a 0000000000000001 0903 61 0105 61"))), link=9)
    assert texts(packet, "ipv6cp.interface_identifier") == ["00:00:00:00:00:00:00:01"]
    assert texts(packet, "ipv6cp.opt.type") == ["1"]
    assert texts(packet, "_ws.expert.message") == [
        "Interface Identifier (option length = 5 bytes says option goes past end of options)"
    ]
