"""What Wireshark tells of pings and their answers, in ICMP and ICMPv6 alike."""

from __future__ import annotations

from typing import Any

import pytest

from dissect import EchoReply, EchoRequest, Ethernet, IPv4, IPv6
from dissect.protocols.icmpv6 import ICMPv6EchoReply, ICMPv6EchoRequest
from tests.flows.learners.passed import after_passing


def pings(version: int) -> tuple[list[Any], str]:
    """A ping, its answer two milliseconds later, and a ping that nobody answers."""
    there: Any
    back: Any
    ask: Any
    answer: Any
    if version == 4:
        there, back = IPv4(src="10.0.0.1", dst="10.0.0.2"), IPv4(src="10.0.0.2", dst="10.0.0.1")
        ask, answer = EchoRequest, EchoReply
    else:
        there, back = IPv6(src="2001:db8::1", dst="2001:db8::2"), IPv6(src="2001:db8::2", dst="2001:db8::1")
        ask, answer = ICMPv6EchoRequest, ICMPv6EchoReply
    frames = [there / ask(id=7, seq=1), back / answer(id=7, seq=1), there / ask(id=7, seq=2)]
    return [Ethernet() / frame for frame in frames], "icmp" if version == 4 else "icmpv6.echo"


@pytest.mark.parametrize("version", [4, 6])
def test_a_ping_and_its_answer_lead_to_each_other(version: int) -> None:
    frames, name = pings(version)
    names = {"icmp": ("icmp.resp_in", "icmp.resp_to", "icmp.resptime", "icmp.no_resp")}.get(
        name, ("icmpv6.resp_in", "icmpv6.resp_to", "icmpv6.resptime", "icmpv6.no_resp")
    )
    there, to, time, none = (
        [packet.get(each) for packet in after_passing(frames, twice=True, step_ns=2_000_000)] for each in names
    )
    assert there == [[2], [], []]
    assert to == [[], [1], []]
    assert time == [[], [2.0], []]
    assert none == [[], [], [1]]


@pytest.mark.parametrize(("version", "words"), [
    (4, "No response seen to ICMP request"), (6, "No response seen to ICMPv6 request in frame 3"),
])  # fmt: skip
def test_what_is_remarked_of_a_ping_without_an_answer(version: int, words: str) -> None:
    frames, _ = pings(version)
    packets = after_passing(frames, twice=True)
    assert [packet.get("_ws.expert.message") for packet in packets] == [[], [], [words]]
    # One pass does not know what comes later.
    assert after_passing(frames)[2].get("_ws.expert.message") == []
