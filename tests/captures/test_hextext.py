"""Hex text in, of every kind: told apart, read, refused."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dissect.captures import write
from dissect.captures.hexdump import hex_dump
from dissect.captures.hextext import parse_hex_text, read_hex_text
from dissect.errors import HexTextError
from dissect.packets.packet import Packet

from .test_hexdump import FRAMES

# What real programs print of two frames; the first line of each file says which, and how.
GOLDENS = Path(__file__).parent / "hextext"
ARP = bytes.fromhex((GOLDENS / "arp.hex").read_text())
UDP = bytes.fromhex((GOLDENS / "udp.hex").read_text())


def golden(name: str) -> str:
    return (GOLDENS / f"{name}.txt").read_text()


@pytest.mark.parametrize(
    "name",
    [
        "xxd",
        "xxd_autoskip",
        "xxd_bytes",
        "xxd_wide",
        "xxd_include",
        "hexdump_C",
        "od",
        "od_octal",
        "od_text",
        "od_no_offsets",
    ],
)
def test_dumps_of_one_frame(name: str) -> None:
    assert parse_hex_text(golden(name)) == [UDP]


@pytest.mark.parametrize("name", ["tcpdump_link", "tcpdump_text_link", "tshark_x"])
def test_dumps_of_two_frames(name: str) -> None:
    assert parse_hex_text(golden(name)) == [ARP, UDP]


@pytest.mark.parametrize("name", ["tcpdump", "tcpdump_text"])
def test_tcpdump_without_the_link_header(name: str) -> None:
    arp, udp = read_hex_text(golden(name))
    assert (arp.data, udp.data) == (ARP[14:], UDP[14:])
    assert "who-has 192.168.0.2" in arp.caption
    assert "192.168.0.55.4660 > 192.168.0.2.7" in udp.caption
    assert (arp.link, udp.link) == (None, 101), "the caption says IP, and an IP header comes first"


def test_tcpdump_with_the_link_header_is_not_taken_for_ip() -> None:
    assert [frame.link for frame in read_hex_text(golden("tcpdump_link"))] == [None, None]


def test_plain_digits_in_lines() -> None:
    text = golden("xxd_plain")
    assert len(parse_hex_text(text)) == 5
    assert parse_hex_text(text, joined=True) == [UDP]


@pytest.mark.parametrize(
    "text",
    [
        golden("hexdump"),
        "# od -Ax -tx4\n000000 00000002 00020200\n000008 01000000 00450008\n000010\n",
        "# od -Ax -tx8\n000000 0002020000000002\n000008\n",
        "# od -tx4\n0000000 00000002 00020200 01000000 00450008\n0000020 dad25400\n0000024\n",
    ],
)
def test_words_in_the_byte_order_of_a_machine_are_refused(text: str) -> None:
    with pytest.raises(HexTextError, match="hexdump -C") as caught:
        parse_hex_text(text)
    assert caught.value.line == 2


@pytest.mark.parametrize("size", [1, 2, 4])
@pytest.mark.parametrize("rest", [0, 1, 2, 4, 5])
def test_the_last_row_of_bytes_belongs_to_its_frame(size: int, rest: int) -> None:
    frame = UDP[: 32 + rest]
    rows = [frame[start : start + 16].hex(" ", -size) for start in range(0, len(frame), 16)]
    assert parse_hex_text("\n".join(rows)) == [frame]
    assert parse_hex_text("\n".join([*rows, "", *rows])) == [frame, frame]


@pytest.mark.parametrize("layout", ["  {0:47}    {1}", "{0}  |{1}|", "{0}  >{1}<", "{0}\t{1}"])
def test_a_column_of_text_beside_bytes_without_offsets(layout: str) -> None:
    frame = b'GET / "it\'s" 4142  a = [ 0x41, ] HTTP/1.1\r\n\r\n'
    pieces = [frame[start : start + 16] for start in range(0, len(frame), 16)]
    rows = [
        layout.format(piece.hex(" "), "".join(chr(each) if each >= 32 else "." for each in piece)) for piece in pieces
    ]
    assert parse_hex_text("\n".join(rows)) == [frame]


def test_blanks_of_a_web_page_are_blanks() -> None:
    rows = [f"{start:04x}\xa0\xa0{UDP[start : start + 16].hex(' ')}" for start in range(0, len(UDP), 16)]
    assert parse_hex_text("\n".join(rows)) == [UDP]
    assert parse_hex_text("\n".join(rows).replace(" ", "\xa0")) == [UDP]


def test_bits_in_the_details_of_tshark_are_no_rows() -> None:
    details = "    Services: 0x00\n        0000 00.. = Codepoint: Default (0)\n    0000 0000 0000 0000 = x\n"
    assert parse_hex_text(f"{details}\n0000  45 00 00 14\n") == [b"\x45\x00\x00\x14"]


@pytest.mark.parametrize(
    ("text", "frames"),
    [
        ("ff ff 00\n01 02\n\n03 04", [b"\xff\xff\x00\x01\x02", b"\x03\x04"]),
        ("ffff00\n0102", [b"\xff\xff\x00", b"\x01\x02"]),
        ("00:05:5d:61:58:a8", [bytes.fromhex("00055d6158a8")]),
        ("00-05-5D-61-58-A8\n", [bytes.fromhex("00055d6158a8")]),
        ("0xdeadbeef", [b"\xde\xad\xbe\xef"]),
        ("0x01 0x02", [b"\x01\x02"]),
        ("4500 003c 1c46", [b"\x45\x00\x00\x3c\x1c\x46"]),
        ("\\x45\\x00", [b"\x45\x00"]),
        ("# a comment\n4500\n\n# another\n0a", [b"\x45\x00", b"\x0a"]),
        ("\ufeff4500\r\n0a\r", [b"\x45\x00", b"\x0a"]),
        ("0000", [b"\x00\x00"]),
        ("45 00\n0a0b\n45 00", [b"\x45\x00", b"\x0a\x0b", b"\x45\x00"]),
        ("0x45, 0x00,\n0x0a", [b"\x45\x00\x0a"]),
        ("[0x45, 0x0]", [b"\x45\x00"]),
        ("'hello'", [b"hello"]),
        ("b'\\x45' b'\\x00'", [b"\x45\x00"]),
        ('"\\x45\\x00" \\\n"\\x0a"', [b"\x45\x00\x0a"]),
    ],
)
def test_small_texts(text: str, frames: list[bytes]) -> None:
    assert parse_hex_text(text) == frames


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 0, "no hex bytes"),
        ("\n\n# only a comment\n", 0, "no hex bytes"),
        ("4500\n123\n", 2, "'123' has 3 digits, and a byte has two"),
        ("45 0", 1, "'0' has 1 digits"),
        ("4500\nhello", 2, "'hello' is no hex"),
        ("45 00\n*\n", 2, "repeated rows"),
        ("0x45, 0x100", 1, "'0x100' is no byte"),
        ("x" * 500, 1, r"xxx\.\.\.' is no hex"),
    ],
)
def test_what_is_no_hex_text(text: str, line: int, reason: str) -> None:
    with pytest.raises(HexTextError, match=reason) as caught:
        parse_hex_text(text)
    assert caught.value.line == line
    assert "\n" not in str(caught.value)


@given(st.text())
def test_any_text_gives_frames_or_a_sentence(text: str) -> None:
    with contextlib.suppress(HexTextError):
        assert all(type(frame) is bytes for frame in parse_hex_text(text))


@given(FRAMES, st.data())
def test_a_damaged_dump_gives_frames_or_a_sentence(data: bytes, draw: st.DataObject) -> None:
    text = list(hex_dump(data))
    for _ in range(draw.draw(st.integers(1, 3))):
        place = draw.draw(st.integers(0, len(text) - 1))
        text[place] = draw.draw(st.sampled_from(list("0fgx: |*\n\t")))
    try:
        frames = parse_hex_text("".join(text))
    except HexTextError as error:
        assert "\n" not in str(error)  # noqa: PT017 - most damages are errors, not all
    else:
        assert frames


def output_of(*command: str, data: bytes = b"") -> str:
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout.decode("latin-1")


@pytest.mark.parametrize(
    "command",
    [
        ["xxd"],
        ["xxd", "-g", "1"],
        ["xxd", "-a", "-u"],
        ["xxd", "-c", "7", "-g", "3"],
        ["xxd", "-g", "4"],
        ["hexdump", "-C"],
        ["od", "-Ax", "-tx1"],
        ["od", "-Ax", "-tx1z"],
    ],
    ids=" ".join,
)
@settings(max_examples=15)
@given(data=FRAMES)
def test_the_dumps_of_programs_that_are_installed(command: list[str], data: bytes) -> None:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed; goldens of it are tested.")
    assert parse_hex_text(output_of(*command, data=data)) == [data]


@pytest.mark.parametrize("option", ["-xx", "-XX"])
@settings(max_examples=10)
@given(frames=st.lists(st.binary(min_size=14, max_size=70), min_size=1, max_size=3))
def test_the_dumps_of_tcpdump_that_is_installed(
    option: str, frames: list[bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    if shutil.which("tcpdump") is None:
        pytest.skip("tcpdump is not installed; goldens of it are tested.")
    path = tmp_path_factory.mktemp("tcpdump") / "frames.pcap"
    write(path, [Packet(frame) for frame in frames])
    assert parse_hex_text(output_of("tcpdump", "-nr", str(path), option)) == frames


@settings(max_examples=5)
@given(frames=st.lists(st.binary(min_size=14, max_size=70), min_size=1, max_size=3))
def test_the_dumps_of_tshark_that_is_installed(frames: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> None:
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not installed; goldens of it are tested.")
    path = tmp_path_factory.mktemp("tshark") / "frames.pcap"
    # A link type that tshark does not decode, so that it shows no reassembled bytes beside the frames.
    write(path, [Packet(frame, link=147) for frame in frames])
    text = output_of("tshark", "-n", "-r", str(path), "-x")
    assert text.rstrip("\n").split("\n\n") == [hex_dump(frame) for frame in frames]
    assert parse_hex_text(text) == frames
