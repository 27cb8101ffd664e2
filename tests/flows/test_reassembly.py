"""Fragments in any order give the datagram again; what does not fit is refused, reported and forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import defrag

from dissect import VLAN, ChecksumState, IPv4, parse, read
from dissect.flows.fragments import fragment
from dissect.flows.reassembly import OVERHEAD, Outcome, OverlapPolicy, Reassembler, Reassembly, Verdict
from tests.flows.datagrams import datagrams
from tests.oracle import scapy_judge as scapy
from tests.oracle.tshark import Tshark

SECOND = 1_000_000_000
SAMPLES = Path(__file__).parents[2] / "capture_samples"


def piece(start: int, data: bytes, *, more: bool = True, id: int = 1, tos: int = 0, **fields: object) -> IPv4:
    """A fragment whose data begin at byte `start`, a multiple of 8."""
    values = {"src": "10.0.0.1", "dst": "10.0.0.2", "protocol": 17, "id": id, "tos": tos, "flags": int(more)} | fields
    built = IPv4(fragment_offset=start // 8, payload=data, **values)  # type: ignore[arg-type]
    return parse(bytes(built), "ipv4")[IPv4]


def after(pieces: list[IPv4], **options: object) -> list[Reassembly]:
    """What comes of the fragments, in this order, a nanosecond apart."""
    reassembler = Reassembler(**options)  # type: ignore[arg-type]
    return [
        ended
        for number, fragment_ in enumerate(pieces, 1)
        for ended in reassembler.receive(fragment_, number, number=number)
    ]


def data_of(reassembly: Reassembly) -> bytes:
    assert reassembly.datagram is not None
    return bytes(reassembly.datagram)[4 * reassembly.datagram.ihl :]


@given(datagrams(), st.integers(68, 600), st.sampled_from(OverlapPolicy), st.data())
def test_any_order_with_duplicates_gives_the_datagram(
    datagram: IPv4, mtu: int, policy: OverlapPolicy, data: st.DataObject
) -> None:
    pieces = fragment(datagram, mtu)
    repeated = data.draw(st.lists(st.sampled_from(pieces), max_size=5))
    ended = after(data.draw(st.permutations(pieces + repeated)), policy=policy)
    # As soon as the last piece has come; a repetition that comes later still begins another.
    assert ended
    for each in ended:
        assert each.outcome is Outcome.WHOLE
        assert each.datagram is not None
        assert bytes(each.datagram) == bytes(datagram)
        assert each.conflicts == 0
        assert len(each.pieces) - each.duplicates == len(pieces) * (len(pieces) > 1)
        assert each.overlaps == each.duplicates


@given(datagrams(), st.integers(68, 300), st.integers(68, 300), st.data())
def test_pieces_of_two_ways_through_the_network_fit_together(
    datagram: IPv4, one: int, other: int, data: st.DataObject
) -> None:
    again = [smaller for each in fragment(datagram, one) for smaller in fragment(each, other)]
    (whole,) = after(data.draw(st.permutations(again)))
    assert bytes(whole.datagram or b"") == bytes(datagram)


@given(st.integers(1, 3000), st.integers(6, 100), st.data())
def test_scapy_puts_the_same_together(length: int, units: int, data: st.DataObject) -> None:
    carried = bytes(number % 251 for number in range(length))
    theirs = scapy.IP(src="10.0.0.1", dst="10.0.0.2", id=7, proto=17) / scapy.Raw(carried)
    pieces = scapy.fragment(theirs, fragsize=8 * units)  # type: ignore[no-untyped-call]
    ours = [parse(bytes(each), "ipv4")[IPv4] for each in pieces]
    (whole,) = after(data.draw(st.permutations(ours)))
    # Scapy takes them in order alone.
    unfragmented, together, bad = defrag(pieces)  # type: ignore[no-untyped-call]
    assert len(bad) == 0
    assert [bytes(whole.datagram or b"")] == [bytes(each) for each in [*unfragmented, *together]]


def test_a_datagram_in_one_is_returned_as_it_is() -> None:
    datagram = IPv4(src="10.0.0.1", dst="10.0.0.2", payload=b"data")
    (whole,) = Reassembler().receive(datagram, 0, number=1)
    assert whole.datagram is datagram
    assert whole.pieces == ()


def test_what_was_seen_is_reported() -> None:
    (whole,) = after([piece(16, b"C" * 5, more=False), piece(0, b"A" * 8), piece(0, b"A" * 8), piece(8, b"B" * 8)])
    assert data_of(whole) == b"A" * 8 + b"B" * 8 + b"C" * 5
    assert whole.numbers == (1, 2, 3, 4)
    assert [(each.start, each.end, each.verdict, each.overlap) for each in whole.pieces] == [
        (16, 21, Verdict.TAKEN, False),
        (0, 8, Verdict.TAKEN, False),
        (0, 8, Verdict.DUPLICATE, True),
        (8, 16, Verdict.TAKEN, False),
    ]
    assert (whole.overlaps, whole.conflicts, whole.duplicates) == (1, 0, 1)
    assert (whole.key.src, whole.key.dst, whole.key.protocol, whole.key.id) == ("10.0.0.1", "10.0.0.2", 17, 1)


def test_the_header_is_that_of_the_first_with_the_flags_of_the_sender() -> None:
    (whole,) = after(
        [piece(8, b"B" * 8, more=False, ttl=3), piece(0, b"A" * 8, ttl=9, flags="MF+DF", options=b"\x94\4\0\0")]
    )
    datagram = whole.datagram
    assert datagram is not None
    assert (datagram.ttl, str(datagram.flags), datagram.fragment_offset, datagram.total_length) == (9, "DF", 0, 40)
    assert datagram.checksum_state() is ChecksumState.GOOD
    assert bytes(datagram)[20:24] == b"\x94\4\0\0"


OVERLAPPING = [piece(8, b"b" * 16), piece(0, b"AAAAAAAA" + b"B" * 8), piece(16, b"C" * 16), piece(32, b"D", more=False)]


@pytest.mark.parametrize(
    ("policy", "middle"),
    [
        (OverlapPolicy.FIRST, b"b" * 16 + b"C" * 8),
        (OverlapPolicy.LAST, b"B" * 8 + b"C" * 16),
        (OverlapPolicy.LEFT, b"B" * 8 + b"b" * 8 + b"C" * 8),
    ],
)
def test_the_policy_says_whose_bytes_count(policy: OverlapPolicy, middle: bytes) -> None:
    (whole,) = after(OVERLAPPING, policy=policy)
    assert data_of(whole) == b"A" * 8 + middle + b"D"
    assert (whole.overlaps, whole.conflicts, whole.duplicates) == (2, 2, 0)


def test_an_overlap_ends_the_datagram_and_what_follows_of_it() -> None:
    ended = after([*OVERLAPPING, *OVERLAPPING])
    assert [each.outcome for each in ended] == [Outcome.OVERLAP]
    assert ended[0].datagram is None
    assert [each.verdict for each in ended[0].pieces] == [Verdict.TAKEN, Verdict.OVERLAP]


def test_an_overlap_of_equal_bytes_ends_the_datagram_too_where_it_is_no_duplicate() -> None:
    (given_up,) = after([piece(8, b"b" * 8), piece(0, b"A" * 8 + b"b" * 8)])
    assert (given_up.outcome, given_up.overlaps, given_up.conflicts) == (Outcome.OVERLAP, 1, 0)


@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(1, 6), st.integers(0, 255)), min_size=1, max_size=12),
    st.sampled_from([OverlapPolicy.FIRST, OverlapPolicy.LAST, OverlapPolicy.LEFT]),
)
def test_overlaps_are_settled_byte_by_byte(places: list[tuple[int, int, int]], policy: OverlapPolicy) -> None:
    arrivals = [(8 * start, bytes([letter]) * 8 * units) for start, units, letter in places]
    arrivals.append((0, b"-" * 160))
    expected: dict[int, tuple[tuple[int, int], int]] = {}
    for arrival, (start, data) in enumerate(arrivals):
        rank = {
            OverlapPolicy.FIRST: (0, arrival),
            OverlapPolicy.LAST: (0, -arrival),
            OverlapPolicy.LEFT: (start, arrival),
        }
        for at, byte in enumerate(data, start):
            expected[at] = min(expected.get(at, ((1 << 32, 0), 0)), (rank[policy], byte))
    (whole,) = after([*(piece(start, data) for start, data in arrivals), piece(160, b"end", more=False)], policy=policy)
    assert data_of(whole) == bytes(expected[at][1] for at in range(160)) + b"end"


def test_tails_that_disagree_are_left_out() -> None:
    (whole,) = after(
        [
            piece(8, b"B" * 8, more=False),
            piece(16, b"X" * 8, more=False),
            piece(16, b"X" * 8),
            piece(8, b"B" * 5, more=False),
            piece(0, b"A" * 8),
        ]
    )
    assert data_of(whole) == b"A" * 8 + b"B" * 8
    assert [each.verdict for each in whole.pieces] == [
        Verdict.TAKEN,
        Verdict.OTHER_END,
        Verdict.BEYOND_END,
        Verdict.OTHER_END,
        Verdict.TAKEN,
    ]


def test_an_end_in_front_of_bytes_that_are_there_is_left_out() -> None:
    (whole,) = after(
        [piece(16, b"C" * 8), piece(8, b"b", more=False), piece(0, b"A" * 16), piece(24, b"D", more=False)]
    )
    assert data_of(whole) == b"A" * 16 + b"C" * 8 + b"D"
    assert whole.pieces[1].verdict is Verdict.OTHER_END


def test_a_datagram_beyond_65535_bytes_never_comes_together() -> None:
    # The "ping of death": the last fragment's data would end at byte 65,592.
    reassembler = Reassembler()
    assert not reassembler.receive(piece(65528, b"x" * 64, more=False), 0)
    (waiting,) = reassembler.unfinished()
    assert [each.verdict for each in waiting.pieces] == [Verdict.TOO_LONG]
    # With options the header is longer, and only the sum is too much.
    whole = [piece(start, bytes(8000), options=b"\1" * 40) for start in range(0, 64000, 8000)]
    (ended,) = after([*whole, piece(64000, bytes(1500), more=False)])
    assert (ended.outcome, ended.datagram) == (Outcome.TOO_LONG, None)
    (ended,) = after([*whole, piece(64000, bytes(1475), more=False)])
    assert ended.datagram is not None
    assert ended.datagram.total_length == 65535


def test_what_is_over_a_multiple_of_8_is_trimmed() -> None:
    (whole,) = after([piece(0, b"A" * 11), piece(8, b"B" * 3, more=False)])
    assert data_of(whole) == b"A" * 8 + b"B" * 3


def test_wiresharks_policy_takes_a_fragment_up_to_the_end() -> None:
    # "Teardrop": the third reaches beyond the end that the second gave.
    pieces = [piece(0, b"A" * 11), piece(48, b"B" * 16, more=False), piece(0, b"C" * 80)]
    assert after(pieces, policy=OverlapPolicy.FIRST) == []
    (whole,) = after(pieces, policy=OverlapPolicy.LEFT)
    assert data_of(whole) == b"A" * 11 + b"C" * 53
    assert (whole.pieces[2].verdict, whole.pieces[2].conflict) == (Verdict.BEYOND_END, True)


def test_cut_and_empty_fragments_are_not_taken() -> None:
    cut = parse(bytes(piece(0, b"A" * 64))[:50], "ipv4", 84)[IPv4]
    reassembler = Reassembler()
    for each in (cut, piece(0, b""), piece(8, b"", more=False), piece(0, b"A" * 7)):
        assert not reassembler.receive(each, 0)
    (waiting,) = reassembler.unfinished()
    assert [each.verdict for each in waiting.pieces] == [Verdict.CUT] * 4


@pytest.mark.parametrize(
    ("first", "second", "outcome", "ecn"),
    [
        (0, 0, Outcome.WHOLE, 0),
        (1, 1, Outcome.WHOLE, 1),
        (2, 3, Outcome.WHOLE, 3),
        (3, 1, Outcome.WHOLE, 3),
        (3, 0, Outcome.CONGESTION_UNCLEAR, None),
    ],
)
def test_congestion_marks_are_kept(first: int, second: int, outcome: Outcome, ecn: int | None) -> None:
    (ended,) = after([piece(0, b"A" * 8, tos=first), piece(8, b"B", more=False, tos=second)])
    assert ended.outcome is outcome
    assert (ended.datagram.ecn if ended.datagram else None) == ecn


@pytest.mark.parametrize(
    "other", [{"src": "10.0.0.9"}, {"dst": "10.0.0.9"}, {"protocol": 6}, {"id": 2}], ids=lambda other: next(iter(other))
)
def test_fragments_of_other_datagrams_stay_apart(other: dict[str, object]) -> None:
    assert not after([piece(0, b"A" * 8), piece(8, b"B", more=False, **other)])  # type: ignore[arg-type]


def test_fragments_of_other_links_stay_apart() -> None:
    reassembler = Reassembler()
    assert not reassembler.receive(piece(0, b"A" * 8), 0, link=(7,))
    assert not reassembler.receive(piece(8, b"B", more=False), 0, link=(8,))
    (whole,) = reassembler.receive(piece(8, b"B", more=False), 0, link=(7,))
    assert (whole.outcome, whole.key.link) == (Outcome.WHOLE, (7,))


def test_time_runs_out_thirty_seconds_after_the_first_fragment() -> None:
    reassembler = Reassembler()
    assert reassembler.deadline is None
    reassembler.receive(piece(0, b"A" * 8), 5 * SECOND, number=1)
    reassembler.receive(piece(16, b"C" * 8), 20 * SECOND, number=2)
    assert reassembler.deadline == 35 * SECOND
    assert reassembler.advance(35 * SECOND - 1) == []
    (late,) = reassembler.advance(35 * SECOND)
    assert (late.outcome, late.datagram, late.numbers) == (Outcome.TIMED_OUT, None, (1, 2))
    assert late.first is not None
    assert bytes(late.first) == bytes(piece(0, b"A" * 8))
    assert (len(reassembler), reassembler.memory, reassembler.deadline) == (0, 0, None)


def test_a_late_fragment_reports_the_old_datagram_and_begins_another() -> None:
    reassembler = Reassembler(timeout_ns=10)
    reassembler.receive(piece(0, b"A" * 8), 0)
    (late,) = reassembler.receive(piece(8, b"B", more=False), 10)
    assert (late.outcome, late.first is not None) == (Outcome.TIMED_OUT, True)
    (waiting,) = reassembler.unfinished()
    assert waiting.first is None
    assert len(reassembler) == 1


def test_a_clock_that_goes_back_stands_still() -> None:
    reassembler = Reassembler(timeout_ns=10)
    reassembler.receive(piece(0, b"A" * 8, id=1), 100)
    reassembler.receive(piece(0, b"A" * 8, id=2), 50)
    assert [each.pieces[0].time_ns for each in reassembler.unfinished()] == [100, 100]
    assert [each.key.id for each in reassembler.advance(110)] == [1, 2]


def test_times_may_be_negative() -> None:
    reassembler = Reassembler(timeout_ns=10)
    reassembler.receive(piece(0, b"A" * 8), -100)
    assert reassembler.deadline == -90
    assert len(reassembler.advance(-90)) == 1


def test_a_datagram_given_up_for_its_overlap_is_forgotten_in_time() -> None:
    reassembler = Reassembler(timeout_ns=100)
    for at, each in enumerate(OVERLAPPING):
        reassembler.receive(each, at)
    assert (len(reassembler), reassembler.memory, reassembler.unfinished()) == (1, OVERHEAD, [])
    assert reassembler.advance(100) == []
    assert (len(reassembler), reassembler.memory) == (0, 0)


def test_the_oldest_datagram_makes_room() -> None:
    reassembler = Reassembler(datagram_limit=2)
    assert not reassembler.receive(piece(0, b"A" * 8, id=1), 0)
    assert not reassembler.receive(piece(0, b"A" * 8, id=2), 1)
    (evicted,) = reassembler.receive(piece(0, b"A" * 8, id=3), 2)
    assert (evicted.outcome, evicted.key.id) == (Outcome.EVICTED, 1)


def test_the_memory_limit_holds_for_repetitions_too() -> None:
    reassembler = Reassembler(memory_limit=20 * OVERHEAD)
    outcomes = set()
    for at in range(100):
        outcomes |= {ended.outcome for ended in reassembler.receive(piece(8, b"B" * 8), at)}
        assert reassembler.memory <= reassembler.memory_limit
    assert outcomes == {Outcome.EVICTED}


@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.binary(max_size=40), st.booleans(), st.integers(0, 6), st.integers(-5, 40)),
        max_size=60,
    ),
    st.sampled_from(OverlapPolicy),
)
def test_whatever_arrives_state_stays_bounded(
    arrivals: list[tuple[int, bytes, bool, int, int]], policy: OverlapPolicy
) -> None:
    reassembler = Reassembler(policy=policy, timeout_ns=50, memory_limit=10 * OVERHEAD, datagram_limit=4)
    now = 0
    for start, data, more, id, step in arrivals:
        now += step
        for ended in reassembler.receive(piece(8 * start, data, more=more, id=id), now):
            assert (ended.datagram is not None) is (ended.outcome is Outcome.WHOLE)
        assert len(reassembler) <= 4
        assert 0 <= reassembler.memory <= reassembler.memory_limit
    reassembler.advance(now + 10_000)
    assert (len(reassembler), reassembler.memory) == (0, 0)


@given(st.lists(st.binary(max_size=80), max_size=8), st.sampled_from(OverlapPolicy))
def test_arbitrary_bytes_never_raise(frames: list[bytes], policy: OverlapPolicy) -> None:
    reassembler = Reassembler(policy=policy)
    for data in frames:
        for header in (IPv4.cut(data), parse(data, "ipv4"), parse(b"\x45" + data, "ipv4")):
            if isinstance(header, IPv4):
                reassembler.receive(header, 0)


def reassembled(capture: Path, policy: OverlapPolicy) -> list[Reassembly]:
    """Every reassembly of a capture that ended with a datagram, fragments only."""
    reassembler = Reassembler(policy=policy)
    ended = []
    for packet in read(capture):
        if IPv4 in packet:
            tags = tuple(header.id for header in packet.layers() if isinstance(header, VLAN))
            ended += reassembler.receive(packet[IPv4], packet.time_ns or 0, number=packet.number, link=tags)
    return [each for each in ended if each.pieces and each.datagram]


def held_against_tshark(capture: Path, tshark: Tshark) -> None:
    # A wrong header checksum is the caller's affair here; told to look at them, tshark leaves such fragments alone.
    options = ["-2", "-o", "ip.check_checksum:FALSE", "-Y", "ip.reassembled.length", "-T", "fields"]
    names = ["frame.number", "ip.fragment", "ip.fragment.error", "ip.reassembled.length", "ip.reassembled.data"]
    for name in names:
        options += ["-e", name]
    rows = [line.split("\t") for line in tshark.ask(capture, *options).output.splitlines()]
    assert rows, f"tshark reassembles nothing in {capture.name}"
    theirs = [
        (int(last), sorted(map(int, filter(None, f"{good},{flagged}".split(",")))), int(length), data)
        for last, good, flagged, length, data in rows
    ]
    assert theirs == [
        (each.numbers[-1], sorted(each.numbers), len(data_of(each)), data_of(each).hex())
        for each in reassembled(capture, OverlapPolicy.LEFT)
    ]


@pytest.mark.parametrize("name", ["ping_4000", "udp_fragments"])
def test_tshark_puts_the_samples_together_alike(name: str, tshark: Tshark) -> None:
    held_against_tshark(SAMPLES / f"{name}.pcap", tshark)


def test_a_sample_cut_by_its_snap_length_is_not_put_together() -> None:
    assert reassembled(SAMPLES / "ping_snap_length.pcap", OverlapPolicy.LEFT) == []


@pytest.mark.parametrize(
    "name", ["kaitoy+pcap4j/flagmentedEcho", "seladb+PcapPlusPlus/frag_with_padding", "zeek+zeek/fragmented-1"]
)
def test_tshark_puts_public_captures_together_alike(name: str, corpus_captures: list[Path], tshark: Tshark) -> None:
    (capture,) = (path for path in corpus_captures if path.with_suffix("").as_posix().endswith(name))
    held_against_tshark(capture, tshark)
