"""One line about a packet: the columns of a list, as tshark fills them without resolving names."""

from __future__ import annotations

from collections.abc import Callable

from dissect.declaration.fields import Field
from dissect.declaration.header import Header
from dissect.declaration.kinds import IPv4Address, IPv6Address, MacAddress
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.traced_bytes import printed
from dissect.errors import FieldAbsentError
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.wireshark.early_end import end_of_quotation
from dissect.wireshark.frame import wire_length
from dissect.wireshark.sight import sight_of
from dissect.wireshark.time_column import time_text

__all__ = ["COLUMNS", "Summary", "endpoints", "summarize"]

COLUMNS = {
    "No.": "number",
    "Time": "time",
    "Source": "source",
    "Destination": "destination",
    "Protocol": "protocol",
    "Length": "length",
    "Info": "info",
}
"""Where the columns that tshark calls `_ws.col.X` stand in a `Summary`."""
_ADDRESSES = (MacAddress, IPv4Address, IPv6Address)


class Summary(NamedTuple):
    """The columns of a list, as text."""

    number: str
    time: str
    source: str
    destination: str
    protocol: str
    length: str
    info: str


_LONGEST_INFO = 4095
"""Wireshark has room for so many bytes in the last column."""
_SHORT_INFO = _LONGEST_INFO // 4
"""So many characters are never more."""


def summarize(packet: Packet | Header, clock: Clock | None = None) -> Summary:
    """Return the columns of a packet; a header has no number, time and length, which stay empty.

    Every layer has its say and the innermost wins, but what an ICMP error quotes says nothing.
    """
    source = destination = protocol = info = before = last_word = ""
    is_kept = is_part = False
    spoken = ""
    header: Header | None = packet.frame if isinstance(packet, Packet) else packet
    while header is not None:
        sight = sight_of(header)
        source, destination = endpoints(header, source, destination)
        name = _asked(sight.protocol, header, sight.short_name)
        if header.learnt("follows_in_info"):
            # Of messages of which the first is whole only with other segments, all stand in the list.
            before, is_kept = info, True
        if name:
            # Messages of one protocol have one name, that of the first.
            stays = is_part or (is_kept and header.name == spoken)
            protocol = protocol if stays else name
            spoken = header.name
            # What stands behind the end of a message that was not shown does not change the name.
            is_part = is_part or bool(header.learnt("is_segment"))
            if not sight.leaves_info(header):
                words = _asked(sight.info, header)
                goes_on = header.learnt("shares_layer") or header.learnt("follows_in_info")
                if sight.joins_with and goes_on:
                    info += sight.joins_with + words if words and info else words
                else:
                    info = sight.behind_fence(header, before, words)
                before += sight.fence(header)
        last_word = sight.last_word(header) or last_word
        if sight.stops_short(header):
            info += sight.cut_mark(header)
        elif header.quotes:
            end = end_of_quotation(header)
            info += "" if end is None else sight_of(end).cut_mark(end)
            break
        header = sight.payload(header)
    info = last_word or info
    if len(info) > _SHORT_INFO:
        info = info.encode("utf-8", "surrogateescape")[:_LONGEST_INFO].decode("utf-8", "ignore")
    if not isinstance(packet, Packet):
        return Summary("", "", source, destination, protocol, "", info)
    time = ""
    if clock is not None and clock.first is not None:
        time = time_text(packet, clock, clock.time_format, clock.digits(packet))
    return Summary(str(packet.number), time, source, destination, protocol, str(wire_length(packet)), info)


def _asked(tells: Callable[[Header], str], header: Header, otherwise: Callable[[Header], str] | None = None) -> str:
    """Return what a sight tells of a header; what it says otherwise where that needs a field which is not there."""
    try:
        return tells(header)
    except FieldAbsentError:
        return "" if otherwise is None else otherwise(header)


def endpoints(header: Header, source: str, destination: str) -> tuple[str, str]:
    """Return the columns of source and destination, given those of the headers around this one.

    Each address takes its column as soon as it is read; cooked headers have no destination.
    """
    declares = type(header).declares
    src, dst = declares("src"), declares("dst")
    if src is not None and src.kind in _ADDRESSES:
        source = _address(header, src, source)
        destination = "" if dst is None else _address(header, dst, destination)
    return sight_of(header).endpoints(header, source, destination)


def _address(header: Header, field: Field, before: str) -> str:
    try:
        raw = header.raw(field)
    except FieldAbsentError:
        return before
    sight = sight_of(header)
    return printed(field, raw) if sight.fills_columns(header) or sight.shows(header, field) else before
