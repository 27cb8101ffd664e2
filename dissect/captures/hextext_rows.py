"""Hex dumps with offsets, of whatever program: rows of bytes, put together to frames."""

from __future__ import annotations

__all__ = ["HEADING", "OFFSET", "frames_of_rows", "is_dump", "looks_like", "row_of"]

import re
from collections.abc import Iterator

from dissect.captures.hexframe import HexFrame, shortened
from dissect.errors import HexTextError

# An offset: four digits at least, so that no byte and no clock time is taken for one. gdb tells where in
# which symbol an address is (<buffer+8>), WinDbg sets the halves of one apart (00000000`0012f5a0).
OFFSET = re.compile(r"[ \t]*(0[xX])?([0-9a-fA-F]{4,16}(?:`[0-9a-fA-F]{8})?)(?: <[^<>]*>)?(:?)(?=[ \t]|$)")
# gdb writes 0x in front of each, WinDbg a hyphen between the eighth byte and the ninth.
_GROUP = re.compile(r"(?:[ \t]*|-)(0[xX])?([0-9a-fA-F]+)(?=[ \t-]|$)")
_GAP = re.compile(r"[ \t]*")
HEADING = re.compile(r"(.*) \((\d{1,9}) bytes?\)\s*")
# A heading of tshark -x, which dumps the frame first and then what it completes.
_PANE = re.compile(r"(.*) \(\d{1,9} bytes?\):")
_PANES_OF_FRAMES = ("Frame", "Packet")

_ROW = 16
# xxd's longest row has 256 bytes; a longer one than this is no row of a dump.
_LONGEST_ROW = 1024
# A line of tshark -V that tells some bits of a number, as "0000 00.. = Differentiated Services Codepoint".
_BITS = re.compile(r"[ \t]*[01.]{4}(?: [01.]{4})* = ")
# What a `*` may stand for, in bytes.
_LONGEST_REPEAT = 1 << 24


def is_dump(lines: list[str]) -> bool:
    """Say whether rows with offsets stand in a text: one at offset 0, or one that another goes on from."""
    for index, line in enumerate(lines):
        match = OFFSET.match(line)
        if match is None:
            continue
        group = _GROUP.match(line, match.end())
        if group is None or not (_is_marked(match) or len(group[2]) == 2):
            continue
        if _first_offset(lines, index, match) is not None:
            return True
    return False


def _number(match: re.Match[str]) -> int:
    """Return the offset that a row begins with."""
    return int(match[2].replace("`", ""), 16)


def _is_marked(match: re.Match[str]) -> bool:
    """Whether it can be nothing but an offset, so that groups of any size are bytes."""
    return bool(match[1] or match[3] or "`" in match[2])


def _first_offset(lines: list[str], index: int, match: re.Match[str]) -> int | None:
    """Return the offset of a row's first byte where the row may be a frame's first; None where it can't.

    It may be where the offset is 0, where the next row goes on from this one, and where there is no other. Cisco's
    IOS prints memory by lines of 16 bytes, of which the first may lack some.
    """
    offset = _number(match)
    if offset == 0:
        return 0
    following = lines[index + 1] if index + 1 < len(lines) else ""
    after = OFFSET.match(following)
    if after is None:
        return offset if match[3] or "`" in match[2] else None
    row = row_of(lines[index], match, following, index + 1)
    if not row:
        return None
    start = _number(after) - len(row)
    lacks = start - offset
    blanks = len(_GAP.match(lines[index], match.end())[0])  # type: ignore[index]  # it matches anything
    if lacks == 0 or (match[3] and 0 < lacks < _ROW and offset % _ROW == 0 and blanks > lacks):
        return start
    return None


def row_of(line: str, match: re.Match[str], next_line: str, number: int) -> bytes | None:
    """Return the bytes of a line that begins with an offset, b"" of an offset alone, None for a line that is no row."""
    try:
        return _row(line, match, next_line, number, False)
    except HexTextError:
        return None


