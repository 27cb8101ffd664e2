"""Rows with offsets: where the bytes end, where a frame begins, what does not fit."""

from __future__ import annotations

import pytest

from dissect.captures.hextext import parse_hex_text, read_hex_text
from dissect.captures.hextext_rows import is_dump
from dissect.errors import HexTextError


@pytest.mark.parametrize(
    ("line", "begins"),
    [
        ("0000  ff ff", True),
        ("0000: ffff", True),
        ("\t0x0000:  4500 003c", True),
        ("00000000  ff", True),
        ("0000000 c3d4 a1b2", False),
        ("0010  ff ff", False),
        ("0000", False),
        ("00 00 00", False),
        ("0000:ff", False),
        ("10:44:37.123456 IP", False),
        ("0x7fffffffe000: 0x02 0x00", True),
    ],
)
def test_the_first_row(line: str, begins: bool) -> None:
    assert is_dump([line]) is begins


@pytest.mark.parametrize(
    "text",
    [
        "000010 61 62 63 64\n000014 65 66\n000016\n",
        "00000010  61 62 63 64  |abcd|\n00000014  65 66  |ef|\n00000016\n",
        "0x7fffffffe000:\t0x61\t0x62\t0x63\t0x64\n0x7fffffffe004:\t0x65\t0x66\n",
        "0x7fffffffe000 <frame>:\t0x61\t0x62\n0x7fffffffe002 <frame+2>:\t0x63\t0x64\t0x65\t0x66\n",
        "0x7ffeefbff5c0: 61 62 63 64  abcd\n0x7ffeefbff5c4: 65 66  ef\n",
        "00000000`0012f5a0  61 62-63 64  abcd\n00000000`0012f5a4  65-66  ef\n",
        "0000: 0x61 0x62 0x63 0x64\n0004: 0x65 0x66\n",
        "1.5 wan1 in 10.0.0.1.443 -> 10.0.0.2.5: ack 1\n0x0000   6162 6364        abcd\n0x0004   6566      ef\n",
        "8F7A0E90:                       6162     ab\n8F7A0EA0: 63646566     cdef\n",
        "081F8080: 61626364 6566",
    ],
)
def test_offsets_and_addresses_of_other_programs(text: str) -> None:
    assert parse_hex_text(text) == [b"abcdef"]
    assert parse_hex_text(f"{text}\n\n{text}") == [b"abcdef"] * 2


def test_words_in_the_order_of_a_machine_are_refused() -> None:
    with pytest.raises(HexTextError, match="line 1: '0x6261' is a word in the byte order of its machine"):
        parse_hex_text("0x7fffffffe000:\t0x6261\t0x6463\n")


def test_elsewhere_in_memory_another_frame_begins() -> None:
    first, second = "00000010  61 62\n00000012  63\n", "00000080  64 65\n00000082  66\n"
    assert parse_hex_text(f"{first}\n{second}") == [b"abc", b"def"]
    assert parse_hex_text(f"{first}second:\n{second}") == [b"abc", b"def"]
    with pytest.raises(HexTextError, match="line 3: the offset is 0x80, and 0x13 was expected"):
        parse_hex_text(first + second)


def test_what_a_frame_completes_is_no_frame() -> None:
    text = (
        "Frame (2 bytes):\n0000  61 62   ab\nReassembled IPv4 (4 bytes):\n0000  63 64 61 62   cdab\n"
        "De-chunked entity body (1 byte):\n0000  61   a\n\n0000  65   e\n"
    )
    assert parse_hex_text(text) == [b"ab", b"e"]
    assert [frame.caption for frame in read_hex_text(text)] == ["", ""]


@pytest.mark.parametrize(
    ("line", "data"),
    [
        ("0000  61 62 20 63 64  ab cd", b"ab cd"),
        ("0000  61 62 20 63 64                  ab cd", b"ab cd"),
        ("0000  61 62 20 63 64  |ab cd|", b"ab cd"),
        ("0000  61 62 20 63 64  >ab cd<", b"ab cd"),
        ("0000  61 62 20 63 64  ab.cd", b"ab cd"),
        ("0000: 6162 2063 64    ab cd", b"ab cd"),
        ("0000  61 62 63 64 65 66 61 62 63 64  abcdefabcd", b"abcdefabcd"),
        ("0000  61 62  61 62", b"abab"),
        ("0000  61 62 61 62  abab", b"abab"),
        ("0000  20 20 61 62  ab", b"  ab"),
        ("0000  20 20 61 62    ab", b"  ab"),
        ("0000  20 20 61 62  ..ab", b"  ab"),
        ("0000  61 62 20 20  ab", b"ab  "),
        ("0000  20 20 20", b"   "),
        ("0000  7c 7c  ||", b"||"),
        ("0000  7c 61 7c  |a|", b"|a|"),
        ("0000  7c 61 7c  ||a||", b"|a|"),
        ("0000  00 c3 ff  .Ã.", b"\x00\xc3\xff"),
        ("0000\tff 0a\t..", b"\xff\x0a"),
        ("00000000  61 62 63 64 65 66 67 68  69 6a  |abcdefghij|", b"abcdefghij"),
        ("00000000  61 62 63 64 65 66 67 68  69 6a", b"abcdefghij"),
    ],
)
def test_where_the_bytes_end(line: str, data: bytes) -> None:
    assert parse_hex_text(line) == [data]


