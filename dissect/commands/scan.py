"""Find out which ports of hosts are open, by a SYN to each or, with --udp, by datagrams.

Scan your own hosts, or those whose owners know. A connection that a SYN opens is reset by this machine's kernel, which
knows nothing of it.
"""

from __future__ import annotations

import argparse
import socket
from collections import Counter
from contextlib import suppress
from typing import Any

from dissect.commands import questions
from dissect.declaration.several import expand, several
from dissect.edges.questions import Question
from dissect.packets.sets import ports
from dissect.protocols.icmp_errors import DestinationUnreachable
from dissect.protocols.icmpv6 import ICMPv6DestinationUnreachable
from dissect.protocols.tcp import TCP
from dissect.protocols.udp import UDP

__all__ = ["add_parser", "run"]

USUAL, MANY = "1-1024", 25  # the ports that are asked; of how many in one state, other than open, each is listed


def add_parser(subparsers: Any) -> None:
    """Declare the options."""
    parser = questions.question_parser(subparsers, "scan", "find out which ports of hosts are open", __doc__)
    parser.add_argument("-p", dest="ports", default=USUAL, help=f'ports as in "22,80,8000-8100", "-" for all ({USUAL})')
    parser.add_argument("-U", "--udp", action="store_true", help="ports of UDP; hosts refuse but a few a second")
    questions.number_option(parser, "-r", "retries", questions.count(0, 10), 1, "how often to ask again")
    questions.add_question_options(parser, timeout=1.0, rate=1000)


def run(options: argparse.Namespace) -> int:
    """Ask all ports, and print those of each host that answered."""
    addresses = questions.target_addresses(options.target)
    wanted = several(*sorted(set(ports(options.ports))))
    questions.say_first(addresses, len(addresses) * len(wanted), options)
    carried = UDP(dport=wanted) if options.udp else TCP(dport=wanted, flags="S", seq=0x10000)
    # Neighbouring questions go to different hosts, none of which gets all of them at once.
    with questions.Conversation(options) as conversation:
        frames = expand(questions.datagram(addresses[0]) / carried)
        everything = (frame.replace(dst=address) for frame in frames for address in addresses)
        for _ in conversation.ask(everything, rate=options.rate, retries=options.retries):
            pass
        asked: list[Any] = [each for each in conversation.questions if each.error is None]
        answering = {str(each.frame.dst) for each in asked if each.answers}
        for address in addresses if len(addresses) == 1 else filter(answering.__contains__, addresses):
            its = [each for each in asked if each.frame.dst == address]
            _tell(address, {each.frame.payload.dport: _state(each, options.udp) for each in its}, options.udp)
        print(f"{len(addresses)} addresses asked, {len(answering)} answered")
    return 0 if answering else 1


def _state(question: Question, is_udp: bool) -> str:
    """Return what an answer, or none, says of a port, in nmap's words."""
    if not question.answers:
        return "open|filtered" if is_udp else "filtered"
    message = questions.network_of(question.answers[0]).payload
    if isinstance(message, (DestinationUnreachable, ICMPv6DestinationUnreachable)):
        return "closed" if is_udp and message.code.name.endswith("PORT") else "filtered"
    return "closed" if isinstance(message, TCP) and message.rst else "open"


def _tell(address: str, states: dict[int, str], is_udp: bool) -> None:
    often = {state for state, number in Counter(states.values()).items() if number > MANY and state != "open"}
    protocol = "udp" if is_udp else "tcp"
    print(f"{address}:")
    for state in sorted(often):
        print(f"  {sum(each == state for each in states.values())} ports are {state}")
    for port in sorted(port for port, state in states.items() if state not in often):
        service = "unknown"
        with suppress(OSError):
            service = socket.getservbyport(port, protocol)
        print(f"  {f'{port}/{protocol}':9} {states[port]:13} {service}")
