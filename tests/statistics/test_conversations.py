"""Conversations: both directions, their order, and the table that tshark prints."""

from __future__ import annotations

import pytest

from dissect.packets.clock import Clock
from dissect.statistics.conversations import ConversationTable
from dissect.statistics.ends import Ends
from dissect.statistics.tap import Setting, tap_named, tapped
from tests.commands.conftest import packets

FORTH = Ends("10.0.0.2", 80, "10.0.0.1", 5, 0)
BACK = Ends("10.0.0.1", 5, "10.0.0.2", 80, 0)
SECOND = 1_000_000_000


def test_the_end_that_sent_first_stands_in_front() -> None:
    table = ConversationTable()
    table.add(FORTH, 60, 5 * SECOND, 3 * SECOND)
    table.add(BACK, 100, 7 * SECOND, 3 * SECOND)
    table.add(BACK, 100, 4 * SECOND, 3 * SECOND)
    (row,) = table.rows()
    assert (row.source, row.destination_port, row.frames, row.bytes) == ("10.0.0.2", 5, 3, 260)
    assert (row.frames_forth, row.bytes_forth, row.frames_back, row.bytes_back) == (1, 60, 2, 200)
    assert (row.start_ns, row.relative_start, row.duration) == (4 * SECOND, 1.0, 3.0)


def test_most_frames_first_and_streams_apart() -> None:
    table = ConversationTable()
    for stream in (0, 1, 1, 2):
        table.add(FORTH._replace(stream=stream), 60, 0, 0)
    assert [row.stream for row in table.rows()] == [1, 0, 2]


def test_one_address_at_both_ends_has_one_direction() -> None:
    table = ConversationTable()
    for _ in range(2):
        table.add(Ends("10.0.0.1", 5, "10.0.0.1", 5), 60, 0, 0)
    assert [row.frames_forth for row in table.rows()] == [2]


@pytest.mark.parametrize(
    ("time_format", "start"),
    [("r", "   0.250000000"), ("e", "1700000000.250000000"), ("u", "22:13:20"), ("udoy", "2023/318 22:13:20")],
)
def test_lines(time_format: str, start: str) -> None:
    clock = Clock(time_format)
    tap = tap_named("conv,udp,udp.port == 5", Setting("", clock))
    for _ in tapped(packets(), [tap], clock):
        pass
    head, title, said, _, _, row, foot = tap.lines()
    assert head == foot == "=" * 80
    assert (title, said) == ("UDP Conversations", "Filter:udp.port == 5")
    assert row.startswith(
        "10.0.0.1:5                 <-> 10.0.0.2:6                       1 44 bytes        1 44 bytes  "
    )
    assert row.endswith(f"{start}         0.2500")


def test_of_too_many_the_first_are_counted() -> None:
    table = ConversationTable(most=2)
    for port in (1, 2, 3, 1, 3):
        table.add(FORTH._replace(source_port=port), 60, 0, 0)
    assert [(row.source_port, row.frames) for row in table.rows()] == [(1, 2), (2, 1)]
    assert table.left_out == 2
