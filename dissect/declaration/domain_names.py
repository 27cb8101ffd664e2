"""Names of labels that may end in a pointer to another name of the same message, as DNS writes them.

Source: RFC 1035, sections 3.1 and 4.1.4. A label is its length and so many bytes, an empty label ends the name, and two
bytes whose upper bits are set point to a byte of the message where the name goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dissect.declaration.fields import Field
from dissect.declaration.kinds import Kind
from dissect.declaration.named_tuples import NamedTuple

__all__ = ["FURTHEST", "DomainName", "domain_name", "pointer_to", "suffixes"]

_LONGEST_LABEL = 63
_LONGEST = 255
_MOST_POINTERS = 127
"""How many pointers are followed one after the other: as many as a name of 255 bytes can have labels."""
_POINTER = 0xC0
FURTHEST = 0x3FFF
"""The last byte of a message to which a pointer can lead."""
_ESCAPES = {number: f"\\{number:03o}" for number in (*range(0x20), 0x7F)} | {
    7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r"
}  # fmt: skip
"""How Wireshark prints characters that are no visible ones."""
# Patterns are compiled where they are first needed, for most programs only read names.
_PART = r"(?:[!-\-/-?A-\[\]-~]|\\\d{3})+"
"""Visible ASCII without ".", "@" and the backslash, which begins a byte of another kind."""
_PLACE = r"@(\d{1,5})"


class DomainName(Kind):
    r"""A name as text: labels with dots between them, "." for none.

    A field of a message gives its name in full. What a constructor takes may end in "@12", a pointer to byte 12 of
    the message, and `repr` shows that, so that every encoding has a text of its own, and the text gives the same bytes
    again. Bytes that are no visible ASCII, dots, backslashes and "@" within labels are `\ddd`, as in zone files.

    A name whose pointers lead out of the message or around in a circle, or make it longer than 255 bytes, stays as it
    is, and has a problem; so has one whose pointers lead forwards. `compress` is whether `compressed` may put pointers
    here.

    >>> name = DomainName()
    >>> name.load(b"\x07printer\x05local\x00"), name.load(b"\x07printer\xc0\x0c"), name.load(b"\x00")
    ('printer.local', 'printer.@12', '.')
    >>> name.store("printer.@12", 0)
    b'\x07printer\xc0\x0c'
    >>> name.load(name.whole(b"\x07printer\xc0\x04", b"....\x05local\x00"))
    'printer.local'
    """

    code = "string"
    octets = True
    delimited = True
    refers = True

    def __init__(self, *, compress: bool = True) -> None:
        self.compress = compress

    def load(self, raw: bytes) -> str:
        """Return the name; where it is none any more, it ends."""
        found = _walk(raw, 0, len(raw))
        labels = ["".join(map(_shown, raw[start:end])) for start, end in found.labels]
        if found.pointer is not None:
            labels.append(f"@{found.pointer}")
        return ".".join(labels) or "."

    def store(self, value: Any, width: int) -> bytes:
        """Return the bytes of a name; ValueError where it is none, or has labels of more than 63 bytes."""
        if isinstance(value, (bytes, bytearray, memoryview)):
            raw = bytes(value)
            if self.extent(raw, 0, len(raw)) != len(raw):
                raise ValueError("the bytes of one whole name")
            return raw
        if not isinstance(value, str):
            raise ValueError('a name like "printer.local", or "printer.@12" for one that goes on at byte 12')
        parts = value.removesuffix(".").split(".") if value not in ("", ".") else []
        place = re.fullmatch(_PLACE, parts[-1]) if parts else None
        if place is not None and int(place[1]) <= FURTHEST:
            end = pointer_to(int(place[1]))
            parts.pop()
        else:
            end = b"\x00"
        made = b"".join(map(_label, parts)) + end
        if len(made) > _LONGEST:
            raise ValueError(f"a name of at most {_LONGEST} bytes")
        return made

    def text(self, raw: bytes, base: int, digits: int) -> str:
        """Return the name as Wireshark prints it: nothing tells a dot in a label from one between two."""
        found = _walk(raw, 0, len(raw))
        if found.pointer is not None:
            return "<Name contains a pointer that loops>"
        return ".".join(_printed(raw[start:end]) for start, end in found.labels) or "<Root>"

    def compared(self, raw: bytes) -> str:
        return self.text(raw, 10, 0)

    def source(self, raw: bytes, base: int) -> str:
        # What is longer than a name may be, no text gives.
        return repr(raw if len(raw) > _LONGEST else self.load(raw))

    def extent(self, buffer: bytes, start: int, end: int) -> int:
        stop = _walk(buffer, start, end).stop
        return stop - start if stop >= 0 else -1

    def whole(self, raw: bytes, message: bytes) -> bytes:
        """Return the bytes of the name with those that its pointers lead to; as it is where they lead to no end."""
        return _followed(raw, message).raw

    def faults(self, raw: bytes, message: bytes, place: int) -> Iterator[str]:
        """Yield what is wrong with the name's pointers, and with its length."""
        found = _followed(raw, message, place)
        if found.fault:
            yield found.fault
        elif len(raw) > _LONGEST:
            yield f"is longer than {_LONGEST} bytes"


