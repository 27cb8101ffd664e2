"""ping on simulated hosts: what it prints, and what it counts."""

from __future__ import annotations

from typing import Any

import pytest

from dissect import Network, Ping
from dissect.errors import FieldError

SECOND = 1_000_000_000


def pinged(*, target: str = "10.0.0.2", link: dict[str, Any] | None = None, **options: Any) -> Ping:
    lab = Network(seed=3)
    lab.host("a", "10.0.0.1/24")
    lab.host("b", "10.0.0.2/24")
    lab.link("a", "b", **({"delay_ns": 1_000_000} | (link or {})))
    ping = lab.start_program("a", Ping(target, **options))
    lab.run()
    assert ping.finished
    return ping


def test_it_prints_what_ping_prints() -> None:
    assert pinged(count=3).lines == [
        "PING 10.0.0.2 (10.0.0.2) 56(84) bytes of data.",
        "64 bytes from 10.0.0.2: icmp_seq=1 ttl=64 time=4.00 ms",
        "64 bytes from 10.0.0.2: icmp_seq=2 ttl=64 time=2.00 ms",
        "64 bytes from 10.0.0.2: icmp_seq=3 ttl=64 time=2.00 ms",
        "--- 10.0.0.2 ping statistics ---",
        "3 packets transmitted, 3 received, 0% packet loss",
        "rtt min/avg/max = 2.000/2.667/4.000 ms",
    ]


def test_who_is_not_there_is_reported_by_the_host_itself() -> None:
    ping = pinged(target="10.0.0.9", count=2)
    assert ping.lines[1:] == [
        "From 10.0.0.1 icmp_seq=1 Host unreachable",
        "From 10.0.0.1 icmp_seq=2 Host unreachable",
        "--- 10.0.0.9 ping statistics ---",
        "2 packets transmitted, 0 received, +2 errors, 100% packet loss",
    ]


def test_without_a_route_it_says_so() -> None:
    ping = pinged(target="192.0.2.1", count=2)
    assert ping.lines[1] == "ping: a has no route to 192.0.2.1: give it a gateway or a route"
    assert (ping.transmitted, ping.received, ping.errors) == (2, 0, 2)


def test_lost_requests_are_counted() -> None:
    ping = pinged(count=100, interval_ns=SECOND // 10, link={"loss": 0.1})
    assert 0 < ping.received < 100
    assert ping.lines[-2] == f"100 packets transmitted, {ping.received} received, {100 - ping.received}% packet loss"


def test_duplicates_are_told_as_such() -> None:
    ping = pinged(count=2, link={"duplication": 1.0})
    assert sum(line.endswith("(DUP!)") for line in ping.lines) > 0
    assert ping.received == 2


@pytest.mark.parametrize("size", [0, 1, 1472, 1473, 65507])
def test_any_size_comes_back(size: int) -> None:
    ping = pinged(size=size)
    assert ping.received == 1
    assert ping.lines[1].startswith(f"{size + 8} bytes from")


def test_what_is_too_large_is_told_before_it_is_sent() -> None:
    ping = pinged(size=1473, dont_fragment=True)
    assert ping.lines[1] == "ping: local error: message too long, mtu=1500"
    assert (ping.received, ping.errors) == (0, 1)


def test_the_route_is_recorded_there_and_back() -> None:
    lab = Network()
    lab.host("a", "10.0.0.1/24", gateway="10.0.0.254")
    lab.host("b", "10.0.1.1/24", gateway="10.0.1.254")
    lab.router("r", "10.0.0.254/24", "10.0.1.254/24")
    lab.link("a", "r")
    lab.link("r", "b")
    ping = lab.start_program("a", Ping("10.0.1.1", record_route=True))
    lab.run()
    assert ping.lines[2] == "RR: \t10.0.0.1\n\t10.0.1.254\n\t10.0.1.1\n\t10.0.0.254"


def test_two_pings_of_one_host_do_not_take_each_others_answers() -> None:
    lab = Network()
    lab.host("a", "10.0.0.1/24")
    lab.host("b", "10.0.0.2/24")
    lab.link("a", "b")
    pings = [lab.start_program("a", Ping("10.0.0.2", count=count, identifier=count)) for count in (1, 2)]
    lab.run()
    assert [ping.received for ping in pings] == [1, 2]
    assert not [line for ping in pings for line in ping.lines if "unexpected" in line]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": 65508}, "size is 65508"),
        ({"size": -1}, "size is -1"),
        ({"count": 0}, "count is 0"),
        ({"ttl": 256}, "ttl is 256, expected 0 to 255"),
        ({"tos": -1}, "tos is -1"),
        ({"identifier": 65536}, "identifier is 65536, expected 0 to 65535"),
    ],
)
def test_values_out_of_range_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(FieldError, match=message):
        Ping("10.0.0.1", **options)
