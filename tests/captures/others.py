"""Files of snoop, Network Monitor and Endace's cards put together from their description, by nothing of the package."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["FRAMES", "Frame", "erf", "erf_record", "filetime", "netmon", "snoop", "snoop_record"]


class Frame(NamedTuple):
    """What a record holds: its bytes, its time in nanoseconds since 1970 or a start, its length on the wire."""

    data: bytes
    time_ns: int = 0
    original: int | None = None

    @property
    def length(self) -> int:
        return len(self.data) if self.original is None else self.original


FRAMES = (
    Frame(bytes.fromhex("ffffffffffff020000000001") + b"\x88\xb5" + bytes(range(46)), 1_700_000_000_000_001_000),
    Frame(bytes.fromhex("020000000001020000000002") + b"\x88\xb5" + b"odd", 1_700_000_000_250_000_000, 1500),
    Frame(b"", 1_700_000_001_000_000_000, 60),
)


def snoop_record(frame: Frame, padding: bytes = b"") -> bytes:
    seconds, rest = divmod(frame.time_ns, 10**9)
    length = 24 + len(frame.data) + len(padding)
    head = struct.pack(">IIIIII", frame.length, len(frame.data), length, 0, seconds, rest // 1000)
    return head + frame.data + padding


def snoop(frames: Sequence[Frame], data_link: int = 4, version: int = 2, padding: bytes | None = None) -> bytes:
    """A file with padding to 4 bytes, or with what is given in its place."""
    head = b"snoop\0\0\0" + struct.pack(">II", version, data_link)
    return head + b"".join(
        snoop_record(frame, bytes(-len(frame.data) & 3) if padding is None else padding) for frame in frames
    )


def filetime(time_ns: int) -> int:
    return time_ns // 100 + 116_444_736_000_000_000


def netmon(
    frames: Sequence[Frame],
    version: tuple[int, int] = (2, 0),
    start: Sequence[int] = (2023, 11, 2, 14, 22, 13, 20, 500),
    medium: int = 1,
    media: Sequence[int] = (),
    gap: bytes = b"",
    order: Sequence[int] | None = None,
) -> bytes:
    """A file whose frames have times since `start` (year, month, day of the week, day, ..., millisecond).

    `media` are the link types of the frames where each has its own; `gap` stands in front of each record;
    `order` is that of the table, in which a frame is told by its place in the file.
    """
    major, minor = version
    body, places = b"", []
    for index, frame in enumerate(frames):
        body += gap
        places.append(128 + len(body))
        if major == 1:
            body += struct.pack("<IHH", frame.time_ns // 10**6, frame.length, len(frame.data))
        else:
            body += struct.pack("<QII", frame.time_ns // 1000 & 0xFFFF_FFFF_FFFF_FFFF, frame.length, len(frame.data))
        trailer = struct.pack("<HI", media[index] if media else medium, 0xFFFF_FFFF)
        trailer += struct.pack("<QB", filetime(frame.time_ns), 0)
        body += frame.data
        if version >= (2, 1):
            body += trailer[: {1: 2, 2: 6}.get(minor, 15)]
    table = b"".join(struct.pack("<I", places[index]) for index in (range(len(frames)) if order is None else order))
    head = (b"RTSS" if major == 1 else b"GMBU") + struct.pack(
        "<BBH8HII", minor, major, medium, *start, 128 + len(body), len(table)
    )
    return head.ljust(128, b"\0") + body + table


def erf_record(
    frame: Frame, kind: int = 2, between: bytes = b"\0\0", extensions: Sequence[bytes] = (), padding: bytes = b""
) -> bytes:
    """A record: `between` stands between the extension headers and the frame."""
    seconds, rest = divmod(frame.time_ns, 10**9)
    headers = b""
    for index, extension in enumerate(extensions):
        more = 0x80 if index + 1 < len(extensions) else 0
        headers += bytes([extension[0] | more]) + extension[1:]
    content = headers + between + frame.data + padding
    head = struct.pack("<QBB", (seconds << 32) + (rest << 32) // 10**9, kind | (0x80 if extensions else 0), 4)
    return head + struct.pack(">HHH", 16 + len(content), 0, frame.length) + content


def erf(frames: Sequence[Frame]) -> bytes:
    """A file with padding to 8 bytes; what follows a frame that was cut would be taken for more of it."""
    return b"".join(
        erf_record(frame, padding=b"" if frame.length > len(frame.data) else bytes(-(18 + len(frame.data)) & 7))
        for frame in frames
    )
