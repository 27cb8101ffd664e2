"""Several captures become one, by time, while they are read."""

from __future__ import annotations

__all__ = ["Merge"]

import heapq
from collections.abc import Callable, Iterator
from operator import itemgetter

from dissect.captures import Format, PcapHeader, PcapReader, format_by_name, open_writer
from dissect.captures.output import Target
from dissect.captures.pcap import MICROSECONDS, NANOSECONDS
from dissect.captures.pcapng import PcapngReader
from dissect.captures.pcapng_blocks import DECRYPTION_SECRETS, Block, Interface
from dissect.captures.pcapng_options import NAME_RESOLUTION
from dissect.captures.pcapng_writer import PcapngWriter
from dissect.captures.reader import CaptureReader
from dissect.captures.writer import CaptureWriter
from dissect.errors import CaptureError
from dissect.packets.packet import Packet


class Merge:
    """The packets of several readers by time, and a writer that fits them all.

    Each reader's own order is kept, as mergecap does: of the next packets, that with the earliest time
    comes first, that of the later reader among equals; one without a time comes at once.
    One packet of each reader is held in memory. Where a reader's file is damaged, the others go on;
    `damage` is the first that was found.
    """

    def __init__(self, readers: list[CaptureReader]) -> None:
        self.readers = readers
        self.damage: CaptureError | None = None

    def __iter__(self) -> Iterator[Packet]:
        streams = [self._whole(number, reader) for number, reader in enumerate(self.readers)]
        return (packet for _, packet in heapq.merge(*streams, key=itemgetter(0)))

    def _whole(self, number: int, reader: CaptureReader) -> Iterator[tuple[tuple[int, int, int], Packet]]:
        try:
            for packet in reader:
                # A packet without a time comes at once; of equal times, that of the reader named last is first.
                yield (0, 0, -number) if packet.time_ns is None else (1, packet.time_ns, -number), packet
        except CaptureError as error:
            self.damage = self.damage or error

    def open_writer(self, target: Target, format: Format | None = None) -> CaptureWriter:
        """Return the writer: a pcap where all are pcap files of one link type and nothing says otherwise.

        In a pcapng, names and secrets of the readers' files are kept; statistics and what nobody
        knows are not, for they tell of a file that is no more.
        """
        headers = [reader.header for reader in self.readers if isinstance(reader, PcapReader)]
        alike = len(headers) == len(self.readers) and len({header.link_field for header in headers}) == 1
        finest = any(header.nanosecond for header in headers) or len(headers) < len(self.readers)
        if (format or format_by_name(target) or ("pcap" if alike else "pcapng")) == "pcap":
            if not alike:
                return open_writer(target, format="pcap", nanosecond=finest)
            return open_writer(
                target,
                format="pcap",
                header=PcapHeader(
                    byte_order=headers[0].byte_order,
                    magic=NANOSECONDS if finest else MICROSECONDS,
                    snap_length=max(header.snap_length for header in headers),
                    link_field=headers[0].link_field,
                ),
            )
        first = next((reader.byte_order for reader in self.readers if reader.format == "pcapng"), None)
        writer = PcapngWriter(target, byte_order=first, nanosecond=finest)
        for reader in self.readers:
            if isinstance(reader, PcapngReader):
                reader.follow(_keeper(writer))
        return writer


def _keeper(writer: PcapngWriter) -> Callable[[Block, Interface | None], None]:
    def keep(block: Block, interface: Interface | None) -> None:
        if block.kind in (NAME_RESOLUTION, DECRYPTION_SECRETS):
            writer.add(block)

    return keep
