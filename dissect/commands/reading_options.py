"""The options of `dissect read`: what they are, and which of them contradict each other."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from itertools import islice

from dissect.captures.selection import nanoseconds
from dissect.commands.capture_options import add_interface_options
from dissect.commands.declarations import add_declaration_options, add_key_option
from dissect.commands.output import positive
from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import DissectError, FieldError
from dissect.packets.packet import Packet
from dissect.wireshark.preferences import PREFERENCES
from dissect.wireshark.time_column import TIME_FORMATS

__all__ = [
    "Stop",
    "add_reading_options",
    "live_end",
    "refuse_contradictions",
    "refuse_without_interfaces",
    "source_of",
    "take_words",
    "writes_only",
]

_KINDS = ("text", "tabs", "fields", "json", "jsonraw", "ek", "pdml", "psml")


def add_reading_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options, which mean what they mean to tshark."""
    parser.set_defaults(words=[])
    parser.add_argument(
        "file", nargs="?", metavar="FILE", help="a capture, or - for standard input; what follows is a display filter"
    )
    parser.set_defaults(words=[])
    add_interface_options(parser)
    parser.add_argument("-r", "--read-file", dest="input", metavar="FILE", help="the same, as tshark has it")
    parser.add_argument(
        "-Y", "--display-filter", dest="filter", metavar="FILTER",
        help='pass over packets that a display filter does not let through: "ip.ttl < 5", or @NAME for a saved one',
    )  # fmt: skip
    parser.add_argument(
        "-R", "--read-filter", dest="read_filter", metavar="FILTER",
        help="with -2: keep only packets that pass this display filter, as if the capture held no others",
    )  # fmt: skip
    parser.add_argument("-c", dest="count", metavar="N", type=positive, help="stop after N packets")
    parser.add_argument(
        "-a", "--autostop", dest="stops", metavar="WHEN", type=_stop, action="append", default=[],
        help="stop after packets:N, or duration:SECONDS behind the first packet",
    )  # fmt: skip
    parser.add_argument("-V", dest="details", action="store_true", help="print the details, with byte ranges")
    parser.add_argument(
        "-O", dest="protocols", metavar="NAMES", type=_protocols,
        help="print the details of these protocols, and a line for each of the others: ip,tcp",
    )  # fmt: skip
    parser.add_argument("-x", dest="bytes", action="store_true", help="print the bytes; in JSON, beside each field")
    parser.add_argument(
        "-S", dest="separator", metavar="TEXT", default="", help="the line behind each packet's details or bytes"
    )
    parser.add_argument(
        "-z", dest="statistics", metavar="NAME", action="append", default=[],
        help="count something and print it at the end, several times too; with -q instead of the list: "
        '"conv,tcp", "io,phs", "io,stat,1"; a wrong name tells which there are',
    )  # fmt: skip
    parser.add_argument("-q", dest="quiet", action="store_true", help="print no list, only what other options ask for")
    parser.add_argument(
        "-j", dest="layers", metavar="NAMES", type=_layers,
        help='of JSON, spell out these layers and fields alone: "ip ip.flags"',
    )  # fmt: skip
    parser.add_argument(
        "-J", dest="whole_layers", metavar="NAMES", type=_layers, help="the same, with all that stands below the layers"
    )
    parser.add_argument(
        "--no-duplicate-keys", dest="merged", action="store_true",
        help="of JSON, make a list of the values of a key that comes again in one object",
    )  # fmt: skip
    parser.add_argument(
        "-P", "--print", dest="summary", action="store_true", help="print the list as well, with -V, -x or -w"
    )
    parser.add_argument(
        "-T", dest="kind", metavar="KIND", choices=_KINDS, default="text",
        help="text (the default), tabs, fields, json, jsonraw (the bytes of fields alone), ek, pdml or psml",
    )  # fmt: skip
    parser.add_argument("-e", dest="fields", metavar="NAME", action="append", default=[], help="a field for -T fields")
    parser.add_argument(
        "-E", dest="settings", metavar="KEY=VALUE", action="append", default=[],
        help="how -T fields prints: header=y|n, separator=/t|/s|CHARACTER, occurrence=f|l|a, "
        "aggregator=,|/s|CHARACTER, quote=d|s|n, escape=y|n, bom=y|n",
    )  # fmt: skip
    parser.add_argument(
        "-t", dest="time", metavar="FORMAT", choices=tuple(TIME_FORMATS), default="r",
        help="the time column: " + ", ".join(f"{name} ({meaning})" for name, meaning in TIME_FORMATS.items()),
    )  # fmt: skip
    parser.add_argument("-w", dest="output", metavar="OUT", help="write the packets to OUT (- is standard output)")
    parser.add_argument(
        "-F",
        dest="format",
        choices=("pcap", "pcapng"),
        help="with -w: instead of what the name of OUT, or FILE asks for",
    )
    parser.add_argument(
        "-o", dest="preferences", metavar="NAME:VALUE", action="append", default=[],
        help="a preference of tshark's: " + ", ".join(PREFERENCES) + "; of checksums, TRUE has those that were left to "
        "the hardware wrong as well, FALSE has none verified",
    )  # fmt: skip
    add_key_option(parser)
    parser.add_argument("-n", action="store_true", help="resolve no names, which is always so")
    parser.add_argument(
        "-2", dest="twice", action="store_true", help="read twice, so that packets know what later ones say"
    )
    parser.add_argument("-l", dest="flush", action="store_true", help="hand on each packet's output at once")
    parser.add_argument("--color", action="store_true", default=None, help="colour the list even where it is piped")
    add_declaration_options(parser)


