"""What a pcapng file is made of: sections, interfaces, packets, and the blocks that are kept as they are.

Source: draft-ietf-opsawg-pcapng, section 4.
"""

from __future__ import annotations

__all__ = ["BLOCK_NAMES", "Block", "Interface", "PcapngPacket", "SectionHeader", "block_name", "names_in"]

import struct
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any

from dissect.captures.pcapng_options import (
    COMMENT,
    ENHANCED_PACKET,
    INTERFACE_DESCRIPTION,
    INTERFACE_STATISTICS,
    NAME_RESOLUTION,
    PACKET,
    SECTION_HEADER,
    ByteOrder,
    Option,
    comments_of,
    decode_options,
    encode_options,
)
from dissect.declaration.named_tuples import NamedTuple
from dissect.packets.packet import Packet
from dissect.packets.secrets import Secrets

SIMPLE_PACKET = 3
JOURNAL_EXPORT = 9
DECRYPTION_SECRETS = 10
CUSTOM = 0x0000_0BAD
CUSTOM_NO_COPY = 0x4000_0BAD
BYTE_ORDER_MAGIC = 0x1A2B3C4D

BLOCK_NAMES = {
    SECTION_HEADER: "section header",
    INTERFACE_DESCRIPTION: "interface description",
    PACKET: "packet block (obsolete)",
    SIMPLE_PACKET: "simple packet",
    NAME_RESOLUTION: "name resolution",
    INTERFACE_STATISTICS: "interface statistics",
    ENHANCED_PACKET: "enhanced packet",
    JOURNAL_EXPORT: "journal export",
    DECRYPTION_SECRETS: "decryption secrets",
    CUSTOM: "custom block",
    CUSTOM_NO_COPY: "custom block that may not be copied",
}

# The ticks of a second where an interface says nothing of them.
_MICROSECONDS = 6


def mark(order: ByteOrder) -> str:
    """Return the sign of a byte order in layouts of `struct`."""
    return "<" if order == "little" else ">"


def block_name(kind: int) -> str:
    """Return what a block of this type is called.

    >>> block_name(5), block_name(0x77)
    ('interface statistics', 'block of type 0x00000077')
    """
    return BLOCK_NAMES.get(kind) or f"block of type {kind:#010x}"


def framed(kind: int, body: bytes, order: ByteOrder) -> bytes:
    """Return a block: type and length, the body, which is padded, and the length again."""
    size = 12 + len(body) + (-len(body) & 3)
    layout = mark(order)
    return b"".join(
        (struct.pack(layout + "II", kind, size), body, bytes(-len(body) & 3), struct.pack(layout + "I", size))
    )


def reordered(block: Block, order: ByteOrder) -> bytes:
    """Return a block of names or secrets as a section of another byte order has it.

    Raises ValueError for other blocks: what nobody knows the layout of cannot be turned around.
    """
    there, here = mark(block.byte_order), mark(order)
    body = block.body
    if block.kind == DECRYPTION_SECRETS:
        kind, size = struct.unpack_from(there + "II", body)
        options = decode_options(body[8 + size + (-size & 3) :], block.kind, block.byte_order)
        secrets = body[8 : 8 + size] + bytes(-size & 3)
        return framed(
            block.kind, struct.pack(here + "II", kind, size) + secrets + encode_options(options, order), order
        )
    if block.kind != NAME_RESOLUTION:
        raise ValueError(f"a {block.name} cannot be turned into another byte order")
    parts, position = [], 0
    while len(body) - position >= 4:
        kind, size = struct.unpack_from(there + "HH", body, position)
        position += 4
        if kind == 0:
            options = decode_options(body[position:], block.kind, block.byte_order)
            parts += [bytes(4), encode_options(options, order)]
            break
        padded = size + (-size & 3)
        parts += [struct.pack(here + "HH", kind, size), body[position : position + padded]]
        position += padded
    return framed(block.kind, b"".join(parts), order)


