"""Capture files that grow while somebody captures: whole at any time, so that they can be followed.

A frame is made what the file has of it by a *shape*, a function that is made once for an interface; what it gives is
appended. Nothing is held back, so that a killed program leaves all that it has seen.
"""

from __future__ import annotations

__all__ = ["LiveFile", "LiveFormat", "LivePcap", "LivePcapng", "Shape", "Statistics"]

import contextlib
import os
import struct
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import TypeAlias

from dissect.captures.pcap import NANOSECONDS, PcapHeader
from dissect.captures.pcapng_blocks import Block, Interface, SectionHeader, framed
from dissect.captures.pcapng_options import (
    ENHANCED_PACKET,
    INTERFACE_STATISTICS,
    SECTION_HEADER,
    ByteOrder,
    Option,
    encode_options,
)
from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import CaptureError
from dissect.packets.links import link_name

Shape: TypeAlias = Callable[[int, bytes, int, int], bytes]
"""`shape(time_ns, data, original_length, flags)`: returns a frame as the file has it. Flags are those of an enhanced
packet (draft-ietf-opsawg-pcapng, section 4.3.1), 0 for none."""
_HEAD = struct.Struct("<IIIIIII")
_HEAD_SIZE = 28
_MOST_ENDS = 4096
_FLAGS_SIZE = 12
"""Bytes of the option with flags and the end of the options."""
_ORDER: ByteOrder = "little"


class Statistics(NamedTuple):
    """What was counted at an interface from the beginning of a capture to a moment, in nanoseconds since 1970.

    `received` frames passed the filter; of these `dropped` were lost because they were not taken in time. `lost`
    were dropped by the interface itself; None where nobody knows.
    """

    start_ns: int
    end_ns: int
    received: int
    dropped: int
    lost: int | None = None


class LiveFormat(ABC):
    """How frames of some interfaces stand in a file."""

    def __init__(self, interfaces: Sequence[Interface]) -> None:
        self.interfaces = list(interfaces)

    @abstractmethod
    def beginning(self) -> bytes:
        """Return what stands in front of the first frame."""

    @abstractmethod
    def shape(self, number: int) -> Shape:
        """Return what makes frames of an interface what the file has of them."""

    @abstractmethod
    def description(self, interface: Interface) -> bytes:
        """Take an interface more, and return what a file that has begun needs for it."""

    @abstractmethod
    def ending(self, statistics: Sequence[Statistics]) -> list[Block]:
        """Return the blocks that stand behind the last frame; the statistics are those of the interfaces."""


class LivePcapng(LiveFormat):
    """A pcapng: a section with interfaces, enhanced packets, and a block of statistics for each interface."""

    def __init__(self, interfaces: Sequence[Interface], application: str = "") -> None:
        super().__init__(interfaces)
        self._application = application

    def beginning(self) -> bytes:
        """Return the section's header and the descriptions of the interfaces."""
        told = ((3, _system()), (4, self._application))
        options = tuple(Option(SECTION_HEADER, code, text.encode()) for code, text in told if text)
        return b"".join(
            (
                bytes(SectionHeader(_ORDER, options=options)),
                *(interface.encode(_ORDER) for interface in self.interfaces),
            )
        )

    def shape(self, number: int) -> Shape:
        """Return what makes an enhanced packet of a frame, with times in nanoseconds."""
        pack, ends = _HEAD.pack, dict[int, tuple[int, bytes]]()

        def shape(time_ns: int, data: bytes, original: int, flags: int) -> bytes:
            captured = len(data)
            if flags:
                padded = data + bytes(-captured & 3)
                size = _HEAD_SIZE + len(padded) + _FLAGS_SIZE + 4
                tail = struct.pack("<HHIII", 2, 4, flags, 0, size)
                head = pack(ENHANCED_PACKET, size, number, time_ns >> 32, time_ns & 0xFFFF_FFFF, captured, original)
                return head + padded + tail
            try:
                size, end = ends[captured]
            except KeyError:
                if len(ends) >= _MOST_ENDS:
                    ends.clear()
                size = _HEAD_SIZE + captured + (-captured & 3) + 4
                end = bytes(-captured & 3) + size.to_bytes(4, _ORDER)
                ends[captured] = size, end
            return pack(ENHANCED_PACKET, size, number, time_ns >> 32, time_ns & 0xFFFF_FFFF, captured, original) + (
                data + end
            )

        return shape

    def description(self, interface: Interface) -> bytes:
        """Return the description of an interface more."""
        self.interfaces.append(interface)
        return interface.encode(_ORDER)

    def ending(self, statistics: Sequence[Statistics]) -> list[Block]:
        """Return the statistics of each interface.

        What was dropped for want of room is told both as dumpcap tells it (`isb_ifdrop`: all that was lost,
        which is what Wireshark shows) and by the draft's finer options (`isb_osdrop`, `isb_usrdeliv`).
        """
        return [_statistics_block(number, each) for number, each in enumerate(statistics)]


