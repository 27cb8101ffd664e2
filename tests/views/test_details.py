"""The details: to the letter for known frames, whole for any bytes."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import MSS, TCP, UDP, Ethernet, IPv4, Packet, with_context
from dissect.commands.main import main
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


def test_no_text_of_a_capture_steers_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Also where many frames differ in their texts alone, so that their details are made by compiled code."""
    chance, capture = Random(5), tmp_path / "hostile.pcap"
    segment = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / TCP(sport=40000, dport=80, flags="PA", seq=1)
    packets = []
    for number in range(80):
        value = "".join(chance.choice("ab\x01\x1b\x7f\x9b\u202e\u2028é") for _ in range(chance.randrange(1, 9)))
        said = f"GET /{value} HTTP/1.1\r\nHost: {value}\r\nCookie: a={value}\r\n\r\n"
        packets.append(Packet(bytes(segment / said.encode()), number=number + 1, time_ns=0))
    dissect.write(capture, packets)
    assert main(["read", "-V", str(capture)]) == 0
    shown = capsys.readouterr().out
    assert all(line.isprintable() for line in shown.split("\n"))
    assert "\\x1b" in shown
    clock, expected = Clock(), []
    for packet in with_context(dissect.read(capture)):
        clock.advance(packet)
        clock.show()
        expected.append(details(packet, clock) + "\n\n")
    assert shown == "".join(expected)


def test_what_only_filters_see_has_no_line() -> None:
    frame = Ethernet() / IPv4() / TCP(dport=80, flags="PA") / b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    (packet,) = with_context([Packet(bytes(frame))])
    told = [line.node.label for line in detail_lines(packet)]
    assert ("http.host" in told, "http.request.line" in told, "http.request" in told) == (True, False, False)
    assert details(packet).count("Host: a") == 1


def test_what_ends_a_word_is_no_part_of_it() -> None:
    frame = Ethernet() / IPv4() / TCP(dport=80, flags="PA") / b"GET /index HTTP/1.1\r\nHost: a\r\n\r\n"
    lines = {
        line.text.strip(): line.range
        for packet in with_context([Packet(bytes(frame))])
        for line in detail_lines(packet)
    }
    assert lines["Request Method: GET"] == "54-56"
    assert lines["Request URI: /index"] == "58-63"
    assert lines["Host: a\\r\\n"] == "75-83"
