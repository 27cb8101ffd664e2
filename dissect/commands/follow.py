"""Follow streams: what both ends say, as text, as files of their own, or cut into messages."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from dissect.captures import read
from dissect.commands.declarations import add_declaration_options, add_key_option
from dissect.commands.output import painter, watched, whole
from dissect.declaration.framing import LengthField, Line, Rule
from dissect.errors import CaptureError, DissectError
from dissect.flows.conversations import ExchangeList, conversations
from dissect.flows.cutting import Cutter, Message
from dissect.flows.exchange import Exchange, Party
from dissect.flows.followed import Stretch
from dissect.flows.followed_tls import TLSFollower
from dissect.flows.one_stream import Follower, OneStream
from dissect.flows.reading import ReadingPass, with_context
from dissect.flows.reassembly import OverlapPolicy
from dissect.flows.stream import Chunk, Gap
from dissect.packets.packet import Packet
from dissect.protocols.tcp import TCP
from dissect.protocols.udp import UDP
from dissect.views.stream_text import SHAPES, bracketed, stream_lines
from dissect.wireshark.sight import seen_layers

__all__ = ["add_parser", "run"]

_CLASSES: dict[str, type[TCP] | type[UDP]] = {"tcp": TCP, "udp": UDP}
_POLICIES = {"first": OverlapPolicy.FIRST, "last": OverlapPolicy.LAST}
_ESCAPE = re.compile(r"\\(?:([nrt0\\])|x([0-9a-fA-F]{2}))")
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "\\": "\\"}
_LONGEST_MESSAGE = 1 << 32
_MOST = 1 << 17
"""So many conversations may be followed, as many as a reading pass knows."""


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
        help="text, a hex dump, hex digits, or YAML with frames and times (default: ascii)",
    )  # fmt: skip
    parser.add_argument(
        "--export", metavar="DIR", type=Path, help="write the bytes of each end to a file in this directory"
    )
    cuts = parser.add_mutually_exclusive_group()
    cuts.add_argument(
        "--length-prefix", metavar="SIZE", type=int, choices=(1, 2, 3, 4, 8),
        help="cut messages that begin with a length of SIZE bytes, which does not count itself",
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
    else:
        with read(options.file) as reader:
            found = conversations(whole(watched(reader), damage), policy=_POLICIES[options.overlap], most=_MOST)
            chosen = _chosen(found, options.protocol, wanted)
        for exchange in chosen if cuts else ():
            _print_messages(exchange, rule or _declared_rule(exchange), options)
        if options.export is not None:
            _export(chosen, options.export)
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
        return LengthField(size, added=size, most=_LONGEST_MESSAGE)
    return None if options.delimiter is None else Line(options.delimiter, most=_LONGEST_MESSAGE)


def _declared_rule(exchange: Exchange) -> Rule:
    rule = exchange.framing
    if rule is None:
        raise DissectError(
            f"no protocol with messages is known of {exchange.protocol}.stream {exchange.stream}: "
            "-d says what its port stands for, --length-prefix and --delimiter cut without one"
        )
    return rule


def _print_streams(options: argparse.Namespace, wanted: list[int] | None, damage: list[CaptureError]) -> None:
    paint = _painter(options)
    cls = _CLASSES[options.protocol]
    with read(options.file) as reader:
        reading = ReadingPass(facts=())
        found: dict[int, tuple[Follower, list[Stretch]]] = {each: (Follower(cls), []) for each in wanted or ()}
        if wanted is not None and len(wanted) == 1:
            (follower, stretches) = found[wanted[0]]
            stream = OneStream(cls, wanted[0])

            def take(packet: Packet) -> None:
                stretches.extend(follower.take(packet))

            reader.hand_over(lambda pattern: stream.taker(pattern.link, reading, take))
        for packet in watched(whole(reader, damage)):
            reading.observe(packet)
            for number in _streams_of(packet, cls):
                if wanted is None and number not in found:
                    found[number] = Follower(cls), []
                if number in found:
                    follower, stretches = found[number]
                    stretches += follower.take(packet)
    for number, (follower, stretches) in found.items():
        if wanted is not None and not follower.client[1]:
            raise DissectError(f"there is no {options.protocol}.stream {number} in {options.file}")
        ends = follower.client, follower.server
        shown = f"{options.protocol}.stream eq {number}"
        for way, line in stream_lines(options.protocol, options.shape, shown, ends, stretches):
            print(paint(line, way))


def _print_decrypted(options: argparse.Namespace, wanted: list[int] | None, damage: list[CaptureError]) -> None:
    """Print what connections over TLS say inside, as far as the keys are known."""
    paint = _painter(options)
    found: dict[int, tuple[TLSFollower, list[Stretch]]] = {each: (TLSFollower(), []) for each in wanted or ()}
    with read(options.file) as reader:
        for packet in with_context(watched(whole(reader, damage))):
            for number in _streams_of(packet, TCP):
                if wanted is None and number not in found:
                    found[number] = TLSFollower(), []
                if number in found:
                    follower, stretches = found[number]
                    stretches += follower.take(packet, number)
    for number, (follower, stretches) in found.items():
        if not stretches and wanted is not None:
            raise DissectError(
                f"nothing of tcp.stream {number} in {options.file} was decrypted: --tls-keys names the keys"
            )
        first, second = follower.ends
        for way, line in stream_lines("tls", options.shape, f"tcp.stream eq {number}", (first, second), stretches):
            print(paint(line, way))


def _streams_of(packet: Packet, cls: type[TCP] | type[UDP]) -> Iterable[int]:
    """Return the numbers of the streams that a packet belongs to, each once."""
    numbers = (header.learnt("stream") for header in seen_layers(packet) if isinstance(header, cls))
    return dict.fromkeys(number for number in numbers if number is not None)


def _chosen(found: ExchangeList, protocol: str, wanted: list[int] | None) -> list[Exchange]:
    if wanted is None:
        return [each for each in found if each.protocol == protocol]
    try:
        return [found.of(protocol, number) for number in wanted]
    except KeyError as error:
        raise DissectError(str(error.args[0])) from None


def _print_messages(exchange: Exchange, rule: Rule, options: argparse.Namespace) -> None:
    paint, make = _painter(options), SHAPES[options.shape]
    parties = exchange.client, exchange.server
    print(f"{exchange.protocol}.stream {exchange.stream}: {_name(parties[0])} and {_name(parties[1])}")
    for way, message in _messages(exchange, rule):
        frames = ", ".join(map(str, message.numbers))
        word = "frame" if len(message.numbers) == 1 else "frames"
        size = len(message.data)
        print(paint(f"{_name(parties[way])}: {size} byte{'' if size == 1 else 's'} in {word} {frames}", way))
        lines = make(Stretch(message.numbers[-1], message.time_ns, way, message.data), 0)
        if options.shape == "ascii":
            # The line with the count has been printed.
            next(lines)
        for line in lines:
            print(paint(line, way))


def _messages(exchange: Exchange, rule: Rule) -> Iterator[tuple[int, Message]]:
    """Yield the messages of both ends in the order in which they became whole, each with its direction."""
    cutters = Cutter(rule), Cutter(rule)
    for way, each in exchange.whole().told:
        if isinstance(each, Gap):
            cutters[way].restart(each.start + each.size)
        elif isinstance(each, Chunk):
            if exchange.protocol == "udp":
                cutters[way].restart(each.start)
            for message in cutters[way].take(each.data, each.parts, each.time_ns):
                yield way, message


def _export(chosen: list[Exchange], directory: Path) -> None:
    """Write the bytes of each end to a file that says whose they are."""
    directory.mkdir(parents=True, exist_ok=True)
    for exchange in chosen:
        parties = exchange.client, exchange.server
        for way, party in enumerate(parties):
            other = parties[1 - way]
            # A file's name may hold no colon on every system.
            ends = "-".join(f"{each.address.replace(':', '_')}.{each.port}" for each in (party, other))
            path = directory / f"{exchange.protocol}-{exchange.stream}-{ends}.bin"
            count = 0
            with path.open("wb") as file:
                for chunk in party.chunks():
                    count += file.write(chunk.data)
            lost = sum(gap.size for gap in party.gaps)
            print(f"{path}: {count} bytes" + (f", {lost} are missing" if lost else ""), file=sys.stderr)


def _name(party: Party) -> str:
    return f"{bracketed(party.address)}:{party.port}"


def _painter(options: argparse.Namespace) -> Callable[[str, int | None], str]:
    """Return what gives the lines of each end a colour, those of Wireshark's window: red and blue."""
    paint = painter(options.color)
    if paint is None:
        return lambda line, way: line
    from dissect.views.colouring import Rule as Colours

    sides = Colours("client", "#a40000", "#fbeded"), Colours("server", "#204a87", "#ededfb")
    return lambda line, way: line if way is None else paint(line, sides[way])
