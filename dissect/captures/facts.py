"""What a capture is as a whole: its format, packets, sizes, times, rates, interfaces and comments."""

from __future__ import annotations

__all__ = ["CaptureFacts", "InterfaceFacts", "capture_facts", "links_of"]

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from dissect.captures import read
from dissect.captures.pcapng import PcapngReader
from dissect.captures.reader import CaptureReader
from dissect.captures.source import ByteSource, Source
from dissect.errors import CaptureError
from dissect.packets.packet import Packet

if TYPE_CHECKING:
    from dissect.captures.pcapng_blocks import Block, Interface

_INTERFACE_STATISTICS = 5
# Of so many sections and interfaces the details are kept; their number is counted to the end.
_MOST_KEPT = 10_000


class InterfaceFacts:
    """An interface and what was captured at it; `details` is None where the file does not describe interfaces.

    Such a file has one for each link type of its packets.
    """

    def __init__(self, link: int, snap_length: int, digits: int, details: Interface | None = None) -> None:
        self.link = link
        self.snap_length = snap_length
        self.digits = digits
        self.details = details
        self.packets = 0
        self.statistics = 0


class CaptureFacts:
    """What `capture_facts` found out.

    Sizes are in bytes and times in nanoseconds, since 1970 where they are no spans. `data_size` sums the
    lengths on the wire, as capinfos does; `first_ns` and `last_ns` are the earliest and the latest time;
    `in_order` is None where a packet has no time; `damage` is what ended the capture before its time.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.format = ""
        self.compression: str | None = None
        self.byte_order = ""
        self.snap_length = 0
        self.file_size = 0
        self.sha256 = ""
        self.packets = 0
        self.packet_comments = 0
        self.data_size = 0
        self.captured_size = 0
        self.shortest: int | None = None
        self.longest: int | None = None
        self.first_ns: int | None = None
        self.last_ns: int | None = None
        self.in_order: bool | None = True
        self.links: Counter[int] = Counter()
        self.sections = 0
        self.section_facts: list[dict[str, Any]] = []
        self.interfaces: list[InterfaceFacts] = []
        self.by_interface: dict[Interface, InterfaceFacts] = {}
        self.interface_count = 0
        self.damage: CaptureError | None = None

    @property
    def duration_ns(self) -> int | None:
        """From the earliest time to the latest."""
        if self.first_ns is None or self.last_ns is None:
            return None
        return self.last_ns - self.first_ns

    def per_second(self, amount: int) -> float | None:
        """Return an amount divided by the duration; None where that is zero or not known."""
        return amount * 1_000_000_000 / self.duration_ns if self.duration_ns else None

    @property
    def average_size(self) -> float | None:
        """Mean length of a packet on the wire."""
        return self.data_size / self.packets if self.packets else None

    @property
    def digits(self) -> int:
        """The decimals of a second that its finest interface has."""
        return max((each.digits for each in self.interfaces), default=9)


class _Measured:
    """A file open in binary mode that counts and hashes what is read of it."""

    def __init__(self, source: ByteSource) -> None:
        self.name = source.name
        self._source = source
        self._digest = hashlib.sha256()
        self.size = 0

    def read(self, size: int, /) -> bytes:
        data = self._source.read()
        self._digest.update(data)
        self.size += len(data)
        return data

    def finish(self) -> str:
        """Read what was left unread, and return the digest of everything."""
        while self.read(0):
            pass
        self._source.close()
        return self._digest.hexdigest()


def capture_facts(source: Source, watch: Callable[[Iterable[Packet]], Iterable[Packet]] = iter) -> CaptureFacts:
    """Read a capture to its end, in one pass, and return what it is as a whole.

    `watch` may show how far it is. Damage does not raise but is `damage` of the result, which then tells
    of what comes before it; a file that is no capture at all raises `CaptureError` as `read` does.
    """
    measured = _Measured(ByteSource(source))
    reader = read(measured)
    facts = CaptureFacts(measured.name)
    facts.format, facts.compression, facts.byte_order = reader.format, reader.compression, reader.byte_order
    facts.snap_length = reader.snap_length
    if isinstance(reader, PcapngReader):
        _follow(reader, facts)
    else:
        facts.sections = 1
        if reader.link is not None:
            _of_link(facts, reader, reader.link)
    try:
        _count(facts, reader, watch(reader))
    except CaptureError as error:
        facts.damage = error
    facts.sha256 = measured.finish()
    facts.file_size = measured.size
    return facts


def _of_link(facts: CaptureFacts, reader: CaptureReader, link: int) -> InterfaceFacts:
    """Return the interface of a link type in a file that describes none."""
    for known in facts.interfaces:
        if known.link == link:
            return known
    made = InterfaceFacts(link, reader.snap_length, reader.digits)
    facts.interfaces.append(made)
    facts.interface_count += 1
    return made


def _follow(reader: PcapngReader, facts: CaptureFacts) -> None:
    """Take down sections and interfaces of a pcapng file as they come."""

    def follower(block: Block, interface: Interface | None) -> None:
        if interface is not None:
            facts.interface_count += 1
            if len(facts.interfaces) < _MOST_KEPT:
                described = InterfaceFacts(interface.link, interface.snap_length, interface.digits, interface)
                facts.interfaces.append(described)
                facts.by_interface[interface] = described
        elif block.name == "section header":
            header = reader.header
            facts.sections += 1
            if len(facts.section_facts) < _MOST_KEPT:
                facts.section_facts.append(
                    {
                        "hardware": header.hardware,
                        "os": header.os,
                        "application": header.application,
                        "comments": list(header.comments),
                    }
                )
        elif block.kind == _INTERFACE_STATISTICS:
            number = int.from_bytes(block.raw[8:12], block.byte_order)
            interfaces = reader.interfaces
            known = facts.by_interface.get(interfaces[number]) if number < len(interfaces) else None
            if known is not None:
                known.statistics += 1

    reader.follow(follower)


def _count(facts: CaptureFacts, reader: CaptureReader, packets: Iterable[Packet]) -> None:
    describes = facts.format == "pcapng"
    previous: int | None = None
    for packet in packets:
        size = packet.original_length
        facts.packets += 1
        facts.data_size += size
        facts.captured_size += len(packet.data)
        facts.shortest = size if facts.shortest is None else min(facts.shortest, size)
        facts.longest = size if facts.longest is None else max(facts.longest, size)
        facts.links[packet.link] += 1
        time_ns = packet.time_ns
        if time_ns is None:
            facts.in_order = None
        else:
            if facts.first_ns is None or time_ns < facts.first_ns:
                facts.first_ns = time_ns
            if facts.last_ns is None or time_ns > facts.last_ns:
                facts.last_ns = time_ns
            if previous is not None and time_ns < previous and facts.in_order is not None:
                facts.in_order = False
            previous = time_ns
        if not describes:
            continue
        facts.packet_comments += len(packet.comments)
        known = facts.by_interface.get(packet.capture_interface)  # type: ignore[attr-defined]
        if known is not None:
            known.packets += 1
    if not describes:
        for link, count in facts.links.items():
            _of_link(facts, reader, link).packets = count


def links_of(facts: CaptureFacts) -> Iterator[int]:
    """Yield the link types of the packets, or those of the interfaces where there are no packets."""
    yield from sorted(facts.links) or sorted({each.link for each in facts.interfaces})
