from __future__ import annotations

from dissect import LLMNR, UDP, Ethernet, IPv4, Packet
from dissect.wireshark.fields import texts


def test_the_flags_of_llmnr_have_names_of_dns() -> None:
    message = LLMNR(is_response=True, conflict=True, tentative=False)
    packet = Packet(bytes(Ethernet() / IPv4() / UDP(sport=5355, dport=40000) / message))
    assert texts(packet, "dns.flags.conflict") == ["1"]
    assert texts(packet, "dns.flags.tentative") == ["0"]
    assert texts(packet, "dns.flags.authoritative") == []
    assert texts(packet, "dns.flags.recdesired") == []
