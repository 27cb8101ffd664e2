from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dissect import (
    ICMP,
    MSS,
    SACK,
    TCP,
    Ethernet,
    Header,
    IPv4,
    IPv6,
    Packet,
    TCPNoOperation,
    WindowScale,
    with_context,
)
from dissect.declaration.checksum import ones_complement_sum, verifying
from dissect.flows.chains import Chains
from dissect.flows.known_chain import ChainPrinter, KnownChain, Observers
from dissect.flows.learner import Glance
from dissect.flows.learners.tcp import TCPLearner, _is_trusted
from dissect.flows.reading import ReadingPass
from dissect.flows.tcp_analysis import Mark
from dissect.wireshark.columns import summarize
from tests.flows.test_chains import trace_at_once


def test_the_window_is_scaled_also_where_the_header_length_cannot_be() -> None:
    there, back = IPv4(src="10.0.0.1", dst="10.0.0.2"), IPv4(src="10.0.0.2", dst="10.0.0.1")
    frames = [
        there / TCP(sport=1000, dport=80, seq=1, flags="S", options=[WindowScale(7)]),
        back / TCP(sport=80, dport=1000, seq=1, ack=2, flags="SA", options=[WindowScale(7)]),
        there / TCP(sport=1000, dport=80, seq=2, ack=2, flags="A", window=502, data_offset=4),
    ]
    packets = [Packet(bytes(Ethernet() / frame), number=number) for number, frame in enumerate(frames, 1)]
    last = list(with_context(packets))[-1]
    assert "Win=64256, bogus TCP header length (16, must be at least 20)" in summarize(last).info
    assert last.get("tcp.window_size") == []


def test_a_quoted_syn_shows_its_analysis_in_the_first_pass_alone() -> None:
    # As tshark 4.0 has it, without and with -2.
    syn = IPv4(src="10.0.0.1", dst="10.0.0.2") / TCP(sport=1000, dport=80, seq=1, flags="S")
    error = IPv4(src="10.0.0.2", dst="10.0.0.1") / ICMP(type=3, code=0, payload=bytes(4) + bytes(syn))

    def packets() -> list[Packet]:
        return [Packet(bytes(Ethernet() / frame), number=number) for number, frame in enumerate((syn, error), 1)]

    assert len(list(with_context(packets()))[-1].get("tcp.analysis")) == 1
    assert list(with_context(packets(), before=packets()))[-1].get("tcp.analysis") == []


def test_a_quotation_counts_for_the_time_of_the_handshake() -> None:
    # As in tshark 4.0: the quoted SYN of frame 3 is the last one, and the quoted ACK of frame 4 ends the handshake.
    there, back = IPv4(src="10.0.0.1", dst="10.0.0.2"), IPv4(src="10.0.0.2", dst="10.0.0.1")
    syn = there / TCP(sport=1000, dport=80, seq=1, flags="S")
    ack = there / TCP(sport=1000, dport=80, seq=2, ack=2, flags="A")
    frames = [
        syn,
        back / TCP(sport=80, dport=1000, seq=1, ack=2, flags="SA"),
        *(back / ICMP(type=3, code=0, payload=bytes(4) + bytes(quoted)) for quoted in (syn, ack)),
        ack,
    ]
    packets = [Packet(bytes(Ethernet() / frame), number=n, time_ns=n * 1000) for n, frame in enumerate(frames, 1)]
    assert list(with_context(packets))[-1].get("tcp.analysis.initial_rtt") == [1000]


def short(header: Header) -> bytes:
    """Return the frame of a segment whose header claims a word more than there is."""
    frame = bytearray(bytes(Ethernet() / header))
    frame[46] += 0x10
    return bytes(frame)


def quoted(header: Header) -> bytes:
    """Return the frame of an error that quotes a segment."""
    return bytes(Ethernet() / IPv4(src="10.0.0.9", dst="10.0.0.1") / ICMP(type=3, payload=bytes(4) + bytes(header)))


