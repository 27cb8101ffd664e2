"""Packets over time and the ladder, drawn as lines."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dissect.terminal.intervals import Intervals
from dissect.terminal.screens.lines import GraphPane, LadderPane, _eighths
from dissect.views.sequence_ladder import Message
from tests.terminal.conftest import WEB, Alone, Drive, Driven, Hands, Show


def test_the_graph(drive: Drive) -> None:
    async def scenario(driven: Driven) -> None:
        await driven.press("slash")
        await driven.type("http")
        await driven.press("escape", "enter", "i")
        assert "Packets in each 0.001 s  bright: http" in driven.lines[0]
        assert "11 packets, 2 of them listed" in driven.lines[1]
        await driven.pictures("graph")
        await driven.press("b", "minus")
        assert "Bytes in each 0.002 s" in driven.lines[0]
        await driven.press("right", "left", "enter")
        assert "Details of frame 8" in driven.text

    drive(WEB, scenario)


def test_the_ladder(drive: Drive) -> None:
    async def scenario(driven: Driven) -> None:
        await driven.press("g")
        await driven.type("5")
        await driven.press("enter", "l")
        assert "│────────────────────▶│" in driven.line_with("[SYN] Seq=0")
        assert "│◀────────────────────│" in driven.line_with("[SYN, ACK]")
        await driven.pictures("ladder")
        await driven.press("down", "down", "down", "enter")
        assert "Details of frame 8" in driven.text

    drive(WEB, scenario, (100, 24))


@given(st.integers(1, 10**12).flatmap(lambda most: st.tuples(st.integers(0, most), st.just(most))), st.integers(1, 60))
def test_a_bar_fills_whole_cells_and_then_a_part_of_one(value_and_most: tuple[int, int], rows: int) -> None:
    value, most = value_and_most
    cells = [_eighths(value, most, rows, level) for level in range(rows)]
    assert cells == sorted(cells, reverse=True)
    assert sum(0 < cell < 8 for cell in cells) <= 1
    # As tall as it should be, to half an eighth; but what is there at all is seen.
    assert abs(sum(cells) - 8 * rows * value / most) <= (0.5 if sum(cells) != 1 else 1)
    assert bool(sum(cells)) == bool(value)


def test_what_is_listed_stands_in_front_of_the_rest(show: Show) -> None:
    graph = GraphPane()

    async def scenario(hands: Hands[Alone]) -> None:
        graph.counted = Intervals(10**9, [8, 4, 0, 8], [80, 4, 0, 8], [8, 2, 0, 0], [8, 2, 0, 0], True, {0: 1, 1: 9})
        graph.resized()
        await hands.settle()
        # Four rows of bars of 8 packets, the axis, and the times below it.
        assert [line[10:] for line in hands.lines[1:7]] == ["┤█  █", "│█  █", "┤██ █", "│██ █", "└────", " 0 s"]
        assert [line.strip() for line in (hands.lines[1][:10], hands.lines[3][:10])] == ["8", "4"]
        assert hands.lines[0] == "▌0 s to 1 s  8 packets, 8 of them listed"
        await hands.press("right", "right", "right", "right")
        assert hands.lines[0] == "▌3 s to 4 s  8 packets, 0 of them listed"
        upper, lower = ([each.style and each.style.color for each in graph.line(place, 80)][1:] for place in (2, 3))
        # The first bar is listed, of the second the half, of the fourth nothing.
        assert (upper[0], upper[1]) == (lower[1], lower[3])
        assert lower[1] != lower[3]
        graph.in_bytes = True
        await hands.press("home")
        assert hands.lines[0] == "▌0 s to 1 s  80 bytes, 8 of them listed"

    show(graph, scenario, (60, 7))


def test_no_packet_has_a_time(show: Show) -> None:
    async def scenario(hands: Hands[Alone]) -> None:
        await hands.press("right", "end")
        assert hands.lines[0] == "▌no packet has a time"

    show(GraphPane(), scenario)


def test_arrows_go_from_who_sends_to_who_is_sent_to(show: Show) -> None:
    ladder = LadderPane()
    hosts = ["a", "b", "c"]
    ways = [("a", "c"), ("c", "b"), ("b", "b")]
    messages = [Message("1.0", first, last, f"{first} to {last}") for first, last in ways]

    async def scenario(hands: Hands[Alone]) -> None:
        assert hands.lines[0] == "▌reading …"
        ladder.show(hosts, messages, [1, 2, 3])
        await hands.settle()
        heading, *rows = (hands.lines[y] for y in range(4))
        at = {host: f"{heading} ".index(f" {host} ") + 1 for host in hosts}
        for (first, last), row in zip(ways, rows, strict=True):
            way = row[min(at[first], at[last]) - 1 : max(at[first], at[last]) + 2]
            assert ("▶" in way, "◀" in way, "⟲" in way) == (first < last, first > last, first == last)
            assert f"{first} to {last}" in row
        ladder.show([], [], [])
        await hands.settle()
        assert hands.lines[0] == "▌no packet is listed"

    show(ladder, scenario, (100, 10))
