"""Segments that bring again what was sent, or come late, are told from others."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dissect.flows.resending import Again, Progress

MILLISECOND = 1_000_000


class Connection:
    """Segments one after another, a second apart unless told."""

    def __init__(self, start: int = 1000) -> None:
        self.progress, self.now, self.start = Progress(), 0, start

    def data(self, place: int, length: int = 10, *, ack: int = 1, later: int = 1000) -> Again | None:
        self.now += later * MILLISECOND
        return self.progress.advance(0, (self.start + place) % 2**32, ack, 0x10, 500, length, self.now)

    def acknowledge(self, place: int, *, window: int = 500) -> Again | None:
        self.now += 1000 * MILLISECOND
        return self.progress.advance(1, 1, (self.start + place) % 2**32, 0x10, window, 0, self.now)


def test_what_was_sent_comes_again() -> None:
    for start in (1000, 2**32 - 15):
        connection = Connection(start)
        assert [connection.data(place) for place in (0, 10, 20)] == [None, None, None]
        assert connection.data(10) is Again.LATE
        assert not connection.data(30)


def test_what_was_acknowledged_comes_again() -> None:
    connection = Connection()
    connection.data(0)
    connection.acknowledge(10)
    assert connection.data(0) is Again.NEEDLESS


def test_a_fast_retransmission_is_looked_into() -> None:
    for later, expected in ((5, False), (50, True)):
        connection = Connection()
        for place in (0, 10, 20, 30):
            connection.data(place)
        for _ in range(4):
            connection.acknowledge(10)
        assert (connection.data(10, later=later) is not None) is expected


def test_keep_alives_and_probes_are_not_resent_data() -> None:
    connection = Connection()
    connection.data(0)
    assert not connection.data(9, 1)
    connection.acknowledge(10, window=0)
    assert not connection.data(10, 1)
    assert not connection.data(10)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 1), st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1), st.integers(0, 511),
            st.integers(0, 65535), st.integers(0, 65535), st.one_of(st.none(), st.integers(0, 2**40)),
        )
    )
)  # fmt: skip
def test_whatever_comes_nothing_is_raised(segments: list[tuple[int, int, int, int, int, int, int | None]]) -> None:
    progress = Progress()
    for segment in segments:
        progress.advance(*segment)


def test_data_that_end_in_front_of_the_number_zero_are_not_known_to_be_sent_again() -> None:
    connection = Connection(2**32 - 10)
    assert not connection.data(0)
    assert not connection.data(0)
    assert not connection.data(10)
    assert connection.data(10) is Again.LATE
