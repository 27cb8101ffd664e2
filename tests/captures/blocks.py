"""pcapng blocks put together from their description, by nothing of the package, and files made of them."""

from __future__ import annotations

import struct
from typing import Literal, NamedTuple

from hypothesis import strategies as st

Order = Literal["little", "big"]


def block(order: Order, kind: int, body: bytes, first: int | None = None, last: int | None = None) -> bytes:
    """A block with its length, or other lengths, in front and at the end."""
    mark, size = "<" if order == "little" else ">", 12 + len(body)
    head = struct.pack(mark + "II", kind, size if first is None else first)
    return head + body + struct.pack(mark + "I", size if last is None else last)


def option(order: Order, code: int, data: bytes) -> bytes:
    return struct.pack(("<" if order == "little" else ">") + "HH", code, len(data)) + data + bytes(-len(data) & 3)


def section(
    order: Order = "little", version: tuple[int, int] = (1, 0), length: int = -1, options: bytes = b""
) -> bytes:
    mark = "<" if order == "little" else ">"
    return block(order, 0x0A0D0D0A, struct.pack(mark + "IHHq", 0x1A2B3C4D, *version, length) + options)


def interface(order: Order = "little", link: int = 1, snap_length: int = 0, options: bytes = b"") -> bytes:
    return block(order, 1, struct.pack(("<" if order == "little" else ">") + "HHI", link, 0, snap_length) + options)


def enhanced(
    order: Order = "little",
    number: int = 0,
    ticks: int = 1,
    data: bytes = bytes(60),
    *,
    captured: int | None = None,
    original: int | None = None,
    padding: int = 0,
    options: bytes = b"",
    first: int | None = None,
    last: int | None = None,
) -> bytes:
    size = len(data) if captured is None else captured
    wire = len(data) if original is None else original
    head = struct.pack(
        ("<" if order == "little" else ">") + "IIIII", number, ticks >> 32, ticks & 0xFFFFFFFF, size, wire
    )
    return block(order, 6, head + data + bytes([padding]) * (-len(data) & 3) + options, first, last)


def obsolete(
    order: Order = "little",
    number: int = 0,
    ticks: int = 1,
    data: bytes = bytes(60),
    *,
    drops: int = 0,
    original: int | None = None,
    options: bytes = b"",
) -> bytes:
    wire = len(data) if original is None else original
    mark = "<" if order == "little" else ">"
    head = struct.pack(mark + "HHIIII", number, drops, ticks >> 32, ticks & 0xFFFFFFFF, len(data), wire)
    return block(order, 2, head + data + bytes(-len(data) & 3) + options)


def simple(order: Order = "little", data: bytes = bytes(60), original: int | None = None) -> bytes:
    wire = len(data) if original is None else original
    head = struct.pack(("<" if order == "little" else ">") + "I", wire)
    return block(order, 3, head + data + bytes(-len(data) & 3))


class Expected(NamedTuple):
    """What a packet should be read as."""

    number: int
    time_ns: int | None
    data: bytes
    original_length: int
    link: int
    interface: int
    comments: tuple[str, ...]


class File(NamedTuple):
    """A file's blocks, and the packets in them by the index of their block."""

    blocks: list[bytes]
    packets: dict[int, Expected]

    @property
    def content(self) -> bytes:
        return b"".join(self.blocks)


TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=6)
RESOLUTIONS = st.sampled_from([None, 0, 3, 6, 9, 12, 19, 0x80, 0x8A, 0x9E, 0xBF]) | st.integers(0, 255)
# Options whose size nobody minds.
_FREE_CODES = st.sampled_from([99, 0x8001, 0x123])


@st.composite
def _options(draw: st.DrawFn, order: Order, codes: st.SearchStrategy[int] = _FREE_CODES) -> tuple[bytes, list[str]]:
    comments: list[str] = []
    parts: list[bytes] = []
    for _ in range(draw(st.integers(0, 3))):
        is_comment: bool = draw(st.booleans())
        if is_comment:
            comments.append(draw(TEXT))
            parts.append(option(order, 1, comments[-1].encode()))
        else:
            parts.append(option(order, draw(codes), draw(st.binary(max_size=9))))
    if draw(st.booleans()) and parts:
        parts.append(option(order, 0, b""))
    return b"".join(parts), comments


