"""pcapng files, read.

Source: draft-ietf-opsawg-pcapng; where files lie or are damaged, what Wireshark 4.0 accepts is
accepted and what it refuses is refused. A file is blocks one after the other, each with its
length in front and at its end; a section header begins a section, which has its own byte order
and its own interfaces.
"""

from __future__ import annotations

__all__ = ["PcapngReader"]

import struct
from collections.abc import Callable, Generator, Sequence

from dissect.captures.pcap import longest_record
from dissect.captures.pcapng_blocks import (
    BYTE_ORDER_MAGIC,
    CUSTOM,
    CUSTOM_NO_COPY,
    DECRYPTION_SECRETS,
    JOURNAL_EXPORT,
    SIMPLE_PACKET,
    Block,
    Interface,
    PcapngPacket,
    SectionHeader,
    StoredPacket,
    block_name,
    mark,
    secrets_of,
)
from dissect.captures.pcapng_options import (
    ENHANCED_PACKET,
    INTERFACE_DESCRIPTION,
    INTERFACE_STATISTICS,
    NAME_RESOLUTION,
    PACKET,
    SECTION_HEADER,
    ByteOrder,
    Option,
    OptionError,
    decode_options,
)
from dissect.captures.reader import CaptureReader, Choice, RecordTaker, RecordTest
from dissect.captures.records import EnhancedPackets, RecordLoop, Records
from dissect.captures.source import ByteSource, DamagedSourceError
from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import CaptureError
from dissect.packets.links import ETHERNET, link_name
from dissect.packets.packet import parse_with_check_sequence
from dissect.packets.secrets import Secrets
from dissect.protocols.ethernet import FCS_LENGTH

# Wireshark's: the longest packet of any kind (128 MiB, of D-Bus) in its block, and 128 KiB of options.
_LONGEST_BLOCK = 32 + (128 << 20) + (128 << 10)
# Where a section has more than these, no file of this world is being read.
_MOST_INTERFACES = 1 << 16
_ENHANCED_HEAD = 28
"""The bytes of an enhanced packet in front of the frame."""
_MOST_SECRETS = 1 << 26
"""So many bytes of secrets are held; blocks beyond are passed over."""
_MOST_TAKERS = 64
"""For so many interfaces of a section, a taker is made at most: making one takes as long as a thousand packets."""
# Bytes that a block of each type has at least; 12 for all others.
_SHORTEST = {
    SECTION_HEADER: 28,
    INTERFACE_DESCRIPTION: 20,
    PACKET: 32,
    SIMPLE_PACKET: 16,
    NAME_RESOLUTION: 16,
    INTERFACE_STATISTICS: 24,
    ENHANCED_PACKET: 32,
    JOURNAL_EXPORT: 35,
    DECRYPTION_SECRETS: 20,
    CUSTOM: 16,
    CUSTOM_NO_COPY: 16,
}
_MOST_ENDS = 4096
_ZEROS = (b"", b"\x00\x00\x00", b"\x00\x00", b"\x00")


class _BlockError(ValueError):
    """What is wrong with a block, and at which byte of it."""

    def __init__(self, message: str, offset: int = 0) -> None:
        super().__init__(message)
        self.offset = offset


class Contents:
    """What a file holds beside packets, as far as it was read: the current section and its interfaces.

    `follower` is called with every such block, in the order of the file.
    """

    __slots__ = (
        "described",
        "follower",
        "interfaces",
        "secrets",
        "secrets_size",
        "section",
        "section_block",
        "sections",
    )

    def __init__(self, section: SectionHeader, block: Block) -> None:
        self.section = section
        self.section_block = block
        self.interfaces: list[Interface] = []
        self.described: list[Block] = []
        self.sections = 1
        self.secrets: list[Secrets] = []
        self.secrets_size = 0
        self.follower: Callable[[Block, Interface | None], None] | None = None

    def begin(self, section: SectionHeader, block: Block) -> None:
        """Begin another section, which has no interfaces yet."""
        self.section, self.section_block = section, block
        self.interfaces.clear()
        self.described.clear()
        self.sections += 1
        if self.follower is not None:
            self.follower(block, None)

    def keep(self, block: Block) -> None:
        """Take a block that holds no packet."""
        interface = None
        if block.kind == INTERFACE_DESCRIPTION:
            interface = _interface(block, len(self.interfaces))
            interface.section = self.sections
            interface.secrets = self.secrets
            self.interfaces.append(interface)
            self.described.append(block)
        else:
            _check(block, self.interfaces)
            if block.kind == DECRYPTION_SECRETS and self.secrets_size + len(block.raw) <= _MOST_SECRETS:
                self.secrets_size += len(block.raw)
                self.secrets.append(secrets_of(block))
        if self.follower is not None:
            self.follower(block, interface)


