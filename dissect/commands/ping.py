"""Ask hosts whether they are there, one until Ctrl-C, those of a network once, and tell how long answers take."""

from __future__ import annotations

import argparse
import time
from functools import partial
from itertools import count as counted
from statistics import pstdev
from typing import Any

from dissect.commands import questions
from dissect.edges.questions import Question
from dissect.lab.ping import milliseconds
from dissect.packets.packet import Packet
from dissect.protocols.icmp_queries import EchoReply
from dissect.protocols.icmpv6 import ICMPv6EchoReply
from dissect.wireshark.columns import summarize

__all__ = ["add_parser", "run"]


def add_parser(subparsers: Any) -> None:
    """Declare the options."""
    parser = questions.question_parser(subparsers, "ping", "ask hosts whether they are there", __doc__)
    number = partial(questions.number_option, parser)
    number("-c", "count", questions.count(1, 1 << 30), None, "how often each is asked")
    number("-i", "interval", questions.seconds, 1.0, "seconds between two requests to one host")
    number("-s", "size", questions.count(0, 65_507), 56, "bytes of data")
    number("-t", "hops", questions.count(1, 255), 64, "time to live")
    parser.add_argument("-M", dest="whole", action="store_true", help="do not fragment")
    questions.add_question_options(parser, timeout=2.0)


def run(options: argparse.Namespace) -> int:
    """Ask, print each answer as it comes, and then how many came how fast."""
    addresses = questions.target_addresses(options.target)
    rounds = options.count or (1 if len(addresses) > 1 else 0)
    questions.say_first(addresses, max(rounds, 1) * len(addresses), options)
    shown = options.target if len(addresses) > 1 else addresses[0]
    print(f"PING {options.target} ({shown}) {options.size} bytes of data.", flush=True)
    requests = (
        questions.echo_request(address, number, options.size, options.hops, whole=options.whole)
        for number in (range(1, rounds + 1) if rounds else counted(1))
        for address in addresses
    )
    times: list[int] = []
    begin = time.monotonic()
    with questions.Conversation(options) as conversation:
        for question, answer in conversation.ask(requests, rate=len(addresses) / options.interval):
            _tell(question, answer, times)
        asked, took = len(conversation.questions), round(1000 * (time.monotonic() - begin))
        print(f"--- {options.target} ping statistics ---")
        lost = 100 * (asked - len(times)) // max(asked, 1)
        print(f"{asked} packets transmitted, {len(times)} received, {lost}% packet loss, time {took}ms")
        if times:
            each = (min(times), sum(times) / len(times), max(times), pstdev(times))
            print(f"rtt min/avg/max/mdev = {'/'.join(f'{time / 1e6:.3f}' for time in each)} ms")
    return 0 if times else 1


def _tell(question: Question, answer: Packet, times: list[int]) -> None:
    """Print an answer, and take down the time of a reply, the first one to a question."""
    network, asked = questions.network_of(answer), question.packet
    number = asked["icmp.seq" if "icmp" in asked else "icmpv6.echo.sequence_number"] if asked is not None else 0
    if not isinstance(network.payload, (EchoReply, ICMPv6EchoReply)):
        print(f"From {network.src} icmp_seq={number} {summarize(answer).info}", flush=True)
        return
    time_ns, is_first = question.time_of(answer), answer is question.answers[0]
    times += [time_ns] if is_first else []
    hops = network.ttl if type(network).declares("ttl") else network.hop_limit
    line = f"{len(network.payload)} bytes from {network.src}: icmp_seq={number} ttl={hops}"
    print(f"{line} time={milliseconds(time_ns)} ms{'' if is_first else ' (DUP!)'}", flush=True)
