"""The details of a packet: lines open and close, and stay so for the packets that follow."""

from __future__ import annotations

from dissect import TCP, UDP, Ethernet, IPv4, Packet
from dissect.terminal.looked import DetailRow, Looked, looked_at
from dissect.terminal.widgets.details import Details
from tests.terminal.conftest import Alone, Hands, Show

ENDS = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2")
FIRST, SECOND = (Packet(bytes(ENDS / TCP(sport=1, dport=port, flags="S")), number=port) for port in (5001, 5002))
OTHER = Packet(bytes(ENDS / UDP(sport=1, dport=9)), number=3)


def looked(packet: Packet) -> Looked:
    return looked_at(packet, in_context=True)


class Told(Details):
    """Details that write down which lines the cursor comes to."""

    def __init__(self) -> None:
        super().__init__(id="details")
        self.told: list[DetailRow | None] = []

    def on_details_highlighted(self, message: Details.Highlighted) -> None:
        self.told.append(message.row)


def shown(hands: Hands[Alone]) -> list[str]:
    """The lines below the heading."""
    return [line for line in hands.lines[1:] if line]


def test_lines_open_and_close(show: Show) -> None:
    details = Told()

    async def scenario(hands: Hands[Alone]) -> None:
        details.show(looked(FIRST))
        await hands.settle()
        assert [line[1] for line in shown(hands)] == ["▸"] * 4
        await hands.press("down", "right")
        assert shown(hands)[1].startswith(" ▾ Ethernet II")
        assert shown(hands)[2].startswith("   ▸ Destination")
        # Right goes into what is open, and left out of it and then closes it.
        await hands.press("right", "down")
        assert details.row is not None
        assert details.row.node.label == "eth.src"
        await hands.press("left")
        assert details.row is not None
        assert details.row.node.label == "eth"
        assert len(shown(hands)) > 4
        await hands.press("left")
        assert len(shown(hands)) == 4
        for key in ("enter", "space"):
            await hands.press(key)
            assert (len(shown(hands)) > 4) is (key == "enter")

    show(details, scenario)


def test_all_open_and_all_closed(show: Show) -> None:
    details = Told()

    async def scenario(hands: Hands[Alone]) -> None:
        details.show(looked(FIRST))
        await hands.press("asterisk")
        assert details.looked is not None
        assert details.count() == len(details.looked.rows)
        await hands.press("end", "minus")
        assert [row.depth for row in details.looked.rows].count(0) == details.count() == 4
        assert details.cursor == 3

    show(details, scenario)


def test_the_next_packet_has_the_same_lines_open_and_the_cursor_on_the_same_field(show: Show) -> None:
    details = Told()

    async def scenario(hands: Hands[Alone]) -> None:
        details.show(looked(FIRST))
        await hands.press("end", "right", "down", "down")
        assert details.row is not None
        assert details.row.text == "Destination Port: 5001"
        details.show(looked(SECOND))
        assert details.row.text == "Destination Port: 5002"
        # Without that field, the cursor is on the nearest line around it, here none.
        details.show(looked(OTHER))
        assert (details.row.depth, details.count()) == (0, 4)
        details.show(None)
        await hands.settle()
        assert details.count() == 0
        assert hands.lines[0] == "▌Details"

    show(details, scenario)
    assert details.told[-1] is None


def test_a_line_is_shown_with_what_stands_around_it(show: Show) -> None:
    details = Told()

    async def scenario(hands: Hands[Alone]) -> None:
        found = looked(FIRST)
        details.show(found)
        await hands.settle()
        told = len(details.told)
        (at,) = (place for place, row in enumerate(found.rows) if row.node.label == "tcp.flags.syn")
        details.show_line(at)
        await hands.settle()
        assert details.row is found.rows[at]
        assert details.row.text in hands.text
        # Who asked for it knows.
        assert len(details.told) == told

    show(details, scenario)


def test_clicks_open_by_their_sign_and_twice_anywhere(show: Show) -> None:
    details = Told()

    async def scenario(hands: Hands[Alone]) -> None:
        details.show(looked(FIRST))
        await hands.click("#details", 30, 2)
        assert details.count() == 4
        await hands.click("#details", 1, 2)
        assert details.count() > 4
        await hands.click("#details", 30, 2, times=2)
        assert details.count() == 4

    show(details, scenario)


def test_details_that_will_change_say_so(show: Show) -> None:
    details = Told()

    async def scenario(hands: Hands[Alone]) -> None:
        details.show(looked(OTHER)._replace(in_context=False))
        await hands.settle()
        assert hands.lines[0] == "▌Details of frame 3  reading what stands before it …"

    show(details, scenario)
