"""The options of pcapng blocks: what they are called, what they mean, and how the file holds them.

Source: draft-ietf-opsawg-pcapng, section 3.5 and the options of each block in section 4. Where
real files differ from the draft, Wireshark's judgement of them is followed.
"""

from __future__ import annotations

__all__ = ["COMMENT", "ByteOrder", "Option", "OptionError", "comments_of", "decode_options", "encode_options"]

import struct
from collections.abc import Iterable
from typing import Literal, TypeAlias

from dissect.declaration.named_tuples import NamedTuple

ByteOrder: TypeAlias = Literal["little", "big"]

SECTION_HEADER = 0x0A0D0D0A
INTERFACE_DESCRIPTION = 1
PACKET = 2
NAME_RESOLUTION = 4
INTERFACE_STATISTICS = 5
ENHANCED_PACKET = 6

END = 0
COMMENT = 1
# Of any block, with a Private Enterprise Number in front: text and bytes that may be copied, and those that may not.
_CUSTOM = {2988: "custom_text", 2989: "custom_bytes", 19372: "custom_text_no_copy", 19373: "custom_bytes_no_copy"}

# By block type and option code: the option's name without the block's prefix, and the form of its value.
# Numbers are of 1, 4 or 8 bytes; "time" is one of 8 bytes whose higher half comes first in either byte order.
_KNOWN: dict[int, dict[int, tuple[str, str]]] = {
    SECTION_HEADER: {2: ("hardware", "text"), 3: ("os", "text"), 4: ("application", "text")},
    INTERFACE_DESCRIPTION: {
        2: ("name", "text"),
        3: ("description", "text"),
        4: ("ipv4_address", "ipv4"),
        5: ("ipv6_address", "ipv6"),
        6: ("mac_address", "hardware"),
        7: ("eui_address", "hardware"),
        8: ("speed", "u64"),
        9: ("time_resolution", "u8"),
        10: ("time_zone", "i32"),
        11: ("filter", "filter"),
        12: ("os", "text"),
        13: ("fcs_length", "u8"),
        14: ("time_offset", "i64"),
        15: ("hardware", "text"),
        16: ("transmit_speed", "u64"),
        17: ("receive_speed", "u64"),
        18: ("time_zone_name", "text"),
    },
    PACKET: {2: ("flags", "u32"), 3: ("hash", "bytes")},
    NAME_RESOLUTION: {
        2: ("dns_name", "text"),
        3: ("dns_ipv4_address", "ipv4"),
        4: ("dns_ipv6_address", "ipv6"),
    },
    INTERFACE_STATISTICS: {
        2: ("start_time", "time"),
        3: ("end_time", "time"),
        4: ("received", "u64"),
        5: ("dropped", "u64"),
        6: ("accepted_by_filter", "u64"),
        7: ("dropped_by_system", "u64"),
        8: ("delivered", "u64"),
    },
    ENHANCED_PACKET: {
        2: ("flags", "u32"),
        3: ("hash", "bytes"),
        4: ("drop_count", "u64"),
        5: ("packet_id", "u64"),
        6: ("queue", "u32"),
        7: ("verdict", "bytes"),
        8: ("process_and_thread", "bytes"),
    },
}
_NUMBERS = {"u8": (1, False), "u32": (4, False), "u64": (8, False), "i32": (4, True), "i64": (8, True)}

# Sizes in bytes that Wireshark refuses to see differently: (block type, code): (least, most).
_SIZES: dict[tuple[int, int], tuple[int, int]] = {
    (PACKET, 2): (4, 4),
    (ENHANCED_PACKET, 2): (4, 4),
    (ENHANCED_PACKET, 4): (8, 8),
    (ENHANCED_PACKET, 5): (8, 8),
    (ENHANCED_PACKET, 6): (4, 4),
    (ENHANCED_PACKET, 7): (1, 0xFFFF),
    (INTERFACE_DESCRIPTION, 11): (1, 0xFFFF),
} | {(block, code): (4, 0xFFFF) for block in _KNOWN for code in _CUSTOM}


