"""What ping, trace, arping and scan have in common: whom they ask, what is broad, and what is shown of it."""

from __future__ import annotations

import argparse
import os
import re
import socket
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from ipaddress import ip_address
from types import TracebackType
from typing import Any, Self

from dissect.captures.writer import Writable
from dissect.commands.interruption import interruptible
from dissect.commands.live_capture import LiveCapture
from dissect.declaration.header import Header
from dissect.edges.departure import WayOut
from dissect.edges.questions import Asking, Question
from dissect.errors import DissectError
from dissect.packets.packet import Packet
from dissect.packets.sets import hosts
from dissect.protocols.icmp_queries import EchoRequest
from dissect.protocols.icmpv6 import ICMPv6EchoRequest
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.ipv6 import IPv6
from dissect.views.packet_ladder import packet_ladder

__all__ = [
    *("Conversation", "add_question_options", "count", "datagram", "echo_request", "network_of"),
    *("number_option", "question_parser", "say_first", "seconds", "target_addresses"),
]

MOST_TARGETS = 1 << 24
MOST_ADDRESSES, MOST_PACKETS = 256, 70_000
"""What is asked without --yes: a network of 8 bits, all ports of one host."""
MOST_ERRORS = 4
"""Of how many addresses it is told why they could not be asked."""
IN_LADDER = 1000
"""How many packets a ladder shows."""
_LIKE_ADDRESSES = re.compile(r"[0-9.]+(/[0-9]+|-[0-9.]+)?|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(/[0-9]+|-[0-9a-fA-F:.]+)?")


def question_parser(subparsers: Any, name: str, summary: str, description: str | None, failure: str = "") -> Any:
    """Return the parser of a sub-command that asks one target or many; `failure` tells what exit status 1 means."""
    status = f"Exit status: 0; 1 where {failure or 'nobody answered'}; 2 where it could not be asked."
    parser = subparsers.add_parser(name, help=summary, description=description, epilog=status)
    many = "" if name == "trace" else ", a network (10.0.0.0/24) or a range (10.0.0.1-20)"
    parser.add_argument("target", metavar="TARGET", help=f"an address, a name{many}")
    return parser


def number_option(parser: Any, flag: str, name: str, kind: Any, default: Any, meaning: str) -> None:
    """Declare an option that takes a number, and tell its default."""
    told = "" if default is None else f" ({default:g})"
    parser.add_argument(flag, dest=name, metavar="N", type=kind, default=default, help=f"{meaning}{told}")


def add_question_options(parser: argparse.ArgumentParser, *, timeout: float, rate: float | None = None) -> None:
    """Declare what the commands have in common, with their own defaults."""
    parser.add_argument("-I", "--interface", metavar="NAME", help="the interface to use (as the routes say)")
    parser.add_argument(
        "-W", dest="timeout", metavar="SECONDS", type=seconds, default=timeout,
        help=f"how long an answer is waited for ({timeout:g})",
    )  # fmt: skip
    if rate is not None:
        parser.add_argument(
            "--rate", metavar="N", type=seconds, default=rate, help=f"packets to send in a second, at most ({rate:g})"
        )
    parser.add_argument("-w", dest="output", metavar="FILE", help="capture questions and answers, in a file")
    parser.add_argument(
        "--ladder", action="store_true", help="show in the end what passed, as arrows between addresses"
    )
    parser.add_argument("--yes", action="store_true", help="ask many addresses, or all hosts of a network at once")


