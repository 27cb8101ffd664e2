"""The tasks of the benchmarks, done with dissect."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import dissect
from dissect import TCP, UDP, Ethernet, IPv4

decoder: Callable[[bytes], Any] = dissect.parse


def parse(frames: Sequence[bytes]) -> int:
    total = 0
    for data in frames:
        total += touch(decoder(data))
    return total


def touch(frame: Any) -> int:
    ip = frame.payload
    if type(ip) is not IPv4:
        return 0
    carried = ip.payload
    if type(carried) is TCP:
        return int(ip.ttl + carried.sport + carried.dport + carried.seq + int(carried.flags))
    if type(carried) is UDP:
        return int(ip.ttl + carried.sport + carried.dport)
    return 0


def shallow(frames: Sequence[bytes]) -> int:
    total = 0
    for data in frames:
        total += int(decoder(data).type)
    return total


def read(capture: Path) -> int:
    total = 0
    for packet in dissect.read(capture):
        total += packet.time_ns or 0
    return total


def build(number: int, payload: bytes) -> bytes:
    return bytes(
        Ethernet(src="00:05:5d:61:58:a8", dst="00:05:5d:a1:b8:40")
        / IPv4(src="192.168.0.55", dst="192.168.0.2", id=number, ttl=64)
        / TCP(sport=40000, dport=80, seq=number, ack=1, flags="PA", window=8192, payload=payload)
    )
