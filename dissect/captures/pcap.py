"""Classic pcap files, read and written.

Source: draft-ietf-opsawg-pcap, and the habits of libpcap and Wireshark where files older or
odder than the draft are concerned. A file is a header of 24 bytes and records one after the
other, each a header of 16 bytes and the captured bytes; nothing is aligned, nothing ends the file.
"""

from __future__ import annotations

__all__ = [
    "KUZNETZOV",
    "MAGICS",
    "MICROSECONDS",
    "NANOSECONDS",
    "PcapHeader",
    "PcapReader",
    "PcapWriter",
    "longest_record",
    "seconds_text",
]

import struct
from collections.abc import Generator
from typing import Literal, Self, TypeAlias

from dissect.captures.output import Target
from dissect.captures.reader import CaptureReader, Choice
from dissect.captures.records import LONGEST_RECORD, PcapRecords, Records, cut_short, too_long
from dissect.captures.source import ByteSource, DamagedSourceError
from dissect.captures.writer import CaptureWriter, Writable, begins_with, captured_bytes, link_of
from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import CaptureError, FieldError
from dissect.packets.links import ETHERNET, canonical_link, link_name, link_number
from dissect.packets.packet import Packet, parse_with_check_sequence
from dissect.protocols.ethernet import FCS_LENGTH

ByteOrder: TypeAlias = Literal["little", "big"]

MICROSECONDS = 0xA1B2C3D4
NANOSECONDS = 0xA1B23C4D
# Alexey Kuznetzov's libpcap for Linux: microseconds, and 8 more bytes in each record header.
KUZNETZOV = 0xA1B2CD34

# First four bytes of a file: (byte order, magic).
MAGICS: dict[bytes, tuple[ByteOrder, int]] = {
    magic.to_bytes(4, order): (order, magic)
    for magic in (MICROSECONDS, NANOSECONDS, KUZNETZOV)
    for order in ("little", "big")
}

# By LINKTYPE, how long records are that may be longer than others: D-Bus messages, USBPcap transfers, EBHSCR records.
_LONGEST_RECORD_OF = {231: 128 << 20, 249: 128 << 20, 279: 8 << 20}

_HEADER_SIZE = 24

_TELLS_CHECK_SEQUENCE = 0x0400_0000
_CHECK_SEQUENCE_SHIFT = 28
"""In the link field: whether it tells the length of check sequences, and where that stands, in words of 16 bits
(draft-ietf-opsawg-pcap, section 4)."""
_HAS_CHECK_SEQUENCE = _TELLS_CHECK_SEQUENCE | FCS_LENGTH // 2 << _CHECK_SEQUENCE_SHIFT
"""What the link field has beside the link type where frames of Ethernet have a check sequence."""


def longest_record(link: int) -> int:
    """Return how many captured bytes a record of this link type may have."""
    return _LONGEST_RECORD_OF.get(link, LONGEST_RECORD)


