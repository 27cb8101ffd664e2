"""The details: to the letter for known frames, whole for any bytes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import MSS, TCP, UDP, Ethernet, IPv4, Packet
from dissect.packets.clock import Clock
from dissect.views.details import detail_lines, details
from tests.views.conftest import golden


def test_details_to_the_letter(packets: list[Packet]) -> None:
    clock, shown = Clock(), []
    for packet in packets:
        clock.advance(packet)
        clock.show()
        shown.append(details(packet, clock))
    assert "\n\n".join(shown) + "\n" == golden("details.txt")


def test_a_wrong_checksum_stands_beside_the_right_one_with_its_problem_below() -> None:
    frame = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2", checksum=1)
    right = frame.fixed()[IPv4].checksum
    lines = [line.text.strip() for line in detail_lines(dissect.parse(bytes(frame)))]
    place = lines.index(f"Header Checksum: 0x0001 [incorrect, should be {right:#06x}]")
    assert lines[place + 1] == f"[Expert Info (Error/Checksum): Bad checksum [should be {right:#06x}]]"
    assert lines[place + 2].startswith("[Error: ip.checksum at byte 24 is wrong")


def test_padding_and_a_trailer_inside_have_their_bytes() -> None:
    frame = Ethernet() / (IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(length=9) / b"x")
    frame[UDP].trailer = b"yz"
    lines = {line.text.strip(): line.range for line in detail_lines(dissect.parse(bytes(frame.padded())))}
    assert lines["Trailer: 797a"] == "43-44"
    assert lines["Padding: " + "00" * 15] == "45-59"


def test_a_built_frame_has_the_byte_ranges_of_what_it_builds() -> None:
    frame = Ethernet() / IPv4() / TCP(flags="S", options=[MSS(1460)]) / b"data"
    parsed = dissect.parse(bytes(frame))
    assert [line[:2] for line in detail_lines(frame)] == [line[:2] for line in detail_lines(parsed)]


@given(st.binary(max_size=150))
def test_any_bytes_have_details_within_the_frame(data: bytes) -> None:
    for line in detail_lines(Packet(data)):
        first, _, last = line.range.partition("-")
        assert not first or 0 <= int(first) <= int(last or first) < len(data)
        assert "\n" not in line.text
