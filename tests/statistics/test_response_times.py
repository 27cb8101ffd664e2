"""Pings and how soon they were answered."""

from __future__ import annotations

from typing import Any

from dissect import EchoReply, EchoRequest, Ethernet, Header, IPv4, Packet
from dissect.packets.clock import Clock
from dissect.statistics.tap import Setting, tap_named, tapped

THERE = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2")
BACK = Ethernet() / IPv4(src="10.0.0.2", dst="10.0.0.1")


def counted(*frames: tuple[int, Header]) -> Any:
    clock = Clock()
    tap: Any = tap_named("icmp,srt", Setting("", clock))
    packets = [
        Packet(bytes(frame), number=number, time_ns=time * 1_000_000) for number, (time, frame) in enumerate(frames, 1)
    ]
    for _ in tapped(packets, [tap], clock):
        pass
    return tap


def pings() -> Any:
    frames = [(100 * seq, THERE / EchoRequest(id=1, seq=seq)) for seq in range(4)]
    frames += [(100 * seq + 10 * (seq + 1), BACK / EchoReply(id=1, seq=seq)) for seq in range(3)]
    return counted(*sorted(frames, key=lambda each: each[0]), (900, BACK / EchoReply(id=1, seq=99)))


def test_row() -> None:
    row = pings().table.row()
    assert row[:4] == (4, 3, 1, 25.0)
    assert row[4:9] == (10.0, 30.0, 20.0, 20.0, 10.0)
    assert row[9:] == (2, 6)


def test_lines() -> None:
    assert list(pings().lines())[2:10] == [
        "ICMP Service Response Time (SRT) Statistics (all times in ms):",
        "Filter: <none>",
        "",
        "Requests  Replies   Lost      % Loss",
        "4         3         1          25.0%",
        "",
        "Minimum   Maximum   Mean      Median    SDeviation     Min Frame Max Frame",
        "10.000    30.000    20.000    20.000    10.000         2         6         ",
    ]


def test_nothing() -> None:
    assert counted().table.row()[:4] == (0, 0, 0, 0.0)


def test_nothing_stands_behind_the_last_number_where_nothing_was_answered() -> None:
    assert list(counted((0, THERE / EchoRequest())).lines())[-2].endswith("0         0")
    assert list(counted().lines())[-2].endswith("0         0")
    assert list(pings().lines())[-2].endswith("2         6         ")
