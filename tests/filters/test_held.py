"""What a filter rules out is not learnt of, and what passes is shown as if it were."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dissect import (
    ARP,
    DNS,
    FTP,
    TCP,
    UDP,
    EchoReply,
    EchoRequest,
    Ethernet,
    Header,
    ICMPv6EchoRequest,
    IPv4,
    Packet,
    with_context,
)
from dissect.declaration.decode_as import decode_as
from dissect.declaration.named import name_of
from dissect.declare import u8
from dissect.filters.applied import passing
from dissect.filters.compiler import compile_filter
from dissect.flows.learner import Learner, Place
from dissect.flows.reading import ReadingPass
from dissect.protocols.sctp import SCTP
from tests.declared import Outsiders, real_frames

LAST = ARP, DNS, EchoReply, EchoRequest, ICMPv6EchoRequest, SCTP


@pytest.mark.parametrize(
    ("text", "left_out"),
    [
        ("tcp.flags.syn == 1 && ip.ttl < 65", {ARP, EchoReply, EchoRequest, ICMPv6EchoRequest, SCTP}),
        ("tcp.stream == 1 || arp", {EchoReply, EchoRequest, ICMPv6EchoRequest, SCTP}),
        ("sctp.srcport == 5", {ARP, DNS, EchoReply, EchoRequest, ICMPv6EchoRequest}),
        ("not tcp", set()),
        ("!(tcp && arp)", set()),
        ("frame.number > 2", set()),
        ("ip.ttl < 65", set()),
        ("udp.port == 53 || icmp", set()),
        ("data.len > 3", set()),
    ],
)
def test_what_no_passing_frame_holds_is_left_out(text: str, left_out: set[type[Header]]) -> None:
    held = compile_filter(text).held()
    assert {cls for cls in LAST if cls not in held} == left_out
    # What others depend on is never left out.
    assert all(cls in held for cls in (TCP, UDP, IPv4, FTP))


def test_where_streams_are_not_looked_into_nothing_is_held_that_they_carry() -> None:
    compiled = compile_filter("tcp.flags.syn == 1")
    into = compiled.into(())
    assert into is not None
    assert DNS in compiled.held()
    assert DNS not in compiled.held(into)
    assert all(cls in compiled.held(into) for cls in (TCP, UDP, IPv4))
    by_port = compile_filter("udp.port == 5")
    assert DNS in by_port.held(by_port.into(()))


def test_what_somebody_chooses_may_be_held() -> None:
    held = compile_filter("tcp.port == 9").held()
    assert SCTP not in held
    with decode_as("tcp.port==9", SCTP):
        assert SCTP in held
    assert SCTP not in held


def test_what_others_declare_is_learnt_of() -> None:
    with Outsiders(Ethernet):

        class Apart(Header, name="apart_of_all", over={Ethernet: 0x9999}):
            number: int = u8("number")

        class ApartLearner(Learner, of=Apart):
            def observe(self, header: Any, place: Place) -> None:
                header.learn(seen=True)

        assert Apart in compile_filter("tcp").held()


def frames() -> Iterator[Packet]:
    for number, data in enumerate(real_frames(), 1):
        yield Packet(data, number=number, time_ns=1000 * number)


@pytest.mark.parametrize("text", ["tcp", "ip.ttl < 100", "dns || arp", "tcp.flags.syn == 1", "icmp"])
def test_frames_that_pass_know_the_same(text: str) -> None:
    def told(packets: Any) -> list[Any]:
        return [
            (
                each.number,
                [{name: fact for name, fact in header.facts.items() if name != "payload"} for header in each.layers()],
            )
            for each in packets
        ]

    expected = [each for each in with_context(frames()) if compile_filter(text)(each)]
    assert told(passing(frames(), compile_filter(text))) == told(expected)


def test_a_pass_does_not_learn_of_what_is_left_out() -> None:
    reading = ReadingPass(only=compile_filter("tcp").held())
    assert reading.learner(ARP) is None
    assert reading.learner(TCP) is not None


def test_which_frames_may_pass_is_told_anew_once_something_is_declared() -> None:
    held = compile_filter("ip.ttl > 1").held()
    assert held.may_pass([name_of(Ethernet), name_of(IPv4)])
    assert not held.may_pass([name_of(Ethernet), name_of(ARP)])
    with Outsiders(UDP):

        class Other(IPv4, name="held_ip", over={UDP: 40_121}):
            """Has all fields of IPv4."""

        assert held.may_pass([name_of(Ethernet), name_of(Other)])
        assert not held.may_pass([name_of(Ethernet), name_of(ARP)])