def test_a_column_of_hex_that_lies_is_told_by_the_next_offset_alone() -> None:
    assert parse_hex_text("0000  61 62  ac") == [b"ab\xac"]
    with pytest.raises(HexTextError, match="does not say the same"):
        parse_hex_text("0000  61 62  ac\n0002  61")


def test_every_offset_of_0_begins_a_frame() -> None:
    assert parse_hex_text("0000  01 02\n0002  03\n0000  04\n0000  05\n") == [b"\x01\x02\x03", b"\x04", b"\x05"]


def test_a_star_repeats_the_row_before_it() -> None:
    assert parse_hex_text("0000  01 02\n*\n0006  03\n") == [b"\x01\x02" * 3 + b"\x03"]
    assert parse_hex_text("0000  01 02\n*\n0006\n") == [b"\x01\x02" * 3]


def test_prose_is_the_caption_of_what_follows() -> None:
    frames = read_hex_text("Dear reader,\n\nframe 1 is\nthis:\n0000  01\n\nand frame 2:\n\n0000  02\n")
    assert [(frame.data, frame.line, frame.caption) for frame in frames] == [
        (b"\x01", 5, "frame 1 is this:"),
        (b"\x02", 9, "and frame 2:"),
    ]


def test_details_that_tcpdump_dumps_are_no_frames() -> None:
    text = (
        "1.0 IP6 (hlim 255) fe80::1 > ff02::2: ICMP6, router solicitation\n"
        "\t  source link-address option (1), length 8 (1): 07:94:d6:42:a1:69\n"
        "\t    0x0000:  0794 d642 a169\n"
        "\t0x0000:  6000 0000 0010\n"
    )
    assert parse_hex_text(text) == [bytes.fromhex("600000000010")]


def test_a_payload_that_tcpdump_dumps_before_its_packet_is_no_frame() -> None:
    summary = "1.0 00:00:00:00:00:01 > 00:00:00:00:00:02, ethertype Unknown (0x9999):\n"
    payload, packet = "\t0x0000:  0102 03\n", "\t0x0000:  9999 0102 03\n"
    frames = read_hex_text(summary + payload + packet + summary + packet)
    assert [frame.data for frame in frames] == [bytes.fromhex("9999010203")] * 2
    assert [frame.caption for frame in frames] == [summary.strip()] * 2
    assert len(parse_hex_text(payload + summary + packet)) == 2
    assert len(parse_hex_text(payload + "\n" + packet)) == 2
    assert len(parse_hex_text(packet + payload)) == 2


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("0000  01 02\n0003  03", 2, "offset is 0x3, and 0x2 was expected"),
        ("0000  01 02\n0001  03", 2, "offset is 0x1, and 0x2 was expected"),
        ("0010: 01\n0000: 01", 1, "first offset is 0x10"),
        ("0000: 01 2", 1, "'2' has 1 digits"),
        ("0000: 01 2g", 1, "'2g' is no hex byte"),
        ("0000: 012", 1, "no hex bytes|has 3 digits"),
        ("0000  01 02\n0002 zz", 2, "'zz' is no hex byte"),
        ("0000: 78 79 7a  xy", 1, "does not say the same"),
        ("0000: 61 62  xy", 1, "does not say the same"),
        ("0000  61 62  ac\n0002  61", 1, "does not say the same"),
        ("0000  01 02\n*\n0005  03", 3, "cannot be repeated"),
        ("0000  01 02\n*\n0002  03", 3, "cannot be repeated"),
        ("0000  01\n*\nffffffff  03", 3, "cannot be repeated"),
        ("0000  01\n*\n", 3, "no offset says how often"),
        ("*\n0000  01", 1, "none before it"),
        ("0000  01 02\n0003", 2, "ends at offset 0x3"),
        ("A (2 bytes)\n0000: 01\nB (1 byte)\n0001: 02", 2, "'A' has 2 bytes by its heading"),
        ("0000: " + "00 " * 1025, 1, "more than 1024 bytes"),
    ],
)
def test_what_does_not_fit(text: str, line: int, reason: str) -> None:
    with pytest.raises(HexTextError, match=reason) as caught:
        parse_hex_text(text)
    assert caught.value.line in (line, 0)
    assert "\n" not in str(caught.value)