def _protocols(text: str) -> frozenset[str]:
    """Return the protocols of a list with commas; argparse's error for what is none."""
    from difflib import get_close_matches

    from dissect.wireshark.types import protocols

    names = frozenset(filter(None, (name.strip().lower() for name in text.split(","))))
    for name in sorted(names - protocols()):
        near = get_close_matches(name, sorted(protocols()), 1)
        hint = f"did you mean {near[0]!r}?" if near else f"they are {', '.join(sorted(protocols()))}"
        raise argparse.ArgumentTypeError(f"there is no protocol {name!r}; {hint}")
    if not names:
        raise argparse.ArgumentTypeError("no protocol is named, expected names and commas between them")
    return names


def _layers(text: str) -> frozenset[str]:
    """Return the names that stand in a text, with blanks or commas between them; argparse's error for none."""
    from dissect.wireshark.misspelt import unknown_name
    from dissect.wireshark.types import field_names

    names = frozenset(text.replace(",", " ").split())
    known = field_names() | {"text", "pkt_comment", "raw"}
    for name in sorted(names - known):
        raise argparse.ArgumentTypeError(unknown_name(name, known))
    if not names:
        raise argparse.ArgumentTypeError("no layer is named, expected names and blanks between them")
    return names


class Stop(NamedTuple):
    """When to stop: after so many packets, or nanoseconds behind the first one."""

    packets: int | None = None
    duration: int | None = None

    def taken(self, packets: Iterator[Packet]) -> Iterator[Packet]:
        """Yield the packets up to the end."""
        if self.packets is not None:
            yield from islice(packets, self.packets)
            return
        first = None
        for packet in packets:
            time = packet.time_ns
            first = time if first is None else first
            if time is not None and first is not None and time - first > (self.duration or 0):
                return
            yield packet


def _stop(text: str) -> Stop:
    """Return the end that "packets:10" and the like name; argparse's error for what is none."""
    what, _, value = text.partition(":")
    if what == "packets":
        return Stop(packets=positive(value))
    if what == "duration":
        try:
            return Stop(duration=nanoseconds(value))
        except FieldError as error:
            raise argparse.ArgumentTypeError(str(error)) from None
    if what in ("filesize", "files"):
        raise argparse.ArgumentTypeError(
            f"{what} is for files that are written: dissect capture has it, and dissect write --every N splits one"
        )
    raise argparse.ArgumentTypeError(f"{text!r} says no end, expected packets:N or duration:SECONDS")


