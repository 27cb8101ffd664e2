"""What the echoes of ICMP and ICMPv6 have in common."""

from __future__ import annotations

from typing import Any

import pytest

from dissect import EchoReply, EchoRequest, Ethernet, ICMPv6EchoReply, ICMPv6EchoRequest, IPv4, IPv6
from tests.flows.learners.passed import after_passing

VERSIONS = {
    "icmp": (IPv4, "10.0.0.{}", EchoRequest, EchoReply),
    "icmpv6": (IPv6, "2001:db8::{}", ICMPv6EchoRequest, ICMPv6EchoReply),
}


def echo(name: str, number: int, *, reply: bool = False, host: int = 2, data: bytes = b"abcd") -> Any:
    network, address, request, answer = VERSIONS[name]
    ends = [address.format(1), address.format(host)]
    src, dst = reversed(ends) if reply else ends
    return Ethernet() / network(src=src, dst=dst) / (answer if reply else request)(id=7, seq=number) / data


@pytest.mark.parametrize("name", VERSIONS)
def test_a_reply_answers_the_request_of_its_hosts_number_and_data(name: str) -> None:
    frames = [
        *(echo(name, 1), echo(name, 2), echo(name, 1, host=3)),
        *(echo(name, 2, reply=True), echo(name, 1, reply=True, host=3), echo(name, 1, reply=True, data=b"other")),
    ]
    packets = after_passing(frames)
    assert [packet.get(f"{name}.resp_to") for packet in packets[3:]] == [[2], [3], []]
    assert packets[3].get(f"{name}.resptime") == [2.0]


@pytest.mark.parametrize("name", VERSIONS)
def test_a_second_reading_knows_who_was_answered(name: str) -> None:
    packets = after_passing([echo(name, 1), echo(name, 2), echo(name, 1, reply=True)], twice=True)
    assert [packet.get(f"{name}.resp_in") for packet in packets] == [[3], [], []]
    assert [bool(packet.get(f"{name}.no_resp")) for packet in packets] == [False, True, False]


@pytest.mark.parametrize("name", VERSIONS)
def test_one_whose_header_is_cut_matches_nothing(name: str) -> None:
    request, reply = bytes(echo(name, 1)), bytes(echo(name, 1, reply=True))
    assert after_passing([request, reply[:-5]])[1].get(f"{name}.resp_to") == []
