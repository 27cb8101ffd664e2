"""The walk as the declarations have it: what a step asks of a header, and what is left to objects."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest

import dissect
from dissect import TCP, UDP, Ethernet, IPv4
from dissect.declaration.selection import Guess
from dissect.tables.program import DONE, UNUSUAL, Number, Program, Step, looks_of, program_for
from dissect.tables.vectors import walk


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
    assert leads_to(step(program, TCP), 80) == UNUSUAL


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


def test_what_is_told_by_several_bytes_is_looked_at_in_all_of_them() -> None:
    """A connection of QUIC tells of later datagrams: its beginning is unusual, any other first byte of it is not."""
    program = program_for(1, ["udp.stream"], {"udp.stream": UDP})
    assert program is not None

    def is_unusual(data: bytes) -> bool:
        frame = bytes(Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=5000, dport=6000) / data)
        ends = (np.array([each], np.int64) for each in (8, 8 + len(frame), len(frame)))
        return bool(walk(program, np.frombuffer(bytes(8) + frame, np.uint8), *ends).unusual[0])

    assert is_unusual(b"\xc0\0\0\0\1" + bytes(30))
    assert is_unusual(b"\xff\x1a\x2a\x3a\x4a" + bytes(30))
    assert not is_unusual(b"\xc0\0\0\0\2" + bytes(30))
    assert not is_unusual(b"\xc0\x55\0\0\1" + bytes(30))
    assert not is_unusual(b"\x40\0\0\0\1" + bytes(30))
    # Who asks what a request of TFTP tells sees it by its port.
    assert leads_to(step(program, UDP), 69) == UNUSUAL
    assert leads_to(step(program, UDP), 53) == DONE


def test_what_begins_with_a_word_is_looked_at_to_its_end() -> None:
    looks = looks_of([Guess(begins=(b"GET ", b"G"))])
    assert [tuple((place, table.index(1)) for place, table in each) for each in looks] == [
        ((0, 71), (1, 69), (2, 84), (3, 32)), ((0, 71),)
    ]  # fmt: skip


def test_what_is_told_of_conversations_is_left_to_who_follows_them_and_no_more() -> None:
    assert program_for(1, ["tcp.seq"], {"tcp.seq": TCP}) is not None
    assert program_for(1, ["tcp.seq", "tcp.analysis.ack_rtt"], {"tcp.seq": TCP}) is None


def test_a_walk_is_the_same_whatever_was_declared_before() -> None:
    """What carries nothing waits until a frame has it, and leads where it would lead then."""
    program = (
        "from dissect.protocols.tcp import TCP\n"
        "from dissect.tables.program import program_for\n"
        "from dissect.wireshark.loading import load_all\n"
        "def told():\n"
        "    program = program_for(1, ['ip.src', 'dns.id', 'tcp.stream'], {'tcp.stream': TCP})\n"
        "    steps = [each.cls for each in program.steps]\n"
        "    leads = lambda each, to: each.cls.__name__ + ' ' + (steps[to].__name__ if to >= 0 else str(to))\n"
        "    return sorted((leads(each, to), number) for each in program.steps for number, to in each.edges)\n"
        "first = told()\n"
        "load_all()\n"
        "assert first == told() and len(first) > 50\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert not done.stderr
