"""The list of packets: its columns fit, and clicks, the wheel and the keyboard do what they say."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events

from dissect import Ethernet, IPv6, Packet, write
from tests.terminal.conftest import WEB, Drive, Driven


@pytest.mark.parametrize(("width", "titles"), [
    (70, "No. Time Source Destination Protocol Info"),
    (90, "No. Time Source Destination Protocol Length Info"),
])  # fmt: skip
def test_the_length_is_left_out_where_there_is_little_room(drive: Drive, width: int, titles: str) -> None:
    async def scenario(driven: Driven) -> None:
        assert driven.line_with("No.").removeprefix("▌").split() == titles.split()

    drive(WEB, scenario, (width, 24))


def test_columns_grow_with_what_is_in_view_up_to_a_share_of_the_screen(drive: Drive, tmp_path: Path) -> None:
    path = tmp_path / "long.pcap"
    source = "2001:db8:1111:2222:3333:4444:5555:6666"
    write(path, [Packet(bytes(Ethernet() / IPv6(src=source, dst="::1")), time_ns=0)])

    async def scenario(driven: Driven) -> None:
        # A fifth of 80 cells, with an ellipsis for what is cut off.
        assert f" {source[:15]}… " in driven.lines[3]
        await driven.pilot.resize_terminal(200, 24)
        await driven.until(lambda: f" {source} " in driven.lines[3])

    drive(path, scenario)


def test_heads_of_columns_sort_by_them(drive: Drive) -> None:
    async def scenario(driven: Driven) -> None:
        heading = driven.line_with("No.")
        for title, key in (("Destination", "destination"), ("Protocol", "protocol"), ("Info", "info")):
            await driven.click("#packets", heading.index(title) + 1, 0)
            assert driven.app.session.shown.sorted_by == (key, False)
            heading = driven.line_with("No.")
            assert f"{title}▲" in heading

    drive(WEB, scenario, (110, 24))


def test_the_wheel_scrolls_and_leaves_the_cursor_where_it_is(drive: Drive) -> None:
    async def scenario(driven: Driven) -> None:
        packets = driven.app.screen.query_one("#packets")
        await driven.pilot._post_mouse_events([events.MouseScrollDown], widget=packets)
        await driven.until(lambda: packets.scroll_offset.y == driven.app.scroll_sensitivity_y)
        assert "Details of frame 1" in driven.text
        await driven.pilot._post_mouse_events([events.MouseScrollUp], widget=packets)
        await driven.until(lambda: packets.scroll_offset.y == 0)
        # A double click goes to the details.
        await driven.click("#packets", 20, 3, times=2)
        assert "Details of frame 3" in driven.text
        assert driven.app.screen.focused is driven.app.screen.query_one("#details")

    drive(WEB, scenario)
