"""Reads a list of numbers and names, a line each."""

from __future__ import annotations

import re


def numbers_of(lines: str, digits: int) -> list[int]:
    """Return the numbers of a list; AssertionError where a line is none, or numbers do not rise."""
    numbers = []
    for line in lines.strip().splitlines():
        assert re.fullmatch(rf"[0-9a-f]{{{digits}}} \S.*\S", line), line
        numbers.append(int(line[:digits], 16))
    assert numbers == sorted(set(numbers))
    return numbers
