"""The short way learns what the long one learns, and is taken where that is so."""

from __future__ import annotations

from functools import partial
from io import BytesIO
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dissect import (
    ARP,
    MSS,
    SACK,
    TCP,
    UDP,
    VLAN,
    EchoRequest,
    Ethernet,
    Header,
    HopByHopOptions,
    IPv4,
    IPv6,
    MD5Signature,
    Packet,
    ServiceTag,
    TCPNoOperation,
    Timestamps,
    WindowScale,
    parse,
)
from dissect.captures import open_writer, read
from dissect.declaration.automatic import Selector
from dissect.declaration.decoder import field_of_role
from dissect.declare import Guess, u16
from dissect.errors import CaptureError
from dissect.flows import shortcut as module
from dissect.flows.learner import Learner, Place
from dissect.flows.reading import ReadingPass
from dissect.flows.shortcut import Take, shortcut
from dissect.flows.usual import Sieve, Usual, further_networks
from dissect.flows.usual_code import Printer
from dissect.packets.clock import Clock

HERE = IPv4(src="10.0.0.1", dst="10.0.0.2")


def taken(frame: Header | bytes, *, original_length: int | None = None, link: int = 1) -> bool:
    """Return whether a packet goes the short way."""
    reading = ReadingPass()
    take = shortcut(link, reading.learner, lambda time_ns: None)
    data = bytes(frame)
    around = b"in front" + data + b"behind"
    length = len(data) if original_length is None else original_length
    return take is not None and take(around, 8, 8 + len(data), 1, 0, length)


@pytest.mark.parametrize(
    "frame",
    [
        Ethernet() / HERE / UDP(),
        Ethernet() / HERE / UDP(sport=40_053, dport=40_053, payload=b"question"),
        Ethernet() / HERE / TCP(flags="S"),
        Ethernet() / HERE / TCP(flags="S", options=[MSS(1460), WindowScale(7)]),
        Ethernet() / HERE / TCP(flags="A", payload=b"data"),
        Ethernet() / HERE / TCP(flags="PA", payload=b"data") / b"more",
        # What carries nothing is no message, whatever its ports stand for.
        Ethernet() / HERE / TCP(sport=40_053, dport=80, flags="S"),
        Ethernet() / IPv6() / TCP(sport=443, dport=40_053, flags="A"),
        Ethernet() / VLAN(id=1) / HERE / UDP(),
        Ethernet() / VLAN(id=1) / VLAN(id=2) / HERE / TCP(flags="A"),
        Ethernet() / ServiceTag(id=1) / VLAN(id=2) / IPv6() / TCP(flags="A"),
        Ethernet() / IPv6() / UDP(),
        Ethernet() / IPv6() / TCP(flags="A", payload=b"data"),
    ],
)
def test_usual_frames_take_it(frame: Header) -> None:
    assert taken(frame)
    assert taken(bytes(frame) + b"trailer")


def test_a_segment_that_the_snap_length_cut_takes_it() -> None:
    frame = bytes(Ethernet() / HERE / TCP(flags="A", payload=bytes(100)))
    assert taken(frame[:60], original_length=len(frame))
    assert not taken(frame[:60])


@pytest.mark.parametrize(
    "frame",
    [
        Ethernet() / HERE / TCP(flags="S", options=[MD5Signature(bytes(16))]),
        Ethernet() / HERE / TCP(flags="A", options=b"\x03\x04\0\0"),
        Ethernet() / HERE / TCP(sport=40_053, dport=80, flags="FA"),
        Ethernet() / HERE / TCP(sport=40_053, dport=80, flags="PA") / b"GET ",
        Ethernet() / HERE.replace(flags="MF") / UDP(),
        Ethernet() / HERE.replace(fragment_offset=1) / b"12345678",
        Ethernet() / HERE.replace(options=[]) / EchoRequest(),
        Ethernet() / VLAN(id=1) / HERE.replace(flags="MF") / UDP(),
        Ethernet() / VLAN() / VLAN() / VLAN() / HERE / UDP(),
        Ethernet() / VLAN(id=1) / b"no network",
        Ethernet() / HERE / HERE / UDP(),
        Ethernet() / IPv6() / HopByHopOptions() / UDP(),
        Ethernet() / IPv6(version=4) / UDP(),
        bytes(Ethernet() / HERE / UDP())[:40],
        b"",
    ],
)
def test_all_others_do_not(frame: Header | bytes) -> None:
    assert not taken(frame)