def target_addresses(text: str, version: int = 0) -> Sequence[str]:
    """Return the addresses that a target stands for: an address, a network, a range, or the first one of a name.

    `version` is that of IP, 0 for either. Raises DissectError for what is none of these.
    """
    address, zone, interface = text.partition("%")
    if zone:
        raise DissectError(f"{text} names an interface: give it by itself, as in {address} -I {interface}")
    if _LIKE_ADDRESSES.fullmatch(text):
        found: Sequence[str] = hosts(text)
        size = getattr(found, "size", 0)
        if size > MOST_TARGETS:
            raise DissectError(f"{text} has {size:,} addresses, expected at most {MOST_TARGETS:,}")
    else:
        family = {0: socket.AF_UNSPEC, 4: socket.AF_INET, 6: socket.AF_INET6}[version]
        try:
            found = [str(socket.getaddrinfo(text, None, family, socket.SOCK_DGRAM)[0][4][0])]
        except (OSError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or error
            raise DissectError(f"{text!r} is no address, and no name that this machine resolves: {reason}") from None
    if version and ip_address(found[0]).version != version:
        raise DissectError(f"{text} is an address of IPv{ip_address(found[0]).version}, expected one of IPv{version}")
    return found


def say_first(addresses: Sequence[str], packets: int, options: argparse.Namespace) -> None:
    """Say what is broad before anything is sent, and have it confirmed where it is very broad.

    Raises DissectError where that needs --yes, which a person at a terminal may say as well.
    """
    many = len(addresses)
    to_all = ip_address(addresses[0]).is_multicast or addresses[0].endswith(".255")
    if many == 1 and packets <= MOST_PACKETS and not to_all:
        return
    whom = f"{many:,} addresses" if many > 1 else f"{addresses[0]}{', which may be many hosts' if to_all else ''}"
    print(f"dissect: asking {whom} with {packets:,} packet{'' if packets == 1 else 's'}", file=sys.stderr, flush=True)
    if options.yes or (many <= MOST_ADDRESSES and packets <= MOST_PACKETS and not to_all):
        return
    if sys.stdin.isatty() and sys.stderr.isatty():
        print("dissect: is that meant? [y/N] ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() in ("y", "yes"):
            return
    raise DissectError("nothing was sent: --yes says that so many are meant")


def datagram(address: str, hops: int = 64, *, whole: bool = False) -> Header:
    """Return the header of a datagram to an address, which as many routers may pass on; `whole` is not fragmented."""
    if ":" in address:
        return IPv6(dst=address, hop_limit=hops)
    return IPv4(dst=address, ttl=hops, flags="DF" if whole else "")


def echo_request(address: str, number: int, size: int, hops: int = 64, *, whole: bool = False) -> Header:
    """Return an echo request to an address, with so many bytes of data, each of which tells its place."""
    kind = ICMPv6EchoRequest if ":" in address else EchoRequest
    data = (bytes(range(256)) * (size // 256 + 1))[:size]
    return datagram(address, hops, whole=whole) / kind(id=os.getpid() & 0xFFFF, seq=number & 0xFFFF, payload=data)


def network_of(answer: Packet) -> Any:
    """Return the IP header of an answer."""
    return next(header for header in answer.layers() if header.is_network)


class Conversation:
    """Questions that are shown and kept as the options say; a context manager, which draws the ladder in the end.

    Ctrl-C ends the asking and not the command, which tells what came until then.
    """

    def __init__(self, options: argparse.Namespace) -> None:
        self.questions: list[Question] = []
        self._options = options
        self._stack = ExitStack()
        self._capture: LiveCapture | None = None
        self._shown: list[Packet] = []

    def ask(self, frames: Iterable[Writable], **limits: Any) -> Iterator[tuple[Question, Packet]]:
        """Ask, and yield each question with an answer when that comes; `limits` are those of `Asking`."""
        with WayOut(self._options.interface) as way:
            asking = Asking(frames, way, timeout=self._options.timeout, seen=self._seen, **limits)
            self.questions = asking.questions
            with interruptible(asking.stop):
                yield from asking
            if asking.stopped:
                print()
        errors = list(dict.fromkeys(str(each.error) for each in self.questions if each.error is not None))
        print(*errors[:MOST_ERRORS], sep="\n", end="\n" if errors else "")
        if len(errors) > MOST_ERRORS:
            print(f"and the same of {len(errors) - MOST_ERRORS:,} more")

    def _seen(self, packet: Packet, sent: bool) -> None:
        if self._options.output is not None:
            if self._capture is None:
                self._capture = self._stack.enter_context(LiveCapture(self._options.output, packet.link))
            self._capture.write(packet)
        if self._options.ladder and len(self._shown) < IN_LADDER:
            self._shown.append(packet)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, traceback)
        if kind is None and self._shown:
            print()
            for line in packet_ladder(self._shown):
                print(line)


def seconds(text: str) -> float:
    """Return a number that an option gives: more than 0."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return number


def count(least: int, most: int) -> Any:
    """Return what reads the whole number that an option gives, from the least to the most."""

    def read(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is no number from {least} to {most}")
        return int(text)

    return read
