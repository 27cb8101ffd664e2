"""pcapng files, written.

Source: draft-ietf-opsawg-pcapng.
"""

from __future__ import annotations

__all__ = ["PcapngWriter"]

import struct

from dissect.captures.output import Target
from dissect.captures.pcap import PcapHeader, longest_record, seconds_text
from dissect.captures.pcapng import PcapngReader
from dissect.captures.pcapng_blocks import (
    DECRYPTION_SECRETS,
    SIMPLE_PACKET,
    Block,
    Interface,
    PcapngPacket,
    SectionHeader,
    framed,
    mark,
    reordered,
    secrets_block,
)
from dissect.captures.pcapng_options import (
    COMMENT,
    ENHANCED_PACKET,
    INTERFACE_DESCRIPTION,
    INTERFACE_STATISTICS,
    PACKET,
    SECTION_HEADER,
    ByteOrder,
    Option,
    OptionError,
    encode_options,
)
from dissect.captures.writer import CaptureWriter, Writable, begins_with, captured_bytes, link_of
from dissect.errors import FieldError
from dissect.packets.links import ETHERNET, link_name, link_number
from dissect.packets.packet import Packet
from dissect.packets.secrets import Secrets

_UNKNOWN_DROPS = 0xFFFF
# What a section header says where the bytes of its section are not known.
_UNKNOWN_LENGTH = b"\xff" * 8
_LENGTH_AT = 16


