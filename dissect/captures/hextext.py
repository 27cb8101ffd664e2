"""Frames from hex text of many kinds: dumps with offsets, bare digits, and program source."""

from __future__ import annotations

__all__ = ["HexFrame", "parse_hex_text", "read_hex_text"]

import re
from collections.abc import Iterator

from dissect.captures.hexframe import HexFrame, shortened
from dissect.captures.hextext_offsets import with_hexadecimal_offsets, with_offsets_in_front
from dissect.captures.hextext_rows import frames_of_rows, is_dump, looks_like
from dissect.errors import HexTextError

_DIGITS = re.compile(r"(?:0[xX])?([0-9a-fA-F]+)")
_ESCAPES = re.compile(r"(?:\\x[0-9a-fA-F]{2})+")
_BETWEEN = re.compile(r"[\s:,-]+")
_PYTHON = re.compile(r"fromhex|unhexlify|a2b_hex|\bbytes\s*\(|\bbytearray\s*\(")
_C_ARRAY = re.compile(r"\{[^{}]*0[xX][0-9a-fA-F]")
_C_LIST = re.compile(r"0[xX][0-9a-fA-F]{1,2}\s*,")
# What `hexdump` without -C and `od` without -t x1 print: words in the byte order of the machine.
_WORDS = re.compile(r"[0-9a-fA-F]{6,8}(?: +[0-9a-fA-F]{4})+ *|[0-9a-fA-F]{6,7}(?: +(?:[0-9a-fA-F]{8}){1,2})+ *")
# A row of single bytes; a column of text may stand behind it, whatever there is in it.
_ROW_OF_BYTES = re.compile(r"[ \t]*(?:[0-9a-fA-F]{2}[ \t]+){4}")
_COLUMN = re.compile(r"[ \t]{2,}|\t")
# Blanks of web pages and word processors, as wide as a blank or of no width.
_BLANKS = {0xA0: " ", 0x2007: " ", 0x202F: " ", 0x200B: None, 0xFEFF: None}


def parse_hex_text(text: str, *, joined: bool = False) -> list[bytes]:
    r"""Return the frames in a text, as `read_hex_text` finds them.

    >>> parse_hex_text("0000  ff ff ff ff   ....\n0004  0a  .\n\n0000  00 01  ..")
    [b'\xff\xff\xff\xff\n', b'\x00\x01']
    >>> parse_hex_text("ffff0a\n0001")
    [b'\xff\xff\n', b'\x00\x01']
    """
    if not isinstance(text, str):
        raise TypeError(f"hex digits are text, not {text!r}: hex_dump makes them of bytes")
    return [frame.data for frame in read_hex_text(text, joined=joined)]


