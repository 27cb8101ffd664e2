"""The tasks of the benchmarks, done with scapy."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from scapy.utils import RawPcapReader

from tests.oracle.scapy_judge import IP, TCP, UDP, Ether, Packet

decoder = Ether


def parse(frames: Sequence[bytes]) -> int:
    total = 0
    for data in frames:
        total += touch(Ether(data))
    return total


def touch(frame: Packet) -> int:
    ip = frame.payload
    if type(ip) is not IP:
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
        total += Ether(data).type
    return total


def read(capture: Path) -> int:
    total = 0
    with RawPcapReader(str(capture)) as reader:
        for _, record in reader:
            total += record.sec * 1_000_000_000 + record.usec * (1 if reader.nano else 1000)
    return total


def build(number: int, payload: bytes) -> bytes:
    return bytes(
        Ether(src="00:05:5d:61:58:a8", dst="00:05:5d:a1:b8:40")
        / IP(src="192.168.0.55", dst="192.168.0.2", id=number, ttl=64)
        / TCP(sport=40000, dport=80, seq=number, ack=1, flags="PA", window=8192)
        / payload
    )
