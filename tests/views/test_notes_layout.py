"""The notes' layout: their two hexdumps to the letter, and no byte lost of any frame."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import ARP, TCP, UDP, VLAN, Ethernet, IPv4
from dissect.views.notes_layout import notes_layout, sections

# The hexdumps of the lecture notes on ARP (text 004): a request and its reply.
REQUEST = """\
Ethernet header (14 bytes)
0000: ff ff ff ff ff ff 00 05 5d 61 58 a8 08 06
ARP (28 bytes)
0000: 00 01
0010: 08 00 06 04 00 01 00 05 5d 61 58 a8 c0 a8 00 37
0020: 00 00 00 00 00 00 c0 a8 00 02
Padding (18 bytes)
0020: 00 77 31 d2 50 10
0030: fd 78 41 d3 00 00 00 00 00 00 00 00"""
REPLY = """\
Ethernet header (14 bytes)
0000: 00 05 5d 61 58 a8 00 05 5d a1 b8 40 08 06
ARP (28 bytes)
0000: 00 01
0010: 08 00 06 04 00 02 00 05 5d a1 b8 40 c0 a8 00 02
0020: 00 05 5d 61 58 a8 c0 a8 00 37
Padding (18 bytes)
0020: 00 77 31 d2 50 10
0030: fd 78 41 d3 00 00 00 00 00 00 00 00"""


def test_the_two_frames_of_the_notes() -> None:
    sample = Path(__file__).resolve().parents[2] / "capture_samples" / "notes_arp.pcap"
    assert [notes_layout(packet) for packet in dissect.read(sample)] == [REQUEST, REPLY]


def test_a_built_frame_reads_like_a_parsed_one() -> None:
    frame = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=2) / b"hi"
    text = notes_layout(frame)
    assert text == notes_layout(dissect.parse(bytes(frame)))
    titles = [line for line in text.split("\n") if line.endswith(")")]
    assert titles == ["Ethernet header (14 bytes)", "IPv4 header (20 bytes)", "UDP header (8 bytes)", "Data (2 bytes)"]


def test_padding_ends_at_60_bytes_and_a_trailer_follows_it() -> None:
    frame = Ethernet() / VLAN(id=5) / ARP()
    frame.trailer = bytes(14 + 4)
    assert [(part.title, part.start, len(part.data)) for part in sections(frame)][-2:] == [
        ("Padding", 46, 14),
        ("Trailer", 60, 4),
    ]


def test_a_single_byte_is_one_byte() -> None:
    assert notes_layout(dissect.parse(b"\x07", link=147)) == "Data (1 byte)\n0000: 07"


@pytest.mark.parametrize("base", [Ethernet() / IPv4() / TCP() / b"text", Ethernet() / ARP(), VLAN() / IPv4() / UDP()])
@given(cut=st.integers(0, 80), tail=st.binary(max_size=70))
def test_sections_hold_every_byte_in_order(base: dissect.Header, cut: int, tail: bytes) -> None:
    data = bytes(base)[:cut] + tail
    parts = list(sections(dissect.parse(data)))
    assert b"".join(part.data for part in parts) == data
    assert all(part.start == sum(len(before.data) for before in parts[:place]) for place, part in enumerate(parts))


@given(st.binary(max_size=200))
def test_any_bytes_are_shown_whole(data: bytes) -> None:
    rows = [line[6:] for line in notes_layout(dissect.parse(data)).split("\n") if line[4:6] == ": "]
    assert bytes.fromhex("".join(rows)) == data
