"""How many messages of DHCP there are, beside tshark."""

from __future__ import annotations

from pathlib import Path

import pytest

import dissect
from dissect import DHCP, UDP, Ethernet, IPv4, MessageType, Packet
from dissect.packets.clock import Clock
from dissect.statistics.tap import Setting, tap_named, tapped
from tests.oracle.tshark import Tshark


@pytest.mark.parametrize("rest", ["", ",dhcp.hops == 0", ",udp.srcport == 67"])
def test_tshark_agrees(tshark: Tshark, tmp_path: Path, rest: str) -> None:
    around = Ethernet() / IPv4() / UDP(sport=68, dport=67)
    messages = [DHCP(hops=number % 2, options=[MessageType(number)]) for number in (1, 1, 2, 5, 6, 18, 19, 99)]
    messages += [DHCP(), *(DHCP(options=each) for each in (b"\x35\0\xff", b"\x35\x01\x01\x35\x01\x02\x0c", b"\x35"))]
    capture = tmp_path / "dhcp.pcap"
    dissect.write(capture, [Packet(bytes(around / message)) for message in messages])
    clock = Clock()
    tap = tap_named(f"dhcp,stat{rest}", Setting(str(capture), clock))
    for _ in tapped(dissect.read(capture), [tap], clock):
        pass
    theirs = tshark.ask(capture, "-q", "-z", f"dhcp,stat{rest}").output
    assert list(tap.lines()) == theirs.splitlines()
