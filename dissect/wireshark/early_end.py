"""Where the reading of a packet ends before its time: which header has too few bytes, and what Wireshark says of it."""

from __future__ import annotations

from collections import deque

from dissect.declaration.header import Header
from dissect.declaration.named_tuples import NamedTuple
from dissect.packets.packet import Packet
from dissect.wireshark.sight import REASSEMBLY_ERROR, UNREASSEMBLED, seen_layers, sight_of

__all__ = ["EarlyEnd", "early_end", "end_of_quotation"]

_LIMITED = "[Packet size limited during capture]"
_UNREASSEMBLED = UNREASSEMBLED[:-1]


class EarlyEnd(NamedTuple):
    """The protocol that asked for more bytes than there are, and the mark that the last column has of it."""

    protocol: str
    mark: str

    @property
    def is_cut_by_capture(self) -> bool:
        """Whether the capture left out what is missing."""
        return self.mark == _LIMITED

    @property
    def is_unreassembled(self) -> bool:
        """Whether what is missing is in other packets, which were not put together with this one."""
        return self.mark.startswith(_UNREASSEMBLED)

    @property
    def error(self) -> str:
        """What contradicts what was put together before; "" where nothing does."""
        is_error = self.mark.startswith(REASSEMBLY_ERROR)
        return self.mark[len(REASSEMBLY_ERROR) : -1].partition(": ")[2] if is_error else ""

    @property
    def label(self) -> str:
        """Return the name for display filters of what stands for what is missing."""
        if self.is_cut_by_capture:
            return "_ws.short"
        return "_ws.unreassembled" if self.is_unreassembled else "_ws.malformed"

    @property
    def line(self) -> str:
        """Return the line that stands for what is missing in the details of a packet."""
        if self.is_cut_by_capture:
            return f"{self.mark[:-1]}: {self.protocol} truncated]"
        if self.is_unreassembled:
            return f"[BoundError Unreassembled Packet{self.mark.removeprefix(_UNREASSEMBLED)[:-1]}: {self.protocol}]"
        if self.error:
            return self.mark
        return f"[Malformed Packet: {self.protocol}{self.mark.removeprefix('[Malformed Packet')[:-1]}]"


def early_end(packet: Packet | Header) -> EarlyEnd | None:
    """Return where reading ends too early; None where it comes to the end.

    >>> from dissect import parse
    >>> early_end(parse(bytes(10))).line
    '[Malformed Packet: Ethernet]'
    """
    for header in seen_layers(packet):
        is_short = sight_of(header).stops_short(header)
        if not (is_short or header.quotes):
            continue
        end = header if is_short else end_of_quotation(header)
        return None if end is None else EarlyEnd(sight_of(end).short_name(end), sight_of(end).cut_mark(end))
    return None


def end_of_quotation(error: Header) -> Header | None:
    """Return the innermost header that an error quotes, where the capture left bytes of it out; None otherwise.

    But for that a quotation is short on purpose.
    """
    innermost = deque(seen_layers(error), 1).pop()
    return innermost if sight_of(innermost).stops_short(innermost) and innermost.bytes_left_out else None
