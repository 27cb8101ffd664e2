"""The tasks of the benchmarks, done with dpkt."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dpkt
from dpkt.ethernet import Ethernet
from dpkt.ip import IP
from dpkt.tcp import TCP
from dpkt.udp import UDP

decoder = Ethernet


def parse(frames: Sequence[bytes]) -> int:
    total = 0
    for data in frames:
        total += touch(Ethernet(data))
    return total


def touch(frame: Any) -> int:
    ip = frame.data
    if type(ip) is not IP:
        return 0
    carried = ip.data
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
    with capture.open("rb") as stream:
        for seconds, _ in dpkt.pcap.Reader(stream):
            total += round(seconds * 1_000_000) * 1000
    return total


def build(number: int, payload: bytes) -> bytes:
    segment = TCP(sport=40000, dport=80, seq=number, ack=1, flags=0x18, win=8192, data=payload)
    ip = IP(src=b"\xc0\xa8\x00\x37", dst=b"\xc0\xa8\x00\x02", id=number, ttl=64, p=6, data=segment)
    ip.len = len(ip)
    return bytes(Ethernet(src=b"\x00\x05\x5d\x61\x58\xa8", dst=b"\x00\x05\x5d\xa1\xb8\x40", data=ip))