class PcapHeader(NamedTuple):
    """The 24 bytes at the start of a pcap file, every bit of them: `bytes(header)` gives them back.

    `thiszone` and `sigfigs` (seconds and digits; 0 in practice) change nothing here, as in libpcap.
    `snap_length` is in bytes and is not enforced when reading, as Wireshark does not.
    `link_field` holds the link type in its low 16 bits and the length of the frame check sequence above.
    """

    byte_order: ByteOrder = "little"
    magic: int = MICROSECONDS
    version: tuple[int, int] = (2, 4)
    thiszone: int = 0
    sigfigs: int = 0
    snap_length: int = LONGEST_RECORD
    link_field: int = ETHERNET

    @classmethod
    def decode(cls, data: bytes, path: str = "<stream>") -> Self:
        """Take the header from the first 24 bytes of `data`; `path` is for the message.

        Raises `CaptureError` where they are fewer, no pcap header, or of a version that libpcap
        refuses: it takes 2.0 to 2.4, and 543.0, which DG/UX wrote.
        """
        known = MAGICS.get(data[:4])
        if known is None:
            raise CaptureError(
                f"{path} starts with {data[:4].hex(' ') or 'nothing'}, which is no magic number of pcap",
                path=path,
                offset=0,
            )
        if len(data) < _HEADER_SIZE:
            raise CaptureError(
                f"{path} is cut short in its file header: {_HEADER_SIZE} bytes expected, {len(data)} found; "
                "copy the file again",
                path=path,
                offset=len(data),
            )
        order, magic = known
        major, minor, *rest = struct.unpack_from(_mark(order) + "HHiIII", data, 4)
        header = cls(order, magic, (major, minor), *rest)
        if not (major == 2 and minor <= 4) and (major, minor) != (543, 0):
            raise CaptureError(
                f"{path} is a pcap file of version {major}.{minor} at byte 4 of its header, "
                "and only 2.0 to 2.4 can be read: write it again with the program that made it",
                path=path,
                offset=4,
            )
        return header

    def __bytes__(self) -> bytes:
        return struct.pack(
            _mark(self.byte_order) + "IHHiIII",
            self.magic,
            *self.version,
            self.thiszone,
            self.sigfigs,
            self.snap_length,
            self.link_field,
        )

    @property
    def link(self) -> int:
        """The LINKTYPE number of every packet."""
        return self.link_field & 0xFFFF

    @property
    def fcs_length(self) -> int | None:
        """Bytes of frame check sequence at the end of each frame (0 to 30); None where the file does not say."""
        if not self.link_field & _TELLS_CHECK_SEQUENCE:
            return None
        return (self.link_field >> _CHECK_SEQUENCE_SHIFT) * 2

    @property
    def nanosecond(self) -> bool:
        """Whether times are in nanoseconds; in microseconds otherwise."""
        return self.magic == NANOSECONDS

    @property
    def record_layout(self) -> struct.Struct:
        """Seconds, fraction, captured and original length as a record header holds them, and its size."""
        return struct.Struct(_mark(self.byte_order) + ("IIII8x" if self.magic == KUZNETZOV else "IIII"))

    def lengths(self, first: int, second: int) -> tuple[int, int]:
        """Return the captured and the original length of a record that holds these two in this order.

        Before version 2.3 (and in 543.0) the original length came first; programs disagreed on
        2.3, where the smaller one is taken for the captured length. libpcap does the same.
        """
        if self.version == (2, 3):
            return (second, first) if first > second else (first, second)
        return (first, second) if self.version == (2, 4) else (second, first)

    def stored(self, time_ns: int, captured: int, original: int) -> tuple[int, int, int, int]:
        """Return the four numbers of a record header; nanoseconds below the file's resolution are dropped."""
        seconds, nanoseconds = divmod(time_ns, 1_000_000_000)
        fraction = nanoseconds if self.nanosecond else nanoseconds // 1000
        if self.version in ((2, 3), (2, 4)):
            return seconds, fraction, captured, original
        return seconds, fraction, original, captured


class _OddRecord(Packet):
    """A packet whose record header says the same in another way than a writer would.

    Such are a fraction of a second that is a second or more, and lengths in the uncommon order
    of version 2.3. The numbers are kept, so that the record is written again as it was.
    """

    __slots__ = ("stored",)

    stored: tuple[int, int, int, int]


class _Record(Packet):
    """A packet as the reader makes it, which takes half the time where no constructor is to be called."""

    __slots__ = ()
    __init__ = object.__init__


class PcapReader(CaptureReader):
    """Reads a classic pcap file; made by `dissect.captures.read`.

    `header` is the file's `PcapHeader`.
    """

    format = "pcap"
    header: PcapHeader

    def __init__(self, source: ByteSource) -> None:
        header = PcapHeader.decode(source.take(_HEADER_SIZE), source.name)
        choice = Choice()
        super().__init__(source, _packets(source, header, choice), choice)
        self.header = header
        self.byte_order = header.byte_order
        self.link = header.link
        self.snap_length = header.snap_length
        self.digits = 9 if header.nanosecond else 6


