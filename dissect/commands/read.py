"""Print a capture: a list, details, bytes, chosen fields or JSON; or write packets of it to a file."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from dissect.captures import CaptureReader, CaptureWriter, open_writer, read
from dissect.captures.reader import FrameTest, RecordTaker
from dissect.captures.selection import nanoseconds
from dissect.commands.capture_options import add_interface_options
from dissect.commands.declarations import add_declaration_options, add_key_option
from dissect.commands.live_reading import LiveReading, refuse_without_interfaces
from dissect.commands.output import hint_at_second_pass, positive, watched, whole
from dissect.commands.printing import (
    Show,
    Texts,
    chunk_for,
    facts_for,
    learnt_for,
    printer,
    read_along,
    rows_by_columns,
    shown,
)
from dissect.errors import CaptureError, DissectError, FieldError
from dissect.filters.applied import Numbers, first_pass, passing, rules_out_all
from dissect.flows.reading import with_context
from dissect.packets.clock import Clock
from dissect.packets.links import ETHERNET, link_description, link_name
from dissect.packets.packet import Packet, parse_with_check_sequence
from dissect.wireshark.frame import coloured
from dissect.wireshark.preferences import PREFERENCES, assumes_check_sequences, chosen_preferences, preferring
from dissect.wireshark.time_column import TIME_FORMATS

if TYPE_CHECKING:
    from dissect.filters.compiler import CompiledFilter
    from dissect.statistics.tap import Tap

__all__ = ["add_parser", "run"]

_KINDS = ("text", "tabs", "fields", "json", "jsonraw", "ek", "pdml", "psml")
_Digits = Callable[[Packet], int]


def add_parser(subparsers: Any) -> None:
    """Declare the options, which mean what they mean to tshark."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "read",
        help="print a capture, or write packets of it to a file",
        description=__doc__,
        epilog="Names are never resolved: addresses and ports stay numbers. With -i it reads what passes at "
        "interfaces, until Ctrl-C or as long as -c and -a say; that takes root or the right CAP_NET_RAW. With -f, of "
        "a capture only what passes the capture filter is read, as if the rest had not been captured.",
    )
    parser.add_argument(
        "file", nargs="?", metavar="FILE", help="a capture, or - for standard input; what follows is a display filter"
    )
    parser.set_defaults(words=[])
    add_interface_options(parser)
    parser.add_argument("-r", dest="input", metavar="FILE", help="the same, as tshark has it")
    parser.add_argument(
        "-Y", dest="filter", metavar="FILTER",
        help='pass over packets that a display filter does not let through: "ip.ttl < 5", or @NAME for a saved one',
    )  # fmt: skip
    parser.add_argument(
        "-R", dest="read_filter", metavar="FILTER",
        help="with -2: keep only packets that pass this display filter, as if the capture held no others",
    )  # fmt: skip
    parser.add_argument("-c", dest="count", metavar="N", type=positive, help="stop after N packets")
    parser.add_argument(
        "-a", dest="stops", metavar="WHEN", type=_stop, action="append", default=[],
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
    parser.add_argument("-P", dest="summary", action="store_true", help="print the list as well, with -V, -x or -w")
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


class _Stop(NamedTuple):
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


def _stop(text: str) -> _Stop:
    """Return the end that "packets:10" and the like name; argparse's error for what is none."""
    what, _, value = text.partition(":")
    if what == "packets":
        return _Stop(packets=positive(value))
    if what == "duration":
        try:
            return _Stop(duration=nanoseconds(value))
        except FieldError as error:
            raise argparse.ArgumentTypeError(str(error)) from None
    if what in ("filesize", "files"):
        raise argparse.ArgumentTypeError(
            f"{what} is for files that are written: dissect capture has it, and dissect write --every N splits one"
        )
    raise argparse.ArgumentTypeError(f"{text!r} says no end, expected packets:N or duration:SECONDS")


def run(options: argparse.Namespace) -> int:
    """Read the capture and print it; 2 where it is damaged, after what is whole."""
    with ExitStack() as stack:
        stack.enter_context(preferring(chosen_preferences(options.preferences)))
        if options.color:
            # Loaded for those who want colours.
            from dissect.views.colouring import rule_with_filter

            stack.enter_context(coloured(rule_with_filter))
        return _run(options)


def _run(options: argparse.Namespace) -> int:
    _take_words(options)
    # What passes at interfaces is read once, as what comes by standard input.
    source = "-" if options.interfaces else _source(options)
    options.details = options.details or options.protocols is not None
    clock = Clock(options.time)
    _refuse_contradictions(options)
    keeps = _capture_filter(options)
    again = source if keeps is None else "-"
    kept = _kept(options, source, clock, keeps)
    if assumes_check_sequences():
        kept = _with_check_sequences(kept)
    seconds, count = _live_end(options) if options.interfaces else (None, None)
    before = _ended(kept(first_pass(source, keeps=keeps)), options) if options.twice else None
    passes = _filter(options, clock)
    taps = _taps(options, source, clock, passes)
    show = None if _writes_only(options) else shown(options, clock)
    with ExitStack() as stack:
        live = stack.enter_context(LiveReading(options, seconds, count)) if options.interfaces else None
        if live is not None:
            reader = live.reader
        else:
            reader = stack.enter_context(read(source, chunk=chunk_for(options, source)))
            _keep(reader, keeps)
        writer: CaptureWriter | None = None
        if options.output is not None:
            opens = partial(open_writer, source=reader) if live is None else live.open_writer
            writer = opens(options.output)
            stack.push(writer.__exit__)
        clock.digits = _digits(reader)
        damage: list[CaptureError] = []
        packets = watched(_ended(kept(whole(reader, damage)), options))
        texts = stack.enter_context(_printed(options, show))
        if show is not None:
            packets = _unread_told(packets)
        by_columns = None
        if show is not None and writer is None and not taps and _takes_all(options) and again != "-":
            by_columns = rows_by_columns(options, source, show, passes, clock, texts)
        if by_columns is not None:
            packets = by_columns(packets, reader)
        elif taps:
            alone = reader if show is None and writer is None and _takes_all(options) and before is None else None
            packets = _tapped(packets, taps, clock, before, passes, alone)
        elif passes is None and show is not None and writer is None and _takes_all(options):
            in_advance = partial(_in_advance, source, keeps) if options.twice else None
            packets = read_along(
                packets, reader, show, clock, texts, in_advance, learnt_for(options), facts_for(options)
            )
        elif passes is None:
            packets = _timed(packets if show is None else with_context(packets, before=before), clock)
        else:
            along = reader if writer is None and _takes_all(options) else None
            is_read_once = along is None and not (options.twice or assumes_check_sequences())
            if is_read_once and rules_out_all(again, passes, options.count):
                packets = iter(())
            prints = None if show is None or along is None else printer(show, texts, passes)
            packets = passing(
                packets,
                passes,
                source=again,
                clock=clock,
                before=before,
                reader=along,
                prints=prints,
                facts=facts_for(options),
            )
        if show is not None and taps and options.kind in ("text", "tabs") and not (options.details or options.bytes):
            show = _with_remarks(show, taps)
        _each(packets, clock, show, writer, texts)
    # As tshark has it, the one that was asked for last comes first.
    for tap in reversed(taps):
        sys.stdout.writelines(f"{line}\n" for line in tap.lines())
    if damage:
        raise damage[0]
    return 0


def _taps(options: argparse.Namespace, source: str, clock: Clock, passes: CompiledFilter | None) -> list[Tap]:
    """Return what `-z` asks for, so that a wrong one is reported before a file is opened."""
    if not options.statistics:
        return []
    # Loaded for those who count.
    from dissect.statistics.tap import Setting, tap_named

    setting = Setting(source, clock, set(() if passes is None else passes.fields))
    return [tap_named(text, setting) for text in options.statistics]


def _with_remarks(show: Show, taps: list[Tap]) -> Show:
    """Return what makes the lines of the list, with what taps have to say of each behind it."""
    return lambda packet: show(packet) + "".join(tap.beside(packet) for tap in taps)


def _tapped(
    packets: Iterator[Packet],
    taps: list[Tap],
    clock: Clock,
    before: Iterator[Packet] | None,
    passes: CompiledFilter | None,
    reader: CaptureReader | None,
) -> Iterator[Packet]:
    """Return the packets that pass; the taps take those that don't as well, as tshark's do."""
    from dissect.statistics.tap import tapped

    found = tapped(packets, taps, clock, before, reader)
    return found if passes is None else filter(passes, found)


def _takes_all(options: argparse.Namespace) -> bool:
    """Whether every packet of the capture is looked at, as it stands there."""
    is_limited = options.read_filter is not None or options.stops or options.count is not None
    return not (is_limited or assumes_check_sequences())


def _in_advance(
    source: str, keeps: Callable[[int], FrameTest] | None, takers: Callable[[Packet], RecordTaker | None]
) -> Iterator[Packet]:
    """Return the packets for the first of two passes, but those that the takers deal with."""
    return first_pass(source, takers=takers, keeps=keeps)


def _ended(packets: Iterator[Packet], options: argparse.Namespace) -> Iterator[Packet]:
    """Return the packets up to the end that -c and -a set."""
    packets = islice(packets, options.count)
    for stop in options.stops:
        packets = stop.taken(packets)
    return packets


def _kept(
    options: argparse.Namespace, source: str, clock: Clock, keeps: Callable[[int], FrameTest] | None
) -> Callable[[Iterator[Packet]], Iterator[Packet]]:
    """Return what leaves of all packets those that -R keeps, with numbers of their own, and times of the whole."""
    if options.read_filter is None:
        return lambda packets: packets
    if not options.twice:
        raise DissectError("-R keeps packets in the first of two passes: add -2, or filter with -Y")
    # The grammar's parser is loaded for those who filter.
    from dissect.filters import saved
    from dissect.filters.compiler import compile_filter

    whole_file = Clock()
    wanted = Numbers(
        passing(first_pass(source, keeps=keeps), compile_filter(saved.expand(options.read_filter)), clock=whole_file)
    )
    clock.first = whole_file.first
    return wanted.renumbered


def _with_check_sequences(kept: Callable[[Iterator[Packet]], Iterator[Packet]]) -> Callable[..., Iterator[Packet]]:
    """Return the same, with the last four bytes of every Ethernet frame taken for its check sequence."""

    def with_them(packets: Iterator[Packet]) -> Iterator[Packet]:
        for packet in kept(packets):
            if packet.link == ETHERNET:
                packet._frame = parse_with_check_sequence(packet.data, packet.original_length)
            yield packet

    return with_them


def _unread_told(packets: Iterator[Packet]) -> Iterator[Packet]:
    """Yield the packets, and say once of each link type that no protocol is read in its frames."""
    known: set[int] = set()
    for packet in packets:
        if packet.link not in known:
            known.add(packet.link)
            if packet.frame.learnt("opaque"):
                what = f"{link_name(packet.link)} ({link_description(packet.link)})"
                print(f"dissect: frames of link type {what} are not read, only counted and listed", file=sys.stderr)
        yield packet


def _timed(packets: Iterator[Packet], clock: Clock) -> Iterator[Packet]:
    for packet in packets:
        clock.advance(packet)
        yield packet


def _each(
    packets: Iterator[Packet],
    clock: Clock,
    show: Show | None,
    writer: CaptureWriter | None,
    texts: Texts,
) -> None:
    """Show and write the packets."""
    for packet in packets:
        if show is not None:
            texts.add(show(packet))
            clock.show()
        if writer is not None:
            writer.write(packet)


@contextmanager
def _printed(options: argparse.Namespace, show: Show | None) -> Iterator[Texts]:
    """Give where the texts go, with what stands around all of them."""
    if show is None:
        yield Texts()
        return
    head, foot = _around(options)
    sys.stdout.write(head)
    is_json = options.kind in ("json", "jsonraw")
    at_once = options.flush or bool(options.interfaces)
    texts = Texts(between=",\n", at_once=at_once) if is_json else Texts(behind="\n", at_once=at_once)
    with texts:
        yield texts
    sys.stdout.write(f"\n{foot}" if is_json and texts.begun else foot)


def _around(options: argparse.Namespace) -> tuple[str, str]:
    """Return what stands in front of all texts, and what stands behind them."""
    if options.kind in ("json", "jsonraw"):
        return "[\n", "]\n"
    if options.kind == "psml":
        from dissect.views.psml import PSML_FOOT, PSML_HEAD

        return PSML_HEAD, PSML_FOOT
    if options.kind == "pdml":
        from dissect.views.pdml import PDML_FOOT, pdml_head

        return pdml_head(" and ".join(options.interfaces) or _source(options)), PDML_FOOT
    return "", ""


def _filter(options: argparse.Namespace, clock: Clock) -> CompiledFilter | None:
    """Return the compiled display filter, so that a wrong one is reported before a file is opened."""
    if options.filter is None:
        return None
    # The grammar's parser is loaded for those who filter.
    from dissect.filters import saved
    from dissect.filters.compiler import compile_filter

    passes = compile_filter(saved.expand(options.filter), clock=clock)
    if not options.twice:
        hint_at_second_pass(passes)
    return passes


def _capture_filter(options: argparse.Namespace) -> Callable[[int], FrameTest] | None:
    """Return the tests of the capture filter for frames of a file; those of interfaces are asked by the kernel."""
    if options.interfaces:
        return None
    refuse_without_interfaces(options)
    if options.capture_filter is None:
        return None
    # Loaded for those who filter so.
    from dissect.filters.capture_filter import CaptureFilter

    return CaptureFilter(options.capture_filter).test


def _keep(reader: CaptureReader, keeps: Callable[[int], FrameTest] | None) -> None:
    """Have a reader leave out what the capture filter does not let through; a wrong one is told now, if it can be."""
    if keeps is not None:
        if reader.link is not None:
            keeps(reader.link)
        reader.keep(keeps)


def _live_end(options: argparse.Namespace) -> tuple[float | None, int | None]:
    """Return how many seconds interfaces are heard, and for how many packets; packets need not be asked then."""
    durations = [stop.duration / 1_000_000_000 for stop in options.stops if stop.duration is not None]
    counts = [stop.packets for stop in options.stops if stop.packets is not None]
    counts += [] if options.count is None else [options.count]
    options.stops, options.count = [], None
    return min(durations, default=None), min(counts, default=None)


def _take_words(options: argparse.Namespace) -> None:
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


def _source(options: argparse.Namespace) -> str:
    if options.file is not None and options.input is not None:
        raise DissectError(f"two captures are named, {options.input} and {options.file}: one is read at a time")
    source = options.file if options.input is None else options.input
    if source is None:
        raise DissectError("no capture is named: dissect read FILE, or - for standard input")
    return str(source)


def _refuse_contradictions(options: argparse.Namespace) -> None:
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
    if options.output == "-" and (options.statistics or not _writes_only(options)):
        raise DissectError("-w - writes the capture to standard output, where nothing else can be printed then")


def _writes_only(options: argparse.Namespace) -> bool:
    printed = options.details or options.bytes or options.summary or options.kind not in ("text", "tabs")
    return (options.output is not None or options.quiet) and not printed


def _digits(reader: CaptureReader) -> _Digits:
    """Return what gives the decimals of a second that a packet's time has: a file's, or its interface's."""
    if reader.format == "pcapng":
        return lambda packet: packet.capture_interface.digits  # type: ignore[attr-defined]  # packets of a pcapng
    return lambda packet: reader.digits
