from __future__ import annotations

import dissect
from dissect import UDP, VXLAN, Ethernet, IPv4
from dissect.packets.packet import Packet
from dissect.wireshark.columns import summarize
from dissect.wireshark.fields import texts
from dissect.wireshark.sight import sight_of


def test_bits_without_a_meaning_are_one_number() -> None:
    frame = Ethernet() / IPv4() / UDP() / VXLAN(flags=0xFFFF) / Ethernet()
    assert texts(frame, "vxlan.flags_reserved") == ["0x77b7"]
    assert texts(frame, "vxlan.flag_g") == ["1"]


def test_the_list_has_the_name_as_wireshark_writes_it() -> None:
    cut = dissect.parse(bytes(Ethernet() / IPv4() / UDP(dport=4789) / bytes(5)))
    assert sight_of(cut[VXLAN]).protocol(cut[VXLAN]) == "VxLAN"
    assert summarize(Packet(bytes(cut))).info == "[Malformed Packet]"
