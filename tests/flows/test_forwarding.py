"""A router's hop: the time to live and the checksum change, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import UDP, ChecksumState, IPv4, IPv4NoOperation, internet_checksum, parse
from dissect.errors import FieldAbsentError, TimeExceededError
from dissect.flows.forwarding import forwarded
from tests.flows.datagrams import datagrams

passing = datagrams(largest=100).filter(lambda datagram: datagram.ttl > 1)


def recomputed(header: bytes) -> int:
    return internet_checksum(header[:10] + b"\0\0" + header[12:])


@given(passing)
def test_the_checksum_is_what_full_computation_gives(datagram: IPv4) -> None:
    arrived = parse(bytes(datagram), "ipv4")[IPv4]
    passed = forwarded(arrived)
    raw = bytes(passed)
    assert passed.ttl == arrived.ttl - 1
    assert passed.checksum == recomputed(raw[: 4 * passed.ihl])
    assert passed.checksum_state() is ChecksumState.GOOD
    before = bytes(arrived)
    assert raw[:8] + raw[9:10] + raw[12:] == before[:8] + before[9:10] + before[12:]


@given(passing, st.integers(0, 0xFFFF))
def test_a_wrong_checksum_stays_wrong_by_as_much(datagram: IPv4, checksum: int) -> None:
    arrived = parse(bytes(datagram.replace(checksum=checksum)), "ipv4")[IPv4]
    passed = forwarded(arrived)
    size = 4 * arrived.ihl
    error_before = (checksum - recomputed(bytes(arrived)[:size])) % 0xFFFF
    error_after = (passed.checksum - recomputed(bytes(passed)[:size])) % 0xFFFF
    assert error_after == error_before


@given(passing)
def test_what_came_as_bytes_is_passed_on_as_what_was_built(datagram: IPv4) -> None:
    arrived = parse(bytes(datagram), "ipv4")[IPv4]
    built = arrived.replace(id=0).replace(id=arrived.id)
    passed = forwarded(arrived)
    assert passed == forwarded(built)
    assert bytes(passed) == bytes(forwarded(built))
    # What was built has no place in a frame.
    problems, expected = ([each._replace(offset=None) for each in of.problems()] for of in (passed, forwarded(built)))
    assert problems == expected


def test_a_problem_of_the_options_is_passed_on() -> None:
    datagram = IPv4(src="10.0.0.1", dst="10.0.0.2", ttl=9, options=[IPv4NoOperation()] * 4)
    arrived = parse(bytes(datagram), "ipv4")[IPv4]
    assert [problem.name for problem in forwarded(arrived).problems()] == ["ip.nop"]
    assert [problem.offset for problem in forwarded(arrived).problems()] == [20]


@given(passing)
def test_an_automatic_checksum_stays_automatic(datagram: IPv4) -> None:
    passed = forwarded(datagram)
    assert passed.is_automatic("checksum")
    assert bytes(passed) == bytes(forwarded(parse(bytes(datagram), "ipv4")[IPv4]))


@pytest.mark.parametrize("ttl", [0, 1])
def test_the_last_hop_is_refused(ttl: int) -> None:
    with pytest.raises(TimeExceededError, match=f"from 10.0.0.1 to 10.0.0.2 has the TTL {ttl}, expected") as caught:
        forwarded(IPv4(src="10.0.0.1", dst="10.0.0.2", ttl=ttl))
    assert caught.value.ttl == ttl


def test_the_datagram_itself_does_not_change() -> None:
    datagram = IPv4(src="10.0.0.1", dst="10.0.0.2", ttl=9) / UDP(sport=1, dport=2) / b"data"
    before = bytes(datagram)
    passed = forwarded(datagram)
    assert bytes(datagram) == before
    assert passed.payload == datagram.payload


def test_a_cut_header_is_refused() -> None:
    with pytest.raises(FieldAbsentError):
        forwarded(IPv4.cut("4500 0014"))
