"""A host's ICMP: what it answers, whom it believes, and what it tells its sockets."""

from __future__ import annotations

from typing import Any

import pytest

from dissect import (
    TCP,
    UDP,
    AddressMaskRequest,
    DestinationUnreachable,
    EchoReply,
    EchoRequest,
    Ethernet,
    Host,
    InformationRequest,
    Interface,
    InternetTimestamp,
    IPv4,
    RecordRoute,
    RouterAlert,
    SourceQuench,
    TimeExceeded,
    TimestampRequest,
    parse,
    quotation,
)
from dissect.declaration.header import Header
from dissect.lab.icmp_service import answer_to
from dissect.protocols.icmp import ICMP

MINE, MY_MAC = "10.0.0.2", "02:00:00:00:00:02"
THEIRS, THEIR_MAC = "10.0.0.1", "02:00:00:00:00:01"


def host() -> Host:
    made = Host("b", Interface("eth0", MY_MAC, f"{MINE}/24"))
    made.arp_add(THEIRS, THEIR_MAC)
    return made


def given_to(made: Host, message: Header, **fields: Any) -> list[Header]:
    values: dict[str, Any] = {"src": THEIRS, "dst": MINE}
    datagram = IPv4(**(values | fields)) / message
    frame = Ethernet(dst=MY_MAC, src=THEIR_MAC) / datagram
    return [parse(transmission.frame) for transmission in made.receive(0, bytes(frame), 0)]


@pytest.mark.parametrize("query", [InformationRequest(), AddressMaskRequest(), EchoReply(), ICMP(type=200)])
def test_what_is_obsolete_or_an_answer_itself_is_not_answered(query: ICMP) -> None:
    assert answer_to(query, 0) is None
    assert given_to(host(), query) == []


def test_an_echo_comes_back_with_its_code_and_a_segment_with_its_service() -> None:
    (answer,) = given_to(host(), EchoRequest(code=7, id=1), tos=0xB8)
    assert (answer[EchoReply].code, answer[IPv4].tos) == (7, 0xB8)
    (reset,) = given_to(host(), TCP(sport=1, dport=2, flags="S"), tos=0xB8)
    assert (str(reset[TCP].flags), reset[IPv4].tos) == ("RA", 0xB8)


def test_an_echo_with_room_for_the_route_comes_back_with_it() -> None:
    options = [RecordRoute(route=["10.0.0.9", "0.0.0.0", "0.0.0.0"], pointer=8), RouterAlert()]
    (answer,) = given_to(host(), EchoRequest(), options=options)
    (recorded, *rest) = answer[IPv4].options
    assert isinstance(recorded, RecordRoute)
    assert (list(recorded.route), recorded.pointer) == (["10.0.0.9", MINE, "0.0.0.0"], 12)
    assert RouterAlert() not in rest
    (answer,) = given_to(host(), EchoRequest(), options=[InternetTimestamp(form=1, words=[0] * 2)])
    (stamped, *_) = answer[IPv4].options
    assert isinstance(stamped, InternetTimestamp)
    assert stamped.entries == [(MINE, 0)]


@pytest.mark.parametrize("error", [DestinationUnreachable(code=3), TimeExceeded(), SourceQuench()])
def test_an_error_reaches_the_socket_that_caused_it(error: Header) -> None:
    made = host()
    socket, other = made.udp.open(5000), made.udp.open(5001)
    quoted = IPv4(src=MINE, dst="192.0.2.1") / UDP(sport=5000, dport=7)
    given_to(made, error.replace(payload=quotation(quoted)))
    assert [type(each) for each in socket.errors] == [type(error)]
    assert not other.errors


def test_errors_about_what_others_sent_are_not_believed() -> None:
    made = host()
    socket = made.udp.open(5000)
    quoted = IPv4(src="10.0.0.3", dst="192.0.2.1", total_length=1000) / UDP(sport=5000, dport=7)
    given_to(made, DestinationUnreachable(code=4, next_hop_mtu=600, payload=quotation(quoted)))
    assert not socket.errors
    assert len(made.icmp.path_mtus) == 0
    assert given_to(made, DestinationUnreachable(payload=b"no datagram")) == []


def test_a_path_mtu_that_is_larger_changes_nothing() -> None:
    made = host()
    quoted = IPv4(src=MINE, dst="192.0.2.1", total_length=1000, protocol=17)
    given_to(made, DestinationUnreachable(code=4, next_hop_mtu=1200, payload=quoted))
    assert len(made.icmp.path_mtus) == 0
    given_to(made, DestinationUnreachable(code=4, next_hop_mtu=900, payload=quoted))
    assert made.icmp.path_mtus.get("192.0.2.1", 0) == 900
    assert [event.text for event in made.events()] == ["the path MTU to 192.0.2.1 is 900"]


def test_without_a_way_back_the_answer_is_given_up() -> None:
    made = host()
    assert given_to(made, TimestampRequest(), src="192.0.2.1") == []
    assert [event.text for event in made.events()] == [
        "no answer to 192.0.2.1: b has no route to 192.0.2.1: give it a gateway or a route"
    ]