def _statistics_block(number: int, told: Statistics) -> Block:
    """Return a block of statistics (draft-ietf-opsawg-pcapng, section 4.6)."""
    values = [
        (4, told.received),
        (5, told.dropped + (told.lost or 0)),
        (6, told.received),
        (7, told.dropped),
        (8, told.received - told.dropped),
    ]
    options = [Option(INTERFACE_STATISTICS, code, time.to_bytes(8, "big"))
               for code, time in ((2, told.start_ns), (3, told.end_ns))]  # fmt: skip
    options += [Option(INTERFACE_STATISTICS, code, max(value, 0).to_bytes(8, "big")) for code, value in values]
    body = struct.pack("<III", number, told.end_ns >> 32, told.end_ns & 0xFFFF_FFFF)
    raw = framed(INTERFACE_STATISTICS, body + encode_options(options, _ORDER), _ORDER)
    return Block(INTERFACE_STATISTICS, _ORDER, raw)


class LivePcap(LiveFormat):
    """A pcap with times in nanoseconds. It holds one link type, and tells nothing of interfaces and drops.

    Raises CaptureError for interfaces of several link types.
    """

    def __init__(self, interfaces: Sequence[Interface]) -> None:
        super().__init__(interfaces)
        links = {interface.link for interface in interfaces}
        if len(links) > 1:
            names = " and ".join(sorted(link_name(link) for link in links))
            raise CaptureError(f"a pcap holds frames of one link type, and these are {names}: name the file .pcapng")

    def beginning(self) -> bytes:
        """Return the file header."""
        snap_length = max(interface.snap_length for interface in self.interfaces)
        return bytes(PcapHeader(magic=NANOSECONDS, snap_length=snap_length, link_field=self.interfaces[0].link))

    def shape(self, number: int) -> Shape:
        """Return what makes a record of a frame; its flags have no place."""
        pack = struct.Struct("<IIII").pack

        def shape(time_ns: int, data: bytes, original: int, flags: int) -> bytes:
            second, rest = divmod(time_ns, 1_000_000_000)
            return pack(second, rest, len(data), original) + data

        return shape

    def description(self, interface: Interface) -> bytes:
        """Take an interface more; CaptureError where its link type is another."""
        LivePcap([*self.interfaces, interface])
        self.interfaces.append(interface)
        return b""

    def ending(self, statistics: Sequence[Statistics]) -> list[Block]:
        """Return nothing."""
        return []


class LiveFile:
    """A file that others can read while it grows; "-" is standard output, which stays open.

    It has its name from the beginning, in place of an older one, and nobody but its owner may read it (mode 0600), as
    others' passwords may be in it. `position` counts the bytes. Raises OSError where it cannot be written.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.position = 0
        self._owned = path != "-"
        if self._owned:
            self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
        else:
            sys.stdout.flush()
            self._descriptor = sys.stdout.fileno()
        self._closed = False

    def write(self, data: bytes) -> None:
        """Append bytes; they are in the file when this returns, or none of them where an error is raised."""
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        except OSError:
            if self._owned:
                # As much as found room would end in the middle of a frame.
                with contextlib.suppress(OSError):
                    os.ftruncate(self._descriptor, self.position)
            raise
        self.position += len(data)

    def close(self) -> None:
        """Close the file; closing twice does nothing more."""
        if not self._closed:
            self._closed = True
            if self._owned:
                os.close(self._descriptor)


def _system() -> str:
    """Return the operating system, as `uname` names it."""
    uname = getattr(os, "uname", None)
    if uname is None:
        return sys.platform
    told = uname()
    return f"{told.sysname} {told.release}"
