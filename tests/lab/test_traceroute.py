"""traceroute on simulated hosts: who stands on the way, and what it says where the way ends."""

from __future__ import annotations

from typing import Any

import pytest

from dissect import Network, Traceroute
from dissect.errors import FieldError

FAR = "10.0.3.1"


def way(**router: Any) -> Network:
    """A host, three routers, and a host; the options are the last router's."""
    lab = Network()
    lab.host("a", "10.0.0.1/24", gateway="10.0.0.254")
    lab.host("b", "10.0.3.1/24", gateway="10.0.3.254")
    lab.router("r1", "10.0.0.254/24", "10.0.1.1/24", gateway="10.0.1.254")
    lab.router("r2", "10.0.1.254/24", "10.0.2.1/24", gateway="10.0.2.254", routes=[("10.0.0.0/24", "10.0.1.1")])
    lab.router("r3", "10.0.2.254/24", "10.0.3.254/24", gateway="10.0.2.1", **router)
    for one, other in (("a", "r1"), ("r1", "r2"), ("r2", "r3"), ("r3", "b")):
        lab.link(one, other, delay_ns=1_000_000)
    return lab


def traced(lab: Network, target: str = FAR, **options: Any) -> Traceroute:
    program = lab.start_program("a", Traceroute(target, **options))
    lab.run()
    assert program.finished
    return program


@pytest.mark.parametrize("icmp", [False, True])
def test_every_router_shows_itself_and_then_the_target(icmp: bool) -> None:
    program = traced(way(), icmp=icmp)
    assert program.hops == [[ip] * 3 for ip in ("10.0.0.254", "10.0.1.254", "10.0.2.254", FAR)]
    assert program.lines[:2] == [
        "traceroute to 10.0.3.1 (10.0.3.1), 30 hops max, 60 byte packets",
        " 1  10.0.0.254 (10.0.0.254)  4.000 ms  2.000 ms  2.000 ms",
    ]


def test_where_nobody_answers_stars_stand() -> None:
    lab = way()
    # The datagrams get there and the answers don't come back.
    lab.device("b").routing_table.remove("0.0.0.0/0")  # type: ignore[attr-defined]
    program = traced(lab, most_hops=5, wait_ns=10**9)
    assert program.hops[2:] == [["10.0.2.254"] * 3, ["", "", ""], ["", "", ""]]
    assert program.lines[-1] == " 5  * * *"


@pytest.mark.parametrize(
    ("target", "router", "mark"),
    [
        ("10.0.3.77", {}, " !H"),
        ("10.0.3.1", {"prohibited": ["10.0.3.0/24"]}, " !X"),
    ],
)
def test_why_it_ends_is_marked(target: str, router: dict[str, Any], mark: str) -> None:
    program = traced(way(**router), target, probes=1, most_hops=6, wait_ns=10**10)
    assert program.lines[-1].endswith(f"ms{mark}")
    assert program.hops[-1] == ["10.0.2.254"]


def test_without_a_route_it_says_so() -> None:
    lab = Network()
    lab.host("a", "10.0.0.1/24")
    program = traced(lab)
    assert program.lines[-1] == "traceroute: a has no route to 10.0.3.1: give it a gateway or a route"


def test_its_port_is_closed_when_it_has_finished() -> None:
    lab = way()
    traced(lab)
    host = lab.device("a")
    assert host.udp.get(49152) is None  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"most_hops": 0}, "most_hops is 0"),
        ({"most_hops": 256}, "most_hops is 256"),
        ({"probes": 11}, "probes are 11"),
        ({"identifier": -1}, "identifier is -1"),
    ],
)
def test_values_out_of_range_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(FieldError, match=message):
        Traceroute(FAR, **options)
