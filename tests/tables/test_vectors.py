"""The walk by NumPy finds headers where they stand; that its values are those of objects is in `test_scanning.py`."""

from __future__ import annotations

from typing import Any

import numpy as np

from dissect import TCP, UDP, Ethernet, IPv4, IPv6
from dissect.protocols.vlan import VLAN
from dissect.tables.program import ABSENT, program_for
from dissect.tables.vectors import Walked, walk

ROOM = 8


def walked(frames: list[bytes], names: list[str], *, cut: int = 0) -> tuple[Walked, list[type]]:
    program = program_for(1, names)
    assert program is not None
    data, base = bytearray(ROOM), []
    for frame in frames:
        base.append(len(data))
        data += frame
    begins, sizes = np.array(base), np.array([len(frame) for frame in frames])
    found = walk(program, np.frombuffer(bytes(data), np.uint8), begins, begins + sizes - cut, sizes)
    return found, [step.cls for step in program.steps]


def test_places_and_what_headers_carry() -> None:
    datagram: Any = UDP(sport=1, dport=2) / b"data"
    frames = [
        bytes(Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / datagram),
        bytes(Ethernet() / VLAN(id=3) / IPv6(src="::1", dst="::2") / datagram),
        bytes(Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / TCP(sport=1, dport=2) / b"data"),
    ]
    found, classes = walked(frames, ["vlan.id", "ip.src", "ipv6.src", "udp.length"])
    starts = dict(zip(classes, found.starts.tolist(), strict=True))
    first, second, third = ROOM, ROOM + len(frames[0]), ROOM + len(frames[0]) + len(frames[1])
    assert starts[IPv4] == [first + 14, ABSENT, third + 14]
    assert starts[IPv6] == [ABSENT, second + 18, ABSENT]
    assert starts[UDP] == [first + 34, second + 58, ABSENT]
    carried = dict(zip(classes, found.carried.tolist(), strict=True))
    assert carried[UDP] == [4, 4, 0]
    assert not found.unusual.any()
    assert not found.several.any()


def test_what_is_cut_or_stands_twice() -> None:
    tags = Ethernet() / VLAN(id=3) / VLAN(id=4) / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=2)
    found, classes = walked([bytes(tags)], ["vlan.id", "udp.srcport"])
    assert found.several[classes.index(VLAN)].tolist() == [True]
    assert not found.unusual.any()
    found, _ = walked([bytes(tags)], ["vlan.id", "udp.srcport"], cut=1)
    assert found.unusual.tolist() == [True]
