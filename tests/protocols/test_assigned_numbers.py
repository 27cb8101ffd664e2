"""Names of numbers that have no meaning here, held against Wireshark's own."""

from __future__ import annotations

from pathlib import Path

import pytest

import dissect
from dissect import IPv4, Packet, compile_filter
from dissect.wireshark.names import value_names
from tests.oracle.tshark import Tshark


@pytest.mark.parametrize(
    ("name", "left_out"),
    [
        ("ip.proto", 0),
        ("ipv6.nxt", 0),
        # Four numbers of PPP, which no frame of Ethernet has.
        ("eth.type", 4),
        ("arp.hw.type", 0),
        ("sll.hatype", 0),
        ("icmpv6.type", 0),
        ("ip.opt.type.number", 0),
        ("ipv6.opt.type", 0),
        ("tcp.option_kind", 0),
    ],
)
def test_assigned_numbers_are_called_what_tshark_calls_them(tshark: Tshark, name: str, left_out: int) -> None:
    theirs: dict[str, int] = {}
    for row in tshark.values:
        if row[:2] == ["V", name]:
            theirs.setdefault(row[3], int(row[2], 0))
    ours = value_names(name)
    assert len(theirs) > 20
    assert {title: number for title, number in ours.items() if theirs.get(title, number) != number} == {}
    assert len(theirs.keys() - ours.keys()) == left_out


@pytest.mark.parametrize(
    "text",
    [
        'ip.proto == "OSPF IGP"',
        'ip.proto == "SATNET Monitoring"',
        'eth.type == "MPLS label switched packet"',
        'eth.type in {"PROFINET", "EtherCAT frame"}',
        'arp.hw.type == "Localtalk"',
        'icmpv6.type == "Router Renumbering"',
        'sll.hatype == "Loopback"',
        'tcp.option_kind == "Multipath TCP"',
    ],
)
def test_assigned_numbers_by_name_in_filters(tshark: Tshark, tmp_path: Path, text: str) -> None:
    path = tmp_path / "one.pcap"
    packet = Packet(bytes(IPv4(protocol=89) / b"hello"), link=101)
    dissect.write(path, [packet])
    assert len(tshark.fields(path, ["ip.proto"], display_filter=text)) == compile_filter(text)(packet)
    assert compile_filter(text)(packet) == ("OSPF" in text)
