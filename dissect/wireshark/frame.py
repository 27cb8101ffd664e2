"""What a packet has beside its headers, under tshark's names: number, times, lengths, the protocols in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from dissect.declaration.header import Header
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.times import BILLION, moment_text, seconds_text
from dissect.packets.clock import Clock
from dissect.packets.links import link_number
from dissect.packets.packet import Packet
from dissect.protocols.raw_ip import RAW_LINKS
from dissect.wireshark.field_types import (
    ABSOLUTE_TIME,
    BOOLEAN,
    INT16,
    NONE,
    PROTOCOL,
    RELATIVE_TIME,
    STRING,
    UINT32,
    FieldType,
)
from dissect.wireshark.sight import seen_layers, sight_of

__all__ = [
    "BILLION",
    "ENCAPSULATIONS",
    "FRAME_FIELDS",
    "FrameField",
    "Recorded",
    "coloured",
    "frame_headline",
    "moment_text",
    "seconds_text",
    "was_observed",
    "wire_length",
]

_NULL = link_number("null")
ENCAPSULATIONS = {
    0: 15, 1: 1, 2: 184, 3: 148, 6: 2, 7: 8, 8: 3, 9: 4, 10: 6, 11: 10, 12: 7, 13: 38, 14: 7, 16: 11, 18: 11,
    19: 11, 32: 69, 50: 4, 51: 139, 99: 61, 100: 10, 101: 7, 104: 28, 105: 20, 106: 11, 107: 26, 108: 174, 109:
    38, 112: 28, 113: 25, 114: 30, 117: 39, 118: 29, 119: 21, 121: 32, 122: 18, 123: 13, 127: 23, 128: 37, 129:
    9, 130: 81, 131: 82, 133: 87, 135: 68, 136: 151, 137: 67, 138: 62, 139: 75, 140: 42, 141: 43, 142: 101, 143:
    33, 147: 45, 148: 46, 149: 47, 150: 48, 151: 49, 152: 50, 153: 51, 154: 52, 155: 53, 156: 54, 157: 55, 158:
    56, 159: 57, 160: 58, 161: 59, 162: 60, 163: 24, 165: 63, 167: 76, 169: 66, 170: 178, 171: 179, 172: 77,
    173: 78, 178: 83, 179: 84, 180: 85, 181: 86, 183: 91, 184: 181, 186: 92, 187: 41, 188: 93, 189: 95, 190:
    109, 192: 97, 195: 104, 196: 100, 197: 98, 199: 103, 200: 197, 201: 99, 202: 147, 203: 131, 204: 19, 209:
    112, 210: 106, 211: 108, 212: 107, 213: 111, 214: 105, 215: 113, 220: 115, 224: 121, 225: 122, 226: 124,
    227: 125, 228: 129, 229: 130, 230: 127, 231: 146, 235: 132, 236: 133, 237: 157, 239: 141, 240: 135, 241:
    136, 242: 180, 243: 138, 245: 140, 248: 149, 249: 152, 250: 153, 251: 154, 252: 155, 253: 158, 254: 159,
    255: 160, 256: 161, 258: 171, 259: 172, 260: 173, 264: 177, 266: 182, 268: 36, 270: 183, 271: 185, 272: 186,
    273: 199, 274: 198, 275: 200, 276: 210, 279: 204, 280: 205, 283: 206, 287: 211, 288: 208, 290: 212, 292:
    214, 293: 215, 294: 216, 295: 217,
}  # fmt: skip
"""Wireshark's own numbers for link types (frame.encap_type), by LINKTYPE, as tshark 4.0 prints them."""


class Recorded(NamedTuple):
    """What the records of packets in a row say of them: arrays, with a number for each packet, to be reckoned with.

    Those that few ask for are functions, which make them.
    """

    link: int
    """The link type of all of them."""
    numbers: Callable[[], Any]
    times: Any
    """Nanoseconds since 1970."""
    first: int
    """The time of the capture's first packet."""
    previous: Callable[[], Any]
    """The time of the packet before each; of the first one its own."""
    wire: Any
    """The bytes that the frame had."""
    kept: Callable[[], Any]
    """The bytes of it that were captured."""


def frame_alone(packet: Packet | Header) -> Packet:
    """Return the packet that a header is by itself, the only one of its capture and without a time."""
    if isinstance(packet, Packet):
        return packet
    made = Packet(bytes(packet), link=packet.link_type)
    made.frame = packet
    return made


class FrameField(NamedTuple):
    """A field of the frame itself: `value(packet, clock)` gives None where the packet has none, a list for several."""

    title: str
    type: FieldType
    value: Callable[[Packet, Clock | None], Any]
    text: Callable[[Any], str] = str
    within: str = ""
    """The field below whose line it stands in the details."""
    of_records: Callable[[Recorded], Any] | None = None
    """What gives the values of many packets at once, for a field that all have, and that their records tell."""
    looks_back: bool = False
    """Whether it depends on the packets in front of its own."""

    def values(self, packet: Packet, clock: Clock | None) -> list[Any]:
        """Return all values that the packet has."""
        value = self.value(packet, clock)
        if value is None:
            return []
        return value if isinstance(value, list) else [value]


