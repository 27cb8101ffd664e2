"""Write packets of a capture to another: slices, without duplicates, cut, shifted, with other addresses."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from dissect.captures import CaptureReader, CaptureWriter, open_writer, read
from dissect.captures.check_sequences import strip_check_sequence
from dissect.captures.pcapng_writer import PcapngWriter
from dissect.captures.selection import Duplicates, NumberRanges, in_order_of_time, nanoseconds, point_in_time
from dissect.captures.splitting import SplitWriter
from dissect.commands.declarations import add_declaration_options, add_key_option
from dissect.commands.output import hint_at_second_pass, positive, watched, whole
from dissect.commands.rewriting_options import add_rewriting, chosen_rewriting
from dissect.errors import CaptureError, DissectError, FieldError
from dissect.filters.applied import first_pass, passing
from dissect.flows.tls_keys import KeyLog
from dissect.packets.packet import Packet
from dissect.packets.secrets import TLS_KEY_LOG, Secrets
from dissect.replay.rewriting import Rewriting

__all__ = ["add_parser", "run"]

_Value = TypeVar("_Value")


def add_parser(subparsers: Any) -> None:
    """Declare the options, whose letters are editcap's and tshark's where these have them."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "write",
        help="write packets of a capture to another",
        description=__doc__,
        epilog="Numbers are those of the packets in IN. Duplicates are looked for among the packets that the other "
        "options chose, before they are cut and rewritten. What a pcapng holds beside packets is kept.",
    )
    parser.add_argument("input", metavar="IN", help="a capture, or - for standard input")
    parser.add_argument(
        "output",
        metavar="OUT",
        help="where the packets go; its ending says format and compression (- is standard output)",
    )
    parser.add_argument(
        "-p", "--packets", metavar="RANGES", type=_checked(NumberRanges), help="only these numbers: 1-10,15,20-"
    )
    parser.add_argument("-c", dest="count", metavar="N", type=positive, help="stop after N packets were written")
    parser.add_argument(
        "-A", "--from", dest="start", metavar="TIME", type=_checked(point_in_time),
        help="only packets of this time or later: seconds since 1970, or a date such as 2026-01-31T12:00:00.5Z",
    )  # fmt: skip
    parser.add_argument(
        "-B", "--to", dest="stop", metavar="TIME", type=_checked(point_in_time), help="only packets before this time"
    )
    parser.add_argument(
        "-Y", dest="filter", metavar="FILTER",
        help="only packets that pass this display filter, or @NAME for a saved one; it sees all packets of IN, as "
        "what a packet is may depend on those before",
    )  # fmt: skip
    # Not -2, with which -0.5 would be an option, too, and no time to shift by.
    parser.add_argument(
        "--two-passes", dest="twice", action="store_true", help="IN is read twice: -Y knows what later packets say"
    )
    duplicates = parser.add_mutually_exclusive_group()
    duplicates.add_argument(
        "-d", dest="window", action="store_const", const=5, help="leave out duplicates, in a window of 5 packets"
    )
    duplicates.add_argument(
        "-D", dest="window", metavar="N", type=positive,
        help="leave out duplicates, in a window of N packets (the packet itself is one of them)",
    )  # fmt: skip
    parser.add_argument("-s", "--snap-length", metavar="BYTES", type=positive, help="cut each packet to so many bytes")
    parser.add_argument(
        "-t",
        "--shift",
        metavar="SECONDS",
        type=_checked(nanoseconds),
        default=0,
        help="add so much to every time: -0.5",
    )
    parser.add_argument(
        "--sort", action="store_true", help="in the order of their times; all that is written is held in memory"
    )
    parser.add_argument(
        "--without-fcs", action="store_true",
        help="take frame check sequences off, where IN says that Ethernet frames have them",
    )  # fmt: skip
    secrets = parser.add_mutually_exclusive_group()
    secrets.add_argument(
        "--inject-secrets", dest="secrets", metavar="tls,FILE", type=_checked(_secrets), action="append", default=[],
        help="put the secrets in FILE, which programs write for SSLKEYLOGFILE, into OUT, which is a pcapng",
    )  # fmt: skip
    secrets.add_argument(
        "--discard-all-secrets", dest="without_secrets", action="store_true", help="leave out the secrets of IN"
    )
    split = parser.add_mutually_exclusive_group()
    split.add_argument(
        "--every", metavar="N", type=positive,
        help="several files of N packets: out.pcap gives out_00000_20260131120000.pcap and so on, with a number and "
        "the local time of the first packet",
    )  # fmt: skip
    split.add_argument("-i", dest="span", metavar="SECONDS", type=_checked(_span), help="several files of so much time")
    parser.add_argument(
        "-F", "--format", choices=("pcap", "pcapng"), help="instead of what the name of OUT, or else IN asks for"
    )
    add_rewriting(parser, "what is replaced, in all headers that have it (each may be repeated)")
    add_key_option(parser)
    add_declaration_options(parser, short=False)


