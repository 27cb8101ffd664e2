"""Ask for the MAC addresses of neighbours, by ARP or neighbour solicitations."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial
from typing import Any

from dissect.commands import questions
from dissect.declaration.header import Header
from dissect.edges.interfaces import interfaces
from dissect.edges.kernel_tables import Route, route_to
from dissect.edges.next_hop import told_mac, who_has
from dissect.errors import DissectError
from dissect.protocols.arp import ARP

__all__ = ["add_parser", "run"]


def add_parser(subparsers: Any) -> None:
    """Declare the options."""
    failure = "nobody answered, or with -D where somebody has the address"
    parser = questions.question_parser(subparsers, "arping", "ask neighbours for MAC addresses", __doc__, failure)
    number = partial(questions.number_option, parser)
    number("-c", "count", questions.count(1, 1 << 30), 1, "how often each is asked")
    number("-i", "interval", questions.seconds, 1.0, "seconds between two requests for one address")
    parser.add_argument("-D", dest="probe", action="store_true", help="ask whether an address is free (RFC 5227)")
    questions.add_question_options(parser, timeout=1.0)


def run(options: argparse.Namespace) -> int:
    """Ask, and print who answers."""
    addresses = _of_others(questions.target_addresses(options.target))
    questions.say_first(addresses, options.count * len(addresses), options)
    routes = [route_to(address, interface=options.interface or "") for address in addresses]
    neighbours = [route for route in routes if route.kind == "unicast" and not route.gateway]
    if not neighbours:
        way = f"it is reached by {routes[0].gateway}" if routes[0].gateway else f"it is a {routes[0].kind} address"
        raise DissectError(f"{addresses[0]} is no neighbour: {way}; -I names the interface that it is to be on")
    options.interface = neighbours[0].interface.name
    requests = (_request(route, options.probe) for _ in range(options.count) for route in neighbours)
    told: dict[str, set[str]] = {}
    rate = max(len(addresses), 1) / options.interval
    with questions.Conversation(options) as conversation:
        for question, answer in conversation.ask(requests, rate=rate):
            address, mac = told_mac(answer)
            if mac:
                told.setdefault(address, set()).add(mac)
                again = "" if answer is question.answers[0] else " (DUP!)"
                print(f"reply from {address} [{mac}]  {question.time_of(answer) / 1e6:.3f}ms{again}", flush=True)
        answered = sum(bool(question.answers) for question in conversation.questions)
        print(f"Sent {len(conversation.questions)} requests, {answered} answered, by {len(told)} hosts")
    for address, macs in told.items():
        if len(macs) > 1:
            print(f"{address} is at {len(macs)} MAC addresses: {', '.join(sorted(macs))}")
    return int(bool(told)) if options.probe else int(not told)


def _of_others(addresses: Sequence[str]) -> Sequence[str]:
    """Return the addresses that are not this machine's own, which nobody answers for; all where there are no others."""
    own = {each.partition("/")[0] for interface in interfaces() for each in interface.addresses}
    return [each for each in addresses if each not in own] or addresses


def _request(route: Route, probes: bool) -> Header:
    request = who_has(route)
    if probes and ARP in request:
        request[ARP].sender_ip = "0.0.0.0"
    return request
