"""Find the routers on the way to a host: packets that live longer and longer, and who reports their end."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from functools import partial
from typing import Any

from dissect.commands import questions
from dissect.declaration.header import Header
from dissect.edges.questions import Question
from dissect.lab.traceroute import FIRST_PORT, hop_line, mark_of
from dissect.protocols.icmp_errors import TimeExceeded
from dissect.protocols.icmpv6 import ICMPv6TimeExceeded
from dissect.protocols.tcp import TCP
from dissect.protocols.udp import UDP

__all__ = ["add_parser", "run"]


def add_parser(subparsers: Any) -> None:
    """Declare the options."""
    parser = questions.question_parser(subparsers, "trace", "find the routers on the way to a host", __doc__)
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--icmp", action="store_true", help="with echo requests, and not UDP")
    kind.add_argument("--tcp", action="store_true", help="with SYNs to one port")
    number = partial(questions.number_option, parser)
    number("-p", "port", questions.count(1, 65535), None, "the first port of UDP (33434), or that of TCP (80)")
    number("-m", "most", questions.count(1, 255), 30, "most hops")
    number("-q", "probes", questions.count(1, 10), 3, "packets for each hop")
    questions.add_question_options(parser, timeout=2.0, rate=50)


def run(options: argparse.Namespace) -> int:
    """Send, and print each hop when it and all before it are known."""
    address = questions.target_addresses(options.target)[0]
    questions.say_first([address], options.most * options.probes, options)
    print(f"trace to {options.target} ({address}), {options.most} hops max", flush=True)
    last, printed, reached = options.most, 0, False
    with questions.Conversation(options) as conversation:

        def probes() -> Iterator[Header]:
            for number in range(options.most * options.probes):
                if number // options.probes < last:
                    yield _probe(options, address, number)

        def hop(number: int) -> list[Question]:
            return conversation.questions[number * options.probes : (number + 1) * options.probes]

        for question, answer in conversation.ask(probes(), rate=options.rate):
            network = questions.network_of(answer)
            if not isinstance(network.payload, (TimeExceeded, ICMPv6TimeExceeded)):
                last = min(last, (question.number - 1) // options.probes + 1)
                reached = reached or network.src == address
            while printed < last and len(hop(printed)) == options.probes and all(each.answers for each in hop(printed)):
                print(hop_line(printed + 1, map(_seen, hop(printed))), flush=True)
                printed += 1
        for number in range(printed, min(last, -(-len(conversation.questions) // options.probes))):
            print(hop_line(number + 1, map(_seen, hop(number))))
    return 0 if reached else 1


def _probe(options: argparse.Namespace, address: str, number: int) -> Header:
    hops = number // options.probes + 1
    if options.icmp:
        return questions.echo_request(address, number + 1, 32, hops)
    if options.tcp:
        # From a port of its own each, none that Linux gives away: the host takes it for no part of another connection.
        syn = TCP(sport=61_000 + number, dport=options.port or 80, seq=number << 16, flags="S")
        return questions.datagram(address, hops) / syn
    port = (options.port or FIRST_PORT) + number
    return questions.datagram(address, hops) / UDP(dport=(port - 1) % 65535 + 1) / bytes(range(0x40, 0x60))


def _seen(question: Question) -> tuple[str, int, str]:
    """Return who answered a packet, after how long, and the mark of what hindered it; "" for nobody."""
    network = questions.network_of(question.answers[0]) if question.answers else None
    return ("", 0, "") if network is None else (str(network.src), question.time_ns or 0, mark_of(network.payload))