def live_end(options: argparse.Namespace) -> tuple[float | None, int | None]:
    """Return how many seconds interfaces are heard, and for how many packets; packets need not be asked then."""
    durations = [stop.duration / 1_000_000_000 for stop in options.stops if stop.duration is not None]
    counts = [stop.packets for stop in options.stops if stop.packets is not None]
    counts += [] if options.count is None else [options.count]
    options.stops, options.count = [], None
    return min(durations, default=None), min(counts, default=None)


def take_words(options: argparse.Namespace) -> None:
    """Take what follows the capture for the display filter, and behind interfaces for the capture filter."""
    words = options.words
    if options.interfaces:
        if options.input is not None:
            raise DissectError(f"-i reads from interfaces, and -r from {options.input}: leave one of them out")
        options.words, options.file = [*([] if options.file is None else [options.file]), *words], None
        return
    # Not pathlib, which takes a tenth of the time of the whole import.
    if options.input is not None and options.file is not None and not os.path.exists(options.file):  # noqa: PTH110
        words, options.file = [options.file, *words], None
    if not words:
        return
    if options.filter is not None:
        raise DissectError(f"two display filters are given, {options.filter!r} behind -Y and {' '.join(words)!r}")
    options.filter = " ".join(words)


def source_of(options: argparse.Namespace) -> str:
    """Return the capture that is named; DissectError for none or two."""
    if options.file is not None and options.input is not None:
        raise DissectError(f"two captures are named, {options.input} and {options.file}: one is read at a time")
    source = options.file if options.input is None else options.input
    if source is None:
        raise DissectError("no capture is named: dissect read FILE, or - for standard input")
    return str(source)


def refuse_contradictions(options: argparse.Namespace) -> None:
    """Raise DissectError for options that cannot be meant together."""
    if options.interfaces and (options.twice or options.read_filter is not None):
        raise DissectError("two passes read a capture twice, and an interface gives each frame once: leave -2 out")
    if options.kind == "fields" and not options.fields:
        raise DissectError("-T fields needs at least one field: -e ip.src")
    shapes = options.layers is not None, options.whole_layers is not None, options.merged
    if any(shapes[:2]) and (options.kind not in ("json", "jsonraw", "ek", "pdml") or options.fields):
        raise DissectError("-j and -J shape whole packets for programs: add -T json, ek or pdml, without -e")
    if options.merged and (options.kind not in ("json", "jsonraw") or options.fields):
        raise DissectError("--no-duplicate-keys shapes the JSON of whole packets: add -T json, without -e")
    if all(shapes[:2]):
        raise DissectError("-j and -J choose layers in two ways: leave one of them out")
    if options.kind not in ("fields", "json", "ek", "pdml", "psml") and options.fields:
        raise DissectError("-e names a field, and -T fields, json, ek, pdml or psml prints them: add one of these")
    if options.kind != "fields" and options.settings:
        raise DissectError("-E says how -T fields prints: add that, or leave -E out")
    if options.kind not in ("text", "tabs") and options.protocols is not None:
        raise DissectError(f"-O chooses details, and -T {options.kind} has none: leave one of them out")
    if options.separator and not (options.kind in ("text", "tabs") and (options.details or options.bytes)):
        raise DissectError("-S stands behind each packet's details or bytes: add -V or -x, or leave it out")
    if options.format is not None and options.output is None:
        raise DissectError("-F is the format of a capture that is written: add -w OUT")
    if options.output == "-" and (options.statistics or not writes_only(options)):
        raise DissectError("-w - writes the capture to standard output, where nothing else can be printed then")


def refuse_without_interfaces(options: argparse.Namespace) -> None:
    """Raise DissectError for options that say how an interface is heard, where a capture is read."""
    said = {
        "-p": not options.promiscuous,
        "-s": options.snap_length is not None,
        "-Q": options.direction != "inout",
        "-B": options.buffer is not None,
    }
    for option, is_given in said.items():
        if is_given:
            raise DissectError(f"{option} says how an interface is heard: add -i NAME, or leave it out")


def writes_only(options: argparse.Namespace) -> bool:
    """Whether nothing is printed of packets."""
    printed = options.details or options.bytes or options.summary or options.kind not in ("text", "tabs")
    return (options.output is not None or options.quiet) and not printed
