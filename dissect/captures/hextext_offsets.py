"""Offsets of a dump as its rows are read: in front of them, and hexadecimal."""

from __future__ import annotations

__all__ = ["with_hexadecimal_offsets", "with_offsets_in_front"]

import re
from collections.abc import Iterator
from itertools import islice, pairwise

from dissect.captures.hextext_rows import HEADING, OFFSET, is_dump, row_of

# What a mail, a log or the kernel's own messages write in front of a row, or brackets around its offset.
_BEHIND = re.compile(
    r"(?:\S.*?[ \t>\]:|])?[ \t]*(\[?)((?:0[xX])?[0-9a-fA-F]{4,16}(\]?):?)(?=[ \t]+[0-9a-fA-F]{2}(?:[ \t-]|$))"
)
_RADIXES = (16, 10, 8)
_ENOUGH = 100
"""So many rows tell the radix of all."""


def with_offsets_in_front(lines: list[str]) -> list[str]:
    """Return the lines without what stands in front of the offsets of a dump; as they are where they are none.

    >>> with_offsets_in_front(["> 0000  ff 00", "[0002] 01"])
    ['0000  ff 00', '0002 01']
    """
    if is_dump(lines):
        return lines
    found = [_from_offset(line) for line in lines]
    return found if is_dump(found) else lines


def _from_offset(line: str) -> str:
    match = None if OFFSET.match(line) else _BEHIND.match(line)
    if match is None or bool(match[1]) != bool(match[3]):
        return line
    return match[2].replace("]", "") + line[match.end() :]


def with_hexadecimal_offsets(lines: list[str]) -> list[str]:
    """Return the lines with offsets in hexadecimal, where the rows between tell that they are decimal or octal.

    These are what `od` prints without -Ax, and `od -Ad`.

    >>> with_hexadecimal_offsets(["0000000 61 62 63 64 65 66 67 68", "0000010 69"])
    ['0000000 61 62 63 64 65 66 67 68', '0000008 69']
    """
    steps = list(islice(_steps(lines), _ENOUGH))
    # The radix that most of the rows agree with; a dump in which something is missing has one, too.
    agreed = {radix: sum(_agrees(step, radix) for step in steps) for radix in _RADIXES}
    radix = max(_RADIXES, key=agreed.__getitem__)
    if radix == 16:
        return lines
    return [_in_hexadecimal(line, radix) for line in lines]


def _steps(lines: list[str]) -> Iterator[tuple[str, int, str]]:
    """Yield the offset of a row, the bytes in it, and the offset in the next line.

    A row that goes on behind a heading has the bytes in front of that as well.
    """
    begun, size, is_headed = "", 0, False
    for number, (line, next_line) in enumerate(pairwise(lines), 1):
        match, after = OFFSET.match(line), OFFSET.match(next_line)
        row = None
        if match is not None and match[2].isdigit() and not match[1]:
            row = row_of(line, match, next_line, number)
        if match is None or not row:
            is_headed = HEADING.fullmatch(line) is not None
            begun = begun if is_headed else ""
            continue
        size, begun, is_headed = (size if is_headed and match[2] == begun else 0) + len(row), match[2], False
        if after is not None and after[2].isdigit():
            yield begun, size, after[2]


def _agrees(step: tuple[str, int, str], radix: int) -> bool:
    offset, size, following = step
    try:
        return int(following, radix) - int(offset, radix) == size
    except ValueError:
        return False


def _in_hexadecimal(line: str, radix: int) -> str:
    match = OFFSET.match(line)
    try:
        return line if match is None else f"{int(match[2], radix):0{len(match[2])}x}{line[match.end(2) :]}"
    except ValueError:
        return line
