"""Follow streams: what both ends say, as text, as files of their own, or cut into messages."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from dissect.captures import read
from dissect.commands.declarations import add_declaration_options, add_key_option
from dissect.commands.output import painter, watched, whole
from dissect.commands.stream_files import StreamFiles
from dissect.commands.stream_messages import MOST_OF_MESSAGE, StreamMessages
from dissect.commands.streams_together import StreamsTogether
from dissect.declaration.framing import LengthField, Line, Rule
from dissect.errors import CaptureError, DissectError
from dissect.flows.conversations import MOST_BYTES, ExchangeList, hear
from dissect.flows.exchange import Exchange
from dissect.flows.followed import Stretch
from dissect.flows.followed_tls import TLSFollower
from dissect.flows.one_stream import Follower, OneStream
from dissect.flows.reading import ReadingPass, with_context
from dissect.flows.reassembly import OverlapPolicy
from dissect.packets.packet import Packet
from dissect.protocols.tcp import TCP
from dissect.protocols.udp import UDP
from dissect.views.stream_text import SHAPES, StreamText, stream_lines
from dissect.wireshark.sight import seen_layers

__all__ = ["add_parser", "run"]

_CLASSES: dict[str, type[TCP] | type[UDP]] = {"tcp": TCP, "udp": UDP}
_POLICIES = {"first": OverlapPolicy.FIRST, "last": OverlapPolicy.LAST}
_ESCAPE = re.compile(r"\\(?:([nrt0\\])|x([0-9a-fA-F]{2}))")
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "\\": "\\"}
_MOST = 1 << 16
"""So many conversations may be followed at once."""


def add_parser(subparsers: Any) -> None:
    """Declare the options."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "follow",
        help="print what the two ends of a stream say, or write it to files",
        description=__doc__,
        epilog="Streams have the numbers of tcp.stream and udp.stream. A hole in one is told in its place. Where bytes "
        "come twice, those that came first are printed; --overlap decides for files and messages.",
    )
    parser.add_argument("file", metavar="FILE", help="a capture, or - for standard input")
    parser.add_argument(
        "protocol", nargs="?", choices=(*_CLASSES, "tls"), default="tcp",
        help="tcp (the default) or udp; tls is what was decrypted over a tcp.stream",
    )  # fmt: skip
    parser.add_argument("streams", nargs="*", metavar="STREAM", help="numbers of streams, or all (default: 0)")
    parser.add_argument(
        "-T", dest="shape", choices=tuple(SHAPES), default="ascii",
        help="text, text of mainframes, a hex dump, hex digits, or YAML with frames and times (default: ascii)",
    )  # fmt: skip
    parser.add_argument(
        "--export", metavar="DIR", type=Path, help="write the bytes of each end to a file in this directory"
    )
    cuts = parser.add_mutually_exclusive_group()
    cuts.add_argument(
        "--length-prefix", metavar="SIZE", type=int, choices=(1, 2, 3, 4, 8),
        help="cut messages that begin with a length of SIZE bytes, which does not count itself, up to 64 MiB",
    )  # fmt: skip
    cuts.add_argument(
        "--delimiter",
        metavar="BYTES",
        type=_octets,
        help=r"cut messages that end with these bytes: '\n', '\r\n', '\x00'",
    )
    cuts.add_argument(
        "--messages", action="store_true", help="cut the messages of the protocol that the ports stand for"
    )
    parser.add_argument(
        "--overlap", choices=tuple(_POLICIES), default="first", help="whose bytes count where copies differ"
    )
    parser.add_argument("--color", action="store_true", default=None, help="colour the two ends even where it is piped")
    add_key_option(parser)
    add_declaration_options(parser)


def run(options: argparse.Namespace) -> int:
    """Follow the streams; 2 where the capture is damaged, after what is whole."""
    wanted = _wanted(options.streams)
    rule = _rule(options)
    cuts = rule is not None or options.messages
    damage: list[CaptureError] = []
    if options.protocol == "tls":
        if cuts or options.export is not None:
            raise DissectError("what was decrypted is only printed: leave --export and what cuts messages out")
        _print_decrypted(options, wanted, damage)
    elif options.export is None and not cuts:
        _print_streams(options, wanted, damage)
    elif cuts and (wanted is None or len(wanted) > 1):
        _cut_many(options, wanted, rule, damage)
    else:
        _listen(options, wanted, rule, damage)
    if damage:
        raise damage[0]
    return 0