def was_observed(packet: Packet) -> bool:
    """Return whether a reading pass has seen the packet, so that it knows the times that came before its own."""
    return packet.is_observed


def frame_headline(packet: Packet) -> str:
    """Return the frame's own line in the details."""
    wire, kept = wire_length(packet), _kept_length(packet, None)
    wire_bytes, kept_bytes = "byte" if wire == 1 else "bytes", "byte" if kept == 1 else "bytes"
    return (
        f"Frame {packet.number}: {wire} {wire_bytes} on wire ({8 * wire} bits), "
        f"{kept} {kept_bytes} captured ({8 * kept} bits)"
    )


_DIRECTED_PPP = 204
"""The link type whose frames have the way that they went in a byte in front, which Wireshark does not count."""


def wire_length(packet: Packet) -> int:
    """Return the bytes that the frame had, as Wireshark counts them."""
    length: int = _counted(packet.original_length, packet.link)
    return length


def _kept_length(packet: Packet, clock: Any) -> int:
    length: int = _counted(packet.captured_length, packet.link)
    return length


def _counted(length: Any, link: int) -> Any:
    """Return as many bytes as Wireshark counts, of a frame's, or of each that an array has."""
    return length - (length > 0) if link == _DIRECTED_PPP else length


def _since(packet: Packet, reference: int | None) -> int | None:
    if packet.time_ns is None:
        return None
    return 0 if reference is None else packet.time_ns - reference


def _relative(packet: Packet, clock: Clock | None) -> int | None:
    if clock is not None:
        return _since(packet, clock.first)
    return _since(packet, packet._references[0]) if was_observed(packet) else None


def _delta(packet: Packet, clock: Clock | None) -> int | None:
    if clock is not None:
        return _since(packet, clock.previous)
    return _since(packet, packet._references[1]) if was_observed(packet) else None


def _delta_displayed(packet: Packet, clock: Clock | None) -> int | None:
    return None if clock is None else _since(packet, clock.previous_shown)


def protocols_of(packet: Packet) -> str:
    """Return the names of the protocols of a packet as `frame.protocols` has them; "" for none."""
    names = [
        name
        for header in seen_layers(packet)
        # Of what goes on in a layer, the first name is that of the layer.
        for name in sight_of(header).path(header)[1 if header.learnt("shares_layer") else 0 :]
    ]
    if packet.link in RAW_LINKS:
        names.insert(0, "raw")
    elif packet.link == _NULL and names[0] == "ppp":
        names.insert(0, "null")
    return ":".join(names)


def _interface_name(packet: Packet, clock: Clock | None) -> str | None:
    # Only captures that describe interfaces number them; what they don't name is called so.
    return None if packet.interface is None else packet.interface_name or "unknown"


def _flags(mask: int) -> Callable[[Packet, Clock | None], int | None]:
    """Return what gives these bits of a packet's flags (draft-ietf-opsawg-pcapng, 4.3.1), as a number of their own."""
    shift = (mask & -mask).bit_length() - 1

    def bits(packet: Packet, clock: Clock | None) -> int | None:
        flags = packet.option("flags")
        return (flags & mask) >> shift if isinstance(flags, int) else None

    return bits


def _hexadecimal(number: int) -> str:
    return f"{number:#010x}"


def _flag(title: str, mask: int, kind: FieldType, text: Callable[[Any], str] = str) -> FrameField:
    return FrameField(title, kind, _flags(mask), text, within="frame.packet_flags")


_COLOURS: list[Callable[[Packet], tuple[str, str] | None]] = []


@contextmanager
def coloured(find: Callable[[Packet], tuple[str, str] | None]) -> Iterator[None]:
    """Have packets know their colouring rules inside the block: `find` gives the name of a packet's and its filter."""
    _COLOURS.append(find)
    try:
        yield
    finally:
        _COLOURS.pop()


def _rule(packet: Packet, place: int) -> str | None:
    found = _COLOURS[-1](packet) if _COLOURS else None
    return None if found is None else found[place]


def _one_line(text: str) -> str:
    return "".join(each if each >= " " else each.encode("unicode_escape").decode("ascii") for each in text)


