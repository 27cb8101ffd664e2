"""Parts of one large capture that can be read side by side: where records begin in the middle of a file.

Records of a pcap have no mark. So every place in a window that looks like the begin of one is taken for a begin, and
from each the records are followed as their lengths say; the part begins where all of these chains have become one. The
true chain is among them, for the window is as long as the longest record: what they all lead to is a record. That
holds where no record says that more bytes were captured than there were, or that there were more than anybody
captures. Chains that were followed in vain end where something is no record, or run into the true one. Blocks of a
pcapng are followed from its first one, for interfaces may be described anywhere in front of those who use them.
"""

from __future__ import annotations

import heapq
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from dissect import captures
from dissect.captures.pcap import PcapHeader, PcapReader
from dissect.captures.pcapng import PcapngReader
from dissect.captures.pcapng_options import INTERFACE_DESCRIPTION, SECTION_HEADER
from dissect.captures.records import LONGEST_RECORD
from dissect.declaration.named_tuples import NamedTuple

__all__ = ["PART", "WINDOW", "Split", "begins", "splits"]

PART = 1 << 27
"""Bytes of a part, about, unless somebody says how many."""
_FILE_HEADER, _RECORD_HEADER = 24, 16
WINDOW = LONGEST_RECORD + _RECORD_HEADER
"""Bytes in which a record begins for certain, in a file that is not damaged."""
_MOST_HOPS = 20_000
"""Records that are followed until chains that don't meet are given up; the part before goes on then."""


class Split(NamedTuple):
    """A part of a capture: the records that begin from byte `start` to before `stop` of the file.

    `head` is what stands in front of them for who reads them as a capture of their own: the file's header, the section
    and the interfaces. `is_whole` says that there are no other parts; where there are, numbers and times that refer to
    frames in front of a part are not known in it.
    """

    path: str
    start: int
    stop: int
    head: bytes
    is_whole: bool

    def open(self) -> io.RawIOBase:
        """Return the part as a capture that can be read; OSError where the file cannot be opened.

        Its last record may lie behind `stop` in part. Reading it raises CaptureError where none ends there, which says
        that the file has changed, or was made to lead astray whoever looks for records in its middle.
        """
        file = io.FileIO(self.path, "r")
        return file if self.is_whole else _Part(file, self)


class _Part(io.RawIOBase):
    """The head of a part, and its bytes."""

    def __init__(self, file: io.FileIO, split: Split) -> None:
        super().__init__()
        self._file = file
        self._head = split.head
        self._left = split.stop - split.start
        self.name = split.path
        file.seek(split.start)

    def readable(self) -> bool:
        """Whether it can be read: always."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Return up to so many bytes, b"" at the end."""
        if self._head:
            taken, self._head = (self._head, b"") if size < 0 else (self._head[:size], self._head[size:])
            return taken
        data = self._file.read(self._left if size < 0 else min(size, self._left)) or b""
        self._left -= len(data)
        return data

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()


def splits(source: str | os.PathLike[str], size: int = PART) -> list[Split]:
    """Return the parts of a capture of about `size` bytes, in their order; each record is in one of them.

    Only places around the parts' ends are looked at in a pcap, whatever its size, and the heads of blocks in a pcapng.

    What is compressed, or of another format than pcap and pcapng, is one part. Raises what `dissect.captures.read`
    raises for a file that is none that can be read.

    >>> [part.is_whole for part in splits("capture_samples/first_ping.pcap")]
    [True]
    """
    path = os.fsdecode(source)
    with captures.read(path) as reader:
        kind, is_plain = type(reader), reader.compression is None
        header = reader.header if isinstance(reader, PcapReader) else None
    length = Path(path).stat().st_size
    if is_plain and length > size:
        if header is not None and header.record_layout.size == _RECORD_HEADER and header.version == (2, 4):
            return _of_pcap(path, header, length, size)
        if kind is PcapngReader:
            return _of_pcapng(path, length, size)
    return [Split(path, 0, length, b"", is_whole=True)]


def _of_pcap(path: str, header: PcapHeader, length: int, size: int) -> list[Split]:
    found = [_FILE_HEADER]
    with Path(path).open("rb") as file:
        for place in range(size, length, size):
            if place > found[-1]:
                begin = begins(file, header, place, length)
                if begin is not None and begin < length:
                    found.append(begin)
    ends = [*found[1:], length]
    is_whole = len(found) == 1
    return [
        Split(path, 0 if is_whole else start, stop, bytes(header), is_whole)
        for start, stop in zip(found, ends, strict=True)
    ]