def _wanted(words: list[str]) -> list[int] | None:
    """Return the numbers of the streams that are asked for; None for all."""
    if words == ["all"]:
        return None
    if not all(word.isdecimal() for word in words):
        raise DissectError(f"streams are numbers or all, and not {' '.join(words)!r}")
    return [int(word) for word in words] or [0]


def _octets(text: str) -> bytes:
    r"""Return the bytes of a text in which \n, \r, \t, \0, \\ and \x41 stand for bytes; argparse's error for none.

    >>> _octets(r"\r\n"), _octets(r"END\x00")
    (b'\r\n', b'END\x00')
    """
    read_text = _ESCAPE.sub(lambda found: _LETTERS[found[1]] if found[1] else chr(int(found[2], 16)), text)
    try:
        octets = read_text.encode("latin-1")
    except UnicodeEncodeError:
        octets = text.encode()
    if not octets:
        raise argparse.ArgumentTypeError("a delimiter has at least one byte")
    return octets


def _rule(options: argparse.Namespace) -> Rule | None:
    """Return what tells where a message ends."""
    if options.length_prefix is not None:
        size: int = options.length_prefix
        return LengthField(size, added=size, most=MOST_OF_MESSAGE)
    return None if options.delimiter is None else Line(options.delimiter, most=MOST_OF_MESSAGE)


def _print_streams(options: argparse.Namespace, wanted: list[int] | None, damage: list[CaptureError]) -> None:
    if wanted is not None and len(wanted) == 1:
        _print_stream(options, wanted[0], damage)
        return
    cls = _CLASSES[options.protocol]
    together = StreamsTogether(lambda: Follower(cls), wanted)
    with read(options.file) as reader:
        reading = ReadingPass(facts=())
        for packet in watched(whole(reader, damage)):
            reading.observe(packet)
            for number in _streams_of(packet, cls):
                follower = together.follower(number)
                if follower is not None:
                    together.add(number, follower.take(packet))
    for number, follower, stretches in together.streams():
        if wanted is not None and not follower.client[1]:
            raise DissectError(f"there is no {options.protocol}.stream {number} in {options.file}")
        ends, shown = (follower.client, follower.server), f"{options.protocol}.stream eq {number}"
        _print_stretches(options, options.protocol, shown, ends, stretches)
    _tell_left_out(together.left_out)


def _print_stretches(
    options: argparse.Namespace,
    protocol: str,
    shown: str,
    ends: tuple[tuple[str, int], tuple[str, int]],
    stretches: list[Stretch],
) -> None:
    paint = _painter(options)
    for way, line in stream_lines(protocol, options.shape, shown, ends, stretches):
        print(paint(line, way))


def _print_stream(options: argparse.Namespace, number: int, damage: list[CaptureError]) -> None:
    """Print one stream while it is read, so that it may be longer than the memory is large."""
    paint = _painter(options)
    cls = _CLASSES[options.protocol]
    follower, one = Follower(cls), OneStream(cls, number)
    text = StreamText(options.protocol, options.shape, f"{options.protocol}.stream eq {number}")
    is_begun = False

    def take(packet: Packet) -> None:
        nonlocal is_begun
        for stretch in follower.take(packet):
            lines = text.lines(stretch)
            for way, line in lines if is_begun else (*text.head((follower.client, follower.server)), *lines):
                print(paint(line, way))
            is_begun = True

    with read(options.file) as reader:
        reading = ReadingPass(facts=())
        reader.hand_over(lambda pattern: one.taker(pattern.link, reading, take))
        for packet in watched(whole(reader, damage)):
            reading.observe(packet)
            if number in _streams_of(packet, cls):
                take(packet)
    if not follower.client[1]:
        raise DissectError(f"there is no {options.protocol}.stream {number} in {options.file}")
    for way, line in text.tail() if is_begun else (*text.head((follower.client, follower.server)), *text.tail()):
        print(paint(line, way))


def _print_decrypted(options: argparse.Namespace, wanted: list[int] | None, damage: list[CaptureError]) -> None:
    """Print what connections over TLS say inside, as far as the keys are known."""
    together = StreamsTogether(TLSFollower, wanted)
    with read(options.file) as reader:
        for packet in with_context(watched(whole(reader, damage))):
            for number in _streams_of(packet, TCP):
                follower = together.follower(number)
                if follower is not None:
                    together.add(number, follower.take(packet, number))
    for number, follower, stretches in together.streams():
        if not stretches and wanted is not None:
            raise DissectError(
                f"nothing of tcp.stream {number} in {options.file} was decrypted: --tls-keys names the keys"
            )
        first, second = follower.ends
        _print_stretches(options, "tls", f"tcp.stream eq {number}", (first, second), stretches)
    _tell_left_out(together.left_out)