def frames_of_rows(lines: list[str]) -> Iterator[HexFrame]:
    """Yield the frames of a text in which rows with offsets stand, and prose between them."""
    dump = _Dump()
    # tcpdump -v dumps options that it does not know the same way, further to the right.
    outermost = min((_indentation(line) for line in lines if _of_tcpdump(line)), default=0)
    # Whether the rows at hand are of something that a frame completes.
    is_other = False
    for index, line in enumerate(lines):
        number = index + 1
        stripped = line.strip()
        if not stripped:
            dump.empty_line()
            is_other = False
            continue
        if stripped.startswith("#"):
            continue
        if stripped == "*":
            dump.repeat(number)
            continue
        pane = _PANE.fullmatch(stripped)
        if pane is not None:
            is_other = not pane[1].startswith(_PANES_OF_FRAMES)
            continue
        if is_other or _BITS.match(line):
            continue
        match = None if _of_tcpdump(line) and _indentation(line) > outermost else OFFSET.match(line)
        next_line = lines[index + 1] if number < len(lines) else ""
        row = _row(line, match, next_line, number, dump.expects(match)) if match is not None else None
        if match is None or row is None:
            dump.prose(stripped)
            continue
        offset = _number(match)
        if not row:
            if dump.ends_at(offset, len(match[2]), number):
                yield from dump.finished(number)
            continue
        first = _first_offset(lines, index, match)
        if dump.begins(offset, row, first is not None):
            yield from dump.finished(number)
        dump.add(offset, row, match, number, first)
    yield from dump.finished(len(lines))
    yield from dump.last()


def _of_tcpdump(line: str) -> bool:
    match = OFFSET.match(line)
    return match is not None and bool(match[1] and match[3])


def _indentation(line: str) -> int:
    line = line.expandtabs()
    return len(line) - len(line.lstrip())