class OptionError(ValueError):
    """Options that do not fit their block; `offset` is the byte in the options where this shows."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


class Option(NamedTuple):
    """An option of a block. It is the same whatever the byte order of the file that it came from.

    `block` is the block type that gives `code` its meaning; `data` the bytes of the value without
    padding, the numbers in it in network byte order.

    >>> Option(INTERFACE_DESCRIPTION, 9, bytes([9])).name
    'time_resolution'
    >>> Option(ENHANCED_PACKET, COMMENT, b"here it begins").value
    'here it begins'
    """

    block: int
    code: int
    data: bytes

    @property
    def name(self) -> str:
        """What the option is called, "option 99" where nobody says."""
        return _known(self.block, self.code)[0]

    @property
    def value(self) -> int | str | bytes:
        """The value as text or number; as bytes where it is neither, or not of the size it should have."""
        form, data = _known(self.block, self.code)[1], self.data
        if form == "text":
            return data.split(b"\x00", 1)[0].decode("utf-8", "replace")
        if form in _NUMBERS:
            size, signed = _NUMBERS[form]
            return int.from_bytes(data, "big", signed=signed) if len(data) == size else data
        if form == "time":
            return int.from_bytes(data, "big") if len(data) == 8 else data
        if form == "hardware" and len(data) in (6, 8):
            return data.hex(":")
        if form == "filter" and data[:1] == b"\x00":
            return data[1:].decode("utf-8", "replace")
        if form in ("ipv4", "ipv6"):
            return _address(data)
        return data


def _known(block: int, code: int) -> tuple[str, str]:
    if code == COMMENT:
        return "comment", "text"
    if code in _CUSTOM:
        return _CUSTOM[code], "bytes"
    return _KNOWN.get(block, {}).get(code) or (f"option {code}", "bytes")


def _address(data: bytes) -> str | bytes:
    """Return address/prefix of an IPv4 address and mask, or an IPv6 address and prefix length; alone without one."""
    import ipaddress

    if len(data) == 4:
        return str(ipaddress.IPv4Address(data))
    if len(data) == 8:
        mask = int.from_bytes(data[4:], "big")
        prefix = mask.bit_count()
        contiguous = mask == 0xFFFF_FFFF ^ (0xFFFF_FFFF >> prefix)
        return f"{ipaddress.IPv4Address(data[:4])}/{prefix if contiguous else ipaddress.IPv4Address(data[4:])}"
    if len(data) == 16:
        return str(ipaddress.IPv6Address(data))
    if len(data) == 17:
        return f"{ipaddress.IPv6Address(data[:16])}/{data[16]}"
    return data


def comments_of(options: Iterable[Option]) -> tuple[str, ...]:
    """Return the text of every comment, in order."""
    return tuple(str(option.value) for option in options if option.code == COMMENT)


def decode_options(data: bytes, block: int, order: ByteOrder) -> tuple[Option, ...]:
    """Return the options of a block of this type, up to their end mark, which may be missing.

    Raises `OptionError` where one goes past the end or has a size that Wireshark refuses.
    """
    layout = struct.Struct("<HH" if order == "little" else ">HH")
    options = []
    position, end = 0, len(data)
    while position < end:
        if end - position < 4:
            raise OptionError(f"{end - position} bytes are left for an option whose header takes 4", position)
        code, size = layout.unpack_from(data, position)
        start = position + 4
        padded = size + (-size & 3)
        if start + padded > end:
            raise OptionError(
                f"{_known(block, code)[0] if code else 'the end of the options'} claims {size} bytes "
                f"where {end - start} are left",
                position,
            )
        if code == END:
            break
        least, most = _SIZES.get((block, code), (0, 0xFFFF))
        if not least <= size <= most:
            expected = f"{least}" if least == most else f"at least {least}"
            raise OptionError(f"{_known(block, code)[0]} has {size} bytes where {expected} were expected", position)
        value = data[start : start + size]
        if (block, code) == (ENHANCED_PACKET, 7) and value[0] in (1, 2) and size != 9:
            raise OptionError(f"verdict of kind {value[0]} has {size} bytes where 9 were expected", position)
        options.append(Option(block, code, _ordered(value, block, code, order)))
        position = start + padded
    return tuple(options)


def encode_options(options: Iterable[Option], order: ByteOrder) -> bytes:
    """Return options as a block of this byte order holds them, with padding and end mark; b"" for none.

    Raises `OptionError` for a value of more than 65535 bytes.
    """
    layout = struct.Struct("<HH" if order == "little" else ">HH")
    parts = []
    for option in options:
        size = len(option.data)
        if size > 0xFFFF:
            raise OptionError(f"{option.name} has {size} bytes, and an option holds 65535 at most", 0)
        value = _ordered(option.data, option.block, option.code, order)
        parts += [layout.pack(option.code, size), value, bytes(-size & 3)]
    if parts:
        parts.append(layout.pack(END, 0))
    return b"".join(parts)


def _ordered(value: bytes, block: int, code: int, order: ByteOrder) -> bytes:
    """Turn a value of this byte order into network byte order, or one of that into this; the same work."""
    if order == "big":
        return value
    if code in _CUSTOM:
        return value[:4][::-1] + value[4:]
    form = _known(block, code)[1]
    if form in _NUMBERS and len(value) == _NUMBERS[form][0]:
        return value[::-1]
    if form == "time" and len(value) == 8:
        return value[3::-1] + value[:3:-1]
    return value
