"""Frames from source: Python and C, read and never run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.captures.hextext import parse_hex_text, read_hex_text
from dissect.captures.hextext_source import frames_of_c, frames_of_python
from dissect.errors import HexTextError


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=4))
def test_python_literals(frames: list[bytes]) -> None:
    for text in (
        "\n".join(f"frame{number} = {frame!r}" for number, frame in enumerate(frames)),
        repr(frames),
        f"frames = {tuple(frames)!r}",
        "\n".join(f"bytes.fromhex({frame.hex(' ')!r})" for frame in frames),
        "\n".join(f"bytearray({frame!r})" for frame in frames),
        "\n".join(repr(bytearray(frame)) for frame in frames),
        "\n".join(f"bytes({list(frame)!r})" for frame in frames),
        "\n".join(f"raw: bytes = {frame[:3]!r} + {frame[3:]!r}" for frame in frames),
        "import binascii\n" + "\n".join(f"binascii.unhexlify({frame.hex()!r})" for frame in frames),
        ">>> " + "\n>>> ".join(map(repr, frames)),
        f"    {dict(enumerate(frames))!r}",
    ):
        assert [frame.data for frame in frames_of_python(text)] == frames


@given(st.lists(st.lists(st.binary(min_size=1, max_size=9), min_size=1, max_size=4), min_size=1, max_size=3))
def test_literals_one_after_the_other_are_one_frame(frames: list[list[bytes]]) -> None:
    text = "\n".join("frame = (" + "\n    ".join(map(repr, parts)) + ")" for parts in frames)
    assert parse_hex_text(text) == [b"".join(parts) for parts in frames]


@given(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=4))
def test_c_arrays(frames: list[bytes]) -> None:
    rows = [",\n  ".join(f"0x{byte:02x}" for byte in frame) for frame in frames]
    text = "\n".join(
        f'unsigned char packet_{number}[{len(frame)}] = {{ /* Packet {number} "quoted" */\n  {row}, // end\n}};\n'
        f"unsigned int packet_{number}_len = {len(frame)};"
        for number, (frame, row) in enumerate(zip(frames, rows, strict=True))
    )
    assert parse_hex_text(text) == frames
    assert [frame.data for frame in frames_of_c("\n\n".join(rows))] == frames


def test_wiresharks_escaped_string() -> None:
    assert parse_hex_text('"\\xff\\xff\\x00" \\\n"\\x05\\x5d"\n') == [b"\xff\xff\x00\x05\x5d"]


def test_repetition() -> None:
    assert parse_hex_text("b'\\x01' + b'\\x00' * 4 + 2 * b'ab' + bytes(2)") == [b"\x01\x00\x00\x00\x00abab\x00\x00"]


def test_lines_are_counted_from_the_first_of_the_text() -> None:
    assert [frame.line for frame in read_hex_text("\n# two\na = b'1'\nb = [\n b'2',\n b'3']")] == [3, 5, 6]
    assert [frame.line for frame in read_hex_text("/* one */\nchar a[] = {\n 0x01,\n};\nchar b[] = {0x02};")] == [3, 5]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a = b'\\x01'\nb = b'\\x0'", 2, "looks like Python source"),
        ("b'unfinished", 1, "looks like Python source"),
        ("import os\nos.remove(b'x')", 2, "makes no bytes that can be told without running it"),
        ("bytes.fromhex('012')", 1, "'012' is no sequence of bytes"),
        ("bytes([1, 256])", 1, "256 is no byte"),
        ("b'ab' * 99999999", 1, "16777216 are the most"),
        ("bytes(99999999999)", 1, "16777216 are the most"),
        ("def f(): return b'a'", 1, "no other statements"),
        ("'€'", 1, "makes no bytes"),
        ("char a[] = {0x01, 300};", 1, "'300' is no byte"),
        ("char a[] = {\n0x01,\n0x100};", 3, "'0x100' is no byte"),
    ],
)
def test_what_is_refused(text: str, line: int, reason: str) -> None:
    with pytest.raises(HexTextError, match=reason) as caught:
        parse_hex_text(text)
    assert caught.value.line == line
    assert "\n" not in str(caught.value)


def test_deep_nesting_ends_with_a_sentence() -> None:
    for text in ("b'a'" + "+b'a'" * 100_000, "(" * 10_000 + "b'a'" + ")" * 10_000, "[" * 5_000 + "b'a'" + "]" * 5_000):
        with pytest.raises(HexTextError):
            parse_hex_text(text)


@given(st.text(alphabet="b'\"\\x0fF()[]{},+* \n.bytesfromhex=:1", max_size=60))
def test_nothing_else_is_raised(text: str) -> None:
    for read in (frames_of_python, frames_of_c):
        try:
            frames = list(read(text))
        except HexTextError as error:
            assert "\n" not in str(error)  # noqa: PT017 - most texts are refused, not all
        else:
            assert all(isinstance(frame.data, bytes) for frame in frames)


def test_the_source_is_only_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("source was run")

    monkeypatch.setattr("builtins.eval", never)
    monkeypatch.setattr("builtins.exec", never)
    assert parse_hex_text("b'a'") == [b"a"]


@pytest.mark.parametrize(
    "text",
    ["byte[] frame = new byte[] {(byte)0x45, (byte) 0x00, 0x0a};", "&[0x45, 0x00, 0x0a]", "[]byte{0x45, 0x0, 0xa}"],
)
def test_arrays_of_languages_like_c(text: str) -> None:
    assert parse_hex_text(text) == [b"\x45\x00\x0a"]
