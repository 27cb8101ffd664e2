"""Where the reading of a packet ends before its time: which header has too few bytes, and what Wireshark says of it."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from dissect.declaration.header import Header
from dissect.packets.packet import Packet
from dissect.wireshark.sight import seen_layers, sight_of

__all__ = ["EarlyEnd", "early_end"]

_LIMITED = "[Packet size limited during capture]"


class EarlyEnd(NamedTuple):
    """The protocol that asked for more bytes than there are, and the mark that the last column has of it."""

    protocol: str
    mark: str

    @property
    def is_cut_by_capture(self) -> bool:
        """Whether the capture left out what is missing."""
        return self.mark == _LIMITED

    @property
    def line(self) -> str:
        """Return the line that stands for what is missing in the details of a packet."""
        if self.is_cut_by_capture:
            return f"{self.mark[:-1]}: {self.protocol} truncated]"
        return f"[Malformed Packet: {self.protocol}{self.mark.removeprefix('[Malformed Packet')[:-1]}]"


def early_end(packet: Packet | Header) -> EarlyEnd | None:
    """Return where reading ends too early; None where it comes to the end.

    >>> from dissect import parse
    >>> early_end(parse(bytes(10))).line
    '[Malformed Packet: Ethernet]'
    """
    for header in seen_layers(packet):
        sight = sight_of(header)
        if not sight.stops_short(header):
            if not header.quotes:
                continue
            # A quotation is short on purpose, but for what the capture left out.
            header = deque(seen_layers(header), 1).pop()
            sight = sight_of(header)
            if not (sight.stops_short(header) and header.bytes_left_out):
                return None
        return EarlyEnd(sight.short_name(header), sight.cut_mark(header))
    return None