class PcapngReader(CaptureReader):
    """Reads a pcapng file; made by `dissect.captures.read`.

    Its packets are `PcapngPacket`s. `header` is the `SectionHeader` of the current section and
    `interfaces` are those that the section has described so far: what a file holds is known when it
    was read. `link` is None, because each interface has its own.
    """

    format = "pcapng"
    link = None
    snap_length = 0

    def __init__(self, source: ByteSource) -> None:
        section, block = _first_section(source)
        self._contents = Contents(section, block)
        choice = Choice()
        super().__init__(source, _packets(source, self._contents, len(block.raw), choice), choice)
        self.byte_order = section.byte_order

    @property
    def header(self) -> SectionHeader:
        """The header of the current section."""
        return self._contents.section

    @property
    def interfaces(self) -> list[Interface]:
        """The interfaces that the current section has described so far."""
        return list(self._contents.interfaces)

    @property
    def secrets(self) -> Sequence[Secrets]:
        """What the file has told so far to decrypt with, in any section; at most 64 MiB."""
        return tuple(self._contents.secrets)

    def follow(self, follower: Callable[[Block, Interface | None], None] | None) -> None:
        """Hand every block that holds no packet to `follower` when it is read, in the order of the file.

        An interface description comes with its `Interface`. The current section's header and
        interfaces, which were read before, are handed over now.
        """
        contents = self._contents
        contents.follower = follower
        if follower is not None:
            follower(contents.section_block, None)
            for block, interface in zip(contents.described, contents.interfaces, strict=True):
                follower(block, interface)


def _first_section(source: ByteSource) -> tuple[SectionHeader, Block]:
    """Read the header of the file's first section."""
    path = source.name
    start = source.peek(12)
    try:
        order, length = _section_start(start)
        raw = source.take(length)
        if len(raw) < length:
            raise _BlockError(_short(SECTION_HEADER, length, len(raw)))
        block = Block(SECTION_HEADER, order, raw)
        return _section(block), block
    except _BlockError as error:
        raise CaptureError(
            f"{path}: pcapng block 1 at byte 0 {error}; no packet can be read",
            path=path,
            record=1,
            offset=error.offset,
        ) from None


def _section_start(start: bytes) -> tuple[ByteOrder, int]:
    """Return byte order and length of a section header that starts with these 12 bytes."""
    if len(start) < 12:
        raise _BlockError(_short(SECTION_HEADER, 28, len(start)))
    magic = BYTE_ORDER_MAGIC.to_bytes(4, "little")
    order: ByteOrder = "little" if start[8:12] == magic else "big"
    if order == "big" and start[8:12] != magic[::-1]:
        raise _BlockError(
            f"is a section header whose byte order is {start[8:12].hex(' ')}, and 1a 2b 3c 4d in either order was "
            "expected",
            8,
        )
    return order, _length(SECTION_HEADER, int.from_bytes(start[4:8], order))


def _short(kind: int, expected: int, found: int) -> str:
    return f"is cut short: {block_name(kind)} of {expected} bytes expected, and the file ends after {found} of them"


def _length(kind: int, stated: int) -> int:
    """Return the bytes that a block takes in the file, where its stated length can be one.

    Some programs do not count the padding, which Wireshark forgives.
    """
    length = stated + (-stated & 3)
    shortest = _SHORTEST.get(kind, 12)
    if length < shortest:
        raise _BlockError(f"claims {stated} bytes, and at least {shortest} were expected ({block_name(kind)})", 4)
    if length > _LONGEST_BLOCK:
        raise _BlockError(f"claims {stated} bytes, and no block has more than {_LONGEST_BLOCK}", 4)
    return length


def _section(block: Block) -> SectionHeader:
    raw, order = block.raw, block.byte_order
    _match_lengths(raw, order)
    major, minor, length = struct.unpack_from(mark(order) + "HHq", raw, 12)
    if major != 1 or minor not in (0, 2):
        raise _BlockError(
            f"begins a section of version {major}.{minor}, where 1.0 was expected",
            12,
        )
    return SectionHeader(order, (major, minor), length, _options(raw, 24, SECTION_HEADER, order))