def names_in(block: Block) -> Iterator[tuple[str, str]]:
    """Yield the addresses of a name resolution block, in text, each with a name; nothing of other blocks."""
    if block.kind != NAME_RESOLUTION:
        return
    # Loaded for those who ask for names.
    from ipaddress import ip_address

    body, position, layout = block.body, 0, mark(block.byte_order) + "HH"
    while len(body) - position >= 4:
        kind, size = struct.unpack_from(layout, body, position)
        record = body[position + 4 : position + 4 + size]
        position += 4 + size + (-size & 3)
        length = _ADDRESSES.get(kind)
        if kind == 0:
            return
        if length is not None and len(record) > length:
            for name in filter(None, record[length:].split(b"\0")):
                yield str(ip_address(record[:length])), name.decode("utf-8", "replace")


_ADDRESSES = {1: 4, 2: 16}
"""The bytes of an address in records of a name resolution block, by their type (section 4.4)."""


class Block(NamedTuple):
    """A block that holds no packet, byte for byte: `raw` is all of it, header and trailing length included."""

    kind: int
    byte_order: ByteOrder
    raw: bytes

    @property
    def name(self) -> str:
        """What blocks of this type are called."""
        return block_name(self.kind)

    @property
    def body(self) -> bytes:
        """What stands between the two lengths."""
        return self.raw[8:-4]

    @property
    def options(self) -> tuple[Option, ...]:
        """The options of a statistics block; () for every other kind."""
        if self.kind != INTERFACE_STATISTICS:
            return ()
        return decode_options(self.body[12:], self.kind, self.byte_order)


class SectionHeader(NamedTuple):
    """The head of a section: `length` is the bytes of the blocks that follow it, -1 where it does not say."""

    byte_order: ByteOrder = "little"
    version: tuple[int, int] = (1, 0)
    length: int = -1
    options: tuple[Option, ...] = ()

    @property
    def hardware(self) -> str | None:
        """The machine that the section was written on."""
        return _first(self.options, "hardware")

    @property
    def os(self) -> str | None:
        """The operating system that the section was written on."""
        return _first(self.options, "os")

    @property
    def application(self) -> str | None:
        """The program that wrote the section."""
        return _first(self.options, "application")

    @property
    def comments(self) -> tuple[str, ...]:
        """The section's comments."""
        return comments_of(self.options)

    def __bytes__(self) -> bytes:
        body = struct.pack(mark(self.byte_order) + "IHHq", BYTE_ORDER_MAGIC, *self.version, self.length)
        return framed(SECTION_HEADER, body + encode_options(self.options, self.byte_order), self.byte_order)