def _packets(source: ByteSource, header: PcapHeader, choice: Choice) -> Generator[Packet, None, None]:
    """Yield the packets of a file whose header was read; close the source when done.

    The inner loop takes records that lie whole in the buffer, and does no more than it must; the
    rest of the outer loop takes one record that does not, or is unusual in any way.
    """
    path, link = source.name, header.link
    layout = header.record_layout
    head, unpack = layout.size, layout.unpack_from
    nanoseconds, ordinary = _unit(header)
    limit = longest_record(link)
    wanted = choice.test(link)
    has_check_sequence = link == ETHERNET and (header.fcs_length or 0) >= FCS_LENGTH
    take = None if has_check_sequence else choice.taker(Packet(b"", link=link))
    make_loop = getattr(take, "loop", None)
    loop = None if make_loop is None or wanted is not None else make_loop(_records(header))
    look_ahead = getattr(loop, "ahead", None)
    if look_ahead is not None:
        source.look_ahead(look_ahead)
    as_is = wanted is None and take is None and not has_check_sequence
    new, too_short = _Record, struct.error
    # Most packets come in the same second as the one before.
    last_second = last_second_ns = 0
    buffer, end, position, number = b"", 0, 0, choice.first - 1
    # The offset in the file at which the buffer begins.
    base = offset = _HEADER_SIZE
    try:
        while True:
            while True:
                try:
                    seconds, fraction, captured, original = unpack(buffer, position)
                except too_short:
                    break
                body = position + head
                stop = body + captured
                # What is longer than the limit is longer than the buffer, too, which holds a chunk at most.
                if stop > end or fraction >= ordinary:
                    break
                if not as_is:
                    if loop is not None:
                        after, number = loop(buffer, position, end, number)
                        if after != position:
                            position = after
                            continue
                    if wanted is not None and not wanted(buffer, body, stop):
                        position, number = stop, number + 1
                        continue
                    time_ns = seconds * 1_000_000_000 + fraction * nanoseconds
                    if loop is None and take is not None and take(buffer, body, stop, number + 1, time_ns, original):
                        position, number = stop, number + 1
                        continue
                    if has_check_sequence:
                        position, number = stop, number + 1
                        packet = Packet(
                            buffer[body:stop], number=number, time_ns=time_ns, original_length=original, link=link
                        )
                        packet._frame = parse_with_check_sequence(packet.data, original)
                        yield packet
                        continue
                number += 1
                if seconds != last_second:
                    last_second, last_second_ns = seconds, seconds * 1_000_000_000
                packet = new()
                packet.time_ns = last_second_ns + fraction * nanoseconds
                packet.number = number
                packet.data = buffer[body:stop]
                packet.original_length = original
                packet.link = link
                packet.interface = None
                packet._frame = None
                position = stop
                yield packet

            offset = base + position
            number += 1
            start, buffer, position = source.gather(buffer, position, head)
            if not start:
                return
            if len(start) < head:
                raise cut_short(path, number, offset, f"its header takes {head} bytes", len(start))
            stored = seconds, fraction, first, second = unpack(start)
            captured, original = header.lengths(first, second)
            if captured > limit:
                raise too_long(path, number, offset, captured, limit, link)
            data, buffer, position = source.gather(buffer, position, captured)
            if len(data) < captured:
                raise cut_short(path, number, offset, f"{captured} captured bytes follow its header", len(data))
            end = len(buffer)
            base = offset + head + captured - position
            time_ns = seconds * 1_000_000_000 + fraction * nanoseconds
            is_odd = header.stored(time_ns, captured, original) != stored
            if take is not None and not is_odd and take(data, 0, captured, number, time_ns, original):
                continue
            packet = Packet(data, number=number, time_ns=time_ns, original_length=original, link=link)
            if has_check_sequence:
                packet._frame = parse_with_check_sequence(data, original)
            if is_odd:
                packet = _odd(packet, stored)
            yield packet
    except DamagedSourceError as error:
        raise error.at("record", number, offset, f"the {number - 1} before it are whole") from None
    finally:
        source.close()


