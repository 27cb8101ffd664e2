from __future__ import annotations

from pathlib import Path

import dissect
from dissect import ARP, UDP, VLAN, Ethernet, Header, IPv4, ServiceTag
from dissect.wireshark.columns import summarize
from dissect.wireshark.fields import texts
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree

DATAGRAM = IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=2) / b"data"
NAMES = """
    ieee8021ad.priority ieee8021ad.dei ieee8021ad.id ieee8021ad.svid ieee8021ad.cvid ieee8021ah.etype
    vlan.priority vlan.dei vlan.id vlan.etype eth.type frame.protocols _ws.col.Protocol _ws.col.Info ip.src data.data
""".split()


def test_two_in_a_row_are_one_tag() -> None:
    frame = dissect.parse(bytes(Ethernet() / ServiceTag(id=1, priority=3) / ServiceTag(id=2) / VLAN(id=3) / DATAGRAM))
    assert texts(frame, "ieee8021ad.svid") == ["1"]
    assert texts(frame, "ieee8021ad.cvid") == ["2"]
    assert texts(frame, "ieee8021ad.id") == []
    assert texts(frame, "ieee8021ah.etype") == ["0x8100"]


def test_the_list_tells_the_first_of_two() -> None:
    tags = ServiceTag(id=1, priority=3) / ServiceTag(id=2, type=0x1234) / b"data"
    summary = summarize(dissect.parse(bytes(Ethernet() / tags)))
    assert (summary.protocol, summary.info) == ("0x1234", "PRI: 3  DROP: 0 ID: 1")


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    unknown: Header = ServiceTag(id=9, type=0x1234) / b"data"
    inner = [DATAGRAM, ARP(), unknown, VLAN(id=4) / DATAGRAM, ServiceTag(id=5) / DATAGRAM]
    frames: list[bytes] = []
    for carried in inner:
        frames.append(bytes(Ethernet() / ServiceTag(id=1, priority=7, dei=True) / carried))
        frames.append(bytes(Ethernet() / VLAN(id=2) / ServiceTag(id=3) / carried))
        frames.append(bytes(Ethernet() / ServiceTag(id=2) / ServiceTag(id=3) / ServiceTag(id=6) / carried))
    frames += [frames[0][:length] for length in range(15, 20)]
    capture = tmp_path / "tags.pcap"
    dissect.write(capture, frames)
    assert agree(tshark, capture, NAMES) == len(NAMES) * len(frames)
