"""The object path beside dpkt, pypacker and scapy: speed of each task, and memory that a parsed frame keeps.

    make bench
    make bench DISSECT_BENCHMARK_CAPTURE=recorded.pcap

All contestants do the same work on the same frames in one process, and the results are compared.

Measured with CPython 3.11 on 15,000 frames of TCP and UDP, in processor time, best of 9, on a machine that did other
work as well: parse 1.67 us, 5.2 times dpkt (8.7), of which 0.23 for the outermost header, 1.0 for the chain behind it
and 0.4 for the five fields; read 0.85 us, 2.7 times; build 9.0 us, 2.9 times, of which 3.1 for three constructors,
1.6 for stacking and 3.1 for the bytes; held 1,340 bytes, 1.79 times as lean. With twelve programs beside it, on 5,000
frames: parse 1.6 us, 4.8 to 5.0 times dpkt, build 8.2 us, 2.8 to 2.9 times; of the latter 2.8 for constructors, 1.3 for
stacking, 2.8 for the bytes. To make an empty object takes 0.08 us, of which a frame takes three when it is parsed and
eight when it is built. Before fields were kept, and frames put together as numbers, parse was 3.7 times dpkt, build
2.2, held 1.69.

Since tests jump no further than the interpreter compares quickly, and a frame is put together as one number, on 10,000
frames beside four to five other programs, medians of five processes: parse 5.6 to 6.3 times dpkt (1.18 us by 6.46),
build 3.8 to 3.9 times (5.5 us by 20.9), where it was 5.5 and 3.0 to 3.2 in turn with these. A frame takes 1,030 steps
of the interpreter to build, 420 of them for three constructors, 360 for stacking, 200 for the bytes.
"""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.benchmarks import with_dissect, with_dpkt, with_pypacker, with_scapy
from tests.benchmarks.conftest import Figures

CONTESTANTS = [with_dissect, with_dpkt, with_pypacker, with_scapy]
PAYLOAD = bytes(742)
BUILT = 1000

contest = pytest.mark.parametrize("contestant", CONTESTANTS, ids=lambda module: _name(module))


def _name(contestant: ModuleType) -> str:
    return contestant.__name__.rpartition("with_")[2]


def _compete(
    benchmark: Any,
    figures: Figures,
    contestant: ModuleType,
    task: str,
    work: Callable[[ModuleType], object],
    count: int,
) -> None:
    """Time a contestant and note its best round, in microseconds for each of `count` frames.

    Its result has to equal that of dpkt. (The types of pytest-benchmark are incomplete, hence Any.)
    """
    benchmark.group = task
    rounds = 5 if contestant is with_scapy else 30
    result = benchmark.pedantic(work, args=(contestant,), rounds=rounds, iterations=1, warmup_rounds=1)
    assert result == work(with_dpkt)
    figures.note(task, _name(contestant), benchmark.stats.stats.min / count * 1e6, "us")


@contest
def test_parse(benchmark: Any, figures: Figures, contestant: ModuleType, frames: list[bytes]) -> None:
    """Decode to TCP or UDP, and touch time to live, both ports, sequence number and flags."""
    _compete(benchmark, figures, contestant, "parse", lambda module: module.parse(frames), len(frames))


@contest
def test_shallow(benchmark: Any, figures: Figures, contestant: ModuleType, frames: list[bytes]) -> None:
    """Decode, and touch the Ethernet type alone."""
    _compete(benchmark, figures, contestant, "shallow", lambda module: module.shallow(frames), len(frames))


@contest
def test_read(benchmark: Any, figures: Figures, contestant: ModuleType, capture: Path, frames: list[bytes]) -> None:
    """Take every record with its time out of the file."""
    _compete(benchmark, figures, contestant, "read", lambda module: module.read(capture), len(frames))


@contest
def test_build(benchmark: Any, figures: Figures, contestant: ModuleType) -> None:
    """Make Ethernet, IPv4 and TCP around 742 bytes, lengths and checksums included; the last bytes are compared."""

    def work(module: ModuleType) -> bytes:
        for number in range(BUILT):
            frame: bytes = module.build(number, PAYLOAD)
        return frame

    _compete(benchmark, figures, contestant, "build", work, BUILT)


@contest
def test_held(figures: Figures, contestant: ModuleType, frames: list[bytes]) -> None:
    """Memory that a parsed frame keeps once its fields were touched, the frame's own bytes included."""
    few = frames[:1000]
    kept, size = _kept(contestant.decoder, contestant.touch, few)
    assert kept == len(few)
    figures.note("held", _name(contestant), size / kept, "bytes")


def _kept(decode: Callable[[bytes], Any], touch: Callable[[Any], int], frames: Sequence[bytes]) -> tuple[int, int]:
    """Return how many frames were parsed and kept, and the bytes of memory that they take together."""
    touch(decode(frames[0]))  # what is made once, such as caches, belongs to no frame
    gc.collect()
    tracemalloc.start()
    try:
        kept = []
        for data in frames:
            frame = decode(bytes(bytearray(data)))  # a copy that nobody else holds
            touch(frame)
            kept.append(frame)
        return len(kept), tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