def test_a_link_whose_frames_are_read_in_another_way_has_none() -> None:
    reading = ReadingPass()
    assert shortcut(147, reading.learner, lambda packet: None) is None
    assert shortcut(101, reading.learner, lambda packet: None) is None


class Inner(Header):
    """A message over a port, of which a learner wants to know."""

    number: int = u16("number", default=0)


class InnerLearner(Learner, of=Inner):
    def __init__(self, *, twice: bool = False) -> None:
        super().__init__(twice=twice)
        self.seen: list[int] = []

    def observe(self, header: Any, place: Place) -> None:
        self.seen.append(header.number)


class Outer(Header):
    """A message that carries such a one."""

    number: int = u16("number", factory=Selector())


def test_what_stands_over_a_port_is_shown_to_its_learner(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(UDP._carried, 45454, Inner.decode)
    reading = ReadingPass()
    frame = Ethernet() / HERE / UDP(sport=1, dport=45454) / bytes(Inner(number=7))
    assert parse(bytes(frame))[Inner].number == 7
    reading.pass_over(Packet(bytes(frame)))
    learner = reading.learner(Inner)
    assert isinstance(learner, InnerLearner)
    assert learner.seen == [7]


def test_what_stands_further_inside_is_seen_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = Ethernet() / HERE / UDP(sport=1, dport=45454) / bytes(4)
    assert taken(frame)
    monkeypatch.setitem(UDP._carried, 45454, Outer.decode)
    assert taken(frame)
    monkeypatch.setitem(Outer._carried, 7, Inner.decode)
    assert not taken(frame)
    assert taken(Ethernet() / HERE / UDP(sport=1, dport=45455) / bytes(4))


def test_what_was_chosen_for_a_port_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(UDP._chosen, 9, Inner.decode)
    assert not taken(Ethernet() / HERE / UDP(sport=9))
    assert taken(Ethernet() / HERE / UDP(sport=8))


def test_what_is_told_by_a_look_at_the_bytes_may_stand_behind_any_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(UDP, "_heuristics", [(lambda data: False, Inner.decode)])
    assert not taken(Ethernet() / HERE / UDP())
    assert taken(Ethernet() / HERE / TCP(flags="A"))


@pytest.mark.parametrize("carrier", [UDP, TCP])
def test_what_begins_like_a_message_has_to_be_looked_at_and_no_more(
    monkeypatch: pytest.MonkeyPatch, carrier: type[UDP] | type[TCP]
) -> None:
    guess = Guess(lambda data: data[1] == 1, begins=(b"ab", b"ac"), least=3)
    monkeypatch.setattr(carrier, "_heuristics", [(guess, Inner.decode)])
    for payload, expected in ((b"abc", False), (b"ac-", False), (b"ab", True), (b"aabc", True), (b"", True)):
        transport = carrier(sport=40_000, dport=40_001, payload=payload)
        if isinstance(transport, TCP):
            transport = transport.replace(flags="A", options=[MSS(1460), WindowScale(7)])
        assert taken(Ethernet() / HERE / transport) is expected, payload


def test_what_begins_like_a_message_and_is_shown_to_nobody_need_not_be_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(UDP, "_heuristics", [(Guess(bool, first=(1,)), Inner.decode)])
    take = ReadingPass(only=()).taker(1, sieve=lambda usual: Sieve({}, "False", "False", {}))
    assert take is not None
    data = bytes(Ethernet() / HERE / UDP(payload=b"\1"))
    assert take(data, 0, len(data), 1, 0, len(data))


def test_the_clock_goes_on() -> None:
    reading = ReadingPass()
    frame = bytes(Ethernet() / HERE / UDP())
    reading.pass_over(Packet(frame, time_ns=1000))
    packet = Packet(frame, number=2, time_ns=3000)
    reading.observe(packet)
    assert packet.get("frame.time_delta") == [2000]


def test_behind_other_protocols_what_is_usual_is_found_as_frames_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SELDOM", 2)
    of_one, of_six = (bytes(Ethernet() / VLAN(id=1) / network / UDP()) for network in (HERE, IPv6()))
    other = bytes(Ethernet() / VLAN(id=1) / ARP())
    left: list[bytes] = []

    def further(data: bytes, start: int, stop: int, *rest: int) -> bool:
        left.append(data)
        return True

    take = shortcut(1, ReadingPass().learner, lambda time_ns: None, further=further)
    assert take is not None
    # The second and the fourth of those that are left are looked at, and the eighth.
    for frame in (of_one, other, of_one, of_one, of_one, of_six, other, of_six, of_six, of_six):
        assert take(frame, 0, len(frame), 1, 0, len(frame))
    assert left == [of_one, other, of_one, of_six, other, of_six]


@pytest.mark.parametrize("number", [0x0800, 0x86DD, 0x8100])
def test_a_frame_is_like_what_takes_it(number: int) -> None:
    frames = [
        Ethernet() / HERE / UDP(),
        Ethernet() / IPv6() / TCP(),
        Ethernet() / VLAN(id=1) / HERE / TCP(),
        Ethernet() / VLAN(id=1) / VLAN(id=2) / IPv6() / UDP(),
        Ethernet() / VLAN(id=1) / HERE / EchoRequest(),
        Ethernet() / IPv4(src="10.0.0.1", flags="MF") / UDP(),
        Ethernet() / ARP(),
    ]
    for network in further_networks(1, number):
        chains = [(*network.outers, network.network, last) for last in network.network.usually_carries().values()]
        for frame in frames:
            data, headers = bytes(frame), [*frame.layers()]
            said = [each.raw(selector.name) for each in headers if (selector := field_of_role(type(each), Selector))]
            is_whole = not any(isinstance(each, IPv4) and each.is_fragment for each in headers)
            is_of = tuple(map(type, headers))[: len(network.outers) + 2] in chains
            expected = is_of and is_whole and tuple(said[: len(network.numbers)]) == network.numbers
            assert network.is_like(b"in front" + data, 8, 8 + len(data)) is expected
            assert not network.is_like(data, 0, network.size - 1)


NUMBERS = st.integers(0, 0xFFFFFFFF)


@given(
    st.lists(
        st.tuples(
            st.booleans(), NUMBERS, NUMBERS, st.integers(0, 0x1FF), st.integers(0, 0xFFFF), st.integers(0, 9), NUMBERS
        ),
        max_size=8,
    )
)
def test_both_ways_learn_the_same_of_a_connection(segments: list[tuple[bool, int, int, int, int, int, int]]) -> None:
    long, short = ReadingPass(), ReadingPass()
    for place, (forth, seq, ack, flags, window, length, tail) in enumerate(segments, 1):
        network = HERE if forth else HERE.replace(src=HERE.dst, dst=HERE.src)
        ends = (1, 2) if forth else (2, 1)
        segment = TCP(sport=ends[0], dport=ends[1], seq=seq, ack=ack, flags=flags, window=window, payload=bytes(length))
        data = bytes(Ethernet() / network / segment) + bytes(tail % 3)
        known, unknown = (Packet(data, number=place, time_ns=place * 10**7) for _ in range(2))
        long.observe(known)
        if place < len(segments):
            short.pass_over(unknown)
        else:
            short.observe(unknown)
            for name in ("tcp.stream", "tcp.seq", "tcp.ack", "tcp.nxtseq", "tcp.window_size", "data.data"):
                assert known.get(name) == unknown.get(name)


class Kept(Printer):
    """Keeps the facts of every frame, and takes none the quick way."""

    def __init__(self) -> None:
        self.facts: list[dict[str, Any]] = []
        self.numbers: list[int] = []
        self.times: list[int] = []
        super().__init__(lambda text: None)

    def slow(
        self, buffer: bytes, base: int, size: int, number: int, time_ns: int, original: int, body: int, end: int,
        last: int, facts: dict[str, Any],
    ) -> str:  # fmt: skip
        self.facts.append(facts)
        self.numbers.append(number)
        self.times.append(time_ns)
        return ""


STEPS = st.tuples(
    st.sampled_from([(False, 0), (False, 1), (True, 0), (True, 1)]),
    st.sampled_from([0, 0, 0, 0, 0, -1, 1, -7]),
    st.sampled_from([0, 0, 0, -1, 30]),
    st.sampled_from(["A", "A", "A", "PA", "FA", "S", "SA", "RA", "UA", "EA", ""]),
    st.sampled_from([500, 500, 0, 501]),
    st.sampled_from([0, 0, 1, 2, 10]),
    st.sampled_from(
        [
            [],
            [Timestamps(value=1, echo=2)],
            [TCPNoOperation(), TCPNoOperation(), Timestamps(value=1, echo=2)],
            [WindowScale(3)],
            [TCPNoOperation(), TCPNoOperation(), SACK([(1000, 1300)])],
        ]
    ),
    st.sampled_from([False, False, False, True]),
)
"""Connection and direction; how far a number and an acknowledgment are from the expected ones; and the rest, of which
the last says that the packet is observed."""

HELLO: list[Any] = [((False, way), 0, 0, "A", 500, 10, [], False) for way in (0, 1)]
"""Both sides of a connection are known from here on."""


@example(
    [*HELLO, ((False, 1), 0, 30, "A", 500, 0, [], False), ((False, 0), 0, 0, "A", 500, 10, [], False)], 7, 9, False
)
@example(
    [
        *HELLO,
        ((False, 0), 0, 0, "A", 500, 10, [], False),
        ((False, 1), 0, 0, "A", 500, 0, [], False),
        # A keep-alive that is observed, and what comes behind it.
        ((False, 0), -1, 0, "A", 500, 0, [], True),
        ((False, 0), 1, 0, "A", 500, 10, [], False),
        ((False, 1), 0, -10, "A", 500, 0, [], False),
    ],
    7,
    9,
    False,
)
@example(
    [
        *HELLO,
        ((False, 1), 0, 0, "A", 0, 0, [], False),
        ((False, 0), 0, 0, "A", 500, 1, [], False),
        ((False, 0), -1, 0, "FA", 500, 0, [], False),
    ],
    7,
    9,
    False,
)
@given(st.lists(STEPS, max_size=30), st.integers(0, 0xFFFFFFFF), st.sampled_from([1, 2, 9]), st.booleans())
def test_plain_segments_are_taken_in_as_any(steps: list[Any], first: int, limit: int, twice: bool) -> None:
    long, short = ReadingPass(twice=twice), ReadingPass(twice=twice)
    for reading in (long, short):
        reading.learner(TCP).conversations.limit = limit  # type: ignore[union-attr]
    expected = {(other, way): first for other in (False, True) for way in (0, 1)}
    frames = []
    for (other, way), ahead, acknowledged, flags, window, length, options, _ in steps:
        network = HERE.replace(src=HERE.dst, dst=HERE.src) if way else HERE
        ends = (2, 1 + other) if way else (1 + other, 2)
        seq, ack = expected[other, way] + ahead, expected[other, 1 - way] + acknowledged
        segment = TCP(
            sport=ends[0], dport=ends[1], seq=seq % 2**32, ack=ack % 2**32, flags=flags, window=window,
            options=options, payload=bytes(length),
        )  # fmt: skip
        expected[other, way] = seq + length
        frames.append(bytes(Ethernet() / network / segment))
    for again in range(1 + twice):
        if again:
            long.rewind()
            short.rewind()
        kept = Kept()
        take = short.taker(1, partial(_given, kept))
        facts = []
        for number, frame in enumerate(frames, 1):
            packet = Packet(frame, number=number, time_ns=number * 10**7)
            long.observe(packet)
            header = packet[TCP]
            facts.append({name: header.learnt(name, None) for name in NAMES} | {"payload": _has_payload(header)})
            assert take is not None
            if steps[number - 1][-1]:
                packet = Packet(frame, number=number, time_ns=number * 10**7)
                short.observe(packet)
                told: Any = packet[TCP]
                kept.facts.append({name: told.learnt(name, None) for name in NAMES})
                if not _has_payload(told):
                    kept.facts[-1]["payload"] = None
            else:
                assert take(frame, 0, len(frame), number, number * 10**7, len(frame))
        short_facts = [
            {name: each.get(name) for name in NAMES} | {"payload": "payload" not in each} for each in kept.facts
        ]
        assert short_facts == facts


def _has_payload(header: Header) -> bool:
    """Whether what a segment carries is looked into."""
    return header.learnt("payload", header) is header


def _given(printer: Printer, usual: Usual) -> Printer:
    return printer


NAMES = (
    "stream", "relative_seq", "relative_ack", "other_base", "window_size", "next_seq", "window_factor", "counts_ecn",
    "closes_first", "marks", "duplicate_number", "duplicate_of", "acks_frame", "ack_rtt", "bytes_in_flight",
    "push_bytes", "initial_rtt", "rto", "rto_frame", "is_analysed", "time_relative", "time_delta", "completeness",
)  # fmt: skip


def test_a_loop_goes_on_behind_every_frame_that_becomes_a_packet() -> None:
    usual = bytes(Ethernet() / HERE / UDP(payload=b"usual"))
    odd = bytes(Ethernet() / HERE / EchoRequest())
    file = BytesIO()
    with open_writer(file, format="pcap") as writer:
        for number, frame in enumerate((usual, odd, usual, usual, odd, odd, usual * 3000, usual)):
            writer.write(Packet(frame, time_ns=number * 700_000_000))
    records = file.getvalue()
    # A fraction of a second that is more than one makes a record that no loop takes.
    odd_time = records[24:28] + (1_000_000_007).to_bytes(4, "little") + records[32 : 40 + len(usual)]
    kept = Kept()
    reading = ReadingPass()
    with read(BytesIO(records + odd_time + records[24 : 40 + len(usual)])) as reader:
        reader.hand_over(lambda pattern: reading.taker(pattern.link, partial(_given, kept)))
        packets = {packet.number: packet.data for packet in reader}
    assert {number: len(data) for number, data in packets.items()} == {
        2: len(odd), 5: len(odd), 6: len(odd), 9: len(usual),
    }  # fmt: skip
    assert kept.numbers == [1, 3, 4, 7, 8, 10]
    assert kept.times == [0, 1_400_000_000, 2_100_000_000, 4_200_000_000, 4_900_000_000, 0]


class Reader(Kept):
    """Notes what the clock tells whoever makes a text."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock
        self.told: list[tuple[int | None, ...]] = []

    def slow(self, *frame: Any) -> str:
        self.told.append((self.clock.first, self.clock.previous, self.clock.previous_shown))
        return super().slow(*frame)


def _the_same(take: Take, pattern: Packet) -> Take:
    return take


def test_loops_tell_the_clock_what_texts_ask_of_it() -> None:
    usual, odd = (bytes(Ethernet() / HERE / inner) for inner in (UDP(payload=b"usual"), EchoRequest()))
    file = BytesIO()
    with open_writer(file, format="pcap") as writer:
        for number, frame in enumerate((usual, usual, odd, usual, usual, usual, odd, odd, usual)):
            writer.write(Packet(frame, time_ns=(number * 7 + 3) % 10 * 1000))
    told = []
    for takes_records in (True, False):
        clock = Clock()
        kept, reading = Reader(clock), ReadingPass(clock=clock)
        take = reading.taker(1, partial(_given, kept))
        assert take is not None
        with read(BytesIO(file.getvalue())) as reader:
            if takes_records:
                reader.hand_over(partial(_the_same, take))
            for packet in reader:
                time_ns = packet.time_ns or 0
                if takes_records or not take(packet.data, 0, len(packet), packet.number, time_ns, len(packet)):
                    reading.observe(packet)
                    clock.show()
        told.append(kept.told)
    assert told[0] == told[1]
    assert len(told[0]) == 6


def _read(content: bytes, *, takes_records: bool) -> tuple[list[tuple[int, int | None]], str]:
    """Return the numbers and times of all packets, taken as records or not, and what is wrong with the file."""
    kept, reading = Kept(), ReadingPass()
    found: list[tuple[int, int | None]] = []
    problem = ""
    try:
        with read(BytesIO(content)) as reader:
            if takes_records:
                reader.hand_over(lambda pattern: reading.taker(pattern.link, partial(_given, kept)))
            for packet in reader:
                found.append((packet.number, packet.time_ns))
    except CaptureError as error:
        problem = str(error)
    return sorted([*found, *zip(kept.numbers, kept.times, strict=True)]), problem


@given(
    st.lists(st.integers(0, 5), min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(0, 1 << 12), st.integers(1, 255)), max_size=3),
)
def test_blocks_are_taken_as_they_are_read_however_they_are_damaged(
    sizes: list[int], changes: list[tuple[int, int]]
) -> None:
    file = BytesIO()
    with open_writer(file, format="pcapng") as writer:
        for number, size in enumerate(sizes):
            frame = bytes(Ethernet() / HERE / UDP(sport=5, dport=6, payload=bytes(size)))
            writer.write(Packet(frame, time_ns=number << 31))
    content = bytearray(file.getvalue())
    for place, difference in changes:
        content[-1 - place % (len(content) - 100)] ^= difference
    assert _read(bytes(content), takes_records=True) == _read(bytes(content), takes_records=False)


def test_a_block_that_is_not_whole_in_the_buffer_needs_no_packet_either() -> None:
    file = BytesIO()
    with open_writer(file, format="pcapng") as writer:
        for number in range(200):
            frame = bytes(Ethernet() / HERE / UDP(sport=5, dport=6, payload=bytes(1000)))
            writer.write(Packet(frame, time_ns=number))
    kept, reading = Kept(), ReadingPass()
    with read(BytesIO(file.getvalue())) as reader:
        reader.hand_over(lambda pattern: reading.taker(pattern.link, partial(_given, kept)))
        assert list(reader) == []
    assert kept.numbers == [*range(1, 201)]
