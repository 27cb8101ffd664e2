"""The bytes of a packet: every cell leads to the byte that is drawn there, and bytes and places lead to each other."""

from __future__ import annotations

import pytest

from dissect.captures.hexdump import SHOWN
from dissect.packets.packet import Packet
from dissect.terminal.looked import Looked, Source
from dissect.terminal.widgets.hex_view import HexView
from tests.terminal.conftest import Alone, Hands, Show


def looked(*sources: bytes) -> Looked:
    """A packet without details, with these sources of bytes."""
    return Looked(Packet(sources[0], number=1), [], [Source(f"S{n}", each) for n, each in enumerate(sources)], True)


@pytest.mark.parametrize(("width", "per_row"), [(80, 16), (72, 16), (71, 8), (40, 8)])
@pytest.mark.parametrize("size", [1, 8, 21, 65_537])
def test_cells_lead_to_the_bytes_that_are_drawn_there(show: Show, width: int, per_row: int, size: int) -> None:
    data = bytes(range(256)) * (size // 256) + bytes(range(0x40, 0x40 + size % 256))
    view = HexView(id="bytes")

    async def scenario(hands: Hands[Alone]) -> None:
        view.show(looked(data))
        assert view.per_row == per_row
        assert view.count() == -(-size // per_row)
        for place in {0, view.count() // 2, view.count() - 1}:
            row = data[place * per_row : (place + 1) * per_row]
            text = view.line(place, 0).text
            assert text.split()[0] == f"{place * per_row:0{4 if size < 65_537 else 5}x}"
            cells: dict[int, list[str]] = {}
            for x, drawn in enumerate(text):
                at = view.byte_at(x)
                if at is not None and at < len(row):
                    cells.setdefault(at, []).append(drawn)
            assert sorted(cells) == list(range(len(row)))
            for at, drawn_there in cells.items():
                # Its digits, the gap behind them, and its character.
                assert "".join(drawn_there[:2]) == f"{row[at]:02x}"
                assert drawn_there[-1] == chr(SHOWN[row[at]])
                assert not "".join(drawn_there[2:-1]).strip()

    show(view, scenario, (width, 10))


class Told(HexView):
    """Bytes that write down which of them are pointed at."""

    def __init__(self) -> None:
        super().__init__(id="bytes")
        self.told: list[tuple[int, int]] = []

    def on_hex_view_pointed(self, message: HexView.Pointed) -> None:
        self.told.append((message.source, message.place))


def test_keys_move_from_byte_to_byte_and_stop_at_the_ends(show: Show) -> None:
    view = Told()

    async def scenario(hands: Hands[Alone]) -> None:
        view.show(looked(bytes(37)))
        await hands.press("left", "down", "right", "down", "down", "up", "end", "right", "home")

    show(view, scenario)
    assert [place for _, place in view.told] == [0, 16, 17, 33, 36, 20, 36, 36, 0]


def test_what_is_lit_comes_into_view_with_its_first_byte(show: Show) -> None:
    view = Told()

    async def scenario(hands: Hands[Alone]) -> None:
        view.show(looked(bytes(1000)))
        for lit in (range(500, 520), range(40, 42), range(900, 1000)):
            view.light(0, lit)
            await hands.until(lambda: f"{view.cursor * 16:04x}" in "\n".join(hands.lines))
            assert (view.place, view.cursor) == (lit.start, lit.start // 16)
            assert f"bytes {lit.start}–{lit.stop - 1}: {len(lit)}" in hands.lines[0]
        view.light(0, range(7, 8))
        await hands.settle()
        assert hands.lines[0].endswith(" byte 7")
        # A source that is not there any more is passed over.
        view.light(3, range(1))
        assert (view.source, view.lit) == (0, range(7, 8))

    show(view, scenario, (80, 8))
    assert view.told == []


def test_tabs_of_the_sources(show: Show) -> None:
    view = Told()

    async def scenario(hands: Hands[Alone]) -> None:
        view.show(looked(b"first", b"second, and longer"))
        assert hands.lines[0].split() == ["▌Bytes", "S0", "(5)", "S1", "(18)"]
        await hands.click("#bytes", hands.lines[0].index("S1"), 0)
        assert (view.source, view.data) == (1, b"second, and longer")
        await hands.press("right")
        view.show_source_behind()
        assert view.data == b"first"
        # Between the tabs nothing happens.
        await hands.click("#bytes", 2, 0)
        assert view.data == b"first"

    show(view, scenario)
    assert view.told == [(1, 1)]


def test_no_packet_has_no_bytes(show: Show) -> None:
    view = Told()

    async def scenario(hands: Hands[Alone]) -> None:
        await hands.press("right", "down", "end")
        view.show(looked(b""))
        await hands.press("right", "down", "end")
        view.show_source_behind()
        assert hands.lines[0] == "▌Bytes   S0 (0)"

    show(view, scenario)
    assert view.told == []