class _Walked(NamedTuple):
    """Where a name ends (-1 where it does not), where its labels lie, and where it points to, or None."""

    stop: int
    labels: list[tuple[int, int]]
    pointer: int | None


class _Followed(NamedTuple):
    """A name behind its pointers, and a sentence about the first of these that is wrong, or ""."""

    raw: bytes
    fault: str


def domain_name(label: str, *, default: str = ".", compress: bool = True, **options: Any) -> Any:
    """Declare a name of labels, which tells itself where it ends and may end in a pointer into the message.

    `compress` is whether `compressed` may write it as a pointer; RFC 3597 forbids that for names in data whose form
    not everybody knows.
    """
    return Field(0, DomainName(compress=compress), label, default=default, length="", **options)


def pointer_to(place: int) -> bytes:
    """Return the two bytes that point to a byte of the message, 0 to 0x3fff."""
    return (_POINTER << 8 | place).to_bytes(2, "big")


def suffixes(raw: bytes) -> Iterator[int]:
    """Yield where the labels of a name begin, in its bytes: what is behind each of these places is a name, too."""
    return (start - 1 for start, _ in _walk(raw, 0, len(raw)).labels)


_LAST: list[tuple[bytes, dict[int, _Walked]]] = [(b"", {})]
"""The message that was read last, and what was found where its names point to: most of them share their ends."""


def _followed(raw: bytes, message: bytes, place: int = FURTHEST + 1) -> _Followed:
    """Follow the pointers of a name that stands at byte `place`; the name stays as it is where they lead to no end."""
    pointer = _walk(raw, 0, len(raw)).pointer
    if pointer is None:
        return _Followed(raw, "")
    last = _LAST[0]
    if last[0] != message:
        last = _LAST[0] = message, {}
    walked = last[1]
    made, seen, fault = raw[:-2], set[int](), ""
    while pointer is not None:
        if pointer in seen or len(seen) == _MOST_POINTERS:
            return _Followed(raw, "points around in a circle" if pointer in seen else "has too many pointers in a row")
        if pointer >= place and not fault:
            fault = "points forwards"
        seen.add(pointer)
        found = walked.get(pointer)
        if found is None:
            # A name has 255 bytes at most, and no more is looked at, however often it is pointed to.
            found = walked[pointer] = _walk(message, pointer, min(len(message), pointer + _LONGEST + 1))
        if found.stop < 0:
            return _Followed(raw, "points to what is no name")
        there = message[pointer : found.stop - (1 if found.pointer is None else 2)]
        if len(made) + len(there) >= _LONGEST:
            return _Followed(raw, f"is longer than {_LONGEST} bytes")
        made, place, pointer = made + there, pointer, found.pointer
    return _Followed(made + b"\x00", fault)


def _walk(buffer: bytes, start: int, end: int) -> _Walked:
    """Return what a name between these places consists of."""
    labels: list[tuple[int, int]] = []
    place = start
    while place < end:
        size = buffer[place]
        if size >= _POINTER and place + 2 <= end:
            return _Walked(place + 2, labels, int.from_bytes(buffer[place : place + 2], "big") & FURTHEST)
        if size > _LONGEST_LABEL or place + 1 + size > end:
            break
        if not size:
            return _Walked(place + 1, labels, None)
        labels.append((place + 1, place + 1 + size))
        place += 1 + size
    return _Walked(-1, labels, None)


def _shown(byte: int) -> str:
    return chr(byte) if 0x20 < byte < 0x7F and chr(byte) not in ".\\@" else f"\\{byte:03}"


def _printed(label: bytes) -> str:
    if label.isascii():
        return label.decode("ascii").translate(_ESCAPES)
    # Loaded for names of other characters, which hardly come.
    from dissect.declaration.replacements import with_replacements

    return with_replacements(label).translate(_ESCAPES)


def _label(part: str) -> bytes:
    if not re.fullmatch(_PART, part):
        raise ValueError(r"labels of visible ASCII between dots, \ddd for other bytes, @ and a number at the end")
    values = [int(each[1:]) if len(each) > 1 else ord(each) for each in re.findall(r"\\\d{3}|.", part)]
    if max(values) > 0xFF or len(values) > _LONGEST_LABEL:
        raise ValueError(f"labels of 1 to {_LONGEST_LABEL} bytes")
    return bytes([len(values), *values])
