"""The first version of IGMP as Wireshark sees it."""

from __future__ import annotations

from pathlib import Path

import dissect
from dissect import IPv4
from dissect.protocols.igmp_version_0 import IGMPv0
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree

REQUEST = bytes.fromhex("01 01 fed3 00000007 e0000102 0000000000000019")
NAMES = """
    frame.protocols igmp.type igmp.version igmp.group_type igmp.reply igmp.reply.pending igmp.checksum
    igmp.identifier igmp.maddr igmp.access_key igmp.max_resp igmp.bad_checksum _ws.col.Protocol _ws.col.Info
""".split()


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    capture = tmp_path / "first.pcap"
    bodies = [bytes(IGMPv0(type=number, max_response=code)) for number in range(16) for code in (0, 4, 5)]
    # Of a message that is cut tshark does not judge the checksum: these are right.
    bodies += [REQUEST, bytes.fromhex("0100 feff"), bytes.fromhex("0100 feff 00000000 00"), REQUEST + b"more"]
    dissect.write(capture, [IPv4(protocol=2) / body for body in bodies])
    assert agree(tshark, capture, NAMES) == len(NAMES) * len(bodies)
