"""Hex dumps with offsets, of whatever program: rows of bytes, put together to frames."""

from __future__ import annotations

__all__ = ["begins_dump", "frames_of_rows"]

import re
from collections.abc import Iterator

from dissect.captures.hexframe import HexFrame, shortened
from dissect.errors import HexTextError

# An offset: four digits at least, so that no byte and no clock time is taken for one.
_OFFSET = re.compile(r"[ \t]*(0[xX])?([0-9a-fA-F]{4,16})(:?)(?=[ \t]|$)")
_GROUP = re.compile(r"[ \t]*([0-9a-fA-F]+)(?=[ \t]|$)")
_GAP = re.compile(r"[ \t]*")
_HEADING = re.compile(r"(.*) \((\d{1,9}) bytes?\)\s*")

_ROW = 16
# xxd's longest row has 256 bytes; a longer one than this is no row of a dump.
_LONGEST_ROW = 1024
# What a `*` may stand for, in bytes.
_LONGEST_REPEAT = 1 << 24


def begins_dump(line: str) -> bool:
    """Say whether a line is the row at offset 0 of a dump."""
    match = _OFFSET.match(line)
    if match is None or int(match[2], 16) != 0:
        return False
    group = _GROUP.match(line, match.end())
    if group is None:
        return False
    return bool(match[3]) or len(group[1]) == 2


def frames_of_rows(lines: list[str]) -> Iterator[HexFrame]:
    """Yield the frames of a text in which rows with offsets stand, and prose between them."""
    dump = _Dump()
    # tcpdump -v dumps options that it does not know the same way, further to the right.
    outermost = min((_indentation(line) for line in lines if _of_tcpdump(line)), default=0)
    for index, line in enumerate(lines):
        number = index + 1
        stripped = line.strip()
        if not stripped:
            dump.empty_line()
            continue
        if stripped.startswith("#"):
            continue
        if stripped == "*":
            dump.repeat(number)
            continue
        match = None if _of_tcpdump(line) and _indentation(line) > outermost else _OFFSET.match(line)
        next_line = lines[index + 1] if number < len(lines) else ""
        row = _row(line, match, next_line, number, dump.expects(match)) if match is not None else None
        if match is None or row is None:
            dump.prose(stripped)
            continue
        offset = int(match[2], 16)
        if not row:
            if dump.ends_at(offset, len(match[2]), number):
                yield from dump.finished(number)
            continue
        if dump.begins(offset, row):
            yield from dump.finished(number)
        dump.add(offset, row, match, number)
    yield from dump.finished(len(lines))
    yield from dump.last()


def _of_tcpdump(line: str) -> bool:
    match = _OFFSET.match(line)
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
        heading = _HEADING.fullmatch(line)
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
        offset = int(match[2], 16)
        return bool(match[3]) or offset == 0 or (len(match[2]) == self._digits and offset == len(self._data))

    def begins(self, offset: int, row: bytes) -> bool:
        """Say whether a row is the first of a frame, and not the rest of a row under a new heading."""
        if offset != 0 or self._repeating:
            return False
        return not self._continues(offset, row)

    def _continues(self, offset: int, row: bytes) -> bool:
        length = len(self._data)
        within = length % _ROW
        return (
            bool(self._headings)
            and not self._blank
            and within != 0
            and offset == length - within
            and len(row) <= _ROW - within
        )

    def ends_at(self, offset: int, digits: int, number: int) -> bool:
        """Take an offset without bytes, which hexdump and od print last; False where it is just a word."""
        if not self._data or digits != self._digits:
            return False
        self._fill(offset, number)
        if offset != len(self._data):
            raise HexTextError(
                f"line {number}: the dump ends at offset {offset:#x}, and its rows hold {len(self._data):#x} bytes",
                line=number,
            )
        return True

    def add(self, offset: int, row: bytes, match: re.Match[str], number: int) -> None:
        """Add a row to the frame."""
        self._fill(offset, number)
        expected = len(self._data)
        if offset != expected and not self._continues(offset, row):
            if not self._data:
                raise HexTextError(f"line {number}: the first offset is {offset:#x}, and 0 was expected", line=number)
            if not match[3] and match[2].strip("01234567") == "" and int(match[2], 8) == expected:
                raise HexTextError(
                    f"line {number}: the offset {match[2]} is octal, and hexadecimal was expected: use od -Ax -tx1",
                    line=number,
                )
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
        self._parts += [(heading, count, expected) for heading, count in self._headings]
        self._headings.clear()
        self._next_caption.clear()
        self._data += row
        self._last_row = row
        self._blank = False

    def _fill(self, offset: int, number: int) -> None:
        if not self._repeating:
            return
        self._repeating = False
        gap = offset - len(self._data)
        if gap <= 0 or gap % len(self._last_row) or gap > _LONGEST_REPEAT:
            raise HexTextError(
                f"line {number}: a row of {len(self._last_row)} bytes cannot be repeated from {len(self._data):#x} to "
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
        digits = group[1]
        if len(digits) % 2 or (not match[3] and len(digits) != 2):
            break
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
        if _looks_like(line[after:end], data[:size]):
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
    following = _OFFSET.match(next_line)
    if following is not None:
        stride = int(following[2], 16) - int(match[2], 16)
        if stride != len(data) and stride in sizes:
            raise _contradiction(number)
    return data


def _looks_like(column: str, data: bytes) -> bool:
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
