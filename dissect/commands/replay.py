"""Play a capture's requests to simulated hosts, or a capture onto a wire, and hold the answers against the captured."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from typing import Any

from dissect.captures import read
from dissect.commands import playing_options
from dissect.commands.declarations import add_declaration_options
from dissect.commands.output import watched
from dissect.differences.field_differences import FieldDifference
from dissect.errors import CaptureError, DissectError, FieldError
from dissect.lab.padding import Padding
from dissect.packets.packet import Packet
from dissect.protocols.arp import ARP
from dissect.protocols.ethernet import Ethernet
from dissect.protocols.ipv4 import IPv4
from dissect.replay.play import Exchange, addresses_that_answer, can_be_played, play
from dissect.replay.responder import Responder
from dissect.views.notes_layout import notes_layout

__all__ = ["add_parser", "run"]


def add_parser(subparsers: Any) -> None:
    """Declare the options."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "replay",
        help="play a capture to simulated hosts or onto a wire, and compare the answers",
        description=__doc__,
        epilog="Where no wire is named, hosts in memory answer. Without --host, every address that answers an ARP or "
        "echo request in the capture is simulated then. An answer's IPv4 identification, which no request determines, "
        "is taken from the captured answer, or compared by its order on a wire. Exit status: "
        "0 where all answers are equal, or nothing was compared; 1 where one differs or is missing; 2 where there is "
        "nothing to answer or to play, or the capture is damaged.",
    )
    parser.add_argument("file", metavar="FILE", help="a capture, or - for standard input")
    parser.add_argument(
        "--host", dest="hosts", metavar="IP=MAC", action="append", type=_address, default=[],
        help="simulate this address alone (may be repeated), as in 192.168.0.2=00:05:5d:a1:b8:40",
    )  # fmt: skip
    parser.add_argument(
        "--padding", choices=[each.value for each in Padding],
        help="what fills an answer up to 60 bytes: the tail of the buffer that the request came in, as far as that "
        "reaches (request, the default), zeros, or none",
    )  # fmt: skip
    playing_options.add_options(parser)
    add_declaration_options(parser)


def run(options: argparse.Namespace) -> int:
    """Play the capture and print every request and reply in the layout of the notes, or play it onto a wire."""
    if playing_options.is_asked_for(options):
        from dissect.commands import playing

        return playing.run(options)
    hosts = dict(options.hosts)
    if len(hosts) < len(options.hosts):
        raise DissectError("--host names one IPv4 address twice, expected each address once")
    packets, cut, damage = _played(options.file)
    addresses = hosts or addresses_that_answer(packets)
    equal = count = 0
    request: Packet | None = None
    for exchange in play(packets, addresses, padding=Padding(options.padding or Padding.REQUEST_TAIL)):
        print("\n".join([""] * bool(count) + [*_told(exchange, request)]))
        request = exchange.request
        equal += exchange.is_equal
        count += 1
    if damage is not None:
        raise damage
    if not count:
        raise DissectError(_nothing(options.file, addresses, cut))
    if count > 1:
        print(f"\n{equal} of {count} replies equal the captured ones.")
    return 0 if equal == count else 1


def _played(source: str) -> tuple[list[Packet], int, CaptureError | None]:
    """Return the packets that matter, how many the snap length cut, and the damage that ended the capture."""
    packets: list[Packet] = []
    cut = 0
    try:
        with read(source) as reader:
            for packet in watched(reader):
                cut += packet.captured_length < packet.original_length
                if can_be_played(packet):
                    packets.append(packet)
    except CaptureError as error:
        if not error.record:
            raise
        return packets, cut, error
    return packets, cut, None


def _told(exchange: Exchange, before: Packet | None) -> Iterator[str]:
    """Yield the lines about an exchange; a request with several replies is printed once."""
    request, answer, captured = exchange.request, exchange.answer, exchange.captured
    if request is not None and request is not before:
        yield f"Request: frame {request.number}, {len(request.data)} bytes"
        yield notes_layout(request)
    if answer is not None:
        yield f"Reply: {_sender(answer)}, {len(answer)} bytes"
        yield notes_layout(answer)
    if captured is None:
        yield "The capture has no such reply."
    elif answer is None:
        yield f"Reply: frame {captured.number}, {len(captured.data)} bytes"
        yield notes_layout(captured)
        yield "None of the simulated hosts gave this reply of the capture."
    elif exchange.is_equal:
        yield f"The reply equals frame {captured.number} byte for byte ({len(captured.data)} bytes)."
    else:
        yield f"The reply differs from frame {captured.number}:"
        for difference in exchange.differences:
            yield f"  {_differing(difference)}"
            yield from (f"    so {_differing(each)}" for each in difference.consequences)


def _differing(difference: FieldDifference) -> str:
    where = f"{difference.name} at byte {difference.offset}"
    return f"{where}: {difference.before} in the capture, {difference.after} from the host"


def _sender(answer: Ethernet) -> str:
    ip = answer[ARP].sender_ip if ARP in answer else answer[IPv4].src
    return f"{ip} at {answer.src}"


def _nothing(source: str, addresses: Iterable[str], cut: int) -> str:
    """Return the sentence about a capture with nothing to answer."""
    remedy = "name a host that its requests ask for with --host IP=MAC"
    if cut:
        remedy = f"the snap length cut {cut} of its frames, which cannot be answered: capture whole frames"
    who = ", ".join(addresses)
    if who:
        return f"no ARP or echo request in {source} asks {who}, so nothing was answered: {remedy}"
    return f"no address answers an ARP or echo request in {source}, so there is nothing to compare: {remedy}"


def _address(text: str) -> tuple[str, str]:
    """Return (IPv4 address, MAC address) of an IP=MAC argument."""
    ip, equals, mac = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} has no '=', expected IP=MAC as in 192.168.0.2=00:05:5d:a1:b8:40")
    try:
        (address,) = Responder({ip: mac}).addresses.items()
    except FieldError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return address
