"""Sessions of PPP over Ethernet as Wireshark sees them."""

from __future__ import annotations

from pathlib import Path

import dissect
from dissect import PPP, UDP, VLAN, CompressedPPP, Ethernet, IPv4, IPv6, PPPoESession
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree

DATAGRAM = IPv4(src="192.0.2.1", dst="192.0.2.2", id=1) / UDP(sport=1, dport=2)


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    names = """
        frame.protocols pppoe.version pppoe.type pppoe.code pppoe.session_id pppoe.payload_length ppp.protocol
        ip.src udp.dstport data.data eth.padding eth.trailer _ws.col.Protocol _ws.col.Info
    """.split()
    session = PPPoESession(session_id=9)
    frames = [
        Ethernet() / session / PPP() / DATAGRAM / b"data",
        Ethernet() / VLAN(id=5) / session / PPP() / IPv6() / UDP(),
        Ethernet() / session / CompressedPPP() / DATAGRAM,
        Ethernet() / session / PPP(protocol=0xC021) / bytes.fromhex("01010004"),
        Ethernet() / session / PPP(protocol=0x8021) / bytes.fromhex("01010004"),
        Ethernet() / PPPoESession(version=2, code=0x65, payload_length=200) / PPP() / DATAGRAM,
    ]
    capture = tmp_path / "pppoe.pcap"
    padded = bytes(frames[0]) + bytes(9)
    dissect.write(capture, [*frames, dissect.Packet(padded), dissect.Packet(bytes(frames[3]).ljust(60, b"\0"))])
    assert agree(tshark, capture, names) == len(names) * (len(frames) + 2)
