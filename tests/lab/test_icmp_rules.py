"""When an ICMP error may be sent, and how many."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import (
    ICMP,
    TCP,
    UDP,
    AddressMaskRequest,
    DestinationUnreachable,
    EchoReply,
    EchoRequest,
    IPv4,
    ParameterProblem,
    Redirect,
    SourceQuench,
    TimeExceeded,
    TimestampRequest,
)
from dissect.declaration.header import Header
from dissect.lab.icmp_rules import ErrorLimit, error_service, may_be_reported

SECOND = 1_000_000_000


@pytest.mark.parametrize(
    "carried", [UDP(), TCP(), EchoRequest(), EchoReply(), TimestampRequest(), AddressMaskRequest()]
)
def test_what_may_be_reported(carried: Header) -> None:
    datagram = IPv4(src="10.0.0.1", dst="10.0.0.2") / carried
    assert may_be_reported(datagram)
    assert may_be_reported(datagram.replace(more_fragments=True))
    assert not may_be_reported(datagram, link_broadcast=True)
    assert not may_be_reported(datagram.replace(fragment_offset=1))


@pytest.mark.parametrize(
    "carried",
    [DestinationUnreachable(), SourceQuench(), Redirect(), TimeExceeded(), ParameterProblem(), ICMP(type=99)],
)
def test_no_error_is_sent_about_errors_nor_about_what_might_be_one(carried: Header) -> None:
    assert not may_be_reported(IPv4(src="10.0.0.1", dst="10.0.0.2") / carried)


@pytest.mark.parametrize(
    ("src", "dst"),
    [
        ("0.0.0.0", "10.0.0.2"),
        ("127.0.0.1", "10.0.0.2"),
        ("224.0.0.1", "10.0.0.2"),
        ("255.255.255.255", "10.0.0.2"),
        ("10.0.0.1", "255.255.255.255"),
        ("10.0.0.1", "224.0.0.1"),
    ],
)
def test_no_error_goes_to_nobody_or_about_a_broadcast(src: str, dst: str) -> None:
    assert not may_be_reported(IPv4(src=src, dst=dst) / UDP())


def test_one_address_gets_six_at_once_and_then_one_a_second() -> None:
    limit = ErrorLimit()
    assert [limit.allows("10.0.0.1", 0) for _ in range(8)] == [True] * 6 + [False] * 2
    assert limit.allows("10.0.0.2", 0)
    assert [limit.allows("10.0.0.1", SECOND) for _ in range(2)] == [True, False]
    assert [limit.allows("10.0.0.1", 100 * SECOND) for _ in range(8)] == [True] * 6 + [False] * 2


def test_all_together_get_fifty_at_once_and_then_a_thousand_a_second() -> None:
    limit = ErrorLimit()
    assert sum(limit.allows(f"10.0.0.{number}", 0) for number in range(200)) == 50
    assert sum(limit.allows(f"10.0.1.{number % 250}", SECOND + number * SECOND // 1000) for number in range(200)) == 200


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, SECOND)), max_size=100))
def test_no_address_gets_more_than_the_bucket_holds(asked: list[tuple[int, int]]) -> None:
    limit, now = ErrorLimit(), 0
    sent: dict[int, list[int]] = {}
    for who, later in asked:
        now += later
        if limit.allows(f"10.0.0.{who}", now):
            sent.setdefault(who, []).append(now)
    for times in sent.values():
        for first, start in enumerate(times):
            for count, end in enumerate(times[first:], 1):
                assert count <= 6 + (end - start) // SECOND


def test_the_table_is_bounded() -> None:
    limit = ErrorLimit(limit=10, total_burst=1000)
    for number in range(100):
        limit.allows(f"10.0.0.{number}", 0)
    assert len(limit._full) == 10


@pytest.mark.parametrize(("tos", "of_the_error"), [(0, 0xC0), (0x10, 0xD0), (0xB8, 0xD8), (0xFF, 0xDE)])
def test_an_error_has_the_service_of_what_it_is_about_and_precedence_6(tos: int, of_the_error: int) -> None:
    assert error_service(IPv4(tos=tos)) == of_the_error