@pytest.mark.parametrize("wrap", [short, quoted])
def test_options_count_where_the_data_of_a_segment_cannot_be_told(wrap: Callable[[Header], bytes]) -> None:
    # All as tshark 4.0 has it.
    there, back = IPv4(src="10.0.0.1", dst="10.0.0.2"), IPv4(src="10.0.0.2", dst="10.0.0.1")
    scaled = [WindowScale(3), TCPNoOperation()]
    sacked = [SACK([(504, 510)]), TCPNoOperation(), TCPNoOperation()]
    frames = [
        bytes(Ethernet() / there / TCP(sport=9, dport=80, seq=500, flags="S", options=scaled)),
        wrap(back / TCP(sport=80, dport=9, seq=900, ack=501, flags="SA", options=scaled)),
        wrap(back / TCP(sport=80, dport=9, seq=901, ack=501, flags="A", options=sacked)),
        bytes(Ethernet() / there / TCP(sport=9, dport=80, seq=501, ack=901, flags="A") / bytes(20)),
        bytes(Ethernet() / back / TCP(sport=80, dport=9, seq=901, ack=521, flags="A", window=10)),
    ]
    packets = list(with_context(Packet(frame, number=number) for number, frame in enumerate(frames, 1)))
    assert packets[1].get("tcp.analysis.tfo_ack") == [1]
    assert packets[2].get("tcp.options.sack_le") == [4]
    # The byte of the SYN waits as well.
    assert packets[3].get("tcp.analysis.bytes_in_flight") == [15]
    assert packets[4].get("tcp.window_size") == [80]


def test_a_handshake_whose_options_were_cut_off_agrees_on_nothing() -> None:
    there = IPv4(src="10.0.0.1", dst="10.0.0.2")
    syn = bytes(Ethernet() / there / TCP(sport=9, dport=80, seq=500, flags="S", options=[MSS(1460), TCPNoOperation()]))
    ack = bytes(Ethernet() / there / TCP(sport=9, dport=80, seq=501, ack=1, flags="A", window=10))
    for size, factor in ((len(syn), -2), (len(syn) - 2, -1)):
        packets = [Packet(syn[:size], number=1, original_length=len(syn)), Packet(ack, number=2)]
        assert list(with_context(packets))[1].get("tcp.window_size_scalefactor") == [factor]


def test_a_byte_in_front_of_all_others_is_on_its_way() -> None:
    there = IPv4(src="10.0.0.1", dst="10.0.0.2")
    frames = [
        there / TCP(sport=9, dport=80, seq=500, flags="S"),
        IPv4(src="10.0.0.2", dst="10.0.0.1") / TCP(sport=80, dport=9, seq=900, ack=501, flags="SA"),
        there / TCP(sport=9, dport=80, seq=499, ack=901, flags="A") / b"x",
    ]
    packets = [Packet(bytes(Ethernet() / frame), number=number) for number, frame in enumerate(frames, 1)]
    assert list(with_context(packets))[-1].get("tcp.analysis.bytes_in_flight") == [1]


def test_of_more_connections_than_are_held_a_second_pass_says_what_the_first_said() -> None:
    # One more than is held, in handshakes beside each other: each begins anew when it goes on.
    frames = []
    for step in range(3):
        for client in (1, 2, 3):
            there = IPv4(src=f"10.0.0.{client}", dst="10.0.1.1") / TCP(
                sport=5, dport=80, seq=100 + (step > 0), ack=200 if step else 0, flags="A" if step else "S"
            )
            back = IPv4(src="10.0.1.1", dst=f"10.0.0.{client}") / TCP(sport=80, dport=5, seq=199, ack=101, flags="SA")
            frames.append(back if step == 1 else there)
    reading = ReadingPass(twice=True)
    learner: Any = reading.learner(TCP)
    learner.conversations.limit = 2

    def seen() -> list[list[Any]]:
        packets = [Packet(bytes(Ethernet() / frame), number=number) for number, frame in enumerate(frames, 1)]
        for packet in packets:
            reading.observe(packet)
        names = ("tcp.stream", "tcp.seq", "tcp.analysis.initial_rtt", "tcp.completeness")
        return [[packet.get(name) for name in names] for packet in packets]

    first = seen()
    reading.rewind()
    assert seen() == first
    assert [each[0] for each in first] == [[0], [1], [2], [3], [4], [5], [6], [7], [8]]


def test_what_is_glanced_past_counts_as_what_is_glanced_at() -> None:
    told, untold = TCPLearner(), TCPLearner()
    ends = bytes((10, 0, 0, 1, 0, 5)), bytes((10, 0, 0, 2, 0, 6))
    flags = {"S": 2, "SA": 18, "A": 16, "PA": 24, "FA": 17, "R": 4}
    script = [(0, "S", 100, 0, 0), (1, "SA", 500, 101, 0), (0, "A", 101, 501, 0), (0, "PA", 101, 501, 10)]
    script += [(0, "PA", 101, 501, 10), (1, "A", 501, 111, 0), (1, "A", 501, 111, 0), (0, "FA", 111, 501, 0)]
    script += [(1, "FA", 501, 112, 0), (0, "A", 112, 502, 0), (0, "R", 112, 0, 0), (0, "S", 900, 0, 0)]
    for number, (way, kind, seq, ack, size) in enumerate(script, 1):
        data = bytes(20 + size)
        source, destination = ends if way == 0 else ends[::-1]
        seen = Glance(
            data, 0, len(data), len(data), number, 1000 * number, source, destination, (seq, ack, 5, flags[kind], 99)
        )
        expected = told.glance(seen)
        assert expected is not None
        # Every third one is looked at in both.
        found = untold.glance(seen) if number % 3 == 0 else untold.glance_past(seen)
        assert found is not None
        assert found == (expected if number % 3 == 0 else {name: expected[name] for name in found})
        assert ("payload" in found) == ("payload" in expected)