def _streams_of(packet: Packet, cls: type[TCP] | type[UDP]) -> Iterable[int]:
    """Return the numbers of the streams that a packet belongs to, each once."""
    numbers = (header.learnt("stream") for header in seen_layers(packet) if isinstance(header, cls))
    return dict.fromkeys(number for number in numbers if number is not None)


def _chosen(found: Iterable[Exchange], protocol: str, wanted: list[int] | None) -> list[Exchange]:
    streams = {each.stream: each for each in found if each.protocol == protocol}
    if wanted is None:
        return list(streams.values())
    missing = next((number for number in wanted if number not in streams), None)
    if missing is not None:
        raise DissectError(f"there is no {protocol}.stream {missing}")
    return [streams[number] for number in wanted]


def _listen(
    options: argparse.Namespace, wanted: list[int] | None, rule: Rule | None, damage: list[CaptureError]
) -> None:
    """Write files, or print the messages of one stream, while the capture is read."""
    paint = _painter(options)
    cuts = rule is not None or options.messages
    shown: list[StreamMessages] = []
    with _files(options) as files:

        def heard(exchange: Exchange) -> None:
            if cuts:
                if not shown:
                    shown.append(StreamMessages(exchange, rule, options.shape, paint))
                shown[0].take(exchange)
            if files is not None:
                files.take(exchange)

        with read(options.file) as reader:
            found, left_out = hear(
                whole(watched(reader), damage),
                heard,
                policy=_POLICIES[options.overlap],
                most=_MOST,
                only=_is_wanted(options.protocol, wanted),
            )
        chosen = _chosen(found, options.protocol, wanted)
        if cuts:
            messages = shown[0] if shown else StreamMessages(chosen[0], rule, options.shape, paint)
            messages.finish()
        if files is not None:
            files.finish(chosen)
    _tell_left_out(left_out)


def _cut_many(
    options: argparse.Namespace, wanted: list[int] | None, rule: Rule | None, damage: list[CaptureError]
) -> None:
    """Print the messages of several streams, one stream after the other, and write files if need be."""
    source: _Capture | Iterator[Packet] = _Capture(options.file, damage)
    if options.file == "-":
        # It can't be read once more.
        source = iter(source)
    policy, is_wanted = _POLICIES[options.overlap], _is_wanted(options.protocol, wanted)
    found = ExchangeList(source, policy, _MOST, MOST_BYTES, is_wanted)
    chosen = _chosen(found, options.protocol, wanted)
    with _files(options) as files:
        for each in chosen:
            exchange = each.whole()
            messages = StreamMessages(exchange, rule, options.shape, _painter(options))
            messages.take(exchange)
            messages.finish()
            if files is not None:
                files.take(exchange)
        if files is not None:
            files.finish(chosen)
    _tell_left_out(found.left_out)


class _Capture:
    """The packets of a capture, as often as somebody goes through them."""

    def __init__(self, name: str, damage: list[CaptureError]) -> None:
        self._name = name
        self._damage = damage

    def __iter__(self) -> Iterator[Packet]:
        with read(self._name) as reader:
            yield from watched(whole(reader, self._damage))


def _files(options: argparse.Namespace) -> AbstractContextManager[StreamFiles | None]:
    return nullcontext() if options.export is None else StreamFiles(options.export)


def _is_wanted(protocol: str, wanted: list[int] | None) -> Callable[[str, int], bool]:
    return lambda name, stream: name == protocol and (wanted is None or stream in wanted)


def _tell_left_out(count: int) -> None:
    if count:
        print(f"{count} streams are left out: together they are too many; name those that you want", file=sys.stderr)


def _painter(options: argparse.Namespace) -> Callable[[str, int | None], str]:
    """Return what gives the lines of each end a colour, those of Wireshark's window: red and blue."""
    paint = painter(options.color)
    if paint is None:
        return lambda line, way: line
    from dissect.views.colouring import Rule as Colours

    sides = Colours("client", "#a40000", "#fbeded"), Colours("server", "#204a87", "#ededfb")
    return lambda line, way: line if way is None else paint(line, sides[way])
