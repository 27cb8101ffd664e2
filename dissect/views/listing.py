"""The list of packets: a line each, aligned and worded as tshark does when it prints to a pipe."""

from __future__ import annotations

from dissect.declaration.header import Header
from dissect.declaration.symbols import padded
from dissect.packets.clock import Clock
from dissect.packets.links import link_name
from dissect.packets.packet import Packet
from dissect.wireshark.columns import Summary, summarize
from dissect.wireshark.time_column import time_text

__all__ = ["list_columns", "list_line", "printable", "summary"]


def list_line(packet: Packet, clock: Clock, time_format: str = "r", digits: int = 6, gap: str = " ") -> str:
    """Return a packet's line: number, time, source, destination, protocol, length, info.

    `clock` has advanced to this packet; `time_format` is a key of TIME_FORMATS, and `digits` the
    decimals of a second: 6 for a capture in microseconds, 9 for nanoseconds. `gap` stands between columns.
    """
    columns = list_columns(packet)
    time = time_text(packet, clock, time_format, digits)
    head = (
        padded(columns.number, 5),
        padded(time, 10),
        padded(columns.source, 12),
        "→",
        padded(columns.destination, -12),
    )
    texts = (*head, columns.protocol, columns.length, columns.info)
    return printable(gap.join(texts)) if gap.isprintable() else gap.join(map(printable, texts))


def list_columns(packet: Packet) -> Summary:
    """Return the columns of a packet's line; of a link type that no protocol is read in, they say so."""
    columns = summarize(packet)
    if not columns.protocol and packet.frame.learnt("opaque"):
        return columns._replace(info=f"[Frames of link type {link_name(packet.link)} are not read]")
    return columns


def summary(frame: Packet | Header) -> str:
    """Return a frame's line without number and time, and without what aligns it."""
    columns = summarize(frame)
    length = columns.length or str(len(frame))
    parts = (columns.source, "→" if columns.source or columns.destination else "", columns.destination)
    return printable(" ".join(filter(None, (*parts, columns.protocol, length, columns.info))))


def printable(line: str) -> str:
    r"""Return the line with control characters written as escapes, so that no frame can steer a terminal.

    >>> printable("a\x1b[2Jb")
    'a\\x1b[2Jb'
    """
    return line if line.isprintable() else line.translate(_ESCAPES)


class _Escapes(dict[int, str]):
    """What stands for characters in lines, by their numbers; those of ASCII are found out once."""

    def __missing__(self, number: int) -> str:
        character = chr(number)
        text = character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        if character.isascii():
            self[number] = text
        return text


_ESCAPES = _Escapes()
