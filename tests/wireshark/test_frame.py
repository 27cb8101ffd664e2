"""What a packet has beside its headers: times to the nanosecond, lengths, the clock."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import UDP, Ethernet, IPv4, compile_filter
from dissect.captures import read
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.views.tree import frame_node
from dissect.wireshark.fields import texts
from dissect.wireshark.frame import FRAME_FIELDS, frame_headline, moment_text, seconds_text
from tests.captures.blocks import enhanced, interface, option, section


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


def test_flags_sections_and_interfaces_of_a_pcapng(tmp_path: Path) -> None:
    path = tmp_path / "flags.pcapng"
    described = interface(options=option("little", 3, b"to the left"))
    flagged = enhanced(options=option("little", 2, (0x8100_0006).to_bytes(4, "little")))
    path.write_bytes(section() + interface() + enhanced() + section() + described + flagged)
    first, second = read(path)
    assert texts(first, "frame.packet_flags") == texts(first, "frame.interface_description") == []
    assert [texts(each, "frame.section_number") for each in (first, second)] == [["1"], ["2"]]
    expected = {
        "frame.interface_description": "to the left",
        "frame.packet_flags": "0x81000006",
        "frame.packet_flags_direction": "0x00000002",
        "frame.packet_flags_reception_type": "1",
        "frame.packet_flags_crc_error": "1",
        "frame.packet_flags_packet_too_error": "0",
        "frame.packet_flags_symbol_error": "1",
    }
    assert {name: "".join(texts(second, name)) for name in expected} == expected
    assert compile_filter("frame.packet_flags_crc_error and frame.section_number == 2")(second)
    node = frame_node(second)
    assert [child.label for child in node.children if child.children] == ["frame.interface_id", "frame.packet_flags"]


def test_a_header_alone_is_the_only_frame_of_its_capture() -> None:
    frame = Ethernet() / IPv4() / UDP() / b"data"
    assert (frame["frame.len"], frame["frame.protocols"], frame["frame.number"]) == (46, "eth:ethertype:ip:udp:data", 1)
    assert (frame.get("frame.time"), frame[UDP]["frame.cap_len"]) == ([], 12)
    assert compile_filter("frame.len == 46 and frame.number == 1")(frame)
    frame[UDP].payload = b"longer data"
    assert frame["frame.len"] == 53
