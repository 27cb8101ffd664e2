"""Compiled code reads of segments and datagrams what objects read."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import TCP, UDP, IPv4, IPv6
from dissect.flows.learners.tcp import _options
from dissect.protocols.tcp_options import MSS, TCPNoOperation, Timestamps
from dissect.tables.compiling import compiled
from dissect.tables.following import source_in
from dissect.tables.stream_facts import KEY
from dissect.tables.transport_kernels import (
    ends_in_order,
    ends_of,
    has_plain_options,
    has_timestamp_alone,
    numbers_of_segment,
    size_of_datagram,
)

ROOM = bytes(8)
TCP_NUMBER, UDP_NUMBER = 6, 17


# What is woven into kernels is called by one here.
@compiled
def numbers(data: Any, start: Any) -> Any:
    return numbers_of_segment(data, start)


@compiled
def size(data: Any, start: Any) -> Any:
    return size_of_datagram(data, start)


@compiled
def is_stamped(data: Any, start: Any, size: Any, stop: Any) -> Any:
    return has_timestamp_alone(data, start, size, stop)


@compiled
def fill(data: Any, start: Any, network: Any, source: Any, protocol: Any, key: Any) -> None:
    ends_of(data, start, network, source, protocol, key)


def in_buffer(raw: bytes) -> Any:
    return np.frombuffer(ROOM + raw, np.uint8)


@given(st.binary(min_size=TCP.least_size, max_size=TCP.least_size))
def test_numbers_of_any_segment(raw: bytes) -> None:
    segment = TCP.cut(raw)
    told = [segment.seq, segment.ack, 4 * segment.data_offset, int(segment.flags), segment.window]
    assert list(numbers(in_buffer(raw), len(ROOM))) == told


@given(st.binary(min_size=UDP.least_size, max_size=UDP.least_size))
def test_the_size_of_any_datagram(raw: bytes) -> None:
    assert size(in_buffer(raw), len(ROOM)) == int.from_bytes(raw[4:6], "big")


STAMP = Timestamps(value=1, echo=2)


@pytest.mark.parametrize(
    ("options", "is_alone"),
    [
        ([TCPNoOperation(), TCPNoOperation(), STAMP], True),
        ([STAMP, TCPNoOperation(), TCPNoOperation()], False),
        ([TCPNoOperation(), TCPNoOperation(), STAMP, MSS(value=1460)], False),
        ([MSS(value=1460)] * 3, False),
        ([], False),
    ],
)
def test_a_timestamp_alone(options: list[Any], is_alone: bool) -> None:
    raw = bytes(TCP(options=options))
    data, start = in_buffer(raw), len(ROOM)
    assert is_stamped(data, start, len(raw), len(data)) is is_alone
    # Where the frame was cut, nothing is known of it.
    assert not is_stamped(data, start, len(raw), len(data) - 1)


ADDRESSES = {
    IPv4: ("0.0.0.1", "10.0.0.1", "255.0.0.9"),
    IPv6: ("::1", "2001:db8::1", "2001:db8:0:0:8000::1", "ffff::1"),
}


@pytest.mark.parametrize("network", ADDRESSES)
@pytest.mark.parametrize("last", [TCP, UDP])
def test_ends_of_both_directions(network: Any, last: Any) -> None:
    """The key of two ends is the same whoever sends; standing in their order they are told apart."""
    protocol = {TCP: TCP_NUMBER, UDP: UDP_NUMBER}[last]
    seen: dict[Any, tuple[Any, ...]] = {}
    for one in ADDRESSES[network]:
        for other in ADDRESSES[network]:
            for ports in ((1, 2), (2, 1), (7, 7), (0x8000, 9)):
                raw = bytes(network(src=one, dst=other) / last(sport=ports[0], dport=ports[1]))
                data, start = in_buffer(raw), len(ROOM) + network.least_size
                keys = np.zeros(KEY, np.uint64), np.zeros(KEY, np.uint64)
                places = (data, start, len(ROOM), source_in(network), protocol)
                fill(*places, keys[0])
                way = ends_in_order(*places, keys[1])
                half = network.field("src").width // 8
                source = source_in(network) >> 8
                ends = [raw[source + half * each :][:half] + ports[each].to_bytes(2, "big") for each in (0, 1)]
                assert way == (ends[0] > ends[1])
                ordered = tuple(keys[1].tolist())
                assert (ordered == tuple(keys[0].tolist())) is (way == 0)
                assert seen.setdefault(tuple(sorted(ends)), ordered) == ordered
                assert ordered[-1] & 0xFFFF == protocol << 8 | half
    assert len(set(seen.values())) == len(seen)


@pytest.mark.parametrize(
    "told",
    [
        "", "0101", "020405b4", "020405b40402080a0000000000000000010303 07", "0303ff01", "050a0000000100000002",
        "0304070 1", "02", "0201", "020a05b4", "1e0c00", "2202", "080a000000", "ff02",
    ],
)  # fmt: skip
def test_plain_options_are_those_that_need_no_object(told: str) -> None:
    raw = bytes.fromhex(told.replace(" ", ""))
    head = TCP.least_size
    data, kernel = bytes(8 + head) + raw + b"\2\4", has_plain_options
    is_plain: Any = kernel(np.frombuffer(data, np.uint8), 8, head + len(raw), len(data) - 2)
    assert is_plain == (_options(data, 8 + head, 8 + head + len(raw)) is not None)
