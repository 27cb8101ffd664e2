"""Looking for packets: by a text in their rows, by a display filter, by bytes; and putting them in an order."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from ipaddress import ip_address
from math import isnan, nan
from typing import Any

from dissect.errors import FieldError
from dissect.terminal.engine import Job
from dissect.terminal.opened import OpenCapture
from dissect.terminal.rows import Row, RowStore

__all__ = ["FIND_KINDS", "find_bytes", "find_text", "nearest", "order", "sought_bytes"]

FIND_KINDS = ("text", "filter", "bytes", "string")
"""What is looked for: a text in the rows, what passes a filter, bytes as hex digits, and a text among the bytes."""
_AT_ONCE = 1024


def sought_bytes(text: str, kind: str) -> bytes:
    r"""Return the bytes that "0a 00" and the like, or a string, stand for; FieldError where they stand for none.

    >>> sought_bytes("0a:00 ff", "bytes"), sought_bytes("GET", "string")
    (b'\n\x00\xff', b'GET')
    """
    if kind == "string":
        return text.encode("utf-8", "surrogateescape")
    digits = text.replace(":", "").replace(" ", "").removeprefix("0x")
    try:
        found = bytes.fromhex(digits)
    except ValueError:
        raise FieldError(f"{text!r} is no hex digits, expected pairs of them, as in 0a 00 ff") from None
    if not found:
        raise FieldError("there are no bytes to look for, expected pairs of hex digits, as in 0a 00 ff")
    return found


def find_text(job: Job, store: RowStore, numbers: Sequence[int], text: str) -> int:
    """Return the first of these packets in whose row a text stands, whatever its case; 0 for none."""
    sought = text.casefold()
    for place, number in enumerate(numbers):
        if not place % _AT_ONCE:
            job.rest()
        row = store.row(number)
        if row is not None and any(sought in cell.casefold() for cell in _cells(row)):
            return number
    return 0


def _cells(row: Row) -> Iterable[str]:
    return (row.info, row.source, row.destination, row.protocol, *row.fields)


def find_bytes(job: Job, capture: OpenCapture, numbers: Sequence[int], sought: bytes) -> int:
    """Return the first of these packets that has these bytes; 0 for none."""
    place = 0
    while place < len(numbers):
        job.rest()
        some = numbers[place : place + _AT_ONCE]
        first, last = min(some), max(some)
        if last - first < 4 * len(some):
            having = {packet.number for packet in capture.packets(first, last) if sought in packet.data}
            found = next((number for number in some if number in having), 0)
        else:
            found = next((number for number in some if _has(capture, number, sought)), 0)
        if found:
            return found
        place += _AT_ONCE
    return 0


def _has(capture: OpenCapture, number: int, sought: bytes) -> bool:
    packet = capture.packet(number)
    return packet is not None and sought in packet.data


def nearest(numbers: Sequence[int], passed: Iterable[int]) -> int:
    """Return the first of `numbers` that is among those that passed; 0 for none."""
    having = set(passed)
    return next((number for number in numbers if number in having), 0)


def order(
    job: Job, capture: OpenCapture, store: RowStore, numbers: Sequence[int], key: str, *, largest_first: bool
) -> array[int]:
    """Return the packets in the order of a column: numbers and addresses as numbers, and texts whatever their case.

    Packets whose rows are not made yet come last.
    """
    index = capture.index
    keys: Callable[[int], Any]
    if key == "number":
        keys = lambda number: number  # noqa: E731 - one of several
    elif key == "time":
        keys = lambda number: index.times[number - 1]  # noqa: E731
    elif key == "length":
        keys = lambda number: index.original[number - 1]  # noqa: E731
    else:
        known: dict[int, Any] = {}
        cached: dict[str, Any] = {}
        for place, number in enumerate(numbers):
            if not place % _AT_ONCE:
                job.rest()
            row = store.row(number)
            text = "" if row is None else _cell(row, key)
            if text not in cached:
                cached[text] = _text_key(text)
            known[number] = cached[text]
        keys = known.__getitem__
    job.rest()
    return array("I", sorted(numbers, key=keys, reverse=largest_first))


def _cell(row: Row, key: str) -> str:
    if key.startswith("field "):
        place = int(key.removeprefix("field "))
        return row.fields[place] if place < len(row.fields) else ""
    return str(getattr(row, key))


def _text_key(text: str) -> tuple[int, Any]:
    """Return what texts are sorted by: numbers as such, then addresses, then others; what is missing comes last."""
    if not text:
        return (9, "")
    try:
        number = float(text)
    except ValueError:
        number = nan
    if not isnan(number):
        return (0, number)
    try:
        address = ip_address(text)
    except ValueError:
        return (5, text.casefold())
    return (address.version - 3, int(address))