class PcapngWriter(CaptureWriter):
    """Writes a pcapng file, packet by packet; interfaces are described when their first packet comes.

    `target` is a path, an open binary file, or "-" for standard output.

    - `follow`: a pcapng reader whose packets are going to be written. Its sections, interfaces
      and all its other blocks are written as they stand when it reads them, whatever becomes of
      its packets; an unchanged packet is written byte for byte.
    - `like`: the header of the pcap file that the packets come from, for their interface.
    - `byte_order`: of the sections that begin here, "little" without it; a followed section keeps its own.
    - `nanosecond`: whether the interface of packets that come without one counts nanoseconds, as it
      does without it, or microseconds. A time that an interface cannot count exactly gets a copy of that
      interface which counts nanoseconds.
    - `link`: LINKTYPE number or name of what is no `Packet`. Without it a header's own (raw IP for `IPv4`),
      and Ethernet for bytes. A header that no frame of the given link type begins with is an error.
    - `snap_length`: each packet is cut to so many bytes, its original length stays, and interfaces say so.
    - `check_sequences`: without them, no interface says that its frames end with check sequences.
    - `keeps_secrets`: without it, secrets of the followed file are left out.

    What has no time is written as a simple packet, which has none, where such a packet can be of
    its interface, and otherwise with time 0.

    A section that says how long it is and then turns out otherwise says that it does not know; in
    a stream, where nothing can be mended, it says so from the beginning.
    """

    def __init__(
        self,
        target: Target,
        *,
        follow: PcapngReader | None = None,
        like: PcapHeader | None = None,
        byte_order: ByteOrder | None = None,
        nanosecond: bool | None = None,
        link: int | str | None = None,
        snap_length: int | None = None,
        check_sequences: bool = True,
        keeps_secrets: bool = True,
    ) -> None:
        if byte_order not in (None, "little", "big"):
            raise ValueError(f"byte_order is 'little' or 'big', not {byte_order!r}")
        if byte_order is not None and follow is not None and byte_order != follow.byte_order:
            raise ValueError("the sections of a pcapng file keep their byte order: leave byte_order out")
        if snap_length is not None and not 1 <= snap_length <= 0x7FFF_FFFF:
            raise ValueError(f"snap_length is from 1 to 2147483647 bytes, not {snap_length}")
        self._link = None if link is None else link_number(link)
        self._order: ByteOrder = byte_order or "little"
        self._cut_at = snap_length
        self._check_sequences = check_sequences
        self._keeps_secrets = keeps_secrets
        self._like = like
        if nanosecond is None:
            nanosecond = like is None or like.nanosecond
        self._digits = 9 if nanosecond else 6
        # Where in the output the section began, and the length that its header states (-1: none).
        self._section_at: int | None = None
        self._section_length = -1
        # The section's interfaces as they stand in the file, and by what they were made for.
        self._described: list[Interface] = []
        self._numbers: dict[Interface | tuple[str, int], int] = {}
        # By the followed section's numbers, those here.
        self._followed: list[int] = []
        super().__init__(target)
        if follow is not None:
            try:
                follow.follow(self._copy)
            except BaseException:
                self.discard()
                raise

    def write(self, packet: Writable) -> None:
        """Add a packet: a `Packet`, a header (anything with `bytes(x)`), or bytes.

        Raises `CaptureError` where a pcapng file cannot hold it: a time before 1970 or after
        2554, more bytes than any reader takes (256 KiB for most link types), a comment of more
        than 65535 bytes. Nothing of that packet is written.
        """
        self._add_any(packet)

    def _add(self, packet: Writable) -> None:
        if isinstance(packet, Packet):
            data, link = bytes(packet), packet.link
            original = packet.original_length + len(data) - len(packet.data)
        else:
            data = captured_bytes(packet)
            link = self._link_of(packet)
            original = len(data)
        if self._cut_at is not None and len(data) > self._cut_at:
            data = data[: self._cut_at]
        if self._output.done:
            raise ValueError(f"the writer of {self.path} is closed")
        limit = longest_record(link)
        if len(data) > limit:
            raise self._refusal(
                f"has {len(data)} bytes, and readers take {limit} at most for link type {link_name(link)}: "
                "give a snap length"
            )
        if not 0 <= original < 1 << 32:
            raise self._refusal(f"has the original length {original}, and a pcapng file holds 0 to 4294967295")
        self._output.write(self._block(packet, data, original, link))
        self.count += 1

    def add(self, block: Block) -> None:
        """Add names or secrets of another file, in this section's byte order; ValueError for other blocks."""
        self._begin()
        self._output.write(block.raw if block.byte_order == self._order else reordered(block, self._order))

    def add_secrets(self, secrets: Secrets) -> None:
        """Add secrets; readers use them for the packets behind them, so that they come first."""
        self._begin()
        self._output.write(secrets_block(secrets, self._order).raw)

    def _block(self, packet: Writable, data: bytes, original: int, link: int) -> bytes:
        """Return the packet's block; its interface is described first where it is not yet."""
        source = packet.capture_interface if isinstance(packet, PcapngPacket) and _is_of_its(packet) else None
        time_ns = packet.time_ns if isinstance(packet, Packet) else None
        options = _packet_options(packet) if isinstance(packet, Packet) else ()
        try:
            tail = encode_options(options, self._order)
        except OptionError as error:
            raise self._refusal(f"cannot be written: {error}") from None
        number, ticks = self._counted(source, link, time_ns, packet)
        interface = self._described[number]
        kept = original if interface.snap_length == 0 else min(original, interface.snap_length)
        stored = packet.stored if isinstance(packet, PcapngPacket) else None
        if (
            stored is not None
            and isinstance(packet, PcapngPacket)
            and packet.interface == number
            and stored.byte_order == self._order
            and (stored.time_ns, stored.original_length, stored.options) == (time_ns, original, packet.options)
            and stored.data == data
            and stored.ticks == ticks
            and (stored.kind != SIMPLE_PACKET or (number == 0 and kept == len(data)))
        ):
            return stored.raw
        layout = mark(self._order)
        if ticks is None and number == 0 and kept == len(data) and not tail:
            return framed(SIMPLE_PACKET, struct.pack(layout + "I", original) + data, self._order)
        ticks = ticks or 0
        head = struct.pack(layout + "IIIII", number, ticks >> 32, ticks & 0xFFFF_FFFF, len(data), original)
        return framed(ENHANCED_PACKET, head + data + bytes(-len(data) & 3) + tail, self._order)

    def _counted(
        self, source: Interface | None, link: int, time_ns: int | None, packet: Writable
    ) -> tuple[int, int | None]:
        """Return the number of the packet's interface and its time in ticks of that one."""
        stored = packet.stored if isinstance(packet, PcapngPacket) else None
        if source is not None and stored is not None and stored.time_ns == time_ns:
            return self._number(source), stored.ticks
        model = source
        if model is None:
            known = self._numbers.get(("link", link))
            model = self._made_for(link) if known is None else self._described[known]
        if time_ns is None:
            return (self._number(source) if source is not None else self._number_of_link(link, model)), None
        ticks = model.ticks(time_ns)
        if ticks is not None:
            return (self._number(source) if source is not None else self._number_of_link(link, model)), ticks
        if not 0 <= time_ns < 1 << 64:
            raise self._refusal(
                f"has the time {seconds_text(time_ns)} seconds, and a pcapng file holds 0 to 18446744073.709551615: "
                "shift its time first"
            )
        key = ("finer", link if source is None else -1 - self._number(source))
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = self._describe(model.replace(digits=9))
        return number, time_ns

    def _made_for(self, link: int) -> Interface:
        """Return an interface for packets that come without one."""
        options: tuple[Option, ...] = ()
        snap_length = self._cut_at or 0
        if self._like is not None and self._like.link == link:
            snap_length = min(self._like.snap_length or snap_length, snap_length or self._like.snap_length)
            if self._like.fcs_length is not None:
                options = (Option(INTERFACE_DESCRIPTION, 13, bytes([self._like.fcs_length])),)
        made = Interface.of(link, digits=self._digits, snap_length=snap_length)
        return Interface(link, snap_length, made.options + options)

    def _number_of_link(self, link: int, made: Interface) -> int:
        number = self._numbers.get(("link", link))
        if number is None:
            number = self._numbers["link", link] = self._describe(made)
        return number

    def _number(self, source: Interface) -> int:
        number = self._numbers.get(source)
        if number is None:
            number = self._numbers[source] = self._describe(self._cut(source))
        return number

    def _cut(self, interface: Interface) -> Interface:
        """Return the interface, or a copy that says how long packets are kept here, and of no check sequences."""
        if not self._check_sequences and interface.fcs_length is not None:
            interface = interface.replace(fcs_length=False)
        if self._cut_at is None or 0 < interface.snap_length <= self._cut_at:
            return interface
        return interface.replace(snap_length=self._cut_at)

    def _describe(self, interface: Interface, raw: bytes | None = None) -> int:
        """Write an interface description and return its number in the section."""
        self._begin()
        self._output.write(interface.encode(self._order) if raw is None else raw)
        self._described.append(interface)
        return len(self._described) - 1

    def _begin(self) -> None:
        """Begin a section of our own, where there is none yet."""
        if self._section_at is None:
            self._section_at = self._output.position
            self._output.write(bytes(SectionHeader(self._order)))

    def _copy(self, block: Block, interface: Interface | None) -> None:
        """Write a block of the followed file."""
        if self._output.done:
            return
        if block.kind == SECTION_HEADER:
            self._copy_section(block)
        elif interface is not None:
            cut = self._cut(interface)
            number = self._describe(cut, block.raw if cut is interface else None)
            self._numbers[interface] = number
            self._followed.append(number)
        elif block.kind != DECRYPTION_SECRETS or self._keeps_secrets:
            self._output.write(self._renumbered(block))

    def _copy_section(self, block: Block) -> None:
        self._end_section()
        self._order = block.byte_order
        self._section_at = self._output.position
        self._described.clear()
        self._numbers.clear()
        self._followed.clear()
        raw = block.raw
        self._section_length = int.from_bytes(raw[_LENGTH_AT : _LENGTH_AT + 8], self._order, signed=True)
        if self._section_length != -1:
            self._section_length += len(raw)
            if not self._output.can_mend:
                raw = raw[:_LENGTH_AT] + _UNKNOWN_LENGTH + raw[_LENGTH_AT + 8 :]
        self._output.write(raw)

    def _end_section(self) -> None:
        """Take back the length that the section's header states, where it is not what was written."""
        if self._section_at is None or self._section_length == -1 or not self._output.can_mend:
            return
        if self._output.position - self._section_at != self._section_length:
            self._output.mend(self._section_at + _LENGTH_AT, _UNKNOWN_LENGTH)

    def _renumbered(self, block: Block) -> bytes:
        """Return a block; statistics name their interface by the number that it has here."""
        if block.kind != INTERFACE_STATISTICS:
            return block.raw
        number = int.from_bytes(block.raw[8:12], block.byte_order)
        if number >= len(self._followed) or self._followed[number] == number:
            return block.raw
        return block.raw[:8] + self._followed[number].to_bytes(4, block.byte_order) + block.raw[12:]

    def _link_of(self, frame: Writable) -> int:
        """Return the link type of what is no packet."""
        try:
            link = link_of(frame) if self._link is None or not begins_with(frame, self._link) else self._link
        except FieldError as error:
            raise self._refusal(f"cannot be written: {error}") from None
        if self._link is not None and link != self._link and link is not None:
            raise self._refusal(
                f"begins as frames of link type {link_name(link)}, and {link_name(self._link)} was asked for: "
                "leave `link` out"
            )
        return ETHERNET if link is None else link

    def close(self) -> None:
        """Finish the file: it gets its name now. Without a packet it is a section with one interface."""
        if not self._output.done:
            if self._section_at is None:
                link = ETHERNET if self._link is None else self._link
                self._number_of_link(link, self._made_for(link))
            self._end_section()
        super().close()


def _is_of_its(packet: PcapngPacket) -> bool:
    """Whether the packet is still of the link type that its interface has."""
    return packet.link == packet.capture_interface.link


def _packet_options(packet: Packet) -> tuple[Option, ...]:
    """Return the packet's options as those of an enhanced packet, which is what is written."""
    if not isinstance(packet, PcapngPacket):
        return tuple(Option(ENHANCED_PACKET, COMMENT, text.encode()) for text in packet.comments)
    options = tuple(
        option._replace(block=ENHANCED_PACKET) if option.block == PACKET else option for option in packet.options
    )
    drops = packet.stored.drops if packet.stored is not None else None
    if drops is None or drops == _UNKNOWN_DROPS:
        return options
    return (*options, Option(ENHANCED_PACKET, 4, drops.to_bytes(8, "big")))
