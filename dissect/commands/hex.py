"""Turn a capture into hex text, or hex text into a capture."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from dissect.captures import read, write
from dissect.captures.hexdump import hex_dump, hex_stream
from dissect.commands.declarations import add_declaration_options
from dissect.commands.output import positive, watched
from dissect.errors import CaptureError, DissectError, HexTextError
from dissect.packets.links import link_name, link_number
from dissect.packets.packet import Packet

__all__ = ["LAYOUTS", "add_parser", "run"]


def _notes(packet: Packet) -> str:
    from dissect.views.notes_layout import notes_layout

    return notes_layout(packet)


LAYOUTS: dict[str, tuple[Callable[[Packet], str], str]] = {
    "dump": (lambda packet: hex_dump(bytes(packet)), "\n\n"),
    "plain": (lambda packet: hex_stream(bytes(packet)), "\n"),
    "notes": (_notes, "\n\n"),
}
"""How a packet is written, and what stands behind it."""


def add_parser(subparsers: Any) -> None:
    """Declare the options."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "hex",
        help="turn a capture into hex text, or hex text into a capture",
        description=__doc__,
        epilog="Hex text is read in many forms: the layouts above, xxd, hexdump -C, od, tcpdump -x and -X, Wireshark's "
        "copies, bare digits, and byte literals of Python and C.",
    )
    parser.add_argument("file", metavar="FILE", help="a capture, or hex text; - is standard input")
    parser.add_argument(
        "--layout", choices=tuple(LAYOUTS), default="dump",
        help="dump: offset, hex and ASCII; plain: digits, a line per frame; notes: a heading per layer (default: dump)",
    )  # fmt: skip
    parser.add_argument("-c", dest="count", metavar="N", type=positive, help="stop after N packets")
    parser.add_argument("--from-text", action="store_true", help="FILE is hex text, to be written as a capture")
    parser.add_argument("-o", dest="output", metavar="OUT", help="where the capture goes (- is standard output)")
    parser.add_argument("--link", metavar="LINK", help="the frames' link type, by name or number (default: ethernet)")
    parser.add_argument("--joined", action="store_true", help="all lines of bare digits are one frame (xxd -p)")
    add_declaration_options(parser)


def run(options: argparse.Namespace) -> int:
    """Convert; 2 where the capture is damaged, after what is whole."""
    if options.from_text:
        if options.output is None:
            raise DissectError("--from-text needs a place for the capture: -o OUT.pcap, or -o - for standard output")
        return _to_capture(options)
    for option, given in (("-o", options.output), ("--link", options.link), ("--joined", options.joined)):
        if given:
            raise DissectError(f"{option} is for hex text: add --from-text")
    layout, behind = LAYOUTS[options.layout]
    with read(options.file) as packets:
        for packet in watched(islice(packets, options.count)):
            sys.stdout.write(layout(packet) + behind)
    return 0


def _to_capture(options: argparse.Namespace) -> int:
    from dissect.captures.hextext import read_hex_text

    named = _link(options.link) if options.link is not None else None
    data = sys.stdin.buffer.read() if options.file == "-" else Path(options.file).read_bytes()
    where = "standard input" if options.file == "-" else options.file
    # PowerShell writes what a program prints in UTF-16.
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    text = data.decode(encoding, "replace")
    if "\0" in text:
        raise HexTextError(f"{where} is no text: leave --from-text out to turn a capture into hex text", line=0)
    try:
        frames = read_hex_text(text, joined=options.joined)
    except HexTextError as error:
        raise HexTextError(f"{where}: {error}", line=error.line) from None
    links = {named if named is not None else 1 if frame.link is None else frame.link for frame in frames}
    if len(links) > 1:
        names = " and ".join(sorted(link_name(link) for link in links))
        raise CaptureError(f"the frames are of more than one kind, {names}, and a pcap file has one: say --link")
    link = links.pop() if links else 1
    shown: Iterable[Packet] = (
        Packet(frame.data, number=number, time_ns=0, link=link)
        for number, frame in enumerate(frames[: options.count], 1)
    )
    write(options.output, shown, link=link, nanosecond=False)
    return 0


def _link(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) <= 5 else link_number(text)
