from __future__ import annotations

from pathlib import Path
from typing import Any

from dissect import UDP, Ethernet, IPv4, IPv6, Packet
from dissect.protocols.vxlan_gpe import VXLANGPE
from tests.oracle.tshark import Tshark
from tests.talk import differences

FIELDS = """
    frame.protocols vxlan.ver vxlan.i_bit vxlan.p_bit vxlan.o_bit vxlan.reserved_16 vxlan.next_proto vxlan.vni
    vxlan.reserved8 _ws.col.Protocol _ws.col.Info
""".split()


def test_fields_have_the_names_of_vxlan(tshark: Tshark, tmp_path: Path, capsys: Any) -> None:
    outer = Ethernet() / IPv4(src="192.0.2.1", dst="192.0.2.2") / UDP(sport=49152)
    frames = [
        outer / VXLANGPE(vni=7) / IPv6() / UDP(sport=1, dport=2),
        outer / VXLANGPE(vni=7, version=3, is_oam=True, has_vni=False, reserved=5, last_reserved=9) / Ethernet(),
        outer / VXLANGPE(protocol=4, has_protocol=False) / b"abc",
    ]
    packets = [Packet(bytes(frame), time_ns=10**18, number=number) for number, frame in enumerate(frames, 1)]
    assert differences(tshark, tmp_path / "gpe.pcap", packets, FIELDS, capsys) == []
