"""Captures joined into few: tshark needs longer to start than to read a hundred of them.

A joined capture is one more capture, which we read as tshark does: what was learnt of one is there when the next
begins. Those that speak of the same addresses are kept apart as far as there is room, so that each is nearly always
read as if it stood alone. `make long` judges every capture for itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import dissect
from dissect import DissectError, Packet

ADDRESSES = ("ip.addr", "ipv6.addr", "arp.src.proto_ipv4", "arp.dst.proto_ipv4")
UNEVEN = frozenset({"be-basic-test018.pcapng", "le-advanced-test102.pcapng"})
"""Captures of whose custom blocks tshark makes rows, in which every cell is empty."""


class Joined(NamedTuple):
    """One capture made of several, and of each of its frames the capture and the number that it has there."""

    path: Path
    origins: list[tuple[str, int]]


def distribute(captures: Sequence[Path], parts: int) -> tuple[list[list[Path]], list[Path]]:
    """Return so many lists of captures of about as many frames each, and those that cannot be joined.

    A damaged capture is not whole when it is written again; neither is one that tshark counts in another way.
    """
    read: list[tuple[Path, int, set[str]]] = []
    apart: list[Path] = []
    for path in captures:
        try:
            packets = list(dissect.read(path))
        except DissectError:
            apart.append(path)
            continue
        if path.name in UNEVEN:
            apart.append(path)
        else:
            read.append((path, len(packets), _addresses(packets)))
    lists: list[list[Path]] = [[] for _ in range(parts)]
    spoken_of: list[set[str]] = [set() for _ in range(parts)]
    sizes = [0] * parts
    for path, size, addresses in sorted(read, key=lambda each: -each[1]):
        best = min(range(parts), key=lambda part: (len(spoken_of[part] & addresses), sizes[part]))
        lists[best].append(path)
        spoken_of[best] |= addresses
        sizes[best] += size
    return lists, apart


def _addresses(packets: Sequence[Packet]) -> set[str]:
    return {str(address) for packet in packets for name in ADDRESSES for address in packet.get(name)}


def join(captures: Sequence[Path], path: Path) -> Joined:
    """Write the packets of all these captures into one, one capture behind the other."""
    packets = [(capture.name, packet) for capture in captures for packet in dissect.read(capture)]
    dissect.write(path, [packet for _, packet in packets])
    return Joined(path, [(name, packet.number) for name, packet in packets])
