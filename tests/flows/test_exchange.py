"""What is told of one conversation: both ends' bytes, gaps, conflicts, states, and how well it went."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from dissect import TCP, Ethernet, Exchange, FieldError, IPv4, OverlapPolicy, Packet, conversations
from dissect.declare import LengthField
from dissect.flows.states import State

MILLISECOND = 1_000_000


def segments(*sent: tuple[int, int, int, str, bytes] | tuple[int, int, int, str, bytes, int]) -> Iterable[Packet]:
    """Make a packet of each way, sequence number, acknowledgment, flags, data and, if it is told, window."""
    for number, (way, seq, ack, flags, data, *window) in enumerate(sent, 1):
        network = IPv4(src="10.0.0.2", dst="10.0.0.1") if way else IPv4(src="10.0.0.1", dst="10.0.0.2")
        size = window[0] if window else 1000
        tcp = TCP(sport=80 if way else 5000, dport=5000 if way else 80, seq=seq, ack=ack, flags=flags, window=size)
        frame = Ethernet() / network / tcp / data
        yield Packet(bytes(frame), number=number, time_ns=number * MILLISECOND)


def only(packets: Iterable[Packet], policy: OverlapPolicy = OverlapPolicy.FIRST) -> Exchange:
    (found,) = conversations(packets, policy=policy)
    return found


HANDSHAKE = ((0, 99, 0, "S", b""), (1, 499, 100, "SA", b""), (0, 100, 500, "A", b""))


def test_both_ends_and_what_they_say() -> None:
    talk = only(
        segments(
            *HANDSHAKE, (0, 103, 500, "PA", b"lo"), (0, 100, 500, "A", b"Hel"), (1, 500, 105, "PA", b"Hi"),
            (0, 105, 502, "FA", b""), (1, 502, 106, "FA", b""), (0, 106, 503, "A", b""),
        )
    )  # fmt: skip
    assert (talk.client.address, talk.client.port, talk.server.port) == ("10.0.0.1", 5000, 80)
    assert (talk.client.data, talk.server.data) == (b"Hello", b"Hi")
    assert list(talk.chunks()) == [
        (5 * MILLISECOND, 0, b"Hello", (5, 4)),
        (6 * MILLISECOND, 1, b"Hi", (6,)),
    ]
    assert talk.states == (State.TIME_WAIT, State.CLOSED)
    assert talk.changes[0].after is State.SYN_SENT
    assert talk.connection is not None
    assert talk.connection.closer == 0
    assert (talk.packets, talk.bytes, talk.first_number) == (9, 7, 1)
    assert (talk.first_ns, talk.last_ns) == (MILLISECOND, 9 * MILLISECOND)


@pytest.mark.parametrize(("policy", "expected"), [(OverlapPolicy.FIRST, b"abCD"), (OverlapPolicy.LAST, b"abXY")])
def test_conflicts_follow_the_policy(policy: OverlapPolicy, expected: bytes) -> None:
    talk = only(
        segments(*HANDSHAKE, (0, 102, 500, "A", b"CD"), (0, 102, 500, "A", b"XY"), (0, 100, 500, "A", b"ab")), policy
    )
    assert talk.client.data == expected
    assert [(each.start, each.number, each.earlier) for each in talk.client.conflicts] == [(2, 5, 4)]


def test_gaps_and_urgent_data() -> None:
    talk = only(segments(*HANDSHAKE, (0, 110, 500, "UA", b"late"), (1, 500, 114, "A", b"")))
    assert [(each.start, each.size, each.number) for each in talk.client.gaps] == [(0, 10, 5)]
    assert talk.client.data == b"late"
    assert [each.start for each in talk.client.urgent] == [10]


def test_what_waits_at_the_end_of_the_capture_is_told_with_the_hole_in_front() -> None:
    talk = only(segments(*HANDSHAKE, (0, 105, 500, "A", b"tail")))
    assert talk.client.data == b"tail"
    assert [(each.start, each.size, each.number) for each in talk.client.gaps] == [(0, 5, 4)]


def test_messages_with_the_frames_that_carried_them() -> None:
    talk = only(segments(*HANDSHAKE, (0, 100, 500, "A", b"\0\3ab"), (0, 104, 500, "A", b"c\0\1d")))
    found = [(each.data, each.numbers) for each in talk.client.messages(LengthField(2, added=2))]
    assert found == [(b"\0\3abc", (4, 5)), (b"\0\1d", (5,))]


def test_how_long_there_was_no_room() -> None:
    talk = only(
        segments(*HANDSHAKE, (0, 100, 500, "A", b"data"), (1, 500, 104, "A", b"", 0), (0, 104, 500, "A", b""),
                 (1, 500, 104, "A", b"", 900), (0, 104, 500, "A", b"more"))
    )  # fmt: skip
    analysis = talk.analysis
    assert analysis.zero_window_ns == (0, 2 * MILLISECOND)
    assert analysis.goodput[0] == pytest.approx(8 / 0.004)
    assert analysis.goodput[1] is None
    assert analysis.round_trip_ns(50) is None or analysis.round_trips_ns


def test_another_policy_is_none() -> None:
    with pytest.raises(FieldError, match="policy"):
        only(segments(*HANDSHAKE, (0, 100, 500, "A", b"x")), OverlapPolicy.LEFT)


def test_what_was_sent_again_and_how_long_answers_took() -> None:
    talk = only(
        segments(
            *HANDSHAKE, (0, 100, 500, "A", b"first"), (0, 105, 500, "A", b"second"), (0, 100, 500, "A", b"first"),
            (1, 500, 111, "A", b""), (0, 100, 500, "A", b"first"),
        )
    )  # fmt: skip
    analysis = talk.analysis
    # The copy in frame 6 comes so soon that it counts as out of order.
    assert analysis.retransmitted_bytes == (5, 0)
    assert analysis.round_trips_ns == (MILLISECOND, MILLISECOND, 2 * MILLISECOND)
    assert [analysis.round_trip_ns(percent) for percent in (0, 50, 100)] == [MILLISECOND, MILLISECOND, 2 * MILLISECOND]
