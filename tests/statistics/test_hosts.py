"""The names of hosts that answers tell, and what is said of wrong arguments."""

from __future__ import annotations

import pytest

from dissect import DNS, UDP, AAAARecord, ARecord, DissectError, Ethernet, IPv4, Packet
from dissect.packets.clock import Clock
from dissect.statistics.tap import Setting, tap_named


def test_lines() -> None:
    lines = ["# TShark hosts output", "#", "# Host data gathered from a.pcap", ""]
    assert list(tap_named("hosts,ipv4", Setting("a.pcap", Clock())).lines()) == lines


def test_names_of_answers() -> None:
    records = [
        ARecord("a.example", "192.0.2.1"),
        AAAARecord("b.example", "2001:db8::1"),
        ARecord("c.example", "192.0.2.1"),
    ]
    answer = Packet(bytes(Ethernet() / IPv4() / UDP() / DNS(is_response=True, answers=records)))
    for kind, told in (("hosts", 2), ("hosts,ipv4", 1), ("hosts,ipv6", 1), ("hosts,ip", 2)):
        tap = tap_named(kind, Setting("a.pcap", Clock()))
        tap.take(answer)
        rows = list(tap.lines())[4:]
        assert len(rows) == told
        assert set(rows) <= {"192.0.2.1\tc.example", "2001:db8::1\tb.example"}


def test_a_wrong_kind() -> None:
    with pytest.raises(DissectError, match="'x' is no kind of addresses"):
        tap_named("hosts,x", Setting("", Clock()))