class _Dump:
    """The frame whose rows are being read, and what stood before them."""

    def __init__(self) -> None:
        self._blank = False
        self._paragraph_over = False
        self._caption: list[str] = []
        self._next_caption: list[str] = []
        self._data = bytearray()
        # The offset of the first row.
        self._base = 0
        self._last_row = b""
        self._digits = 0
        self._line = 0
        self._tcpdump = False
        self._repeating = False
        # The frame before this one, and whether nothing stands between the two.
        self._held: HexFrame | None = None
        self._at_once = False
        # Heading, its count and where its part begins, of this frame; and of what comes next.
        self._parts: list[tuple[str, int, int]] = []
        self._headings: list[tuple[str, int]] = []

    def empty_line(self) -> None:
        """Take a line without anything: what follows begins anew."""
        self._blank = True
        self._paragraph_over = True

    def prose(self, line: str) -> None:
        """Take a line that is no row."""
        if self._blank:
            self._headings.clear()
        heading = HEADING.fullmatch(line)
        if heading is not None:
            self._headings.append((heading[1], int(heading[2])))
        else:
            self._headings.clear()
            self._blank = True
        if self._paragraph_over:
            self._next_caption.clear()
            self._paragraph_over = False
        self._next_caption.append(line)

    def repeat(self, number: int) -> None:
        """Take a `*`: rows like the last one follow, up to the next offset."""
        if not self._last_row:
            raise HexTextError(f"line {number}: '*' repeats a row, and there is none before it", line=number)
        self._repeating = True

    def expects(self, match: re.Match[str]) -> bool:
        """Say whether a line that begins with such an offset can be nothing but the next row."""
        offset = _number(match)
        return bool(match[3]) or offset == 0 or (len(match[2]) == self._digits and offset == self._next)

    @property
    def _next(self) -> int:
        """The offset that the next row has."""
        return self._base + len(self._data)

    def begins(self, offset: int, row: bytes, may_be_first: bool) -> bool:
        """Say whether a row is the first of a frame, and not the rest of a row under a new heading."""
        if self._repeating or not may_be_first or self._continues(offset, row):
            return False
        if offset == 0 or (self._base and offset == self._base):
            return True
        # Elsewhere in memory, and set apart from what was before; a gap within a dump is an error.
        return bool(self._base) and self._blank and offset != self._next

    def _continues(self, offset: int, row: bytes) -> bool:
        length = len(self._data)
        within = length % _ROW
        return (
            bool(self._headings)
            and not self._blank
            and within != 0
            and offset == self._base + length - within
            and len(row) <= _ROW - within
        )

    def ends_at(self, offset: int, digits: int, number: int) -> bool:
        """Take an offset without bytes, which hexdump and od print last; False where it is just a word."""
        if not self._data or digits != self._digits:
            return False
        self._fill(offset, number)
        if offset != self._next:
            raise HexTextError(
                f"line {number}: the dump ends at offset {offset:#x}, and its rows hold {len(self._data):#x} bytes",
                line=number,
            )
        return True

    def add(self, offset: int, row: bytes, match: re.Match[str], number: int, first: int | None) -> None:
        """Add a row to the frame; `first` is the offset of its first byte where it may be the first row."""
        self._fill(offset, number)
        if not self._data and first is not None:
            self._base = offset = first
        expected, length = self._next, len(self._data)
        if offset != expected and not self._continues(offset, row):
            if not self._data:
                raise HexTextError(f"line {number}: the first offset is {offset:#x}, and 0 was expected", line=number)
            raise HexTextError(
                f"line {number}: the offset is {offset:#x}, and {expected:#x} was expected after the rows before it",
                line=number,
            )
        if not self._data:
            self._line = number
            self._digits = len(match[2])
            of_tcpdump = bool(match[1] and match[3])
            self._at_once = self._tcpdump and of_tcpdump and not self._blank and not self._next_caption
            self._tcpdump = of_tcpdump
            self._caption, self._next_caption = self._next_caption, []
        self._parts += [(heading, count, length) for heading, count in self._headings]
        self._headings.clear()
        self._next_caption.clear()
        self._data += row
        self._last_row = row
        self._blank = False

    def _fill(self, offset: int, number: int) -> None:
        if not self._repeating:
            return
        self._repeating = False
        gap = offset - self._next
        if gap <= 0 or gap % len(self._last_row) or gap > _LONGEST_REPEAT:
            raise HexTextError(
                f"line {number}: a row of {len(self._last_row)} bytes cannot be repeated from {self._next:#x} to "
                f"{offset:#x}",
                line=number,
            )
        self._data += self._last_row * (gap // len(self._last_row))

    def finished(self, number: int) -> Iterator[HexFrame]:
        """Take the frame for complete, if there is one; yield the one before it, and begin the next.

        tcpdump dumps what it cannot make out as text, and then, for -x, the packet that it is a part
        of: where two dumps follow one another without a summary, such a first one is no frame.
        """
        if self._repeating:
            raise HexTextError(f"line {number}: '*' repeats a row, and no offset says how often", line=number)
        if not self._data:
            return
        data = bytes(self._data)
        if len(self._parts) > 1:
            ends = [start for _, _, start in self._parts[1:]] + [len(data)]
            for (heading, count, start), end in zip(self._parts, ends, strict=True):
                if end - start != count:
                    raise HexTextError(
                        f"line {self._line}: {shortened(heading)} has {count} bytes by its heading, and {end - start} "
                        "stand under it",
                        line=self._line,
                    )
        caption = " ".join(self._caption)
        held = self._held
        if held is not None:
            if self._at_once and len(held.data) < len(data) and held.data in data:
                caption = held.caption
            else:
                yield held
        self._held = HexFrame(data, self._line, caption, 101 if self._tcpdump and _is_bare_ip(data, caption) else None)
        self._data.clear()
        self._base = 0
        self._parts.clear()
        self._last_row = b""

    def last(self) -> Iterator[HexFrame]:
        """Yield the last frame."""
        if self._held is not None:
            yield self._held


def _is_bare_ip(data: bytes, caption: str) -> bool:
    """Say whether tcpdump left the link header out: its caption names IP and an IP header comes first."""
    if len(data) < 20:
        return False
    if re.search(r"\bIP6 ", caption):
        return data[0] >> 4 == 6 and len(data) >= 40
    return bool(re.search(r"\bIP ", caption)) and data[0] >> 4 == 4 and int.from_bytes(data[2:4]) <= len(data)


def _row(line: str, match: re.Match[str], next_line: str, number: int, strict: bool) -> bytes | None:
    """Return the bytes of a row, b"" for an offset alone, None for a line that is no row.

    Where the bytes end and a column of text begins is nowhere marked, and the text may look like
    hex. So every place where the bytes may end is tried, and the first is taken at which the rest
    of the line is what these bytes look like as text; without one, the whole line is bytes.
    With `strict`, a line that is neither is an error and not prose.
    """
    end = len(line.rstrip())
    position = match.end()
    parts: list[bytes] = []
    size = 0
    # Size of the row if it ends there, and where the column of text would begin.
    places: list[tuple[int, int]] = []
    while (group := _GROUP.match(line, position)) is not None:
        digits = group[2]
        if len(digits) % 2 or (len(digits) != 2 and not _is_marked(match)):
            break
        if group[1] and len(digits) > 2:
            raise HexTextError(
                f"line {number}: {shortened(group[0].strip())} is a word in the byte order of its machine, and bytes "
                "were expected: x/16xb of gdb prints them",
                line=number,
            )
        parts.append(bytes.fromhex(digits))
        size += len(digits) // 2
        if size > _LONGEST_ROW:
            raise HexTextError(
                f"line {number}: the row has more than {_LONGEST_ROW} bytes: split it, or remove its offset",
                line=number,
            )
        position = group.end()
        after = _GAP.match(line, position).end()  # type: ignore[union-attr]  # it matches anything
        if position < end and (after - position >= 2 or line[position] == "\t"):
            places.append((size, after))
    data = b"".join(parts)
    for size, after in places:
        if looks_like(line[after:end], data[:size]):
            return data[:size]
    if position >= end:
        return _without_column(data, [size for size, _ in places], match, next_line, number)
    if not strict:
        return None
    if places:
        raise _contradiction(number)
    rest = line[position:end].split(maxsplit=1)[0]
    if _GROUP.match(rest) is not None and len(rest) % 2:
        raise HexTextError(f"line {number}: {shortened(rest)} has {len(rest)} digits, and a byte has two", line=number)
    raise HexTextError(f"line {number}: {shortened(rest)} is no hex byte, and one was expected", line=number)


def _contradiction(number: int) -> HexTextError:
    return HexTextError(
        f"line {number}: the text beside the bytes does not say the same as they do: remove it to take the bytes",
        line=number,
    )


def _without_column(data: bytes, sizes: list[int], match: re.Match[str], next_line: str, number: int) -> bytes:
    """Return the bytes of a row that is hex from end to end, unless the next offset contradicts it."""
    following = OFFSET.match(next_line)
    if following is not None:
        stride = _number(following) - _number(match)
        if stride != len(data) and stride in sizes:
            raise _contradiction(number)
    return data


def looks_like(column: str, data: bytes) -> bool:
    """Say whether a column of text is what these bytes look like; spaces at its ends may be lost."""
    if len(column) == len(data) + 2 and (column[0], column[-1]) in (("|", "|"), (">", "<")):
        return all(map(_shows, column[1:-1], data))
    # Spaces that the bytes begin with were taken for a part of the gap, unless dots stand for them.
    for first in (0, len(data) - len(data.lstrip(b" "))):
        shown, rest = data[first : first + len(column)], data[first + len(column) :]
        if len(shown) == len(column) and all(map(_shows, column, shown)) and not rest.strip(b" "):
            return True
    return False


def _shows(character: str, byte: int) -> bool:
    if character == ".":
        return True
    if 0x20 <= byte < 0x7F:
        return character == chr(byte)
    return not (character.isascii() and character.isalnum())
