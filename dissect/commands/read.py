"""Print a capture: a list, details, bytes, chosen fields or JSON; or write packets of it to a file."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from dissect.captures import CaptureReader, CaptureWriter, open_writer, read
from dissect.captures.reader import FrameTest, RecordTaker
from dissect.captures.source import CHUNK
from dissect.commands.output import hint_at_second_pass, watched, whole
from dissect.commands.printing import (
    Show,
    Texts,
    chunk_for,
    facts_for,
    learnt_for,
    looked_into_for,
    printer,
    read_along,
    rows_by_columns,
    shown,
)
from dissect.commands.reading_options import (
    add_reading_options,
    live_end,
    refuse_contradictions,
    refuse_without_interfaces,
    source_of,
    take_words,
    writes_only,
)
from dissect.errors import CaptureError, DissectError
from dissect.filters.applied import Numbers, first_pass, passing, rules_out_all
from dissect.flows.reading import with_context
from dissect.packets.clock import Clock
from dissect.packets.links import ETHERNET, link_description, link_name
from dissect.packets.packet import Packet, parse_with_check_sequence
from dissect.wireshark.frame import coloured
from dissect.wireshark.preferences import assumes_check_sequences, chosen_preferences, preferring

if TYPE_CHECKING:
    from dissect.commands.live_reading import LiveReading
    from dissect.filters.compiler import CompiledFilter
    from dissect.statistics.tap import Tap

__all__ = ["add_parser", "run"]

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
    add_reading_options(parser)


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
    take_words(options)
    # What passes at interfaces is read once, as what comes by standard input.
    source = "-" if options.interfaces else source_of(options)
    options.details = options.details or options.protocols is not None
    clock = Clock(options.time)
    refuse_contradictions(options)
    keeps = _capture_filter(options)
    again = source if keeps is None else "-"
    kept = _kept(options, source, clock, keeps)
    if assumes_check_sequences():
        kept = _with_check_sequences(kept)
    seconds, count = live_end(options) if options.interfaces else (None, None)
    before = _ended(kept(first_pass(source, keeps=keeps)), options) if options.twice else None
    passes = _filter(options, clock)
    taps = _taps(options, source, clock, passes)
    show = None if writes_only(options) else shown(options, clock)
    with ExitStack() as stack:
        live = stack.enter_context(_live(options, seconds, count)) if options.interfaces else None
        if live is not None:
            reader = live.reader
        else:
            chunk = chunk_for(options, source)
            reader = stack.enter_context(read(source, chunk=chunk, ahead=chunk > CHUNK))
            _keep(reader, keeps)
        writer: CaptureWriter | None = None
        if options.output is not None:
            opens = partial(open_writer, source=reader) if live is None else live.open_writer
            writer = opens(options.output, format=options.format)
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
            only, into = learnt_for(options), looked_into_for(options)
            packets = read_along(packets, reader, show, clock, texts, in_advance, only, into, facts_for(options))
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


def _live(options: argparse.Namespace, seconds: float | None, count: int | None) -> LiveReading:
    """Return what hears the interfaces."""
    # Loaded for those who listen.
    from dissect.commands.live_reading import LiveReading

    return LiveReading(options, seconds, count)


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
    texts = Texts(before="\n", between=",\n", at_once=at_once) if is_json else Texts(behind="\n", at_once=at_once)
    with texts:
        yield texts
    sys.stdout.write(f"\n{foot}" if is_json and texts.begun else foot)


def _around(options: argparse.Namespace) -> tuple[str, str]:
    """Return what stands in front of all texts, and what stands behind them."""
    if options.kind in ("json", "jsonraw"):
        return "[", "]\n"
    if options.kind == "psml":
        from dissect.views.psml import PSML_FOOT, PSML_HEAD

        return PSML_HEAD, PSML_FOOT
    if options.kind == "pdml":
        from dissect.views.pdml import PDML_FOOT, pdml_head

        return pdml_head(" and ".join(options.interfaces) or source_of(options)), PDML_FOOT
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


def _digits(reader: CaptureReader) -> _Digits:
    """Return what gives the decimals of a second that a packet's time has: a file's, or its interface's."""
    if reader.format == "pcapng":
        return lambda packet: packet.capture_interface.digits  # type: ignore[attr-defined]  # packets of a pcapng
    return lambda packet: reader.digits