def _match_lengths(raw: bytes, order: ByteOrder) -> None:
    first, last = int.from_bytes(raw[4:8], order), int.from_bytes(raw[-4:], order)
    if first + (-first & 3) != last + (-last & 3):
        raise _BlockError(f"claims {first} bytes in front and {last} at its end", len(raw) - 4)


def _options(raw: bytes, start: int, kind: int, order: ByteOrder) -> tuple[Option, ...]:
    """Return the options of a block, which stand from `start` to its trailing length."""
    try:
        return decode_options(raw[start:-4], kind, order)
    except OptionError as error:
        raise _BlockError(f"has damaged options: {error}", start + error.offset) from None


def _interface(block: Block, number: int) -> Interface:
    if number >= _MOST_INTERFACES:
        raise _BlockError(f"describes one more interface than the {_MOST_INTERFACES} that a section may have here")
    link, _, snap_length = struct.unpack_from(mark(block.byte_order) + "HHI", block.raw, 8)
    options = _options(block.raw, 16, INTERFACE_DESCRIPTION, block.byte_order)
    return Interface(link, snap_length, options, number)


def _check(block: Block, interfaces: list[Interface]) -> None:
    """Raise where a block that holds no packet contradicts itself; note statistics at their interface."""
    raw, order = block.raw, block.byte_order
    if block.kind == INTERFACE_STATISTICS:
        options = _options(raw, 20, block.kind, order)
        number = int.from_bytes(raw[8:12], order)
        if number < len(interfaces):
            interfaces[number].statistics = options
    elif block.kind == NAME_RESOLUTION:
        _check_names(raw, order)
    elif block.kind == DECRYPTION_SECRETS:
        size = int.from_bytes(raw[12:16], order)
        if 16 + size > len(raw) - 4:
            raise _BlockError(f"claims {size} bytes of secrets where {len(raw) - 20} are left", 12)


def _check_names(raw: bytes, order: ByteOrder) -> None:
    """Raise where the records of a name resolution block go wrong (section 4.4)."""
    layout = struct.Struct(mark(order) + "HH")
    position, end = 8, len(raw) - 4
    while end - position >= 4:
        kind, size = layout.unpack_from(raw, position)
        start = position + 4
        if kind == 0:
            _options(raw, start, NAME_RESOLUTION, order)
            return
        if start + size + (-size & 3) > end:
            raise _BlockError(f"has a name record that claims {size} bytes where {end - start} are left", position)
        address = {1: 4, 2: 16}.get(kind)
        if address is not None:
            if size < address:
                raise _BlockError(
                    f"has a name record of {size} bytes, too few for an address of {address} bytes", position
                )
            if size > address and raw[start + size - 1] != 0:
                raise _BlockError("has a name record whose last name has no end", start + size - 1)
        position = start + size + (-size & 3)


class _Facts(NamedTuple):
    """What the loop over packets needs of an interface."""

    link: int
    nanoseconds: int
    offset: int
    interface: Interface
    wanted: RecordTest | None
    take: RecordTaker | None
    loop: RecordLoop | None
    """Deals with several in a row."""


def _facts(interface: Interface, choice: Choice, order: ByteOrder) -> _Facts:
    # Where a tick is no whole number of nanoseconds, or frames have a check sequence, 0 leaves them to the slower way.
    has_check_sequence = interface.link == ETHERNET and interface.fcs_length
    nanoseconds = 0 if has_check_sequence else interface.exact or 0
    wanted = choice.test(interface.link)
    take = choice.taker(_pattern(interface)) if interface.number < _MOST_TAKERS else None
    make_loop = getattr(take, "loop", None)
    is_plain = make_loop is not None and wanted is None and nanoseconds
    loop = make_loop(_records(interface, nanoseconds, order)) if is_plain else None  # type: ignore[misc]
    return _Facts(interface.link, nanoseconds, interface.offset * 1_000_000_000, interface, wanted, take, loop)


def _records(interface: Interface, nanoseconds: int, order: ByteOrder) -> Records:
    """Return how a loop reads the enhanced packets of an interface that have no options."""
    return Records(
        lines=(
            "try: kind, length, identifier, high, low, captured, original = unpack(data, position)",
            "except too_short: break",
            f"base = position + {_ENHANCED_HEAD}",
            "stop = base + captured",
            "after = position + length",
            f"if kind != {ENHANCED_PACKET} or identifier != described or after > limit"
            " or data[stop:after] != ends[captured]: break",
            "if high != upper: upper, upper_ns = high, (high << 32) * tick_ns + begins_ns",
            "time_ns = upper_ns + low * tick_ns",
        ),
        # The lines are the same for all interfaces, so that they share their code.
        begin=("upper = None", "described, tick_ns, begins_ns = of_interface"),
        names={
            "unpack": _layout(order).unpack_from,
            "too_short": struct.error,
            "ends": _Ends(order),
            "of_interface": (interface.number, nanoseconds, interface.offset * 1_000_000_000),
        },
        plan=EnhancedPackets(order == "big", interface.number, nanoseconds, interface.offset * 1_000_000_000),
    )


