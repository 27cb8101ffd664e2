"""The walk as the declarations have it: what a step asks of a header, and what is left to objects."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import dissect
from dissect import TCP, UDP, IPv4
from dissect.tables.program import DONE, UNUSUAL, Number, Program, Step, program_for


def step(program: Program | None, cls: type) -> Step:
    assert program is not None
    return next(each for each in program.steps if each.cls is cls)


def test_a_field_stands_where_its_rfc_draws_it() -> None:
    program = program_for(1, ["ip.ttl", "tcp.flags", "ip.hdr_len"])
    assert program is not None
    (ttl,), (flags,), (length,) = (program.columns[name] for name in ("ip.ttl", "tcp.flags", "ip.hdr_len"))
    assert ttl.number == Number(8, 1, 0, 0xFF)
    assert flags.number == Number(12, 2, 0, 0x1FF)
    assert (length.number, length.scale) == (Number(0, 1, 0, 0xF), 4)


def test_what_may_hold_a_field_elsewhere_is_unusual() -> None:
    of_datagrams = step(program_for(1, ["ip.ttl"]), IPv4)
    assert leads_to(of_datagrams, 1) == UNUSUAL  # an ICMP error quotes datagrams
    assert leads_to(of_datagrams, 6) == DONE
    assert leads_to(step(program_for(1, ["eth.src", "udp.dstport"]), UDP), 4789) == UNUSUAL
    assert leads_to(step(program_for(1, ["udp.dstport"]), UDP), 53) == DONE


def leads_to(step: Step, number: int) -> int:
    return dict(step.edges).get(number, step.otherwise)


def test_a_protocol_that_is_no_plain_header_is_left_to_objects() -> None:
    program = program_for(1, ["tcp.srcport", "http"])
    assert dict(step(program, TCP).edges)[80] == UNUSUAL


@pytest.fixture
def on_port_7000() -> Iterator[None]:
    with dissect.decode_as("udp.port==7000", "vxlan"):
        yield


def test_decode_as_makes_another_walk(on_port_7000: None) -> None:
    assert dict(step(program_for(1, ["udp.dstport"]), UDP).edges)[7000] == UNUSUAL


def test_without_it_the_walk_is_as_before() -> None:
    assert 7000 not in dict(step(program_for(1, ["udp.dstport"]), UDP).edges)


def test_an_unknown_link_has_no_walk() -> None:
    assert program_for(147, ["ip.ttl"]) is None
