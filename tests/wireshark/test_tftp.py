"""TFTP beside tshark: packets that are whole, and packets that are not."""

from __future__ import annotations

from pathlib import Path

import dissect
from dissect import UDP, Ethernet, IPv4, Packet
from dissect.wireshark.fields import names
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree

PACKETS = [
    b"\0\x01boot\0octet\0",
    b"\0\x02boot\0netascii\0blksize\x001428\0TSIZE\x000\0",
    b"\0\x01",
    b"\0\x01boot",
    b"\0\x01boot\0",
    b"\0\x01boot\0octet",
    b"\0\x01boot\0octet\0blksize",
    b"\0\x01boot\0octet\0blksize\0",
    b"\0\x01boot\0octet\0blksize\x001",
    b"\0\x01\0\0",
    b"\0\x01a\xffb\0octet\0",
    b"\0\x03\0\x01",
    b"\0\x03\0\x01" + bytes(512),
    b"\0\x03\0",
    b"\0\x03",
    b"\0\x04\0\x07",
    b"\0\x04\0\x07abc",
    b"\0\x04\0",
    b"\0\x05\0\x01File not found\0",
    b"\0\x05\0\x63no\0more",
    b"\0\x05\0\x01no",
    b"\0\x05\0\x01",
    b"\0\x05\0",
    b"\0\x06blksize\x001428\0",
    b"\0\x06blksize",
    b"\0\x06",
    b"\0\x09abc",
    b"\x01\x03\0\x01",
    b"\0",
]


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    wanted = [name for name in names() if name in tshark.types and name.startswith("tftp.")]
    wanted += ["frame.protocols", "_ws.col.Protocol", "_ws.col.Info", "_ws.malformed", "_ws.expert.message"]
    assert len(wanted) > 12
    frames = [
        Ethernet() / IPv4() / UDP(sport=1000 + number, dport=69) / packet for number, packet in enumerate(PACKETS)
    ]
    capture = tmp_path / "tftp.pcap"
    dissect.write(capture, [Packet(bytes(frame)) for frame in frames])
    assert agree(tshark, capture, wanted) > 400