def begins(file: BinaryIO, header: PcapHeader, place: int, length: int, window: int = WINDOW) -> int | None:
    """Return a byte behind `place` at which a record of a pcap begins, or `length`, where the last one ends.

    It is right for certain where a record begins in the `window`, of so many bytes. None where the bytes behind it
    don't tell: no chain of records is left, or several go on side by side.
    """
    file.seek(place)
    data = file.read(window + _RECORD_HEADER)
    where = np.arange(max(len(data) - _RECORD_HEADER + 1, 0))
    order = ">" if header.byte_order == "big" else "<"
    bytes_ = np.frombuffer(data, np.uint8)
    words = [
        np.ascontiguousarray(np.lib.stride_tricks.sliding_window_view(bytes_, 4)[at : at + len(where)])
        .view(f"{order}u4")
        .ravel()
        .astype(np.int64)
        for at in (4, 8, 12)
    ]
    behind = place + where + _RECORD_HEADER + words[1]
    likely = _plausible(header, *words) & (behind <= length)
    known = dict(zip((place + where[likely]).tolist(), behind[likely].tolist(), strict=True))
    living = sorted(known)
    seen = set(living)
    end = place + window
    hops = 0
    while living and (len(living) > 1 or living[0] < min(end, length)):
        at = heapq.heappop(living)
        hops += at >= end
        after = known.get(at) if at < end else _next(file, header, at, length)
        if at == length or hops > _MOST_HOPS:
            # One that ends with the file goes on no further, and the others have not come to it.
            return None
        if after is not None and after not in seen:
            seen.add(after)
            heapq.heappush(living, after)
    return living[0] if living else None


def _plausible(header: PcapHeader, fraction: Any, captured: Any, original: Any) -> Any:
    """Return whether these may be the numbers of a record: not more bytes than there were, or than anybody captures."""
    unit = 1_000_000_000 if header.nanosecond else 1_000_000
    return (fraction < unit) & (captured <= original) & (original <= LONGEST_RECORD) & (captured <= LONGEST_RECORD)


def _next(file: BinaryIO, header: PcapHeader, at: int, length: int) -> int | None:
    """Return where the record at a byte ends; None where there is none."""
    file.seek(at)
    data = file.read(_RECORD_HEADER)
    if len(data) < _RECORD_HEADER:
        return None
    _, fraction, captured, original = header.record_layout.unpack(data)
    after: int = at + _RECORD_HEADER + captured
    return after if _plausible(header, fraction, captured, original) and after <= length else None


def _of_pcapng(path: str, length: int, size: int) -> list[Split]:
    """Return parts that begin with a block each, and have the section and interfaces in front of it for a head."""
    found: list[tuple[int, bytes]] = []
    head = b""
    with Path(path).open("rb") as file:
        for at, kind, raw in _blocks(file, length):
            is_packet = raw is None
            if is_packet and (not found or at >= found[-1][0] + size):
                found.append((at, head))
            elif kind == SECTION_HEADER:
                head = raw or b""
            elif kind == INTERFACE_DESCRIPTION:
                head += raw or b""
    if len(found) < 2:
        return [Split(path, 0, length, b"", is_whole=True)]
    ends = [*(at for at, _ in found[1:]), length]
    return [Split(path, at, stop, before, is_whole=False) for (at, before), stop in zip(found, ends, strict=True)]


def _blocks(file: BinaryIO, length: int) -> Iterator[tuple[int, int, bytes | None]]:
    """Yield where each block begins, its type, and its bytes if it is a section's head or an interface.

    It ends in front of a block that is damaged, as whoever reads it finds out.
    """
    at, order = 0, "little"
    while at + 12 <= length:
        file.seek(at)
        begin = file.read(12)
        if begin[:4] == b"\n\r\r\n":
            order = "little" if begin[8:12] == b"\x4d\x3c\x2b\x1a" else "big"
        kind = int.from_bytes(begin[:4], order)  # type: ignore[arg-type]  # it is one of the two
        size = int.from_bytes(begin[4:8], order)  # type: ignore[arg-type]
        if size < 12 or size % 4 or at + size > length:
            return
        raw = None
        if kind in (SECTION_HEADER, INTERFACE_DESCRIPTION):
            file.seek(at)
            raw = file.read(size)
        yield at, kind, raw
        at += size
