"""The few things that the recorder does to a capture file's bytes: count, turn round, write."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import Literal

ByteOrder = Literal["<", ">"]

MICROSECOND_MAGIC = 0xA1B2C3D4
NANOSECOND_MAGIC = 0xA1B23C4D
PCAPNG_MAGIC = b"\x0a\x0d\x0d\x0a"
LINKTYPE_ETHERNET = 1
SNAP_LENGTH = 262144
FILE_HEADER = "IHHiIII"
RECORD_HEADER = "IIII"


def byte_order_of(data: bytes) -> ByteOrder:
    """Tell the byte order of a classic pcap file; ValueError for anything else."""
    orders: tuple[ByteOrder, ByteOrder] = ("<", ">")
    for order in orders:
        if data[:4] in (struct.pack(order + "I", magic) for magic in (MICROSECOND_MAGIC, NANOSECOND_MAGIC)):
            return order
    raise ValueError("not a classic pcap file")


def records(data: bytes) -> Iterator[tuple[tuple[int, int, int, int], bytes]]:
    """Yield the records of a classic pcap file: seconds, fraction, captured length, original length; and the bytes."""
    header = byte_order_of(data) + RECORD_HEADER
    position = struct.calcsize("<" + FILE_HEADER)
    while position < len(data):
        fields = struct.unpack_from(header, data, position)
        position += struct.calcsize(header)
        if position + fields[2] > len(data):
            raise ValueError("the last record is cut short")
        yield fields, data[position : position + fields[2]]
        position += fields[2]


def in_byte_order(data: bytes, order: ByteOrder) -> bytes:
    """Rewrite a classic pcap file in the given byte order: only the headers' integers change."""
    fields = struct.unpack_from(byte_order_of(data) + FILE_HEADER, data)
    parts = [struct.pack(order + FILE_HEADER, *fields)]
    for record, frame in records(data):
        parts += struct.pack(order + RECORD_HEADER, *record), frame
    return b"".join(parts)


def written_capture(frames: Iterable[tuple[int, int, bytes]]) -> bytes:
    """Make a little-endian microsecond pcap file of Ethernet frames, each with its seconds and microseconds."""
    parts = [
        struct.pack("<" + FILE_HEADER, MICROSECOND_MAGIC, 2, 4, 0, 0, SNAP_LENGTH, LINKTYPE_ETHERNET),
    ]
    for seconds, microseconds, frame in frames:
        parts += struct.pack("<" + RECORD_HEADER, seconds, microseconds, len(frame), len(frame)), frame
    return b"".join(parts)


def frame_count(data: bytes) -> int:
    """Count the frames of a classic pcap file, or of a little-endian pcapng file of enhanced packet blocks."""
    if data[:4] != PCAPNG_MAGIC:
        return sum(1 for _ in records(data))
    count = position = 0
    while position < len(data):
        block_type, block_length = struct.unpack_from("<II", data, position)
        count += block_type == 6
        position += block_length
    return count