@st.composite
def files(draw: st.DrawFn, sections: int = 3, blocks: int = 8) -> File:
    """Files of every kind of block, each well-formed."""
    made: list[bytes] = []
    packets: dict[int, Expected] = {}
    for _ in range(draw(st.integers(1, sections))):
        order: Order = draw(st.sampled_from(["little", "big"]))
        options, _ = draw(_options(order))
        version = draw(st.sampled_from([(1, 0), (1, 2)]))
        made.append(section(order, version, draw(st.sampled_from([-1, 0, 100])), options))
        interfaces: list[tuple[int, int, int, int]] = []
        for _ in range(draw(st.integers(0, blocks))):
            kind = draw(st.sampled_from(["interface", "enhanced", "enhanced", "simple", "obsolete", "other"]))
            if kind == "interface" or (not interfaces and kind != "other"):
                resolution, offset = draw(RESOLUTIONS), draw(st.sampled_from([0, 0, 5, -5]))
                options, _ = draw(_options(order))
                stated = b"" if resolution is None else option(order, 9, bytes([resolution]))
                if offset:
                    stated += option(order, 14, offset.to_bytes(8, order, signed=True))
                link, snap = draw(st.sampled_from([1, 101, 999])), draw(st.sampled_from([0, 0, 40, 65535]))
                made.append(interface(order, link, snap, stated + options))
                resolution = 6 if resolution is None else resolution
                per_second = 2 ** (resolution & 0x7F) if resolution & 0x80 else 10**resolution
                interfaces.append((link, snap, per_second, offset))
                continue
            if kind == "other":
                made.append(_other(draw, order))
                continue
            number = 0 if kind == "simple" else draw(st.integers(0, len(interfaces) - 1))
            link, snap, per_second, offset = interfaces[number]
            data, ticks = draw(st.binary(max_size=50)), draw(st.integers(0, 2**64 - 1))
            original = draw(st.just(len(data)) | st.integers(0, 2**32 - 1))
            time_ns: int | None = ticks * 10**9 // per_second + offset * 10**9
            comments: list[str] = []
            if kind == "simple":
                data, original, time_ns = data[: snap or None], len(data[: snap or None]), None
                if snap and len(data) == snap:
                    original = draw(st.integers(snap, 2**32 - 1))
                made.append(simple(order, data, original))
            elif kind == "obsolete":
                options, comments = draw(_options(order))
                drops = draw(st.sampled_from([0, 7, 0xFFFF]))
                made.append(obsolete(order, number, ticks, data, drops=drops, original=original, options=options))
            else:
                options, comments = draw(_options(order))
                padding = draw(st.sampled_from([0, 0, 0, 1]))
                made.append(enhanced(order, number, ticks, data, original=original, padding=padding, options=options))
            packets[len(made) - 1] = Expected(len(packets) + 1, time_ns, data, original, link, number, tuple(comments))
    return File(made, packets)


def _other(draw: st.DrawFn, order: Order) -> bytes:
    """Any block that holds no packet."""
    mark = "<" if order == "little" else ">"
    kind = draw(st.sampled_from([4, 5, 10, 0xBAD, 0x40000BAD, 0x77, 0x80000001]))
    free = draw(st.binary(max_size=20))
    body = free + bytes(-len(free) & 3)
    if kind == 5:
        body = struct.pack(mark + "III", draw(st.integers(0, 3)), 1, 2) + option(order, 4, bytes(8))
    elif kind == 4:
        body = option(order, 1, b"\x0a\x00\x00\x01name\x00") + bytes(4)
    elif kind == 10:
        body = struct.pack(mark + "II", 0x544C534B, len(free)) + body
    elif kind in (0xBAD, 0x40000BAD):
        body = struct.pack(mark + "I", 32473) + body
    return block(order, kind, body)
