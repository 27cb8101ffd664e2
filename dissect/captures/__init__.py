"""Captures in and out: pcap and pcapng files, those of other programs to read, and frames as hex text.

`read` gives the packets of a file, `write` makes a file of packets; `CaptureReader` and
`open_writer` are what they work with, for those who need the file header or write packet by
packet. This room knows no protocol beyond the link type.
"""

from __future__ import annotations

__all__ = [
    "CaptureReader",
    "CaptureWriter",
    "Format",
    "PcapHeader",
    "PcapReader",
    "PcapWriter",
    "Writable",
    "format_by_name",
    "open_writer",
    "read",
    "write",
]

import os
from collections.abc import Iterable
from typing import Literal, TypeAlias

from dissect.captures.magic import LOOKED_AT, what_it_is
from dissect.captures.output import Target
from dissect.captures.pcap import MAGICS, ByteOrder, PcapHeader, PcapReader, PcapWriter
from dissect.captures.reader import CaptureReader
from dissect.captures.source import CHUNK, ByteSource, Source
from dissect.captures.writer import COMPRESSED_SUFFIXES, CaptureWriter, Writable
from dissect.declaration.header import Header
from dissect.errors import CaptureError
from dissect.packets.packet import Packet

Format: TypeAlias = Literal["pcap", "pcapng"]

# The first two bytes of what gzip, zstd, xz and lz4 make, and the second to fourth of what may stand before.
_MAY_BE_COMPRESSED = frozenset({b"\x1f\x8b", b"\x28\xb5", b"\xfd7", b"\x04\x22"})
_SKIPPED = b"\x2a\x4d\x18"


def read(source: Source, *, chunk: int = CHUNK, ahead: bool = False) -> CaptureReader:
    """Open a capture: an iterator over its packets, told by its first bytes and not by its name.

    Pcap and pcapng are read, and what snoop, Microsoft's Network Monitor (1.x and 2.x) and Endace's cards (ERF) write.

    `source` is a path, "-" for standard input, or a file open in binary mode, a pipe included:
    packets are delivered as they arrive, and memory use does not grow with the file. The file
    header is read now, so this waits for it. So many bytes as a `chunk` has are read at a time, where the source
    has them; with `ahead`, a thread reads the next ones of a long file while others are looked at. What gzip, xz,
    zstd or lz4 compressed is uncompressed on the way.

    Raises `CaptureError` where the file is none that can be read, now, or where it is damaged,
    after the last whole packet; `MissingExtraError` where it takes a package that is not installed;
    `OSError` where it cannot be opened.
    """
    opened = ByteSource(source, chunk=chunk, ahead=ahead)
    try:
        start = opened.peek(6)
        if start[:2] in _MAY_BE_COMPRESSED or start[1:4] == _SKIPPED:
            from dissect.captures.compression import UncompressedSource, compression_of

            compression = compression_of(start)
            if compression is not None:
                opened = UncompressedSource(opened, compression)
                start = opened.peek(4)
        if start[:4] in MAGICS:
            return PcapReader(opened)
        if start[:4] == b"\n\r\r\n":
            from dissect.captures.pcapng import PcapngReader

            return PcapngReader(opened)
        other = _reader_of_others(opened)
        if other is not None:
            return other
        raise _no_capture(opened)
    except BaseException:
        opened.close()
        raise


def _reader_of_others(source: ByteSource) -> CaptureReader | None:
    """Return the reader of a capture that another family of programs wrote; None where it seems to be none."""
    start = source.peek(8)
    if start == b"snoop\x00\x00\x00":
        from dissect.captures.snoop import SnoopReader

        return SnoopReader(source)
    if start[:4] in (b"RTSS", b"GMBU"):
        from dissect.captures.netmon import NetmonReader

        return NetmonReader(source)
    from dissect.captures.erf import ErfReader, looks_like_erf

    return ErfReader(source) if looks_like_erf(source) else None


def _no_capture(source: ByteSource) -> CaptureError:
    start, path = source.pending(LOOKED_AT), source.name
    if not start:
        message = f"{path} is empty, and a capture has at least the 24 bytes of its file header: copy the file again"
    elif len(start) < 4:
        message = f"{path} holds {len(start)} bytes, too few for the 24 of a capture's file header: copy the file again"
    else:
        seems, remedy = what_it_is(start)
        message = f"{path} is no capture but {seems}: {remedy}"
    return CaptureError(message, path=path, record=0, offset=0)


