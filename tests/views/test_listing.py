"""The list: aligned as tshark's, nothing that steers a terminal."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dissect import Packet
from dissect.packets.clock import Clock
from dissect.views.listing import list_line, printable
from tests.views.conftest import golden


def test_the_list_to_the_letter(packets: list[Packet]) -> None:
    clock, lines = Clock(), []
    for packet in packets:
        clock.advance(packet)
        lines.append(list_line(packet, clock))
    assert "\n".join(lines) + "\n" == golden("list.txt")


@given(st.binary(max_size=120))
def test_any_packet_is_one_printable_line(data: bytes) -> None:
    assert list_line(Packet(data, time_ns=0), Clock()).isprintable()


def test_control_characters_are_escaped() -> None:
    assert printable("a\x1b]0;x\x07\n") == r"a\x1b]0;x\x07\n"
