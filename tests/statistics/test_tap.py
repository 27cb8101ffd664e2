"""Taps: which one a name chooses, what is said of a wrong name, and that all packets come by."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dissect import DissectError, Packet
from dissect.packets.clock import Clock
from dissect.statistics.tap import TAPS, Setting, Tap, tap_named, tapped
from tests.commands.conftest import packets

SETTING = Setting("some.pcap", Clock())


class Numbers(Tap):
    def __init__(self) -> None:
        self.seen: list[tuple[int, int | None]] = []

    def take(self, packet: Packet) -> None:
        self.seen.append((packet.number, SETTING.clock.first))

    def lines(self) -> Iterator[str]:
        yield str(self.seen)


@pytest.mark.parametrize("name", TAPS)
def test_every_name_makes_a_tap(name: str) -> None:
    arguments = {"follow": ",raw,0", "io,stat": ",1", "flow": ",network", "proto": ",ip.ttl,ip.ttl"}
    behind = next((rest for start, rest in arguments.items() if name.startswith(start)), "")
    assert isinstance(tap_named(name + behind, SETTING), Tap)


def test_a_wrong_name_tells_the_nearest() -> None:
    with pytest.raises(DissectError, match=r"^-z io,pbs is no statistic that is known here; did you mean io,phs"):
        tap_named("io,pbs", SETTING)


def test_a_strange_name_tells_all() -> None:
    with pytest.raises(DissectError, match=r"zzzz is no statistic that is known here; there are .*io,phs"):
        tap_named("zzzz", SETTING)


def test_a_filter_that_is_wrong_is_said() -> None:
    with pytest.raises(DissectError, match=r"ip\.tttl"):
        tap_named("io,phs,ip.tttl", SETTING)


def test_every_tap_takes_every_packet_when_the_clock_is_there() -> None:
    clock = SETTING.clock
    clock.restart()
    first, second = Numbers(), Numbers()
    yielded = [packet.number for packet in tapped(packets(), [first, second], clock)]
    assert yielded == [number for number, _ in first.seen]
    assert first.seen == second.seen
    assert {time for _, time in first.seen} == {packets()[0].time_ns}