def _records(header: PcapHeader) -> Records:
    """Return how a loop reads the records of a file that are as most are."""
    layout = header.record_layout
    unit, ordinary = _unit(header)
    return Records(
        lines=(
            "try: seconds, fraction, captured, original = unpack(data, position)",
            "except too_short: break",
            f"base = position + {layout.size}",
            "stop = after = base + captured",
            f"if stop > limit or fraction >= {ordinary}: break",
            "if seconds != second: second, second_ns = seconds, seconds * 1_000_000_000",
            f"time_ns = second_ns + fraction * {unit}",
        ),
        begin=("second = None",),
        names={"unpack": layout.unpack_from, "too_short": struct.error},
        plan=PcapRecords(header.byte_order == "big", unit, ordinary) if layout.size == 16 else None,
    )


def _unit(header: PcapHeader) -> tuple[int, int]:
    """Return how many nanoseconds a fraction counts, and the limit of fractions in ordinary records.

    Where lengths may be swapped the limit is 0: no record is ordinary.
    """
    unit = 1 if header.nanosecond else 1000
    return unit, 1_000_000_000 // unit if header.version == (2, 4) else 0


def _odd(packet: Packet, stored: tuple[int, int, int, int]) -> _OddRecord:
    odd = _OddRecord(
        packet.data,
        number=packet.number,
        time_ns=packet.time_ns,
        original_length=packet.original_length,
        link=packet.link,
    )
    odd.stored = stored
    return odd


