"""The engines: NumPy's walk and the compiled one agree on any bytes, and read nothing outside of a frame."""

from __future__ import annotations

import subprocess
import sys
from random import Random

import numpy as np
import pytest

from dissect import TCP, UDP, VLAN, Ethernet, IPv4, IPv6
from dissect.tables import engines, vectors
from dissect.tables.columns import column
from dissect.tables.frames import AT_ONCE
from dissect.tables.program import Program, program_for
from dissect.tables.sheet import Sheet
from tests.conftest import REPOSITORY

NAMES = ("ip.src", "ipv6.dst", "tcp.flags", "udp.dstport", "tcp.len", "eth.src", "vlan.id", "udp")


def program() -> Program:
    found = program_for(1, NAMES)
    assert found is not None
    return found


def frames(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Frames that begin like usual ones and go on at random, one behind the other without a gap."""
    chance = Random(4)
    usual_ones = [
        bytes(Ethernet() / IPv4(src="1.2.3.4", dst="1.2.3.5") / TCP(sport=1, dport=2) / b"data"),
        bytes(Ethernet() / VLAN(id=3) / IPv6(src="2001:db8::1", dst="2001:db8::2") / UDP(dport=4) / b"data"),
    ]
    numbers = (0x0800, 0x86DD, 0x8100, 0x88A8, 0x6558)
    made = []
    for _ in range(count):
        usual = chance.choice(usual_ones)
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


def filled(engine: engines.Engine, count: int, *, once: bool) -> tuple[Sheet, list[int]]:
    """The values of so many frames, and which are unusual."""
    data, base, stop, wire = frames(count)
    room = np.concatenate([np.zeros(8, np.uint8), data])
    sheet = Sheet([column(name) for name in NAMES[:-1]], [NAMES[-1]], count, "first")
    unusual: list[int] = []
    read = engine.reader(program(), sheet, once)
    for begin in range(0, count, AT_ONCE):
        some = slice(begin, begin + AT_ONCE)
        found = read(room, base[some] + 8, stop[some] + 8, wire[some])
        unusual += [begin + place for place in found.tolist()]
        sheet.count += len(base[some])
    return sheet, unusual


@pytest.mark.parametrize("once", [False, True])
def test_both_engines_read_alike(once: bool) -> None:
    count = 20_000
    (one, unusual), (other, also) = (
        filled(each, count, once=once) for each in (engines.VECTORS, engines.compiled_engine())
    )
    assert unusual == also
    assert 0.1 < len(unusual) / count < 0.95
    usual = np.ones(count, np.bool_)
    usual[unusual] = False
    for name in NAMES:
        values, there = one.arrays(name)
        also_values, also_there = other.arrays(name)
        assert np.array_equal(there[usual], also_there[usual]), name
        is_known = usual & there
        assert is_known.any()
        assert np.array_equal(values[is_known], also_values[is_known]), name


def test_no_header_is_believed_that_ends_behind_its_frame() -> None:
    data, base, stop, wire = frames(5_000)
    starts, *_ = vectors.walk(program(), data, base, stop, wire)
    for step, found in zip(program().steps, starts, strict=True):
        there = found >= 0
        assert np.all(found[there] >= base[there])
        assert np.all(found[there] + step.size <= stop[there])


@pytest.mark.parametrize("name", ["vectors", "compiled"])
def test_nothing_outside_of_a_frame_is_looked_at(name: str) -> None:
    """The same frames with other bytes around them have the same values."""
    engine = engines.VECTORS if name == "vectors" else engines.compiled_engine()
    data, base, stop, wire = frames(2_000)
    found = []
    for filling in (0, 255):
        apart = np.full(len(data) + 16 * len(base) + 16, filling, np.uint8)
        begins = base + 16 * np.arange(1, len(base) + 1)
        for begin, first, end in zip(begins, base, stop, strict=True):
            apart[begin : begin + end - first] = data[first:end]
        sheet = Sheet([column(each) for each in NAMES[:-1]], [NAMES[-1]], 4096, "first")
        unusual = engine.reader(program(), sheet, True)(apart, begins, begins + stop - base, wire)
        usual = np.ones(len(base), np.bool_)
        usual[unusual] = False
        found.append([usual, *(array[: len(base)][usual] for each in NAMES for array in sheet.arrays(each))])
    assert all(np.array_equal(one, other) for one, other in zip(*found, strict=True))


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


def test_a_small_file_is_read_without_a_compiler() -> None:
    code = """
import sys
from dissect import read_table
table = read_table("capture_samples/first_ping.pcap", ["ip.src", "tcp.stream"], "icmp")
assert table.num_rows == 6
assert "numba" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=REPOSITORY)