def told(facts: dict[str, Any]) -> dict[str, Any]:
    """Return facts that can be compared: of a payload, what it is and its bytes."""
    payload: Any = facts.get("payload")
    is_seen = isinstance(payload, Header)
    return facts | {"payload": (type(payload).__name__, bytes(payload)) if is_seen else "payload" in facts}


class Noting(ChainPrinter):
    """Notes what was learnt of the segments of a chain instead of printing them."""

    def __init__(self, known: KnownChain, noted: list[dict[str, Any]]) -> None:
        super().__init__(lambda text: None)
        self.place = next(place for place, each in enumerate(known.headers) if each.cls is TCP)
        self.noted = noted

    def slow(self, frame: bytes, number: int, time_ns: int, original: int, facts: Any, variant: Any) -> str:
        self.noted.append(told(facts[self.place]))
        return ""


SEGMENT = st.tuples(
    st.sampled_from([0, 0, 1]),
    st.sampled_from([0, 10, 10, 20, 30, 40]),
    st.sampled_from([0, 0, 10, 20, 60]),
    st.sampled_from(["A", "PA", "PA", "PA", "PA", "FA", "RA", "S"]),
    st.sampled_from([0, 1, 10, 10, 10, 20]),
    st.sampled_from([1000, 1_000_000, 90_000_000]),
    st.sampled_from(["right", "right", "right", "right", "wrong", "cut"]),
)
# The same ones come again and again.
SENT = st.lists(SEGMENT, min_size=2, max_size=5).flatmap(
    lambda some: st.lists(st.sampled_from(some), min_size=4, max_size=24)
)
STREAMS = {80: b"GET /aa HTTP/1.1\r\n\r\n" * 4, 443: b"\x17\x03\x03\x00\x0fsome more words" * 4}
# A look at the bytes tells the same on other ports.
STREAMS |= {8888: STREAMS[80], 4443: STREAMS[443]}
"""What is said, by ports: messages of 20 bytes each."""


def framed(sent: list[Any], port: int, wide: bool) -> list[tuple[bytes, int, int]]:
    """Return frames with their times, and how many bytes they had on the wire."""
    frames: list[tuple[bytes, int, int]] = []
    now = 0
    stream = STREAMS.get(port, b"words and more words" * 4)
    for way, seq, ack, flags, size, later, kind in sent:
        network: Any = IPv6 if wide else IPv4
        ends = ("2001:db8::1", "2001:db8::2") if wide else ("10.0.0.1", "10.0.0.2")
        ports = (5000, port) if way == 0 else (port, 5000)
        src, dst = ends if way == 0 else ends[::-1]
        segment = TCP(sport=ports[0], dport=ports[1], seq=100 + seq, ack=100 + ack, flags=flags)
        sending = bytearray(bytes(Ethernet() / network(src=src, dst=dst) / segment / stream[seq : seq + size]))
        if kind == "wrong":
            sending[-1] ^= 1
        now += later
        frames.append((bytes(sending[: len(sending) - (3 if kind == "cut" else 0)]), now, len(sending)))
    return frames


PORTS = st.sampled_from([22, 23, 80, 443, 443, 4443, 8888])


