"""The SND variables and the bytes that they count."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dissect.lab.tcp.sending import LEAST_MSS, Sender
from dissect.lab.tcp.settings import TCPSettings


def sender(**settings: int) -> Sender:
    made = Sender(1000, TCPSettings(**settings))  # type: ignore[arg-type]
    made.una = made.nxt = made.most = 1001
    return made


def test_what_does_not_fit_is_not_taken() -> None:
    made = sender(send_buffer=10)
    assert made.write(bytes(20)) == 10
    assert made.room == 0
    made.most = made.nxt = 1011
    assert made.acknowledged(1005) == 4
    assert made.room == 4


@given(st.binary(max_size=50), st.integers(0, 50))
def test_bytes_stay_until_they_are_acknowledged(data: bytes, taken: int) -> None:
    made = sender()
    made.write(data)
    taken = min(taken, len(data))
    made.nxt = made.most = made.end
    made.acknowledged(1001 + taken)
    assert made.piece(made.una, 1000) == data[taken:]
    assert made.end == 1001 + len(data)


def test_the_fin_stands_behind_the_last_byte() -> None:
    made = sender()
    made.write(b"abc")
    made.fin_wanted = True
    assert (made.fin_due, made.fin_sent, made.fin_acknowledged) == (True, False, False)
    made.nxt = made.most = 1005
    assert (made.fin_due, made.fin_sent) == (False, True)
    made.acknowledged(1005)
    assert (made.fin_acknowledged, made.end, made.waiting) == (True, 1004, 0)


def test_an_old_segment_does_not_take_a_window_back() -> None:
    made = sender()
    assert made.take_window(500, seq=100, ack=1001)
    assert not made.take_window(100, seq=99, ack=1001)
    assert not made.take_window(100, seq=100, ack=1000)
    assert made.take_window(100, seq=100, ack=1001)
    assert (made.window, made.largest_window) == (100, 500)


def test_a_side_that_tells_no_size_gets_536_bytes() -> None:
    made = sender()
    made.opened(None, 1460)
    assert made.mss == LEAST_MSS == 536


def test_going_back_forgets_what_was_told_selectively() -> None:
    made = sender()
    made.write(bytes(100))
    made.nxt = made.most = 1101
    made.scoreboard.add([(1050, 1100)], 1001, 1101)
    assert made.flight == 50
    made.go_back()
    assert (made.nxt, made.most, made.flight, bool(made.scoreboard)) == (1001, 1101, 0, False)
