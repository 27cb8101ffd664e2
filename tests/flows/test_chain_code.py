"""What is written out for a chain shows headers to their learners where they stand, and heeds what these tell."""

from __future__ import annotations

from typing import Any

import pytest

from dissect import GRE, TCP, UDP, VLAN, Ethernet, Header, IPv4, IPv6
from dissect.declare import u16
from dissect.flows import chain_code
from dissect.flows.learner import Learner, Place
from dissect.flows.learners.tcp import TCPLearner
from dissect.flows.reading import ReadingPass
from tests.flows.test_chains import HERE, chains_of, take, trace_at_once


@pytest.fixture(autouse=True)
def _eager(monkeypatch: pytest.MonkeyPatch) -> None:
    trace_at_once(monkeypatch)


class Beat(Header, name="chained_beat", title="Beat", over={UDP: 40_420}):
    """Somebody else's header, of which there is something to learn."""

    count: int = u16("count", default=0)


class BeatLearner(Learner, of=Beat):
    """Tells the count before."""

    def __init__(self, *, twice: bool = False) -> None:
        super().__init__(twice=twice)
        self.counts: list[tuple[int, int, object]] = []

    def observe(self, header: Beat, place: Place) -> None:
        self.counts.append((header.count, place.vlan, place.addresses))


def test_the_learner_of_somebody_else_sees_headers_where_they_stand() -> None:
    reading = ReadingPass()
    known = chains_of(reading)
    frames = [Ethernet() / VLAN(id=number) / HERE / UDP(sport=5) / Beat(count=number) for number in range(4)]
    assert [take(known, frame, number) for number, frame in enumerate(frames)] == [False, True, True, True]
    ends = bytes((10, 0, 0, 1)), bytes((10, 0, 0, 2))
    learner = reading.learner(Beat)
    assert isinstance(learner, BeatLearner)
    assert learner.counts == [(number, number, ends) for number in range(1, 4)]


def observed_of(flags: str, payload: bytes, sport: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return for how many of the segments of a connection with port 80 a header is made."""
    seen: list[Any] = []
    observe = TCPLearner.observe

    def noting(learner: TCPLearner, header: Any, place: Place) -> None:
        seen.append(header)
        observe(learner, header, place)

    monkeypatch.setattr(TCPLearner, "observe", noting)
    known = chains_of(ReadingPass())
    for number in range(1, 9):
        segment = TCP(sport=sport, dport=80, flags=flags, seq=number, ack=number, payload=payload)
        assert take(known, Ethernet() / HERE / segment, number) == (number > 1)
    return len(seen)


def test_empty_segments_are_glanced_at_whatever_their_ports_carry(monkeypatch: pytest.MonkeyPatch) -> None:
    # The first one becomes a packet.
    assert observed_of("A", b"", 5, monkeypatch) == 0


@pytest.mark.parametrize(("flags", "payload"), [("FA", b""), ("A", b"GET / HTTP/1.1\r\n")])
def test_segments_that_matter_to_messages_are_looked_at(
    flags: str, payload: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert observed_of(flags, payload, 5, monkeypatch) == 7


@pytest.mark.parametrize(
    ("network", "carried", "expected"),
    [(IPv4, TCP, True), (IPv6, TCP, True), (IPv6, UDP, True), (IPv4, GRE, False), (TCP, UDP, False)],
)
def test_what_a_checksum_sums_is_told_by_declarations(
    network: type[Header], carried: type[Header], expected: bool
) -> None:
    assert chain_code._sums_ends(network, carried) is expected


def test_a_pseudo_header_may_have_more_than_both_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    def pseudo_header(header: Any, protocol: int, length: int) -> bytes:
        addresses: bytes = header.buffer[header.own_start + 8 : header.own_start + 20]
        return addresses + protocol.to_bytes(2, "big") + length.to_bytes(2, "big")

    monkeypatch.setattr(IPv4, "pseudo_header", pseudo_header)
    assert not chain_code._sums_ends.__wrapped__(IPv4, TCP)