def read_hex_text(text: str, *, joined: bool = False) -> list[HexFrame]:
    r"""Return the frames in a text, with the line and caption of each.

    Understood are:

    - Rows with offsets: `hex_dump` and `layered` of this package, xxd, hexdump -C, od -Ax -tx1,
      tshark -x, Wireshark's "as hex dump", tcpdump -x, -xx, -X, -XX with its summary lines, the sniffers
      of firewalls, and addresses of memory as gdb, lldb, WinDbg and Cisco's IOS print them. Offset 0 begins
      a frame, and so does any other that the next row goes on from (od -j, hexdump -s, a debugger); a `*`
      repeats the row before it; a text column beside the bytes is never read as bytes, and must say the
      same. Under a heading that ends in "(14 bytes)", a row that has the offset of the unfinished row before
      it goes on with that row. Offsets may be decimal or octal, as those of od, and what a mail, a log or the
      kernel writes in front of them is left out. What tshark -x dumps behind a frame that completes something
      ("Reassembled IPv4 (68 bytes):") is no frame.
    - Bare digits: a line of digits is a frame (with `joined`, all lines are one, as xxd -p wraps
      them); where bytes are set apart by spaces, `:` or `-`, lines that follow one another are one
      frame, and an empty line begins the next.
    - Python: bytes literals, put together with `+`, `*` or nothing, `bytes.fromhex("...")`,
      `bytes([...])`, `bytearray(...)`; each statement and each item of a list is a frame. Strings of
      `\x` escapes (Wireshark's "as escaped string") count as bytes literals.
    - C: arrays of 0x numbers in braces, each a frame, as of xxd -i; or such numbers between commas.

    Lines that begin with `#` are comments.

    Raises `HexTextError` with the line number where digits are missing, offsets leave a gap, a
    text column contradicts its bytes, or nothing is found at all.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return list(_frames(lines, joined))


def _frames(lines: list[str], joined: bool) -> Iterator[HexFrame]:
    text = "\n".join(lines)
    lines = [line.translate(_BLANKS) for line in lines]
    lines = with_hexadecimal_offsets(with_offsets_in_front(with_hexadecimal_offsets(lines)))
    # Program source is read with the help of `ast`, which takes long to import and dumps don't need.
    if is_dump(lines):
        found = frames_of_rows(lines)
    elif _ROW_OF_BYTES.match(next((line for line in lines if line.strip() and not line.startswith("#")), "")):
        found = _frames_of_digits(lines, joined)
    elif _PYTHON.search(text):
        from dissect.captures.hextext_source import frames_of_python

        found = frames_of_python(text)
    elif _C_ARRAY.search(text) or (_C_LIST.search(text) and not re.search("[\"']", text)):
        from dissect.captures.hextext_source import frames_of_c

        found = frames_of_c(text)
    elif re.search("[\"']", text):
        from dissect.captures.hextext_source import frames_of_python

        found = frames_of_python(text)
    else:
        found = _frames_of_digits(lines, joined)
    nothing = True
    for frame in found:
        nothing = False
        yield frame
    if nothing:
        raise HexTextError(
            "there are no hex bytes in this text: give a hex dump, hex digits, or bytes literals", line=0
        )


def _frames_of_digits(lines: list[str], joined: bool) -> Iterator[HexFrame]:
    """Yield the frames of lines that hold digits and nothing else."""
    parts: list[bytes] = []
    # How many digits stand together in the rows of the frame at hand.
    group = 0
    first = 0
    for number, line in enumerate(lines, 1):
        line = line.strip()
        if line.startswith("#"):
            continue
        line = _without_text(line)
        whole = _DIGITS.fullmatch(line) is not None or _ESCAPES.fullmatch(line) is not None
        # The last row may have one group alone.
        whole = whole and not (parts and len(line) <= group)
        if parts and not joined and (whole or not line):
            yield HexFrame(b"".join(parts), first)
            parts = []
        if not line:
            continue
        if not parts:
            first = number
            group = max(map(len, _BETWEEN.split(line)))
        parts.append(_bytes_of_digits(line, number))
        if whole and not joined:
            yield HexFrame(parts.pop(), first)
    if parts:
        yield HexFrame(b"".join(parts), first)


def _without_text(line: str) -> str:
    """Return a row without the column of text that shows its bytes, as ngrep -x and hexdump print it."""
    for gap in _COLUMN.finditer(line):
        digits = "".join(_BETWEEN.split(line[: gap.start()]))
        if re.fullmatch("(?:[0-9a-fA-F]{2})+", digits) and looks_like(line[gap.end() :], bytes.fromhex(digits)):
            return line[: gap.start()]
    return line


def _bytes_of_digits(line: str, number: int) -> bytes:
    if line == "*":
        raise HexTextError(
            f"line {number}: '*' stands for repeated rows, and without offsets their number is lost: dump again with "
            "offsets, or without '*' (od -v, hexdump -v)",
            line=number,
        )
    if _WORDS.fullmatch(line):
        raise HexTextError(
            f"line {number} is of hexdump without -C or of od without -tx1, which print words in the byte order of "
            "their machine: use hexdump -C, od -Ax -tx1 or xxd",
            line=number,
        )
    if _ESCAPES.fullmatch(line):
        return bytes.fromhex(line.replace("\\x", ""))
    parts = []
    for token in _BETWEEN.split(line.strip(" :,-")):
        match = _DIGITS.fullmatch(token)
        if match is None:
            raise HexTextError(f"line {number}: {shortened(token)} is no hex, and bytes were expected", line=number)
        digits = match[1]
        if len(digits) % 2:
            raise HexTextError(
                f"line {number}: {shortened(token)} has {len(digits)} digits, and a byte has two", line=number
            )
        parts.append(digits)
    return bytes.fromhex("".join(parts))