class _Ends(dict[int, bytes]):
    """What stands behind the frame in a block without options, by its captured bytes: zeros, and the block's length."""

    def __init__(self, order: ByteOrder) -> None:
        super().__init__()
        self._order = order

    def __missing__(self, captured: int) -> bytes:
        if len(self) >= _MOST_ENDS:
            self.clear()
        zeros = _ZEROS[captured & 3]
        length = _ENHANCED_HEAD + captured + len(zeros) + 4
        end = self[captured] = zeros + (length & 0xFFFF_FFFF).to_bytes(4, self._order)
        return end


def _layout(order: ByteOrder) -> struct.Struct:
    """Return how an enhanced packet begins."""
    return struct.Struct(mark(order) + "IIIIIII")


def _pattern(interface: Interface) -> PcapngPacket:
    """Return a packet of an interface, without bytes and options."""
    packet = PcapngPacket(b"", link=interface.link, interface=interface.number)
    packet.capture_interface, packet.options, packet.stored = interface, (), None
    return packet


_LONG_TURN = 4
"""Where so many packets of one interface came, one behind another, as many are expected of the next one."""


def _packets(source: ByteSource, contents: Contents, base: int, choice: Choice) -> Generator[PcapngPacket, None, None]:
    """Yield the packets of a file whose first section header was read; close the source when done.

    The inner loop takes enhanced packets that lie whole in the buffer and have no options, and does
    no more than it must; the rest of the outer loop takes one block of any kind.
    """
    path = source.name
    new, too_short, zeros = object.__new__, struct.error, _ZEROS
    order = contents.section.byte_order
    unpack, facts = _layout(order).unpack_from, list[_Facts]()
    # `base` is the offset in the file at which the buffer begins; `others` counts the blocks without a packet.
    buffer, end, position, number, others, offset = b"", 0, 0, choice.first - 1, 1, base
    current, link, nanoseconds, seconds_offset, interface, wanted, take, loop = -1, 0, 0, 0, None, None, None, None
    turn = number
    try:
        while True:
            while True:
                try:
                    kind, length, identifier, high, low, captured, original = unpack(buffer, position)
                except too_short:
                    break
                body = position + _ENHANCED_HEAD
                stop = body + captured
                after = position + length
                if (
                    kind != 6
                    or after > end
                    or after != stop + (-captured & 3) + 4
                    or buffer[stop:after] != zeros[captured & 3] + buffer[position + 4 : position + 8]
                ):
                    break
                if identifier != current:
                    if identifier >= len(facts):
                        break
                    current = identifier
                    link, nanoseconds, seconds_offset, interface, wanted, take, loop = facts[current]
                    # Where interfaces take turns, single packets are taken sooner.
                    is_next, turn = loop is not None and number - turn >= _LONG_TURN, number
                else:
                    is_next = loop is not None
                if not nanoseconds:
                    break
                if is_next:
                    reached, number = loop(buffer, position, end, number)  # type: ignore[misc]  # there is one
                    if reached != position:
                        position = reached
                        continue
                number += 1
                if wanted is not None and not wanted(buffer, body, stop):
                    position = after
                    continue
                time_ns = (high << 32 | low) * nanoseconds + seconds_offset
                if not is_next and take is not None and take(buffer, body, stop, number, time_ns, original):
                    position = after
                    continue
                packet = new(PcapngPacket)
                packet.number = number
                packet.time_ns = time_ns
                packet.data = buffer[body:stop]
                packet.original_length = original
                packet.link = link
                packet.interface = identifier
                packet._frame = None
                packet.capture_interface = interface  # type: ignore[assignment]  # set with `current`
                packet.options = ()
                packet.stored = None
                position = after
                yield packet

            offset = base + position
            start, buffer, position = source.gather(buffer, position, 8)
            if not start:
                return
            try:
                if len(start) < 8:
                    raise _BlockError(f"is cut short: its header takes 8 bytes, and the file ends after {len(start)}")
                kind = int.from_bytes(start[:4], order)
                if kind == SECTION_HEADER:
                    rest, buffer, position = source.gather(buffer, position, 4)
                    start += rest
                    order, length = _section_start(start)
                else:
                    length = _length(kind, int.from_bytes(start[4:], order))
                rest, buffer, position = source.gather(buffer, position, length - len(start))
                raw = start + rest
                if len(raw) < length:
                    raise _BlockError(_short(kind, length, len(raw)))
                end = len(buffer)
                base = offset + length - position
                if kind in (ENHANCED_PACKET, PACKET, SIMPLE_PACKET):
                    packet = _packet(kind, raw, order, contents.interfaces, number + 1)
                    number += 1
                    if kind == ENHANCED_PACKET and _is_taken(packet, facts):
                        continue
                else:
                    _match_lengths(raw, order)
                    block = Block(kind, order, raw)
                    if kind == SECTION_HEADER:
                        contents.begin(_section(block), block)
                        unpack = _layout(order).unpack_from
                        facts.clear()
                        current = -1
                    else:
                        contents.keep(block)
                        if kind == INTERFACE_DESCRIPTION:
                            facts.append(_facts(contents.interfaces[-1], choice, order))
                    others += 1
                    continue
            except _BlockError as error:
                raise CaptureError(
                    f"{path}: block {number + others + 1} at byte {offset} {error}; {_before(number)}",
                    path=path,
                    record=number + others + 1,
                    offset=offset + error.offset,
                ) from None
            yield packet
    except DamagedSourceError as error:
        raise error.at("block", number + others + 1, offset, _before(number)) from None
    finally:
        source.close()