def both(
    frames: list[tuple[bytes, int, int]], quickly: ReadingPass, slowly: ReadingPass
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return what two passes, or the second ones, learn of segments: one by their chains, and one by packets."""
    found: list[dict[str, Any]] = []
    expected: list[dict[str, Any]] = []
    observers = Observers(quickly.learner, quickly._observer)
    with pytest.MonkeyPatch.context() as patch:
        trace_at_once(patch)
        known = Chains(1, observers, lambda time_ns: None, partial(Noting, noted=found))
        for number, (data, time_ns, original) in enumerate(frames, 1):
            packets = [Packet(data, number=number, time_ns=time_ns, original_length=original) for _ in range(2)]
            slowly.observe(packets[0])
            expected.append(told(packets[0][TCP].facts))
            if not known.take(data, 0, len(data), number, time_ns, original):
                quickly.observe(packets[1])
                found.append(told(packets[1][TCP].facts))
    return found, expected


@given(sent=SENT, port=PORTS, wide=st.booleans(), twice=st.booleans())
@settings(max_examples=150, deadline=None)
def test_what_is_overlooked_counts_as_what_is_looked_at(sent: list[Any], port: int, wide: bool, twice: bool) -> None:
    frames = framed(sent, port, wide)
    quickly, slowly = ReadingPass(twice=twice), ReadingPass(twice=twice)
    found, expected = both(frames, quickly, slowly)
    assert found == expected
    if twice:
        quickly.rewind()
        slowly.rewind()
        found, expected = both(frames, quickly, slowly)
        assert found == expected


@given(sent=SENT, port=PORTS)
@settings(max_examples=60, deadline=None)
def test_who_asks_for_no_payload_is_told_the_same_of_the_segments(sent: list[Any], port: int) -> None:
    found, expected = both(framed(sent, port, False), ReadingPass(only=(TCP,), into=()), ReadingPass())
    own = TCPLearner.own
    assert not any(each["payload"] for each in found)
    assert [{name: each[name] for name in own & each.keys()} for each in found] == [
        {name: each[name] for name in own & each.keys()} for each in expected
    ]


@given(st.binary(max_size=7), st.sampled_from(["right", "alone", "with length", "other"]), st.sampled_from([4, 6]))
def test_a_sum_is_trusted_as_that_of_a_header_is(payload: bytes, kind: str, version: int) -> None:
    network = IPv4(src="10.0.0.1", dst="10.0.0.2") if version == 4 else IPv6(src="2001:db8::1", dst="2001:db8::2")
    frame = bytearray(bytes(network / TCP(sport=5, dport=6, flags="A", payload=payload)))
    start = 20 if version == 4 else 40
    ends = (bytes(frame[12:16]), bytes(frame[16:20])) if version == 4 else (bytes(frame[8:24]), bytes(frame[24:40]))
    alone = ones_complement_sum(b"".join(ends) + b"\0\6")
    length = alone + len(frame) - start
    sums = {"alone": alone, "with length": (length & 0xFFFF) + (length >> 16), "other": 0x1234}
    if kind != "right":
        frame[start + 16 : start + 18] = sums[kind].to_bytes(2, "big")
    data = bytes(frame)
    source, destination = (
        end + data[start + place : start + place + 2] for end, place in zip(ends, (0, 2), strict=True)
    )
    for checks in ({}, {"tcp": True}, {"tcp": False}):
        with verifying(checks):
            header = Packet(data, link=101).frame[TCP]
            told = _is_trusted(data, start, len(data), len(data), source, destination)
            assert told == header.checksum_state().is_trusted
    assert not _is_trusted(data, start, len(data), len(data) - 1, source, destination)


def test_a_new_acknowledgment_in_a_plain_segment_begins_anew_what_was_outrun() -> None:
    """What acknowledges more than was seen is remarkable once, until the other side acknowledges something new."""
    client, server = IPv4(src="10.0.0.1", dst="10.0.0.2"), IPv4(src="10.0.0.2", dst="10.0.0.1")
    outruns = bytes(Ethernet() / server / TCP(sport=8000, dport=4000, seq=1000, ack=9000, flags="A", window=64))
    first, second = (
        bytes(Ethernet() / client / TCP(sport=4000, dport=8000, seq=5000, ack=ack, flags="A", window=63))
        for ack in (900, 950)
    )
    frames = [outruns, first, outruns, second, outruns]
    alone = ReadingPass()
    expected = [marks_of(alone, number, data) for number, data in enumerate(frames, 1)]
    assert expected[2] & Mark.ACK_LOST_SEGMENT
    assert expected[4] & Mark.ACK_LOST_SEGMENT
    for quick in ({2, 4}, {1, 2, 4}, {2, 3, 4}):
        reading = ReadingPass()
        take: Any = reading.taker(1)
        for number, data in enumerate(frames, 1):
            if number not in quick or not take(data, 0, len(data), number, number, len(data)):
                assert marks_of(reading, number, data) == expected[number - 1]


def marks_of(reading: ReadingPass, number: int, data: bytes) -> int:
    """Return the marks of a segment that a reading pass observes."""
    packet = Packet(data, number=number, time_ns=number)
    reading.observe(packet)
    return int(packet.frame[TCP].learnt("marks", 0))
