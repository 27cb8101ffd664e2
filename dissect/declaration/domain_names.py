"""Names of labels that may end in a pointer to another name of the same message, as DNS writes them.

Source: RFC 1035, sections 3.1 and 4.1.4. A label is its length and so many bytes, an empty label ends the name, and two
bytes whose upper bits are set point to a byte of the message where the name goes on.
"""

from __future__ import annotations

import re
from typing import Any

from dissect.declaration.fields import Field
from dissect.declaration.kinds import Kind

__all__ = ["DomainName", "domain_name", "resolved"]

_LONGEST_LABEL = 63
_LONGEST = 255
_POINTER = 0xC0
_FURTHEST = 0x3FFF
_PART = re.compile(r"(?:[^.\\@\x00-\x20\x7f-\uffff]|\\\d{3})+")
_PLACE = re.compile(r"@(\d{1,5})")


class DomainName(Kind):
    r"""A name as text: labels with dots between them, "." for none, and "@12" at the end for a pointer to byte 12.

    So every encoding has a text of its own, and the text gives the same bytes again. Bytes that are no visible ASCII,
    dots, backslashes and "@" within labels are `\ddd`, as in zone files. `resolved` follows the pointers.

    >>> name = DomainName()
    >>> name.load(b"\x07printer\x05local\x00"), name.load(b"\x07printer\xc0\x0c"), name.load(b"\x00")
    ('printer.local', 'printer.@12', '.')
    >>> name.store("printer.@12", 0)
    b'\x07printer\xc0\x0c'
    """

    code = "string"
    octets = True
    delimited = True

    def load(self, raw: bytes) -> str:
        """Return the name; where it is none any more, it ends."""
        labels, pointer = _walk(raw, 0, len(raw))[1:]
        if pointer is not None:
            labels = [*labels, f"@{pointer}"]
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
        place = _PLACE.fullmatch(parts[-1]) if parts else None
        if place is not None and int(place[1]) <= _FURTHEST:
            end = (_POINTER << 8 | int(place[1])).to_bytes(2, "big")
            parts.pop()
        else:
            end = b"\x00"
        made = b"".join(map(_label, parts)) + end
        if len(made) > _LONGEST:
            raise ValueError(f"a name of at most {_LONGEST} bytes")
        return made

    def text(self, raw: bytes, base: int, digits: int) -> str:
        return self.load(raw)

    def source(self, raw: bytes, base: int) -> str:
        return repr(self.load(raw))

    def extent(self, buffer: bytes, start: int, end: int) -> int:
        stop, _, _ = _walk(buffer, start, end)
        return stop - start if stop >= 0 else -1


def domain_name(label: str, *, default: str = ".", **options: Any) -> Any:
    """Declare a name of labels, which tells itself where it ends."""
    return Field(0, DomainName(), label, default=default, length="", **options)


def resolved(message: bytes, name: str) -> str:
    r"""Return a name with what its pointer leads to in the message, and so on.

    A pointer that leads out of the message, or around in a circle, stays as it is.

    >>> resolved(b"....\x05local\x00", "printer.@4")
    'printer.local'
    >>> resolved(b"....\x05local\xc0\x04", "@4")
    'local.@4'
    """
    labels, last = name.split(".")[:-1], name.rpartition(".")[2]
    seen: set[int] = set()
    while (place := _PLACE.fullmatch(last)) and int(place[1]) not in seen:
        seen.add(int(place[1]))
        stop, more, pointer = _walk(message, int(place[1]), len(message))
        if stop < 0 or len(labels) + len(more) > _LONGEST:
            break
        labels += more
        last = "" if pointer is None else f"@{pointer}"
    return ".".join([*labels, last] if last else labels) or "."


def _walk(buffer: bytes, start: int, end: int) -> tuple[int, list[str], int | None]:
    """Return where a name ends (-1 where it does not), its labels, and where it points to, or None."""
    labels: list[str] = []
    place = start
    while place < end:
        size = buffer[place]
        if size >= _POINTER and place + 2 <= end:
            return place + 2, labels, int.from_bytes(buffer[place : place + 2], "big") & _FURTHEST
        if size > _LONGEST_LABEL or place + 1 + size > end:
            break
        if not size:
            return place + 1, labels, None
        labels.append("".join(_shown(byte) for byte in buffer[place + 1 : place + 1 + size]))
        place += 1 + size
    return -1, labels, None


def _shown(byte: int) -> str:
    return chr(byte) if 0x20 < byte < 0x7F and chr(byte) not in ".\\@" else f"\\{byte:03}"


def _label(part: str) -> bytes:
    if not _PART.fullmatch(part):
        raise ValueError(r"labels of visible ASCII between dots, \ddd for other bytes, @ and a number at the end")
    values = [int(each[1:]) if len(each) > 1 else ord(each) for each in re.findall(r"\\\d{3}|.", part)]
    if max(values) > 0xFF or len(values) > _LONGEST_LABEL:
        raise ValueError(f"labels of 1 to {_LONGEST_LABEL} bytes")
    return bytes([len(values), *values])
