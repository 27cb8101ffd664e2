"""The states of both ends, told by the segments: the figures of RFC 9293, and whatever else may come."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import read, with_context
from dissect.flows.connection import TIME_WAIT_NS, Connection
from dissect.flows.states import EDGES, Change, State, Teardown
from dissect.protocols.tcp import TCP
from tests.conftest import SAMPLES

SECOND = 1_000_000_000
HANDSHAKE = "> S 1000, < SA 8000 1001, > A 1001 8001"


def flags_of(letters: str) -> int:
    return int(TCP(flags="" if letters == "-" else letters).flags)


class Run:
    """Segments a second apart: `> S 1000` from the side that opens; flags, number, acknowledgment, bytes of data."""

    def __init__(self, segments: str, **options: Any) -> None:
        self.connection = Connection(**options)
        self.changes: list[Change] = []
        self.number = 0
        self.more(segments)

    def more(self, segments: str) -> Run:
        for segment in segments.split(","):
            arrow, letters, *numbers = segment.split()
            seq, ack, length = (*map(int, numbers), *([0] * (3 - len(numbers))))
            self.number += 1
            self.changes += self.connection.take(
                int(arrow == "<"),
                seq=seq % 2**32,
                ack=ack % 2**32,
                flags=flags_of(letters),
                length=length,
                number=self.number,
                time_ns=self.number * SECOND,
            )
        return self

    @property
    def states(self) -> str:
        return " ".join(map(str, self.connection.states))

    def path(self, way: int) -> str:
        """The states that an end went through, with the frames that did it; ! where something was put right."""
        found = [change for change in self.changes if change.way == way]
        return " ".join(f"{each.number}:{each.after}{'!' if each.corrects else ''}" for each in found)


def test_the_ten_segments_of_the_notes() -> None:
    run = Run(
        f"{HANDSHAKE}, > PA 1001 8001 20, < PA 8001 1021 10, > A 1021 8011,"
        "> FA 1021 8011, < A 8011 1022, < FA 8011 1022, > A 1022 8012"
    )
    assert run.path(0) == "1:SYN_SENT 3:ESTABLISHED 7:FIN_WAIT_1 8:FIN_WAIT_2 10:TIME_WAIT"
    assert run.path(1) == "1:LISTEN 2:SYN_RCVD 3:ESTABLISHED 8:CLOSE_WAIT 9:LAST_ACK 10:CLOSED"
    connection = run.connection
    assert (connection.opener, connection.closer, connection.teardown) == (0, 0, Teardown.FOUR_SEGMENTS)
    assert connection.ends[0].until_ns == 10 * SECOND + TIME_WAIT_NS
    assert connection.is_over


def test_three_segments_are_told_from_four() -> None:
    run = Run(f"{HANDSHAKE}, < FA 8001 1001, > FA 1001 8002, < A 8002 1002")
    assert run.path(0) == "1:SYN_SENT 3:ESTABLISHED 5:CLOSE_WAIT 5:LAST_ACK 6:CLOSED"
    assert run.path(1) == "1:LISTEN 2:SYN_RCVD 3:ESTABLISHED 4:FIN_WAIT_1 5:FIN_WAIT_2 6:TIME_WAIT"
    assert run.connection.closer == 1
    assert run.connection.teardown is Teardown.THREE_SEGMENTS


@pytest.mark.parametrize(
    "last", ["> A 1002 8002, < A 8002 1002", "< A 8002 1002, > A 1002 8002"], ids=["first", "second"]
)
def test_both_close_at_once(last: str) -> None:
    # RFC 9293, figure 13.
    run = Run(f"{HANDSHAKE}, > FA 1001 8001, < FA 8001 1001, {last}")
    for way in (0, 1):
        assert [part.split(":")[1] for part in run.path(way).split()][-3:] == ["FIN_WAIT_1", "CLOSING", "TIME_WAIT"]
    assert run.connection.teardown is Teardown.SIMULTANEOUS
    assert run.states == "TIME_WAIT TIME_WAIT"


def test_both_open_at_once() -> None:
    # RFC 9293, figure 7.
    run = Run("> S 100, < S 300, > SA 100 301, < SA 300 101")
    assert run.path(0) == "1:SYN_SENT 3:SYN_RCVD 4:ESTABLISHED"
    assert run.path(1) == "1:LISTEN 2:SYN_SENT 4:SYN_RCVD"
    assert run.more("> A 101 301").states == "ESTABLISHED ESTABLISHED"


def test_an_old_duplicate_syn_does_no_harm() -> None:
    # RFC 9293, figure 8, with the old SYN in front.
    run = Run("> S 90, > S 100, < SA 300 91, > R 91")
    assert run.states == "SYN_SENT LISTEN"
    run.more("< SA 400 101, > A 101 401")
    assert run.states == "ESTABLISHED ESTABLISHED"
    assert run.connection.teardown is None


def test_an_answer_that_crosses_the_reset_is_no_older_connection() -> None:
    # As Linux does, whose second answer to the old SYN is under way when the reset comes.
    run = Run("> S 90, > S 100, < SA 300 91, > R 91, < A 301 91")
    assert run.path(1).endswith("3:SYN_RCVD 4:LISTEN 5:SYN_RCVD!")
    run.more("> R 91, > S 100, < SA 400 101, > A 101 401")
    assert run.states == "ESTABLISHED ESTABLISHED"


def test_a_crash_is_found_by_the_next_syn() -> None:
    # RFC 9293, figure 9: the other end is still in the connection of before.
    run = Run("> S 400, < A 300 100")
    assert run.states == "SYN_SENT ESTABLISHED"
    run.more("> R 100")
    assert run.states == "SYN_SENT CLOSED"
    run.more("> S 400, < SA 700 401, > A 401 701")
    assert run.states == "ESTABLISHED ESTABLISHED"


def test_a_closed_port_refuses() -> None:
    run = Run("> S 1000, < RA 0 1001")
    assert run.states == "CLOSED CLOSED"
    assert run.connection.teardown is Teardown.REFUSED


def test_a_reset_of_another_syn_refuses_nothing() -> None:
    assert Run("> S 1000, < RA 0 999").states == "SYN_SENT CLOSED"


def test_a_reset_ends_both() -> None:
    run = Run(f"{HANDSHAKE}, > PA 1001 8001 20, < R 8001")
    assert run.states == "CLOSED CLOSED"
    assert run.connection.teardown is Teardown.RESET
    assert run.connection.resetter == 1


def test_a_reset_out_of_the_window_leaves_one_end_forsaken() -> None:
    run = Run(f"{HANDSHAKE}, < PA 8001 1001 5, > A 1001 8006, < R 7000")
    assert run.states == "ESTABLISHED CLOSED"
    assert run.connection.is_forsaken


def test_who_sends_on_after_a_reset_has_not_sent_it() -> None:
    run = Run(f"{HANDSHAKE}, < R 8001, > PA 1001 8001 5")
    assert run.states == "CLOSED CLOSED", "data that were under way"
    run.more("< PA 8001 1006 5")
    assert run.connection.states[1] is State.ESTABLISHED
    assert run.connection.teardown is None


def test_half_open_until_the_answer_is_acknowledged() -> None:
    run = Run("> S 1000, < SA 8000 1001, < SA 8000 1001")
    assert run.states == "SYN_SENT SYN_RCVD"
    assert run.connection.is_half_open
    assert not run.more("> A 1001 8001").connection.is_half_open


def test_an_answer_that_is_sent_again_was_not_acknowledged() -> None:
    run = Run(f"{HANDSHAKE}, < SA 8000 1001, > A 1001 8001")
    assert run.path(1) == "1:LISTEN 2:SYN_RCVD 3:ESTABLISHED 4:SYN_RCVD! 5:ESTABLISHED"


def test_a_half_close_lets_the_other_end_send() -> None:
    run = Run(f"{HANDSHAKE}, > FA 1001 8001, < A 8001 1002, < PA 8001 1002 500, > A 1002 8501")
    assert run.states == "FIN_WAIT_2 CLOSE_WAIT"
    assert run.connection.is_half_closed
    assert run.connection.teardown is None


def test_a_fin_that_comes_again_starts_the_timer_again() -> None:
    run = Run(f"{HANDSHAKE}, > FA 1001 8001, < A 8001 1002, < FA 8001 1002, > A 1002 8002")
    assert run.connection.ends[0].until_ns == 7 * SECOND + TIME_WAIT_NS
    run.more("< FA 8001 1002")
    assert run.states == "TIME_WAIT LAST_ACK"
    assert run.connection.ends[0].until_ns == 8 * SECOND + TIME_WAIT_NS
    run.more("> A 1002 8002")
    assert run.states == "TIME_WAIT CLOSED"
    assert run.connection.ends[0].until_ns == 8 * SECOND + TIME_WAIT_NS


def test_a_fin_that_nobody_heard_leaves_its_sender_waiting() -> None:
    run = Run(f"{HANDSHAKE}, > FA 1001 8001, > FA 1001 8001")
    assert run.states == "FIN_WAIT_1 ESTABLISHED"
    assert run.connection.ends[0].fins == 2


def test_time_wait_ends_with_the_time() -> None:
    run = Run(f"{HANDSHAKE}, > FA 1001 8001, < FA 8001 1002, > A 1002 8002", time_wait_ns=5 * SECOND)
    connection = run.connection
    assert connection.pass_time(None) == []
    assert connection.pass_time(11 * SECOND - 1) == []
    (change,) = connection.pass_time(11 * SECOND)
    assert change == Change(None, 11 * SECOND, 0, State.TIME_WAIT, State.CLOSED, "2MSL have passed")
    assert run.states == "CLOSED CLOSED"


def test_a_syn_may_end_the_wait() -> None:
    run = Run(
        f"{HANDSHAKE}, > FA 1001 8001, < FA 8001 1002, > A 1002 8002, > S 90000, < SA 70000 90001, > A 90001 70001"
    )
    assert run.states == "ESTABLISHED ESTABLISHED"
    assert run.connection.teardown is None
    assert run.connection.closer is None


def test_numbers_wrap() -> None:
    top = 2**32 - 1
    run = Run(f"> S {top}, < SA {top - 2} 0, > A 0 {top - 1}, < PA {top - 1} 0 20, > FA 0 18, < FA 18 1, > A 1 19")
    assert run.states == "TIME_WAIT CLOSED"
    assert run.connection.teardown is Teardown.THREE_SEGMENTS


def test_a_capture_may_begin_later() -> None:
    run = Run("< PA 500 900 20, > FA 900 520, < FA 520 901, > A 901 521")
    assert run.connection.is_midstream
    assert run.path(0) == "1:ESTABLISHED! 2:FIN_WAIT_1 3:FIN_WAIT_2 4:TIME_WAIT"
    assert run.connection.opener == 1


def test_a_capture_may_begin_with_the_answer() -> None:
    run = Run("< SA 8000 1001, > A 1001 8001")
    assert run.states == "ESTABLISHED ESTABLISHED"
    assert (run.connection.opener, run.connection.is_midstream) == (0, True)
    assert not any(change.corrects for change in run.changes)


def test_an_answer_that_was_not_captured_is_known_from_what_follows() -> None:
    run = Run("> S 1000, > A 1001 8001")
    assert run.states == "ESTABLISHED ESTABLISHED"
    run = Run("> S 1000, < PA 8001 1001 10")
    assert run.path(1) == "1:LISTEN 2:SYN_RCVD"


SAMPLE_ENDS = {
    "tcp_close_four": ("TIME_WAIT CLOSED", Teardown.FOUR_SEGMENTS),
    "tcp_close_three": ("TIME_WAIT CLOSED", Teardown.THREE_SEGMENTS),
    "tcp_close_reset": ("CLOSED CLOSED", Teardown.RESET),
    "tcp_closed_port": ("CLOSED CLOSED", Teardown.REFUSED),
    "tcp_half_close": ("TIME_WAIT CLOSED", Teardown.FOUR_SEGMENTS),
    "tcp_simultaneous_close": ("TIME_WAIT TIME_WAIT", Teardown.SIMULTANEOUS),
    "notes_tcp": ("TIME_WAIT CLOSED", Teardown.FOUR_SEGMENTS),
    "tcp_simultaneous_open": ("TIME_WAIT CLOSED", Teardown.THREE_SEGMENTS),
}


@pytest.mark.parametrize("name", SAMPLE_ENDS)
def test_connections_of_a_real_kernel(name: str) -> None:
    connection, opener = Connection(), None
    for packet in with_context(read(SAMPLES / f"{name}.pcap")):
        tcp = packet[TCP]
        opener = tcp.sport if opener is None else opener
        changes = connection.take(
            int(tcp.sport != opener),
            seq=tcp.seq,
            ack=tcp.ack,
            flags=int(tcp.flags),
            length=tcp.segment_length or 0,
            number=packet.number,
            time_ns=packet.time_ns,
        )
        assert not any(change.corrects for change in changes)
    states, teardown = SAMPLE_ENDS[name]
    assert " ".join(map(str, connection.states)) == states
    assert connection.teardown is teardown


NUMBERS = st.one_of(st.sampled_from([0, 1, 2, 5, 6, 7, 2**31, 2**32 - 1]), st.integers(0, 2**32 - 1))
SEGMENTS = st.lists(
    st.tuples(
        st.integers(0, 1),
        NUMBERS,
        NUMBERS,
        st.sampled_from(["S", "SA", "A", "FA", "R", "RA", "PA", "-", "FSA", "FSRA", "F"]),
        st.sampled_from([0, 1, 5, 65535]),
        st.one_of(st.none(), st.integers(0, 200 * SECOND)),
    ),
    max_size=30,
)


@given(SEGMENTS)
def test_states_stay_consistent_whatever_comes(segments: list[tuple[int, int, int, str, int, int | None]]) -> None:
    connection = Connection()
    states = list(connection.states)
    for number, (way, seq, ack, letters, length, time_ns) in enumerate(segments, 1):
        flags = flags_of(letters)
        for change in connection.take(
            way, seq=seq, ack=ack, flags=flags, length=length, number=number, time_ns=time_ns
        ):
            assert change.before is states[change.way] is not change.after
            assert change.corrects or (change.before, change.after) in EDGES
            assert change.number == number or change.after is State.CLOSED
            states[change.way] = change.after
        assert tuple(states) == connection.states
        for end in connection.ends:
            assert end.until_ns is None or end.state is State.TIME_WAIT
            assert all(each is None or 0 <= each < 2**32 for each in (end.first, end.next, end.ack, end.fin))
        assert connection.opener is not None
        if connection.teardown in (Teardown.FOUR_SEGMENTS, Teardown.THREE_SEGMENTS, Teardown.SIMULTANEOUS):
            assert connection.closer is not None
            assert all(end.fin is not None for end in connection.ends)