def _is_taken(packet: PcapngPacket, facts: list[_Facts]) -> bool:
    """Whether a packet, whose block did not lie whole in the buffer, needs to be no packet any more."""
    known = facts[packet.interface or 0]
    if known.take is None or not known.nanoseconds or packet.options:
        return False
    data, time_ns = packet.data, packet.time_ns
    if time_ns is None:
        return False
    return known.take(data, 0, len(data), packet.number, time_ns, packet.original_length)


def _before(packets: int) -> str:
    if packets < 2:
        return "the packet before it is whole" if packets else "no packet comes before it"
    return f"the {packets} packets before it are whole"


def _packet(kind: int, raw: bytes, order: ByteOrder, interfaces: list[Interface], number: int) -> PcapngPacket:
    """Return the packet of a block, which is kept where a writer would write another one."""
    drops = None
    high = low = 0
    if kind == SIMPLE_PACKET:
        (original,) = struct.unpack_from(mark(order) + "I", raw, 8)
        identifier, start = 0, 12
        if not interfaces:
            raise _BlockError("is a simple packet, and its section has no interface yet", 8)
        captured = min(original, interfaces[0].snap_length or original)
    elif kind == PACKET:
        identifier, drops, high, low, captured, original = struct.unpack_from(mark(order) + "HHIIII", raw, 8)
        start = 28
    else:
        identifier, high, low, captured, original = struct.unpack_from(mark(order) + "IIIII", raw, 8)
        start = 28
    if identifier >= len(interfaces):
        raise _BlockError(f"is a packet of interface {identifier}, and its section has described {len(interfaces)}", 8)
    interface = interfaces[identifier]
    stop = start + captured
    limit = longest_record(interface.link)
    if captured > limit:
        raise _BlockError(
            f"claims {captured} captured bytes, and {limit} are the most for link type {link_name(interface.link)}",
            8 if kind == SIMPLE_PACKET else 20,
        )
    after = stop + (-captured & 3)
    if after > len(raw) - 4 or (kind == SIMPLE_PACKET and after != len(raw) - 4):
        raise _BlockError(
            f"claims {captured} captured bytes, and holds {len(raw) - 4 - start}", 8 if kind == SIMPLE_PACKET else 20
        )
    _match_lengths(raw, order)
    options = () if kind == SIMPLE_PACKET else _options(raw, after, kind, order)
    ticks = None if kind == SIMPLE_PACKET else high << 32 | low
    packet = PcapngPacket(
        raw[start:stop],
        number=number,
        time_ns=None if ticks is None else interface.time_ns(ticks),
        original_length=original,
        link=interface.link,
        interface=identifier,
    )
    packet.capture_interface = interface
    packet.options = options
    packet.stored = StoredPacket(raw, order, kind, ticks, packet.time_ns, packet.data, original, options, drops)
    if interface.link == ETHERNET and (packet.fcs_length or 0) >= FCS_LENGTH:
        packet._frame = parse_with_check_sequence(packet.data, original)
    return packet
