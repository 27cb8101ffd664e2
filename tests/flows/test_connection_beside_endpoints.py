"""States told from what is seen of a connection, beside those in which its ends really were.

Two simulated ends talk, and the wire between them is watched; what they tell of themselves is the judge.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dissect.flows.connection import Connection
from dissect.flows.states import Change, State
from dissect.lab.tcp.segment import Segment
from tests.lab.tcp.pair import MS, SECOND, Fate, Pair

LONG = 1000 * SECOND


class Watched(Pair):
    """A pair whose segments are seen as they leave; `lose` says which of them don't arrive."""

    def __init__(self, lose: set[int] | frozenset[int] = frozenset(), *, delay_ns: int = 10 * MS) -> None:
        fate: Fate = lambda number, sender, segment: [] if number in lose else [delay_ns]  # noqa: E731
        super().__init__(fate=fate)

    def seen(self) -> tuple[Connection, list[Change]]:
        """Return what the segments tell."""
        connection, changes = Connection(), []
        for number, (time_ns, sender, segment) in enumerate(self.sent, 1):
            changes += take(connection, sender, segment, number, time_ns)
        changes += connection.pass_time(self.now_ns + LONG)
        return connection, changes


def path(changes: list[Change], way: int) -> list[str]:
    found = [str(change.after) for change in changes if change.way == way]
    return found[1:] if found[:1] == ["LISTEN"] else found


def talk(pair: Watched, closing: list[tuple[str, int]]) -> None:
    """Open the connection, send something in both directions, and close as told: by whom, and after how much time."""
    pair.a.connect(0)
    pair.run(20 * SECOND)
    pair.a.write(b"hello", pair.now_ns)
    pair.b.write(b"and good bye", pair.now_ns)
    pair.run(pair.now_ns + SECOND)
    for name, later_ns in closing:
        pair.run(pair.now_ns + later_ns)
        pair.ends[name].shutdown(pair.now_ns)
    pair.run(pair.now_ns + 5 * SECOND)


@pytest.mark.parametrize(
    "closing",
    [
        [("a", 0), ("b", SECOND)],
        [("b", 0), ("a", SECOND)],
        [("a", 0), ("b", 0)],
        [("a", 0)],
        [("a", 0), ("b", 12 * MS)],
    ],
    ids=["client first", "server first", "both at once", "half", "at once with the ACK"],
)
def test_nothing_lost_is_told_exactly(closing: list[tuple[str, int]]) -> None:
    pair = Watched()
    talk(pair, closing)
    _, changes = pair.seen()
    pair.run(pair.now_ns + LONG)
    assert not any(change.corrects for change in changes)
    for way, name in enumerate("ab"):
        assert path(changes, way) == pair.states(name)


def test_a_reset_and_a_refusal_are_told() -> None:
    pair = Watched()
    pair.a.connect(0)
    pair.run(SECOND)
    pair.a.abort(pair.now_ns)
    pair.run()
    assert pair.seen()[0].states == (State.CLOSED, State.CLOSED)


@settings(max_examples=40)
@given(
    st.sets(st.integers(1, 14), max_size=4), st.sampled_from(["ab", "ba", "a"]), st.sampled_from([0, 5 * MS, SECOND])
)
def test_what_is_lost_is_put_right_in_the_end(lost: set[int], order: str, pause_ns: int) -> None:
    pair = Watched(lost)
    talk(pair, [(name, pause_ns) for name in order])
    # Until everything has been sent again that has to be, and before anybody gives up.
    pair.run(pair.now_ns + 40 * SECOND)
    real = pair.a.state, pair.b.state
    told = Connection()
    for number, (time_ns, sender, segment) in enumerate(pair.sent, 1):
        take(told, sender, segment, number, time_ns)
    told.pass_time(pair.now_ns)
    assert told.states == real, [f"{number} {name} {segment}" for number, (_, name, segment) in enumerate(pair.sent, 1)]


def take(connection: Connection, sender: str, segment: Segment, number: int, time_ns: int) -> list[Change]:
    return connection.take(
        int(sender == "b"),
        seq=segment.seq,
        ack=segment.ack,
        flags=segment.flags,
        length=len(segment.data),
        number=number,
        time_ns=time_ns,
    )