def open_writer(
    target: Target,
    *,
    source: CaptureReader | None = None,
    format: Format | None = None,
    header: PcapHeader | None = None,
    byte_order: ByteOrder | None = None,
    nanosecond: bool | None = None,
    link: int | str | None = None,
    snap_length: int | None = None,
    check_sequences: bool = True,
    keeps_secrets: bool = True,
) -> CaptureWriter:
    """Return a writer of the right format: that of `format`, else of the target's name, else of the source.

    A name that ends in .pcapng is that of a pcapng file and one in .pcap of a pcap file, also
    with the ending of a compression behind it; the content is compressed then. `source` is
    the reader that the packets are going to come from: a pcap file gets its header, a pcapng
    file everything that it holds beside packets. What comes from a format that is only read becomes a pcap
    where all its packets are of one link type, else a pcapng, with as many decimals of a second as it has.
    Without `check_sequences` the new file does not say that its frames end with them, whatever the source says, and
    without `keeps_secrets` it has none of the source's secrets.
    The other options are those of `PcapWriter` and `PcapngWriter`.
    """
    source_header = source.header if isinstance(source, PcapReader) else None
    if source_header is not None and not check_sequences:
        # The upper bits of the link type tell of them.
        source_header = source_header._replace(link_field=source_header.link)
    if format is None:
        format = format_by_name(target) or ("pcap" if source is None or _fits_a_pcap(source) else "pcapng")
    if source is not None and source.format not in ("pcap", "pcapng") and nanosecond is None:
        nanosecond = source.digits > 6
    if format == "pcap":
        return PcapWriter(
            target,
            header=header or source_header,
            byte_order=byte_order,
            nanosecond=nanosecond,
            link=link,
            snap_length=snap_length,
        )
    if format != "pcapng":
        raise ValueError(f"format is 'pcap' or 'pcapng', not {format!r}")
    from dissect.captures.pcapng import PcapngReader
    from dissect.captures.pcapng_writer import PcapngWriter

    return PcapngWriter(
        target,
        follow=source if isinstance(source, PcapngReader) else None,
        like=header or source_header,
        byte_order=byte_order,
        nanosecond=nanosecond,
        link=link,
        snap_length=snap_length,
        check_sequences=check_sequences,
        keeps_secrets=keeps_secrets,
    )


def _fits_a_pcap(source: CaptureReader) -> bool:
    return source.format == "pcap" or (source.format != "pcapng" and source.link is not None)


def format_by_name(target: Target) -> Format | None:
    """Return the format that a target's name asks for; None where it asks for none."""
    if not isinstance(target, (str, os.PathLike)):
        return None
    name = os.fsdecode(target).lower()
    for suffix in COMPRESSED_SUFFIXES:
        name = name.removesuffix(suffix)
    return "pcapng" if name.endswith(".pcapng") else "pcap" if name.endswith(".pcap") else None


def write(
    target: Target,
    packets: Iterable[Writable],
    *,
    format: Format | None = None,
    header: PcapHeader | None = None,
    byte_order: ByteOrder | None = None,
    nanosecond: bool | None = None,
    link: int | str | None = None,
    snap_length: int | None = None,
) -> int:
    """Write packets, headers or bytes as a capture, and return how many they were.

    `target` is a path, an open binary file, or "-" for standard output. A path gets its new
    content when all of it is there; on an error, Ctrl-C included, an older file stays as it was.

    The format is chosen as `open_writer` does. Packets that come from `read` directly are written
    under their file's header, and a pcapng with everything else that it holds, so that the
    same bytes come out. Otherwise the options are those of the writers; without `nanosecond`, a
    list or tuple is written in microseconds if that loses nothing, and all else in nanoseconds.

    Raises `CaptureError` for a packet that the file cannot hold and for damage in a capture
    that the packets are read from; `OSError` where the file cannot be written.
    """
    if isinstance(packets, (str, os.PathLike)):
        raise TypeError(f"packets are those of read({os.fspath(packets)!r}), not its name")
    if isinstance(packets, (bytes, bytearray, memoryview, Packet, Header)):
        kind = type(packets).__name__
        raise TypeError(f"packets is a list or other iterable of packets, not a single {kind}: put it in a list")
    given: object = packets
    if not isinstance(given, Iterable):
        raise TypeError(f"packets is a list or other iterable of packets, not {given!r}")
    source = packets if isinstance(packets, CaptureReader) and header is None else None
    if header is None and nanosecond is None and isinstance(packets, (list, tuple)):
        times = (packet.time_ns for packet in packets if isinstance(packet, Packet))
        nanosecond = any(isinstance(time_ns, int) and time_ns % 1000 for time_ns in times)
    with open_writer(
        target,
        source=source,
        format=format,
        header=header,
        byte_order=byte_order,
        nanosecond=nanosecond,
        link=link,
        snap_length=snap_length,
    ) as writer:
        for packet in packets:
            writer.write(packet)
    return writer.count
