"""What a packet has beside its headers: times to the nanosecond, lengths, the clock."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.wireshark.frame import FRAME_FIELDS, frame_headline, moment_text, seconds_text


@given(st.integers(-(2**70), 2**70))
def test_seconds_are_exact(nanoseconds: int) -> None:
    text = seconds_text(nanoseconds)
    whole, _, fraction = text.removeprefix("-").partition(".")
    assert len(fraction) == 9
    assert (-1 if text.startswith("-") else 1) * (int(whole) * 10**9 + int(fraction)) == nanoseconds


@pytest.mark.parametrize(
    ("time_ns", "text"),
    [
        (0, "Jan  1, 1970 00:00:00.000000000 UTC"),
        (1_795_258_780_144_406_000, "Nov 21, 2026 10:59:40.144406000 UTC"),
        (-1, "Dec 31, 1969 23:59:59.999999999 UTC"),
        (10**21, "1000000000000.000000000 seconds since the epoch"),
    ],
)
def test_arrival_as_tshark_prints_it(time_ns: int, text: str) -> None:
    assert moment_text(time_ns) == text


def test_the_clock_follows_the_packets_and_those_shown() -> None:
    clock = Clock()
    shown = []
    for number, time_ns in enumerate([None, 100, 250, None, 400], 1):
        packet = Packet(b"", number=number, time_ns=time_ns)
        clock.advance(packet)
        shown.append(
            tuple(
                FRAME_FIELDS[f"frame.time_{name}"].value(packet, clock)
                for name in ("relative", "delta", "delta_displayed")
            )
        )
        if number == 2:
            clock.show()
    assert shown == [(None, None, None), (0, 0, 0), (150, 150, 150), (None, None, None), (300, 150, 300)]


def test_lengths_in_the_headline() -> None:
    assert frame_headline(Packet(b"\0", number=3)) == "Frame 3: 1 byte on wire (8 bits), 1 byte captured (8 bits)"
    cut = Packet(bytes(60), original_length=1514)
    assert frame_headline(cut) == "Frame 1: 1514 bytes on wire (12112 bits), 60 bytes captured (480 bits)"


def test_a_frame_shorter_than_its_capture_is_marked() -> None:
    mark = FRAME_FIELDS["frame.len_lt_caplen"].value
    assert mark(Packet(bytes(60), original_length=20), None) == 1
    assert mark(Packet(bytes(60)), None) is None


def test_link_types_have_wiresharks_numbers_and_unknown_ones_none() -> None:
    number = FRAME_FIELDS["frame.encap_type"].value
    assert [number(Packet(b"", link=link), None) for link in (1, 101, 113, 9999)] == [1, 7, 25, None]
