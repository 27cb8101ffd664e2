"""What compiled code reads of segments, of datagrams, and of the ends that they go from and to.

Where each number stands is what the declarations of the headers say.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dissect.declaration.header import Header
from dissect.flows.learners.tcp import TIMESTAMP_ALONE, WITH_TIMESTAMP
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.tcp import TCP
from dissect.protocols.tcp_options import MSS, SACK, SACKPermitted, TCPNoOperation, Timestamps, WindowScale
from dissect.protocols.udp import UDP
from dissect.tables.arrays import Bytes
from dissect.tables.compiling import at, compiled, number, woven
from dissect.tables.program import Number
from dissect.tables.stream_facts import KEY

__all__ = [
    "LEAST_DATAGRAM",
    "LEAST_SEGMENT",
    "ends_in_order",
    "ends_of",
    "has_plain_options",
    "has_timestamp_alone",
    "numbers_of_segment",
    "size_of_datagram",
]

LEAST_SEGMENT, LEAST_DATAGRAM = TCP.least_size, UDP.least_size
"""Bytes of the headers without options."""


def _told(cls: type[Header], name: str) -> tuple[int, int, int]:
    """Return where a field's number ends in its header, its shift, and its mask."""
    told = Number.of(cls.field(name))
    return told.byte + told.bytes, told.shift, told.mask


_SEQ, _ACK, _OFFSET, _FLAGS, _WINDOW = (_told(TCP, name) for name in ("seq", "ack", "data_offset", "flags", "window"))
_UNIT = TCP.field("data_offset").factory.unit  # type: ignore[union-attr]  # it is a `HeaderLength`
_TIMESTAMP = int.from_bytes(TIMESTAMP_ALONE, "big")
_NOTHING, _SCALE, _SCALE_SIZE = TCPNoOperation.number, WindowScale.number, WindowScale.least_size
_KINDS = {option.number for option in (MSS, WindowScale, SACKPermitted, SACK, Timestamps)}
_PLAIN = np.array([kind in _KINDS for kind in range(256)], np.uint8)
_LENGTH = _told(UDP, "length")
# Ports stand side by side, the same in both headers: a kernel reads them without asking which one it is.
_PORT, _OTHER_PORT = (_told(TCP, name) for name in ("sport", "dport"))
assert [_told(UDP, name) for name in ("sport", "dport")] == [_PORT, _OTHER_PORT]
_SHORT = IPv4.field("src").width // 8
"""Bytes of an address that one word holds; all others take two."""
_WORD, _ALL, _PORT_BITS = 0xFFFF_FFFF, -1, 16


@woven
def _read(data: Bytes, start: Any, told: Any) -> Any:
    return np.int64(number(data, start + told[0], told[1], told[2]))


@woven
def numbers_of_segment(data: Bytes, start: Any) -> Any:
    """Return sequence and acknowledgment number, how many bytes the header has, its flags, and its window."""
    size = _read(data, start, _OFFSET) * _UNIT
    flags, window = _read(data, start, _FLAGS), _read(data, start, _WINDOW)
    return _read(data, start, _SEQ), _read(data, start, _ACK), size, flags, window


@woven
def has_timestamp_alone(data: Bytes, start: Any, size: Any, stop: Any) -> bool:
    """Whether all options of a segment whose header has `size` bytes are a timestamp, as most segments have it."""
    is_long = size == WITH_TIMESTAMP * _UNIT and start + size <= stop
    return bool(is_long and number(data, start + LEAST_SEGMENT + 4, 0, _WORD) == np.uint64(_TIMESTAMP))


@compiled
def has_plain_options(data: Bytes, start: Any, size: Any, stop: Any) -> bool:
    """Whether a segment, its header of `size` bytes, has no options but those that most have, each of them whole."""
    if size == LEAST_SEGMENT or has_timestamp_alone(data, start, size, stop):
        return True
    place, end = start + LEAST_SEGMENT, start + size
    while place < end:
        kind = at(data, place)
        if kind == _NOTHING:
            place += 1
            continue
        told = np.int64(at(data, place + 1)) if place + 1 < end else 0
        if not _PLAIN[kind] or told < 2 or place + told > end or (kind == _SCALE and told != _SCALE_SIZE):
            return False
        place += told
    return True


@woven
def size_of_datagram(data: Bytes, start: Any) -> Any:
    """Return how many bytes a datagram says it has, its header and its data."""
    return _read(data, start, _LENGTH)


@woven
def ends_of(data: Bytes, start: Any, network: Any, source: Any, protocol: Any, key: Any) -> None:
    """Fill in the key of both ends in the order in which they stand in the headers.

    In the network header, which begins at `network`, the source address stands behind the byte `source >> 8`, with
    `source & 255` bytes, and the destination address behind it.
    """
    size = source & 255
    place = network + (source >> 8)
    if size == _SHORT:
        key[0] = key[2] = np.uint64(0)
        key[1] = number(data, place + _SHORT, 0, _WORD)
        key[3] = number(data, place + 2 * _SHORT, 0, _WORD)
    else:
        key[0], key[1] = number(data, place + 8, 0, _ALL), number(data, place + 16, 0, _ALL)
        key[2], key[3] = number(data, place + 24, 0, _ALL), number(data, place + 32, 0, _ALL)
    ports = number(data, start + _OTHER_PORT[0], 0, _WORD)
    key[KEY - 1] = ports << np.uint64(_PORT_BITS) | np.uint64(protocol << 8 | size)


@compiled
def ends_in_order(data: Bytes, start: Any, network: Any, source: Any, protocol: Any, key: Any) -> int:
    """Fill in the key of both ends in the order of their bytes; return 1 where that is not the order they stand in."""
    ends_of(data, start, network, source, protocol, key)
    told, bits, mask = key[KEY - 1], np.uint64(_PORT_BITS), np.uint64(0xFFFF)
    port, other_port = told >> bits + bits, told >> bits & mask
    if key[0] < key[2] or (key[0] == key[2] and (key[1] < key[3] or (key[1] == key[3] and port <= other_port))):
        return 0
    key[0], key[1], key[2], key[3] = key[2], key[3], key[0], key[1]
    key[KEY - 1] = (other_port << bits | port) << bits | told & mask
    return 1