FRAME_FIELDS: dict[str, FrameField] = {
    "frame": FrameField("Frame", PROTOCOL, lambda packet, clock: frame_headline(packet)),
    "frame.section_number": FrameField("Section number", UINT32, lambda packet, clock: packet.section_number),
    "frame.interface_id": FrameField("Interface id", UINT32, lambda packet, clock: packet.interface),
    "frame.interface_name": FrameField("Interface name", STRING, _interface_name, _one_line, "frame.interface_id"),
    "frame.interface_description": FrameField(
        "Interface description",
        STRING,
        lambda packet, clock: packet.interface_description,
        _one_line,
        "frame.interface_id",
    ),
    "frame.packet_flags": FrameField("Packet flags", UINT32, _flags(0xFFFF_FFFF), _hexadecimal),
    "frame.packet_flags_direction": _flag("Direction", 0x3, UINT32, _hexadecimal),
    "frame.packet_flags_reception_type": _flag("Reception type", 0x1C, UINT32),
    "frame.packet_flags_fcs_length": _flag("FCS length", 0x1E0, UINT32),
    "frame.packet_flags_reserved": _flag("Reserved", 0xFE00, UINT32),
    "frame.packet_flags_crc_error": _flag("CRC error", 1 << 24, BOOLEAN),
    "frame.packet_flags_packet_too_error": _flag("Packet too long error", 1 << 25, BOOLEAN),
    "frame.packet_flags_packet_too_short_error": _flag("Packet too short error", 1 << 26, BOOLEAN),
    "frame.packet_flags_wrong_inter_frame_gap_error": _flag("Wrong interframe gap error", 1 << 27, BOOLEAN),
    "frame.packet_flags_unaligned_frame_error": _flag("Unaligned frame error", 1 << 28, BOOLEAN),
    "frame.packet_flags_start_frame_delimiter_error": _flag("Start frame delimiter error", 1 << 29, BOOLEAN),
    "frame.packet_flags_preamble_error": _flag("Preamble error", 1 << 30, BOOLEAN),
    "frame.packet_flags_symbol_error": _flag("Symbol error", 1 << 31, BOOLEAN),
    "frame.encap_type": FrameField("Encapsulation type", INT16, lambda packet, clock: ENCAPSULATIONS.get(packet.link)),
    "frame.comment": FrameField("Comment", STRING, lambda packet, clock: [*packet.comments], _one_line),
    # Tshark has the name for those who write dissectors, and marks nothing unless it is asked to.
    "frame.incomplete": FrameField("Incomplete dissector", NONE, lambda packet, clock: None),
    "frame.time": FrameField(
        "Arrival Time",
        ABSOLUTE_TIME,
        lambda packet, clock: packet.time_ns,
        moment_text,
        of_records=lambda records: records.times,
    ),
    "frame.offset_shift": FrameField(
        "Time shift for this packet",
        RELATIVE_TIME,
        lambda packet, clock: None if packet.time_ns is None else 0,
        seconds_text,
    ),
    "frame.time_epoch": FrameField(
        "Epoch Time",
        RELATIVE_TIME,
        lambda packet, clock: packet.time_ns,
        seconds_text,
        of_records=lambda records: records.times,
    ),
    "frame.time_delta": FrameField(
        "Time delta from previous captured frame",
        RELATIVE_TIME,
        _delta,
        seconds_text,
        of_records=lambda records: records.times - records.previous(),
        looks_back=True,
    ),
    "frame.time_delta_displayed": FrameField(
        "Time delta from previous displayed frame", RELATIVE_TIME, _delta_displayed, seconds_text, looks_back=True
    ),
    "frame.time_relative": FrameField(
        "Time since reference or first frame",
        RELATIVE_TIME,
        _relative,
        seconds_text,
        of_records=lambda records: records.times - records.first,
        looks_back=True,
    ),
    "frame.number": FrameField(
        "Frame Number",
        UINT32,
        lambda packet, clock: packet.number,
        of_records=lambda records: records.numbers(),
        looks_back=True,
    ),
    "frame.len": FrameField(
        "Frame Length",
        UINT32,
        lambda packet, clock: wire_length(packet),
        of_records=lambda records: _counted(records.wire, records.link),
    ),
    "frame.cap_len": FrameField(
        "Capture Length",
        UINT32,
        _kept_length,
        of_records=lambda records: _counted(records.kept(), records.link),
    ),
    "frame.len_lt_caplen": FrameField(
        "Frame length is less than captured length",
        NONE,
        lambda packet, clock: 1 if packet.original_length < packet.captured_length else None,
    ),
    # Somebody marks frames, or has them ignored, in Wireshark's window.
    "frame.marked": FrameField("Frame is marked", BOOLEAN, lambda packet, clock: 0),
    "frame.ignored": FrameField("Frame is ignored", BOOLEAN, lambda packet, clock: 0),
    "frame.protocols": FrameField("Protocols in frame", STRING, lambda packet, clock: protocols_of(packet) or None),
    "frame.coloring_rule.name": FrameField("Coloring Rule Name", STRING, lambda packet, clock: _rule(packet, 0)),
    "frame.coloring_rule.string": FrameField("Coloring Rule String", STRING, lambda packet, clock: _rule(packet, 1)),
}
"""By display-filter name. Times are integers of nanoseconds."""
