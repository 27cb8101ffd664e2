"""Two frames held against each other, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import NamedTuple

from dissect.declaration.header import Header
from dissect.packet import parse

__all__ = ["Difference", "differences"]

SHOWN = 8
"""How many bytes are shown of a field that is all bytes, from the first that differs."""


class Difference(NamedTuple):
    """A field in which two frames differ: its layer and name ("" for the layer as a whole), and both texts.

    `offset` is that of the field's first byte in the captured frame, in bytes; of a field that is
    all bytes, that of the first byte that differs.
    """

    layer: str
    field: str
    offset: int
    captured: str
    given: str

    def __str__(self) -> str:
        name = f"{self.layer}.{self.field}" if self.field else self.layer
        return f"{name} at byte {self.offset}: {self.captured} in the capture, {self.given} from the host"


def differences(captured: bytes, given: bytes, link: str | int = "ethernet") -> list[Difference]:
    """Return the fields in which the frames differ, in the order of their offsets; none for equal bytes.

    Where a layer is of another protocol, or missing, what it carries is not compared.
    """
    if captured == given:
        return []
    found = []
    for ours, theirs in zip_longest(parse(captured, link).layers(), parse(given, link).layers()):
        if type(ours) is not type(theirs):
            found.append(_whole_layers(ours, theirs))
            break
        found += _fields(ours, theirs)
        found += _octets(ours, "trailer", _trailer_offset(ours), ours.trailer, theirs.trailer)
    if not found:
        # Nothing declared tells them apart, and yet their bytes differ: two cut headers, for instance.
        found += _octets(parse(captured, link), "", 0, captured, given)
    return sorted(found, key=lambda difference: difference.offset)


def _fields(ours: Header, theirs: Header) -> Iterator[Difference]:
    there = {field.name for field in theirs.present_fields()}
    for field in ours.present_fields():
        if field.over or field.name not in there:
            continue
        mine, other = ours.raw(field), theirs.raw(field)
        if mine == other:
            continue
        offset = (ours.offset or 0) + ours.span(field)[0] // 8
        if field.width == 0 and field.text(mine) == mine.hex():
            yield from _octets(ours, field.name, offset, mine, other)
        else:
            yield Difference(ours.name, field.name, offset, field.text(mine), field.text(other))


def _octets(header: Header, name: str, offset: int, ours: bytes, theirs: bytes) -> Iterator[Difference]:
    if ours == theirs:
        return
    same = next((at for at, (mine, other) in enumerate(zip(ours, theirs, strict=False)) if mine != other), None)
    if same is None:
        same = min(len(ours), len(theirs))
    yield Difference(header.name, name, offset + same, _shown(ours, same), _shown(theirs, same))


def _shown(data: bytes, start: int) -> str:
    part = data[start : start + SHOWN].hex(" ")
    if not part:
        return "nothing" if not data else f"nothing behind its {len(data)} bytes"
    return f"{part}{' ...' if len(data) > start + SHOWN else ''}"


def _trailer_offset(header: Header) -> int:
    return (header.offset or 0) + len(header) - len(header.trailer)


def _whole_layers(ours: Header | None, theirs: Header | None) -> Difference:
    layer = ours if ours is not None else theirs
    assert layer is not None
    texts = ("nothing" if each is None else f"{type(each).__name__} of {len(each)} bytes" for each in (ours, theirs))
    return Difference(layer.name, "", layer.offset or 0, *texts)
