"""What the analysis says of segments, each rule with a case of its own; tshark is asked in tests/oracle."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dissect.flows.tcp_analysis import Analysis, Mark

FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10
MILLISECOND = 1_000_000


class Connection:
    """Segments one after another, a second apart unless told; the numbers of end 0 count from `start`."""

    def __init__(self, start: int = 1000) -> None:
        self.analysis, self.now, self.start, self.number = Analysis(), 0, start, 0

    def segment(
        self, way: int, seq: int, ack: int, length: int, flags: int = ACK, window: int = 500, later: float = 1000
    ) -> Mark:
        self.now += int(later * MILLISECOND)
        self.number += 1
        seq, ack = ((self.start + seq) % 2**32, ack) if way == 0 else (seq, (self.start + ack) % 2**32)
        return Mark(self.analysis.take(way, seq, ack, flags, window, length, self.now, self.number))

    def data(self, place: int, length: int = 10, *, ack: int = 1, later: float = 1000) -> Mark:
        return self.segment(0, place, ack, length, later=later)

    def acknowledge(self, place: int, *, window: int = 500, later: float = 1000) -> Mark:
        return self.segment(1, 1, place, 0, window=window, later=later)

    def open(self, later: float = 10) -> None:
        self.segment(0, 0, 0, 0, SYN)
        self.segment(1, 0, 1, 0, SYN | ACK, later=later / 2)
        self.segment(0, 1, 1, 0, later=later / 2)


NOTHING = Mark(0)


def test_what_was_sent_comes_again() -> None:
    for start in (1000, 2**32 - 15):
        connection = Connection(start)
        assert [connection.data(place) for place in (0, 10, 20)] == [NOTHING] * 3
        assert connection.data(10) is Mark.RETRANSMISSION
        assert connection.analysis.waited_for == (1, 1000 * MILLISECOND)
        assert not connection.data(30)


def test_what_was_acknowledged_comes_again() -> None:
    connection = Connection()
    connection.data(0)
    connection.acknowledge(10)
    assert connection.data(0) is Mark.SPURIOUS_RETRANSMISSION
    # The last acknowledgment counts, and not the highest.
    connection.acknowledge(0)
    assert connection.data(0) is Mark.RETRANSMISSION


def test_a_fast_retransmission_follows_two_duplicates_soon() -> None:
    for later, expected in ((19.999, Mark.FAST_RETRANSMISSION), (20, Mark.RETRANSMISSION)):
        connection = Connection()
        for place in (0, 10, 20, 30):
            connection.data(place)
        marks = [connection.acknowledge(10) for _ in range(3)]
        assert marks == [NOTHING, Mark.DUPLICATE_ACK, Mark.DUPLICATE_ACK]
        assert connection.analysis.ways[1].equal_acks == 2
        assert connection.analysis.ways[1].ack_frame == 5
        assert connection.data(10, later=later) is expected


def test_what_fills_a_hole_soon_is_out_of_order() -> None:
    for is_opened, limit in ((False, 3), (True, 10)):
        for later, expected in ((limit - 0.001, Mark.OUT_OF_ORDER), (limit, Mark.RETRANSMISSION)):
            connection = Connection()
            if is_opened:
                connection.open(limit)
            connection.data(1)
            assert connection.data(21) is Mark.LOST_SEGMENT
            assert connection.data(11, later=later) is expected


def test_a_copy_of_the_last_segment_is_never_out_of_order() -> None:
    connection = Connection()
    connection.data(0)
    assert connection.data(0, later=0.001) is Mark.RETRANSMISSION


def test_a_time_that_goes_back_is_not_soon() -> None:
    connection = Connection()
    connection.data(0)
    connection.data(20)
    assert connection.data(10, later=-1) is Mark.RETRANSMISSION


def test_keep_alives_repeat_the_byte_in_front() -> None:
    connection = Connection()
    connection.data(0)
    connection.acknowledge(10)
    for length in (0, 1):
        assert connection.data(9, length) is Mark.KEEP_ALIVE
        assert connection.acknowledge(10) is Mark.KEEP_ALIVE_ACK
    assert connection.segment(0, 9, 1, 0, FIN | ACK) is Mark.RETRANSMISSION


def test_a_closed_window_is_probed() -> None:
    connection = Connection()
    connection.data(0)
    assert connection.acknowledge(10, window=0) is Mark.ZERO_WINDOW
    assert connection.data(10, 1) is Mark.ZERO_WINDOW_PROBE
    assert connection.acknowledge(10, window=0) is Mark.ZERO_WINDOW | Mark.ZERO_WINDOW_PROBE_ACK
    assert connection.acknowledge(10) is Mark.WINDOW_UPDATE
    assert not connection.data(10)


def test_windows_are_filled_to_the_byte() -> None:
    for length, expected in ((499, NOTHING), (500, Mark.WINDOW_FULL), (501, NOTHING)):
        connection = Connection()
        connection.data(0)
        connection.analysis.ways[1].shift = 0
        connection.acknowledge(10)
        assert connection.data(10, length) is expected


def test_what_was_not_captured_is_told_from_what_was() -> None:
    connection = Connection()
    connection.data(0)
    assert connection.acknowledge(20) is Mark.ACK_LOST_SEGMENT
    assert connection.data(30) is Mark.LOST_SEGMENT
    assert not connection.segment(0, 100, 1, 0, RST)


def test_measures_are_those_of_the_last_segment() -> None:
    connection = Connection()
    connection.open()
    assert connection.analysis.initial_rtt == 10 * MILLISECOND
    connection.data(1)
    assert (connection.analysis.in_flight, connection.analysis.since_push) == (10, 10)
    connection.segment(0, 11, 1, 10, PSH | ACK)
    assert (connection.analysis.in_flight, connection.analysis.since_push) == (20, 20)
    connection.acknowledge(11)
    acked = connection.analysis.acked
    assert acked is not None
    assert (acked.frame, acked.time_ns) == (4, connection.now - 2000 * MILLISECOND)
    connection.analysis.ways[1].sacked = 4
    connection.data(21)
    assert (connection.analysis.in_flight, connection.analysis.since_push) == (16, 10)


def test_nobody_knows_what_is_in_flight_behind_a_hole() -> None:
    connection = Connection()
    connection.data(0)
    connection.data(20)
    assert connection.analysis.in_flight == 0
    connection.acknowledge(10)
    connection.data(30)
    assert connection.analysis.in_flight == 20


NUMBERS = st.one_of(st.integers(0, 40), st.integers(2**32 - 40, 2**32 - 1), st.integers(0, 2**32 - 1))
SEGMENTS = st.lists(
    st.tuples(
        st.integers(0, 1), NUMBERS, NUMBERS, st.integers(0, 511), st.integers(0, 3), st.integers(0, 40),
        st.integers(-(2**40), 2**40),
    )
)  # fmt: skip


@given(SEGMENTS)
def test_whatever_comes_marks_are_the_same_with_measures_and_without(
    segments: list[tuple[int, int, int, int, int, int, int]],
) -> None:
    measured, judged = Analysis(), Analysis(measures=False)
    for number, segment in enumerate(segments, 1):
        marks = measured.take(*segment, number)
        assert Mark(marks) == Mark(judged.take(*segment, number))
        kinds = Mark.SPURIOUS_RETRANSMISSION, Mark.FAST_RETRANSMISSION, Mark.OUT_OF_ORDER, Mark.RETRANSMISSION
        assert sum(bool(marks & kind) for kind in kinds) <= 1
        assert 0 <= measured.in_flight < 2**31


@given(SEGMENTS)
def test_a_mark_that_is_foreseen_comes(segments: list[tuple[int, int, int, int, int, int, int]]) -> None:
    analysis = Analysis()
    for number, (way, seq, ack, flags, window, length, time_ns) in enumerate(segments, 1):
        foreseen = analysis.foresees(way, seq, ack, flags, length, time_ns)
        marks = analysis.take(way, seq, ack, flags, window, length, time_ns, number)
        assert Mark(marks & foreseen) == Mark(foreseen)


def test_what_comes_again_is_foreseen() -> None:
    connection = Connection()
    connection.data(1)
    seen = 0, connection.start + 1, 1, ACK, 10, connection.now + MILLISECOND
    assert Mark(connection.analysis.foresees(*seen)) == connection.data(1, later=1) == Mark.RETRANSMISSION


def test_data_that_end_in_front_of_the_number_zero_are_not_known_to_be_sent_again() -> None:
    connection = Connection(2**32 - 10)
    assert not connection.data(0)
    assert not connection.data(0)
    assert not connection.data(10)
    assert connection.data(10) is Mark.RETRANSMISSION
