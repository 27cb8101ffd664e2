"""A stream as text: lines know whose they are, and places count what is printed of a hole."""

from __future__ import annotations

from dissect.flows.followed import Stretch
from dissect.views.stream_text import bracketed, stream_lines

ENDS = ("2001:db8::1", 5000), ("2001:db8::2", 80)
TOLD = [Stretch(1, 1_500_000_000, 0, b"a"), Stretch(3, None, 1, b"", 7), Stretch(2, 2_000_000_000, 1, b"bc")]


def test_lines_know_their_direction() -> None:
    found = list(stream_lines("tcp", "raw", "tcp.stream eq 0", ENDS, TOLD))
    assert [way for way, _ in found] == [None] * 6 + [0, 1, 1, None]
    assert found[4] == (None, "Node 0: [2001:db8::1]:5000")
    assert found[6] == (0, "61")


def test_places_count_what_is_printed_of_a_hole() -> None:
    (line,) = [line for _, line in stream_lines("tcp", "hex", "", ENDS, TOLD, 3, 3)][6:-1]
    assert line.startswith(f"\t{len(b'[7 bytes missing in capture file].'):08X}  62 63 ")


def test_a_hole_has_no_time() -> None:
    lines = [line for _, line in stream_lines("tcp", "yaml", "", ENDS, TOLD)]
    assert [line for line in lines if "timestamp" in line] == [
        "    timestamp: 1.500000000",
        "    timestamp: 0.000000000",
        "    timestamp: 2.000000000",
    ]


def test_addresses_that_a_port_may_follow() -> None:
    addresses = ["10.0.0.1", "::1", "1:2:3:4:5:6:7:8", "02:00:00:00:00:01", ""]
    assert [bracketed(each) for each in addresses] == [
        "10.0.0.1", "[::1]", "[1:2:3:4:5:6:7:8]", "02:00:00:00:00:01", "",
    ]  # fmt: skip


def test_of_blanks_at_the_end_of_a_line_the_last_is_not_printed() -> None:
    (line,) = [line for _, line in stream_lines("tcp", "hex", "", ENDS, [Stretch(1, None, 0, b"a  ")])][6:-1]
    assert line.endswith("   a ")


def test_text_of_mainframes() -> None:
    said = Stretch(1, 0, 1, "Hello, 9!".encode("cp037") + b"\x15\x0d\x25\x00\xff")
    lines = [line for _, line in stream_lines("tcp", "ebcdic", "", ENDS, [said])]
    assert lines[2] == "Follow: tcp,ebcdic"
    assert lines[6:-1] == ["\t14", "Hello, 9!\n\r\n.."]
