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
from dissect.flows.conversations import conversations, hear
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
from dissect.views.stream_text import SHAPES, StreamText, bracketed, stream_lines
from dissect.wireshark.sight import seen_layers

__all__ = ["add_parser", "run"]

_CLASSES: dict[str, type[TCP] | type[UDP]] = {"tcp": TCP, "udp": UDP}
_POLICIES = {"first": OverlapPolicy.FIRST, "last": OverlapPolicy.LAST}
_ESCAPE = re.compile(r"\\(?:([nrt0\\])|x([0-9a-fA-F]{2}))")
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "\\": "\\"}
_LONGEST_MESSAGE = 1 << 32
_MOST = 1 << 17
"""So many conversations may be followed, as many as a reading pass knows."""
_MOST_WAITING = 1 << 24


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
    elif not cuts:
        _export(options, wanted, damage)
    else:
        with read(options.file) as reader:
            found = conversations(whole(watched(reader), damage), policy=_POLICIES[options.overlap], most=_MOST)
            chosen = _chosen(found, options.protocol, wanted)
        for exchange in chosen:
            _print_messages(exchange, rule or _declared_rule(exchange), options)
        if options.export is not None:
            _export_read(chosen, options, wanted)
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
    if wanted is not None and len(wanted) == 1:
        _print_stream(options, wanted[0], damage)
        return
    paint = _painter(options)
    cls = _CLASSES[options.protocol]
    found: dict[int, tuple[Follower, list[Stretch]]] = {each: (Follower(cls), []) for each in wanted or ()}
    with read(options.file) as reader:
        reading = ReadingPass(facts=())
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


def _chosen(found: Iterable[Exchange], protocol: str, wanted: list[int] | None) -> list[Exchange]:
    streams = {each.stream: each for each in found if each.protocol == protocol}
    if wanted is None:
        return list(streams.values())
    missing = next((number for number in wanted if number not in streams), None)
    if missing is not None:
        raise DissectError(f"there is no {protocol}.stream {missing}")
    return [streams[number] for number in wanted]


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


class _Files:
    """Files with the bytes of each end of streams, written as they come, beside what they replace until all is there.

    16 MiB wait to be written, whatever the number of the streams.
    """

    def __init__(self, directory: Path, protocol: str, wanted: list[int] | None) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._protocol, self._wanted = protocol, wanted
        self._waiting: dict[Path, bytearray] = {}
        self._size = 0
        self._told: dict[Path, list[int]] = {}
        """How many bytes each file has, and how many are missing in it."""

    def take(self, exchange: Exchange) -> None:
        """Take in what is new of a stream."""
        if exchange.protocol != self._protocol or (self._wanted is not None and exchange.stream not in self._wanted):
            return
        for way, event in exchange.told:
            path = self._path(exchange, way)
            counts = self._told.setdefault(path, [0, 0])
            if isinstance(event, Chunk):
                self._waiting.setdefault(path, bytearray()).extend(event.data)
                counts[0] += len(event.data)
                self._size += len(event.data)
            elif isinstance(event, Gap):
                counts[1] += event.size
        if self._size > _MOST_WAITING:
            self._write()

    def finish(self, exchanges: Iterable[Exchange]) -> None:
        """Give the files of these streams their names, and say what they hold."""
        self._write()
        for exchange in exchanges:
            for way in (0, 1):
                path = self._path(exchange, way)
                count, lost = self._told.get(path, (0, 0))
                if count:
                    _part(path).replace(path)
                else:
                    path.write_bytes(b"")
                print(f"{path}: {count} bytes" + (f", {lost} are missing" if lost else ""), file=sys.stderr)

    def discard(self) -> None:
        """Leave nothing behind of files that are not whole."""
        for path in self._told:
            _part(path).unlink(missing_ok=True)

    def _write(self) -> None:
        for path, data in self._waiting.items():
            is_begun = self._told[path][0] > len(data)
            with _part(path).open("ab" if is_begun else "wb") as file:
                file.write(data)
        self._waiting.clear()
        self._size = 0

    def _path(self, exchange: Exchange, way: int) -> Path:
        parties = exchange.client, exchange.server
        # A file's name may hold no colon on every system.
        ends = (f"{each.address.replace(':', '_')}.{each.port}" for each in (parties[way], parties[1 - way]))
        return self._directory / f"{exchange.protocol}-{exchange.stream}-{'-'.join(ends)}.bin"


def _part(path: Path) -> Path:
    """Return where a file is written that is not whole."""
    return path.with_name(f".{path.name}.part")


def _export(options: argparse.Namespace, wanted: list[int] | None, damage: list[CaptureError]) -> None:
    """Write the bytes of each end to a file that says whose they are, while the capture is read."""
    files = _Files(options.export, options.protocol, wanted)
    try:
        with read(options.file) as reader:
            packets = whole(watched(reader), damage)
            found = hear(packets, files.take, policy=_POLICIES[options.overlap], most=_MOST)
        files.finish(_chosen(found, options.protocol, wanted))
    except BaseException:
        files.discard()
        raise


def _export_read(chosen: list[Exchange], options: argparse.Namespace, wanted: list[int] | None) -> None:
    """Write the same of conversations that were read."""
    files = _Files(options.export, options.protocol, wanted)
    try:
        for exchange in chosen:
            files.take(exchange.whole())
        files.finish(chosen)
    except BaseException:
        files.discard()
        raise


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
