"""The compiled walk where a step comes again, and where frames differ from the ones before, as NumPy's walk has it."""

from __future__ import annotations

import numpy as np
import pytest

from dissect import TCP, UDP, VLAN, Ethernet, IPv4, IPv6
from dissect.tables.columns import column
from dissect.tables.engines import VECTORS, compiled_engine
from dissect.tables.kernels import ROOM, encoded
from dissect.tables.program import program_for
from dissect.tables.sheet import Sheet

NAMES = ("eth.type", "vlan.id", "ip.src", "ip.ttl", "ipv6.dst", "tcp.seq_raw", "tcp.len", "udp.dstport", "eth.src")


def network(place: int) -> IPv4 | IPv6:
    """A network header, of another kind in turn."""
    if place % 3:
        return IPv4(src=f"10.0.0.{place % 5}", dst="10.0.1.1", ttl=place % 7 + 1)
    return IPv6(src="2001:db8::1", dst=f"2001:db8::{place:x}")


def made(count: int) -> list[bytes]:
    """Frames with no tag, one or two, and segments and datagrams in turn; each fifth is a tunnel."""
    frames = []
    for place in range(count):
        frame = Ethernet(src=f"02:00:00:00:00:{place % 256:02x}")
        for tag in range(place % 3):
            frame = frame / VLAN(id=place + tag)
        if not place % 5:
            frame = frame / IPv4(src="192.0.2.1", dst="192.0.2.2")
        inner = TCP(sport=1, dport=2, seq=place) if place % 2 else UDP(sport=1, dport=place + 2000)
        frames.append(bytes(frame / network(place) / inner / bytes(place % 4)))
    return frames


@pytest.mark.parametrize("once", [False, True])
def test_steps_that_come_again_and_frames_that_alternate(once: bool) -> None:
    frames = made(400)
    stop = ROOM + np.cumsum([len(each) for each in frames]).astype(np.int64)
    base = np.concatenate([[ROOM], stop[:-1]]).astype(np.int64)
    data = np.frombuffer(bytes(ROOM) + b"".join(frames), np.uint8)
    program = program_for(1, NAMES)
    assert program is not None
    found = []
    for engine in (VECTORS, compiled_engine()):
        sheet = Sheet([column(name) for name in NAMES], [], len(frames), "first")
        unusual = engine.reader(program, sheet, once)(data, base, stop, stop - base).tolist()
        usual = np.ones(len(frames), np.bool_)
        usual[unusual] = False
        found.append((unusual, sheet, usual))
    (one, first, usual), (other, second, _) = found
    assert one == other
    # Two tags are usual where the first is asked for, and not where all are.
    assert usual[2] != once
    assert usual.sum() > 100
    for name in NAMES:
        values, there = first.arrays(name)
        also, also_there = second.arrays(name)
        assert np.array_equal(there[usual], also_there[usual]), name
        assert np.array_equal(values[usual & there], also[usual & there]), name


def test_what_stands_in_one_step_alone_is_taken_without_a_look() -> None:
    program = program_for(1, NAMES)
    assert program is not None
    sheet = Sheet([column(name) for name in NAMES], [], 1, "first")
    walk = encoded(program, sheet)
    # Of these, the length of data is no number, addresses of IPv6 are two, and the rest stands in one kind of header.
    assert len(walk.plain) // 5 >= 5
    assert {sheet.spot(name).valid for name in ("ip.src", "ip.ttl", "tcp.seq_raw")} <= set(walk.plain[3::5].tolist())
    assert sheet.spot("ipv6.dst").valid not in walk.plain[3::5].tolist()
    assert sheet.spot("tcp.len").valid not in walk.plain[3::5].tolist()