def run(options: argparse.Namespace) -> int:
    """Write; 2 where the capture is damaged, after what is whole."""
    passing = _filtered(options)
    damage: list[CaptureError] = []
    with read(options.input) as reader:
        packets = _chosen(passing(_up_to(options.packets, watched(whole(reader, damage)))), reader, options)
        if options.sort:
            packets = iter(in_order_of_time(packets))
        with _writer(options, reader) as writer:
            for packet in packets:
                writer.write(packet)
    if damage:
        raise damage[0]
    return 0


def _writer(options: argparse.Namespace, reader: CaptureReader) -> CaptureWriter | SplitWriter:
    """Return what takes the packets: one file, or several."""

    def open_one(path: str) -> CaptureWriter:
        writer = open_writer(
            path,
            source=reader,
            format=options.format,
            snap_length=options.snap_length,
            check_sequences=not options.without_fcs,
            keeps_secrets=not options.without_secrets,
        )
        for each in options.secrets:
            if not isinstance(writer, PcapngWriter):
                writer.discard()
                raise DissectError(f"{path} becomes a pcap, which holds no secrets: add -F pcapng")
            writer.add_secrets(each)
        return writer

    if options.every is None and options.span is None:
        return open_one(options.output)
    return SplitWriter(options.output, open_one, every=options.every, span_ns=options.span)


def _chosen(packets: Iterator[Packet], reader: CaptureReader, options: argparse.Namespace) -> Iterator[Packet]:
    """Yield the packets that the options choose, as they are to be written."""
    wanted: NumberRanges | None = options.packets
    rewriting = chosen_rewriting(options)
    duplicates = None if options.window is None else Duplicates(options.window)
    count = 0
    for packet in packets:
        if (wanted is not None and packet.number not in wanted) or not _is_within(packet, options):
            continue
        if duplicates is not None and duplicates.is_one(packet):
            continue
        if options.shift and packet.time_ns is not None:
            packet.time_ns += options.shift
        if options.without_fcs:
            strip_check_sequence(reader, packet)
        if rewriting:
            _rewrite(packet, rewriting)
        yield packet
        count += 1
        if count == options.count:
            break


def _up_to(wanted: NumberRanges | None, packets: Iterator[Packet]) -> Iterator[Packet]:
    """Yield the packets up to the last number that is wanted, and read no further."""
    last = None if wanted is None else wanted.last
    for packet in packets:
        yield packet
        if packet.number == last:
            return


def _rewrite(packet: Packet, rewriting: Rewriting) -> None:
    """Replace what is asked for; a tag that is put on or taken off is as much more or less on the wire."""
    data = bytes(packet)
    again = rewriting(data, packet.link)
    packet.original_length += len(again) - len(data)
    packet.data, packet._frame = again, None


def _is_within(packet: Packet, options: argparse.Namespace) -> bool:
    """Whether the packet's time is one of those that are wanted; one without a time is, where all are."""
    start, stop, time_ns = options.start, options.stop, packet.time_ns
    if start is None and stop is None:
        return True
    return time_ns is not None and (start is None or time_ns >= start) and (stop is None or time_ns < stop)


def _filtered(options: argparse.Namespace) -> Callable[[Iterator[Packet]], Iterator[Packet]]:
    """Return what leaves of packets those that pass the filter; a wrong one is reported before a file is opened."""
    if options.filter is None:
        if options.twice:
            raise DissectError("--two-passes reads the capture twice for -Y: add a filter, or leave it out")
        return lambda packets: packets
    # The grammar's parser is loaded for those who filter.
    from dissect.filters import saved
    from dissect.filters.compiler import compile_filter

    passes = compile_filter(saved.expand(options.filter))
    if not options.twice:
        hint_at_second_pass(passes, "--two-passes")
    before = first_pass(options.input) if options.twice else None
    return lambda packets: passing(packets, passes, before=before)


def _secrets(text: str) -> Secrets:
    """Return what `tls,FILE` names; FieldError for what is none of these."""
    kind, _, path = text.partition(",")
    if kind != "tls" or not path:
        raise FieldError(f"{text} names no secrets, expected tls,FILE")
    try:
        data = Path(path).read_bytes()
    except OSError as reason:
        raise FieldError(f"the secrets in {path} can't be read: {reason.strerror}") from None
    if not len(KeyLog(data.decode("ascii", "replace").splitlines())):
        raise FieldError(f"{path} holds no secrets, expected lines such as CLIENT_RANDOM 0123... 4567...")
    return Secrets(TLS_KEY_LOG, data)


def _span(text: str) -> int:
    """Return nanoseconds, more than none; FieldError for what is none of these."""
    found = nanoseconds(text)
    if found <= 0:
        raise FieldError(f"{text} is no time to fill a file with, expected more than 0 seconds")
    return found


def _checked(read_value: Callable[[str], _Value]) -> Callable[[str], _Value]:
    """Return a reader of an option's value whose complaint is that of the program."""

    def checked(text: str) -> _Value:
        try:
            return read_value(text)
        except FieldError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return checked