class Interface:
    """An interface that packets were captured at, as its section describes it.

    `number` counts from 0 in its section, `section` from 1 in the file; `link` is the LINKTYPE number;
    `snap_length` the most bytes of a packet that were kept (0: no limit); `options` everything else that was said.
    `ticks_per_second` and `offset` (seconds) make times of what packet blocks hold. `statistics`
    are the options of the last statistics block read so far.
    """

    __slots__ = (
        "exact",
        "link",
        "number",
        "offset",
        "options",
        "secrets",
        "section",
        "snap_length",
        "statistics",
        "ticks_per_second",
    )

    def __init__(self, link: int, snap_length: int = 0, options: Iterable[Option] = (), number: int = 0) -> None:
        self.number = number
        self.section = 1
        self.link = link
        self.snap_length = snap_length
        self.options = tuple(options)
        self.statistics: tuple[Option, ...] = ()
        self.secrets: Sequence[Secrets] = ()
        """What its file has told so far to decrypt with, in any section."""
        base, exponent = self.resolution
        self.ticks_per_second: int = base**exponent
        self.offset = 0
        offset = self._value("time_offset")
        if isinstance(offset, int):
            self.offset = offset
        # Nanoseconds of a tick where it is a whole number of them.
        self.exact: int | None = None
        if 1_000_000_000 % self.ticks_per_second == 0:
            self.exact = 1_000_000_000 // self.ticks_per_second

    @classmethod
    def of(cls, link: int, *, digits: int = 9, snap_length: int = 0) -> Interface:
        """Return an interface whose ticks are the given decimals of a second (0 to 19)."""
        resolution = () if digits == _MICROSECONDS else (Option(INTERFACE_DESCRIPTION, 9, bytes([digits])),)
        return cls(link, snap_length, resolution)

    @property
    def resolution(self) -> tuple[int, int]:
        """Base (10 or 2) and exponent (0 to 127) of the ticks in a second."""
        stated = self._value("time_resolution")
        if not isinstance(stated, int):
            return 10, _MICROSECONDS
        return (2 if stated & 0x80 else 10), stated & 0x7F

    @property
    def digits(self) -> int:
        """The decimals of a second that its times are worth showing (0 to 9)."""
        return max((digits for digits in (1, 2, 3, 6, 9) if self.ticks_per_second >= 10**digits), default=0)

    def _value(self, name: str) -> Any:
        for option in self.options:
            if option.name == name:
                return option.value
        return None

    @property
    def name(self) -> str | None:
        """What the system calls it, such as "eth0"."""
        return _first(self.options, "name")

    @property
    def description(self) -> str | None:
        """What somebody says about it."""
        return _first(self.options, "description")

    @property
    def hardware(self) -> str | None:
        """What device it is."""
        return _first(self.options, "hardware")

    @property
    def os(self) -> str | None:
        """The operating system that captured."""
        return _first(self.options, "os")

    @property
    def filter(self) -> str | None:
        """The capture filter, where it was stated as text."""
        return _first(self.options, "filter")

    @property
    def comments(self) -> tuple[str, ...]:
        """The comments on the interface."""
        return comments_of(self.options)

    @property
    def mac_address(self) -> str | None:
        """Its hardware address."""
        return _first(self.options, "mac_address")

    @property
    def addresses(self) -> tuple[str, ...]:
        """Its IPv4 and IPv6 addresses with their prefix lengths."""
        values = (option.value for option in self.options if option.name in ("ipv4_address", "ipv6_address"))
        return tuple(value for value in values if isinstance(value, str))

    @property
    def speed(self) -> int | None:
        """Bits per second."""
        value = self._value("speed")
        return value if isinstance(value, int) else None

    @property
    def fcs_length(self) -> int | None:
        """Bits of frame check sequence at the end of its frames; None where nobody says."""
        value = self._value("fcs_length")
        return value if isinstance(value, int) else None

    def time_ns(self, ticks: int) -> int:
        """Return the nanoseconds since the epoch of a time in ticks; what is finer than them is cut off."""
        if self.exact is not None:
            return ticks * self.exact + self.offset * 1_000_000_000
        return ticks * 1_000_000_000 // self.ticks_per_second + self.offset * 1_000_000_000

    def ticks(self, time_ns: int) -> int | None:
        """Return a time in ticks (0 to 2**64 - 1); None where there is none that means exactly these nanoseconds."""
        since = time_ns - self.offset * 1_000_000_000
        ticks: int = -(-since * self.ticks_per_second // 1_000_000_000)
        if not 0 <= ticks < 1 << 64 or ticks * 1_000_000_000 // self.ticks_per_second != since:
            return None
        return ticks

    def replace(
        self, *, snap_length: int | None = None, digits: int | None = None, fcs_length: bool = True
    ) -> Interface:
        """Return a copy with another snap length, or with times counted in other decimals of a second from 1970.

        Without `fcs_length` the copy says nothing of check sequences.
        """
        options = self.options
        if not fcs_length:
            options = tuple(option for option in options if option.name != "fcs_length")
        if digits is not None:
            options = tuple(option for option in options if option.name not in ("time_resolution", "time_offset"))
            options += (Option(INTERFACE_DESCRIPTION, 9, bytes([digits])),)
        return Interface(self.link, self.snap_length if snap_length is None else snap_length, options, self.number)

    def encode(self, order: ByteOrder) -> bytes:
        """Return the block that describes the interface in a section of this byte order."""
        body = struct.pack(mark(order) + "HHI", self.link, 0, self.snap_length)
        return framed(INTERFACE_DESCRIPTION, body + encode_options(self.options, order), order)

    def __repr__(self) -> str:
        base, exponent = self.resolution
        name = "unnamed" if self.name is None else repr(self.name)
        return f"<Interface {self.number}: {name}, link type {self.link}, {base}^-{exponent} s>"


class PcapngPacket(Packet):
    """A packet of a pcapng file: it knows its interface and what was noted down with it.

    `capture_interface` is the `Interface`, `interface` its number in the section; `options` are
    all that its block has. `time_ns` is exact where the interface's resolution is a whole number of
    nanoseconds, and otherwise cut off to them: `ticks` is what the file says. A simple packet has
    no time: both are None.

    An unchanged packet is written again as it was, byte for byte.
    """

    __slots__ = ("capture_interface", "options", "stored")

    capture_interface: Interface
    options: tuple[Option, ...]
    stored: StoredPacket | None

    @property
    def secrets(self) -> Sequence[Secrets]:
        """What the file has told so far to decrypt with."""
        return self.capture_interface.secrets

    @property
    def interface_name(self) -> str | None:
        """What the system calls the interface, such as "eth0"; None where the file does not say."""
        return self.capture_interface.name

    @property
    def interface_description(self) -> str | None:
        """What somebody says about the interface; None where the file does not."""
        return self.capture_interface.description

    @property
    def section_number(self) -> int:
        """The number of the section that the packet stands in, from 1."""
        return self.capture_interface.section

    @property
    def origin(self) -> Hashable:
        """What is said of the interface, and the names of the options."""
        return self.interface_name, self.interface_description, self.section_number, self.noted

    @property
    def noted(self) -> tuple[str, ...]:
        """The names of the options."""
        return tuple(option.name for option in self.options) if self.options else ()

    @property
    def comments(self) -> tuple[str, ...]:
        """The comments on the packet; may be set."""
        return comments_of(self.options)

    @comments.setter
    def comments(self, texts: Iterable[str]) -> None:
        rest = tuple(option for option in self.options if option.code != COMMENT)
        self.options = tuple(Option(ENHANCED_PACKET, COMMENT, text.encode()) for text in texts) + rest

    @property
    def fcs_length(self) -> int | None:
        """Bytes of frame check sequence at the end of the frame: as its flags say, and else its interface's option."""
        flags = next((option.value for option in self.options if option.name == "flags"), 0) if self.options else 0
        stated = flags >> 5 & 15 if isinstance(flags, int) else 0
        return stated or self.capture_interface.fcs_length

    @property
    def ticks(self) -> int | None:
        """The time in ticks of the interface's resolution, before its offset is added."""
        if self.time_ns is None:
            return None
        if self.stored is not None and self.stored.time_ns == self.time_ns:
            return self.stored.ticks
        return self.capture_interface.ticks(self.time_ns)

    def option(self, name: str) -> int | str | bytes | None:
        """Return the first option of this name, such as "flags", "drop_count" or "hash"; None without one."""
        for option in self.options:
            if option.name == name:
                return option.value
        return None


def secrets_of(block: Block) -> Secrets:
    """Return what a block of secrets holds (section 4.7)."""
    kind, size = struct.unpack_from(mark(block.byte_order) + "II", block.raw, 8)
    return Secrets(kind, block.raw[16 : 16 + size])


def secrets_block(secrets: Secrets, order: ByteOrder) -> Block:
    """Return the block that holds secrets in a section of this byte order."""
    head = struct.pack(mark(order) + "II", secrets.kind, len(secrets.data))
    padding = bytes(-len(secrets.data) & 3)
    return Block(DECRYPTION_SECRETS, order, framed(DECRYPTION_SECRETS, head + secrets.data + padding, order))


class StoredPacket(NamedTuple):
    """What a packet's block held when it was read, for those that a writer would write differently."""

    raw: bytes
    byte_order: ByteOrder
    kind: int
    ticks: int | None
    time_ns: int | None
    data: bytes
    original_length: int
    options: tuple[Option, ...]
    drops: int | None


def _first(options: tuple[Option, ...], name: str) -> str | None:
    for option in options:
        if option.name == name and isinstance(option.value, str):
            return option.value
    return None
