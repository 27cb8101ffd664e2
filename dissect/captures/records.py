"""Records that stand one after the other in a file: taking their bytes, and telling how they are damaged."""

from __future__ import annotations

__all__ = [
    "LONGEST_RECORD",
    "UNLISTED",
    "Cursor",
    "EnhancedPackets",
    "PcapRecords",
    "RecordLoop",
    "Records",
    "cut_short",
    "damaged",
    "too_long",
]

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from dissect.captures.source import ByteSource
from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import CaptureError
from dissect.packets.links import link_name

LONGEST_RECORD = 262_144
"""Captured bytes of a record at most: libpcap and Wireshark believe no more of most link types."""

UNLISTED = 0xFFFF
"""The link type of frames for which there is no LINKTYPE number: they are read as data."""

RecordLoop: TypeAlias = Callable[[bytes, int, int, int], tuple[int, int]]
"""`loop(buffer, position, limit, number)`: deals with the records from this position on, up to one that becomes a
packet or does not lie in front of `limit`; returns where that begins, and the number of the one before. `number` is
that of the record before the first."""


class Records(NamedTuple):
    """How a loop reads the records of a file: Python that is woven into it."""

    lines: tuple[str, ...]
    """Read the record at `position` of `data`: they give `base` and `stop`, between which its frame stands, where the
    next record stands (`after`), `time_ns` and `original`, the frame's length; or end the loop by `break` where it does
    not lie in front of `limit` or is unusual. What they keep for the next record is set up by `begin`."""
    begin: tuple[str, ...]
    """What stands in front of the loop."""
    names: Mapping[str, Any]
    """What the lines call by a name."""
    plan: PcapRecords | EnhancedPackets | None = None
    """The same as numbers, for who reads them in another way."""


class PcapRecords(NamedTuple):
    """Records of a pcap: four words of 32 bits and the frame."""

    big: bool
    """Whether the first byte of a word is the most significant."""
    unit: int
    """Nanoseconds that a fraction counts."""
    ordinary: int
    """Fractions of unusual records are no less."""


class EnhancedPackets(NamedTuple):
    """Enhanced packets of an interface in a pcapng, without options."""

    big: bool
    interface: int
    unit: int
    """Nanoseconds of a tick."""
    offset: int
    """Nanoseconds that its times count from."""


class Cursor:
    """The bytes of a source from here on, and where the next one stands in the file."""

    def __init__(self, source: ByteSource, offset: int = 0) -> None:
        self.offset = offset
        self._source = source
        self._buffer = b""
        self._position = 0

    def take(self, size: int) -> bytes:
        """Return the next `size` bytes, fewer only at the end of the source."""
        data, self._buffer, self._position = self._source.gather(self._buffer, self._position, size)
        self.offset += len(data)
        return data

    def skip(self, size: int) -> int:
        """Pass over the next `size` bytes, and return how many there were: fewer only at the end of the source."""
        left = size
        while left:
            passed = len(self.take(min(left, LONGEST_RECORD)))
            if not passed:
                break
            left -= passed
        return size - left


def cut_short(path: str, number: int, offset: int, expected: str, found: int) -> CaptureError:
    """Return the error for a record that the file ends in: what was expected, and how many bytes of it are there."""
    return CaptureError(
        f"{path}: record {number} at byte {offset} is cut short: {expected}, and the file ends after {found} of them; "
        f"the {number - 1} before it are whole",
        path=path,
        record=number,
        offset=offset,
    )


def too_long(path: str, number: int, offset: int, captured: int, limit: int, link: int) -> CaptureError:
    """Return the error for a record that claims more captured bytes than anybody captures."""
    claim = f"claims {captured} captured bytes, and {limit} are the most for link type {link_name(link)}"
    return damaged(path, number, offset, claim)


def damaged(path: str, number: int, offset: int, what: str) -> CaptureError:
    """Return the error for a record that says what can't be; `what` follows "record 5 at byte 600"."""
    return CaptureError(
        f"{path}: record {number} at byte {offset} {what}: the file is damaged from there on, the {number - 1} before "
        "it are whole",
        path=path,
        record=number,
        offset=offset,
    )
