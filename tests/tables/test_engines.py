"""The engines: NumPy's walk and the compiled one agree on any bytes, and read nothing outside of a frame."""

from __future__ import annotations

import sys
from random import Random

import numpy as np
import pytest

from dissect import TCP, Ethernet, IPv4
from dissect.tables import engines, vectors
from dissect.tables.program import Program, program_for

NAMES = ("ip.src", "ipv6.dst", "tcp.flags", "udp.dstport", "vlan.id")


def program() -> Program:
    found = program_for(1, NAMES)
    assert found is not None
    return found


def frames(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Frames that begin like usual ones and go on at random, one behind the other without a gap."""
    chance = Random(4)
    usual = bytes(Ethernet() / IPv4(src="1.2.3.4", dst="1.2.3.5") / TCP(sport=1, dport=2) / b"data")
    numbers = (0x0800, 0x86DD, 0x8100, 0x88A8, 0x6558)
    made = []
    for _ in range(count):
        data = bytearray(usual[: chance.randrange(len(usual) + 1)] + chance.randbytes(chance.randrange(40)))
        for _ in range(chance.randrange(4)):
            if data:
                data[chance.randrange(len(data))] = chance.randrange(256)
        if len(data) > 14 and chance.random() < 0.5:
            data[12:14] = chance.choice(numbers).to_bytes(2, "big")
        made.append(bytes(data))
    ends = np.cumsum([len(each) for each in made])
    base = np.concatenate([[0], ends[:-1]]).astype(np.int64)
    wire = np.array([len(each) + chance.choice((0, 0, 30)) for each in made], np.int64)
    return np.frombuffer(b"".join(made), np.uint8), base, ends.astype(np.int64), wire


def test_both_engines_walk_alike() -> None:
    data, base, stop, wire = frames(20_000)
    walked = vectors.walk(program(), data, base, stop, wire)
    compiled = engines.compiled_engine().walk(program())(data, base, stop, wire)
    for one, other in zip(walked, compiled, strict=True):
        assert np.array_equal(one, other)
    starts, _, unusual, _ = walked
    assert 0.1 < unusual.mean() < 0.95
    assert (starts[-1] != -1).sum() < len(base)


def test_no_header_is_believed_that_ends_behind_its_frame() -> None:
    data, base, stop, wire = frames(5_000)
    starts, *_ = vectors.walk(program(), data, base, stop, wire)
    for step, found in zip(program().steps, starts, strict=True):
        there = found >= 0
        assert np.all(found[there] >= base[there])
        assert np.all(found[there] + step.size <= stop[there])


@pytest.mark.parametrize("size", [engines.LARGE, engines.LARGE - 1])
def test_large_files_take_the_compiled_walk(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "numba", raising=False)
    monkeypatch.setattr(engines, "compiled_engine", lambda: None)
    assert (engines.engine_for(size) is engines.VECTORS) == (size < engines.LARGE)
    monkeypatch.setattr(engines, "find_spec", lambda name: None)
    assert engines.engine_for(size) is engines.VECTORS


def test_what_is_loaded_is_used_for_any_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", sys)
    monkeypatch.setattr(engines, "compiled_engine", lambda: None)
    assert engines.engine_for(1) is None
