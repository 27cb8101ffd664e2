"""The tasks of the benchmarks, done with pypacker."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pypacker import ppcap
from pypacker.layer3.ip import IP
from pypacker.layer4.tcp import TCP
from pypacker.layer4.udp import UDP
from pypacker.layer12.ethernet import Ethernet

decoder = Ethernet


def parse(frames: Sequence[bytes]) -> int:
    total = 0
    for data in frames:
        total += touch(Ethernet(data))
    return total


def touch(frame: Any) -> int:
    ip = frame.upper_layer
    if type(ip) is not IP:
        return 0
    carried = ip.upper_layer
    if type(carried) is TCP:
        return int(ip.ttl + carried.sport + carried.dport + carried.seq + carried.flags)
    if type(carried) is UDP:
        return int(ip.ttl + carried.sport + carried.dport)
    return 0


def shallow(frames: Sequence[bytes]) -> int:
    total = 0
    for data in frames:
        total += Ethernet(data).type
    return total


def read(capture: Path) -> int:
    total = 0
    with ppcap.Reader(filename=str(capture)) as reader:
        for nanoseconds, _ in reader:
            total += nanoseconds
    return total


def build(number: int, payload: bytes) -> bytes:
    frame = (
        Ethernet(src_s="00:05:5d:61:58:a8", dst_s="00:05:5d:a1:b8:40")
        + IP(src_s="192.168.0.55", dst_s="192.168.0.2", id=number, ttl=64)
        + TCP(sport=40000, dport=80, seq=number, ack=1, flags=0x18, win=8192, body_bytes=payload)
    )
    return bytes(frame.bin())