class PcapWriter(CaptureWriter):
    """Writes a classic pcap file, packet by packet.

    `target` is a path, an open binary file, or "-" for standard output. Without `header`, a
    little-endian file of version 2.4 is written; what is given besides it replaces its part:

    - `byte_order`: "little" or "big".
    - `nanosecond`: whether times are kept in nanoseconds. Without it they are, for a stream
      cannot know what times are still to come; a `header` says so itself. A time finer than the
      file's resolution is an error, never cut.
    - `link`: LINKTYPE number or name. Without it, that of the first packet or of the header that comes
      first (raw IP for `IPv4`), and Ethernet where those are bytes. A pcap file has one link type: what
      is of another, or begins with a header that no frame of it begins with, is an error.
      Where the first packet is a frame of Ethernet that has a check sequence, the file says so.
    - `snap_length`: each packet is cut to so many bytes, as by a capture (its original length
      stays), and the file says so. A header's own snap length cuts nothing.

    What has no time (bytes, headers, packets of a file without times) is written with time 0, as
    Wireshark does. A packet read from a pcap file is written as its record was, byte for byte,
    under that file's header; a header of Kuznetzov's format becomes one of plain microseconds,
    for that format is only read.

    `header` is None until the first packet or the end decides it.
    """

    def __init__(
        self,
        target: Target,
        *,
        header: PcapHeader | None = None,
        byte_order: ByteOrder | None = None,
        nanosecond: bool | None = None,
        link: int | str | None = None,
        snap_length: int | None = None,
    ) -> None:
        draft = PcapHeader(magic=NANOSECONDS) if header is None else header
        if draft.magic == KUZNETZOV:
            draft = draft._replace(magic=MICROSECONDS)
        if byte_order is not None:
            if byte_order not in ("little", "big"):
                raise ValueError(f"byte_order is 'little' or 'big', not {byte_order!r}")
            draft = draft._replace(byte_order=byte_order)
        if nanosecond is not None:
            draft = draft._replace(magic=NANOSECONDS if nanosecond else MICROSECONDS)
        if snap_length is not None:
            if not 1 <= snap_length <= 0x7FFF_FFFF:
                raise ValueError(f"snap_length is from 1 to 2147483647 bytes, not {snap_length}")
            draft = draft._replace(snap_length=snap_length)
        if link is not None and link_number(link) != draft.link:
            # The upper bits tell the length of frame check sequences.
            draft = draft._replace(link_field=link_number(link))
        self._draft = draft
        self._cut_at = snap_length
        self.header: PcapHeader | None = None
        super().__init__(target)
        if header is not None or link is not None:
            try:
                self._begin(draft)
            except BaseException:
                self.discard()
                raise

    def _begin(self, header: PcapHeader) -> None:
        self.header = header
        self._layout = header.record_layout
        self._limit = longest_record(header.link)
        self._output.write(bytes(header))

    def write(self, packet: Writable) -> None:
        """Add a packet: a `Packet`, a header (anything with `bytes(x)`), or bytes.

        Raises `CaptureError` where a pcap file of this header cannot hold it: a time before 1970,
        after 2106 or finer than the resolution, another link type, more bytes than any reader
        takes (256 KiB for most link types). Nothing of that packet is written.
        """
        self._add_any(packet)

    def _add(self, packet: Writable) -> None:
        link: int | None
        if isinstance(packet, Packet):
            data, time_ns, link = bytes(packet), packet.time_ns or 0, packet.link
            # Bytes that an edit added or took away are so many more or fewer on the wire.
            original = packet.original_length + len(data) - len(packet.data)
        else:
            data, time_ns = captured_bytes(packet), 0
            link = self._link_of(packet)
            original = len(data)
        if self._cut_at is not None and len(data) > self._cut_at:
            data = data[: self._cut_at]
        if self._output.done:
            raise ValueError(f"the writer of {self.path} is closed")
        header = self.header
        if header is None:
            field = ETHERNET if link is None else link
            if isinstance(packet, Packet) and link == ETHERNET and packet.frame.learnt("fcs_length"):
                field |= _HAS_CHECK_SEQUENCE
            header = self._draft._replace(link_field=field)
            numbers = self._record(header, packet, time_ns, len(data), original, link)
            self._begin(header)
        else:
            numbers = self._record(header, packet, time_ns, len(data), original, link)
        self._output.write(self._layout.pack(*numbers) + data)
        self.count += 1

    def _record(
        self, header: PcapHeader, packet: Writable, time_ns: int, captured: int, original: int, link: int | None
    ) -> tuple[int, int, int, int]:
        """Return the numbers of the record header, or raise where they do not say what the packet is."""
        if link is not None and link != header.link and canonical_link(link) != canonical_link(header.link):
            raise self._refusal(
                f"is of link type {link_name(link)} ({link}), and the file of {link_name(header.link)} "
                f"({header.link}): a pcap file has one link type, so write it as pcapng"
            )
        limit = longest_record(header.link)
        if captured > limit:
            raise self._refusal(
                f"has {captured} bytes, and readers take {limit} at most for link type {link_name(header.link)}: "
                "give a snap length"
            )
        if isinstance(packet, _OddRecord):
            seconds, fraction, first, second = packet.stored
            again = seconds * 1_000_000_000 + fraction * (1 if header.nanosecond else 1000)
            if again == time_ns and header.lengths(first, second) == (captured, original):
                return packet.stored
        numbers = header.stored(time_ns, captured, original)
        if not 0 <= numbers[0] < 1 << 32:
            raise self._refusal(
                f"has the time {seconds_text(time_ns)} seconds, and a pcap file holds 0 to 4294967295: "
                "shift its time first"
            )
        if not header.nanosecond and time_ns % 1000:
            raise self._refusal(
                f"has the time {seconds_text(time_ns)} seconds, finer than the file's microseconds: "
                "write with nanosecond=True"
            )
        if not 0 <= original < 1 << 32:
            raise self._refusal(f"has the original length {original}, and a pcap file holds 0 to 4294967295")
        if header.lengths(*numbers[2:]) != (captured, original):
            raise self._refusal(
                f"has {captured} captured bytes of {original}, which version 2.3 cannot say: write it as version 2.4"
            )
        return numbers

    def _link_of(self, frame: Writable) -> int | None:
        """Return the link type of what is no packet; None where the file's own is as good as any."""
        if self.header is not None and begins_with(frame, self.header.link):
            return None
        try:
            return link_of(frame)
        except FieldError as error:
            raise self._refusal(f"cannot be written: {error}") from None

    def close(self) -> None:
        """Finish the file: it gets its name now; without a packet it is a header alone."""
        if self.header is None and not self._output.done:
            self._begin(self._draft)
        super().close()


def _mark(order: ByteOrder) -> str:
    return "<" if order == "little" else ">"


def seconds_text(time_ns: int) -> str:
    """Return a time as seconds with nine decimals."""
    sign = "-" if time_ns < 0 else ""
    return f"{sign}{abs(time_ns) // 1_000_000_000}.{abs(time_ns) % 1_000_000_000:09d}"
