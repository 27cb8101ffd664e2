"""Finding records by compiled code: all that lie whole in front of a limit, and none that is odd."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from dissect.tables.record_kernels import index_enhanced, index_pcap

FRAMES = (b"", b"a", b"four", b"and longer")


def found(index: object, data: bytes, position: int, *plan: int, room: int = 10) -> tuple[list[list[int]], int]:
    """What is known of each record, and where the next one begins."""
    arrays = np.zeros((4, room), np.int64)
    count, after = index(np.frombuffer(data, np.uint8), position, len(data), *plan, *arrays)  # type: ignore[operator]
    return arrays[:, :count].T.tolist(), after


@pytest.mark.parametrize("mark", ["<", ">"])
def test_records_of_a_pcap(mark: str) -> None:
    records = [struct.pack(f"{mark}IIII", 7, place, len(each), 90) + each for place, each in enumerate(FRAMES)]
    data, plan = bytes(8) + b"".join(records), (mark == ">", 1000, 1_000_000)
    ends = [8 + len(b"".join(records[: place + 1])) for place in range(len(records))]
    expected = [
        [end - len(each), end, 90, 7_000_000_000 + 1000 * place]
        for place, (each, end) in enumerate(zip(FRAMES, ends, strict=True))
    ]
    assert found(index_pcap, data, 8, *plan) == (expected, len(data))
    assert found(index_pcap, data, 8, *plan, room=2) == (expected[:2], ends[1])
    for cut in range(8, len(data)):
        whole = [row for row in expected if row[1] <= cut]
        assert found(index_pcap, data[:cut], 8, *plan) == (whole, ends[len(whole) - 1] if whole else 8)
    odd = bytearray(data)
    struct.pack_into(f"{mark}I", odd, ends[1] + 4, 1_000_000)
    assert found(index_pcap, bytes(odd), 8, *plan) == (expected[:2], ends[1])


@pytest.mark.parametrize("mark", ["<", ">"])
def test_enhanced_packets_of_an_interface(mark: str) -> None:
    def block(interface: int, ticks: int, data: bytes) -> bytes:
        size = 32 + -(-len(data) // 4) * 4
        head = struct.pack(f"{mark}IIIIIII", 6, size, interface, ticks >> 32, ticks & 0xFFFF_FFFF, len(data), 80)
        return head + data.ljust(size - 32, b"\0") + struct.pack(f"{mark}I", size)

    blocks = [block(3, (1 << 33) + place, each) for place, each in enumerate(FRAMES)]
    data, plan = bytes(8) + b"".join(blocks), (mark == ">", 3, 10, 5)
    rows, after = found(index_enhanced, data, 8, *plan)
    assert after == len(data)
    assert [data[base:stop] for base, stop, *_ in rows] == list(FRAMES)
    assert [row[2:] for row in rows] == [[80, 10 * ((1 << 33) + place) + 5] for place in range(len(FRAMES))]
    other = bytes(8) + blocks[0] + block(4, 1, b"of another interface") + blocks[1]
    assert found(index_enhanced, other, 8, *plan)[1] == 8 + len(blocks[0])
    for cut in range(8, len(data)):
        rows, after = found(index_enhanced, data[:cut], 8, *plan)
        assert after == 8 + len(b"".join(blocks[: len(rows)])) <= cut
