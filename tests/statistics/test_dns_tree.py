from __future__ import annotations

from pathlib import Path

import dissect
from dissect.packets.clock import Clock
from dissect.statistics.tap import Setting, tap_named, tapped
from tests.declared import SAMPLES
from tests.oracle.tshark import Tshark


def lines(path: Path) -> list[str]:
    clock = Clock()
    tap = tap_named("dns,tree", Setting(str(path), clock))
    for _ in tapped(dissect.read(path), [tap], clock):
        pass
    return list(tap.lines())


def test_a_sample_beside_tshark(tshark: Tshark) -> None:
    for name in ("dns.pcap", "dns_truncated.pcap", "first_ping.pcap"):
        theirs = tshark.ask(SAMPLES / name, "-q", "-z", "dns,tree").output.splitlines()
        assert [each.rstrip() for each in lines(SAMPLES / name)] == [each.rstrip() for each in theirs]


def test_what_is_asked_and_how_long_it_takes() -> None:
    found = [line.split() for line in lines(SAMPLES / "dns.pcap")]
    assert ["Total", "Packets", "18"] in [words[:3] for words in found]
    assert ["No", "such", "name", "1"] in [words[:4] for words in found]
