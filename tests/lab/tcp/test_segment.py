"""Segments and headers say the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dissect import IPv4, parse
from dissect.lab.tcp.segment import ACK, PSH, SYN, URG, Segment, Stamp
from dissect.protocols.tcp import TCP

NUMBER = st.integers(0, 2**32 - 1)
STAMP = st.none() | st.builds(Stamp, NUMBER, NUMBER)


def over_the_wire(segment: Segment) -> TCP:
    return parse(bytes(IPv4(src="10.0.0.1", dst="10.0.0.2") / segment.header(40000, 80)), link="raw")[TCP]


@given(
    NUMBER, NUMBER, st.integers(0, 0xFFFF), st.integers(0, 0xFFFF), st.none() | st.integers(0, 14), st.booleans(), STAMP
)
def test_a_syn_comes_out_as_it_went_in(
    seq: int, ack: int, window: int, mss: int, shift: int | None, sack: bool, stamp: Stamp | None
) -> None:
    sent = Segment(seq, ack, SYN | ACK, window, b"", 0, mss, shift, sack, (), stamp)
    header = over_the_wire(sent)
    assert Segment.of(header) == sent
    assert list(header.problems()) == []


@given(NUMBER, st.lists(st.tuples(NUMBER, NUMBER), max_size=3), STAMP, st.binary(max_size=60), st.integers(0, 3))
def test_data_comes_out_as_it_went_in(
    seq: int, sack: list[tuple[int, int]], stamp: Stamp | None, data: bytes, ecn: int
) -> None:
    sent = Segment(seq, 7, ACK | PSH, 512, data, 0, None, None, False, tuple(sack), stamp, ecn)
    assert Segment.of(over_the_wire(sent), 0xB8 | ecn) == sent


def test_options_of_a_syn_mean_nothing_elsewhere() -> None:
    header = Segment(1, 0, SYN, 100, mss=1460, shift=7, sack_permitted=True).header(1, 2)
    header.flags = "A"
    assert (found := Segment.of(header)) == Segment(1, 0, ACK, 100), found


def test_a_pointer_without_urg_means_nothing() -> None:
    header = TCP(flags="A", urgent_pointer=9)
    assert Segment.of(header).urgent == 0
    header.flags = "AU"
    assert (Segment.of(header).urgent, Segment.of(header).flags) == (9, ACK | URG)


def test_syn_and_fin_take_a_number_each() -> None:
    assert [Segment(0, 0, flags, 0, b"ab").length for flags in (0, SYN, ACK, SYN | 1)] == [2, 3, 2, 4]
