"""Two frames held against each other: the fields that differ, and which of the differences follow from others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from dissect.declaration.entry import EntryList
from dissect.declaration.fields import Field
from dissect.declaration.header import Header
from dissect.declaration.kinds import FlagSet, Octets
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.options import Option
from dissect.declaration.record import Record
from dissect.differences.alignment import alike
from dissect.differences.consequences import Found, folded
from dissect.differences.parts import Part, field_name, parts, record_name, record_parts, trailer_offset
from dissect.packets.packet import parse

__all__ = ["FieldDifference", "Tolerance", "frame_differences", "header_differences", "texts"]

SHOWN = 8
"""How many bytes are shown of a field that is all bytes, from the first that differs."""

Unlike = Callable[[Part, Part], "tuple[str, str] | None"]
"""What tells whether two fields of one name differ: their texts, or None where they count as equal."""


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """A field in which two frames differ: its display-filter name, its place, and its texts in both.

    `offset` is that of the field's first byte in the first frame, from 0 (in the second, where only that
    one has it); of a field that is all bytes, that of the first byte that differs. It is None for
    what stands in no byte of the frame, such as its time. `octets` says that the field is
    bytes whose meaning nothing declares. `consequences` are the differences that follow from this
    one: the checksum that covers the field, the length that counts its bytes. `span_before` and `span_after`
    are the field's first byte and the one behind its last, in each frame; None where it has none there.

    >>> from dissect import Ethernet, IPv4
    >>> a, b = (bytes(Ethernet() / IPv4(ttl=ttl)) for ttl in (64, 63))
    >>> for difference in frame_differences(a, b):
    ...     print(difference, "and so", *difference.consequences)
    ip.ttl 64 -> 63 at byte 22 and so ip.checksum 0x7aeb -> 0x7beb at byte 24
    """

    name: str
    offset: int | None
    before: str
    after: str
    octets: bool = False
    consequences: tuple[FieldDifference, ...] = ()
    span_before: tuple[int, int] | None = None
    span_after: tuple[int, int] | None = None

    def __str__(self) -> str:
        where = "" if self.offset is None else f" at byte {self.offset}"
        return f"{self.name} {self.before} -> {self.after}{where}"

    def with_consequences(self) -> Iterator[FieldDifference]:
        """Yield this difference, then what follows from it."""
        yield self
        for each in self.consequences:
            yield from each.with_consequences()


def unlike_raw(ours: Part, theirs: Part) -> tuple[str, str] | None:
    """Tell fields apart by their raw values."""
    mine, other = ours.raw, theirs.raw
    return None if mine == other else texts(ours, mine, other)


class Tolerance(NamedTuple):
    """What is let pass: `unlike` tells whether two fields of one name differ, `ignores` what doesn't count."""

    unlike: Unlike
    ignores: Callable[[str, Part | None, Part | None], bool]


def frame_differences(
    before: bytes, after: bytes, link: str | int = "ethernet", tolerance: Tolerance | None = None
) -> list[FieldDifference]:
    """Return the fields in which two frames differ, in the order of their offsets; none for equal bytes.

    A field that the frame computes by itself (a checksum, a length, the number of the protocol that
    follows), and that is right in both frames, is a consequence of what it covers, and listed with that.
    Where frames of one length differ in no more than the bits of some fields, these fields
    are all that is named, although a changed length or type makes other fields of the bytes behind it.
    Layers are compared with those of the same protocol; those that only one frame has are named as a whole.
    """
    if before == after and tolerance is None:
        return []
    return header_differences(parse(before, link), parse(after, link), tolerance)


def header_differences(ours: Header, theirs: Header, tolerance: Tolerance | None = None) -> list[FieldDifference]:
    """Return the same as `frame_differences` for two frames that were parsed."""
    before, after = bytes(ours), bytes(theirs)
    unlike = unlike_raw if tolerance is None else tolerance.unlike
    found: list[Found] | None = None
    if len(before) == len(after):
        found = _same_places(ours, theirs, before, after, unlike)
        if found is None and tolerance is None:
            mirrored = _same_places(theirs, ours, after, before, unlike)
            found = mirrored and [each.mirrored() for each in mirrored]
    if found is None:
        found = list(_layer_by_layer(ours, theirs, unlike))
    if tolerance is None:
        if not found and before != after:
            # The bytes differ, and no field does: the whole header is one difference.
            found = [_octets(ours.name, 0, 0, before, after, ours, theirs, 0)]
    else:
        found = [each for each in found if not tolerance.ignores(each.name, each.ours, each.theirs)]
    roots = folded(found, waived=tolerance is not None)
    return sorted((_told(root, consequences) for root, consequences in roots), key=lambda each: each.offset or 0)


def _told(found: Found, consequences: Iterable[Found]) -> FieldDifference:
    shown = tuple(_told(each, ()) for each in sorted(consequences, key=lambda each: each.offset))
    spans = _span(found.ours), _span(found.theirs)
    return FieldDifference(found.name, found.offset, found.before, found.after, found.octets, shown, *spans)


def _span(part: Part | None) -> tuple[int, int] | None:
    return None if part is None else (part.first // 8, (part.first + part.width + 7) // 8)


def _same_places(ours: Header, theirs: Header, before: bytes, after: bytes, unlike: Unlike) -> list[Found] | None:
    """Return the fields that hold all the bits in which the frames differ; None where there are others.

    A field that makes something else of the bytes behind it may make something else of itself, as the version of
    IP does: one field may be in the first frame alone.
    """
    bits = 8 * len(before)
    differing = int.from_bytes(before, "big") ^ int.from_bytes(after, "big")
    mine = list(parts(ours))
    others = {part.identity: part for part in parts(theirs)}
    found: list[Found] = []
    explained, turned = 0, False
    for part in mine:
        mask = ((1 << part.width) - 1) << (bits - part.first - part.width)
        if not differing & mask and unlike is unlike_raw:
            continue
        other = others.get(part.identity)
        if other is None:
            if differing & mask:
                if turned or part.field is None or not part.field.width:
                    return None
                turned = True
                explained |= mask
                found.append(_turned(part, part.field, after))
            continue
        explained |= mask
        found += _between(part, other, unlike)
    return found if not differing & ~explained else None


def _turned(part: Part, field: Field, after: bytes) -> Found:
    """Return the difference in a field that only the first frame has, and the second has other bits for."""
    raw = part.raw
    other: Any = after[part.first // 8 : (part.first + part.width) // 8]
    if not isinstance(raw, bytes):
        behind = 8 * len(after) - part.first - part.width
        other = int.from_bytes(after, "big") >> behind & (1 << part.width) - 1
    return Found(part.name, part.first // 8, *texts(part, raw, other), part, part, is_cause=True)


def _between(ours: Part, theirs: Part, unlike: Unlike) -> Iterator[Found]:
    said = unlike(ours, theirs)
    if said is None:
        return
    mine, other = ours.raw, theirs.raw
    offset = ours.first // 8
    octets = ours.field is None or isinstance(ours.field.kind, Octets)
    if isinstance(mine, bytes) and isinstance(other, bytes) and mine != other and octets:
        offset += _first_difference(mine, other)
    yield Found(ours.name, offset, *said, ours, theirs, octets)


def _layer_by_layer(ours: Header, theirs: Header, unlike: Unlike) -> Iterator[Found]:
    mine, others = list(ours.layers()), list(theirs.layers())
    apart: tuple[list[Header], list[Header]] = [], []
    layer = 0
    for at, beside in [*alike([each.name for each in mine], [each.name for each in others]), (None, None)]:
        if at is not None and beside is None:
            apart[0].append(mine[at])
        elif beside is not None and at is None:
            apart[1].append(others[beside])
        elif apart[0] or apart[1]:
            yield _other_layers(*apart, layer)
            apart = [], []
        if at is not None and beside is not None:
            layer = at + 1
            first, second = mine[at], others[beside]
            yield from _records(first, second, at, unlike)
            if first.trailer != second.trailer:
                offset = trailer_offset(first)
                yield _octets(
                    f"{first.name}.trailer", offset, at, first.trailer, second.trailer, first, second,
                    trailer_offset(second),
                )  # fmt: skip


def _records(ours: Header, theirs: Header, layer: int, unlike: Unlike) -> Iterator[Found]:
    """Yield the differences of two headers of one protocol, field by field by their names."""
    starts = 8 * (ours.offset or 0), 8 * (theirs.offset or 0)
    present = {field.name: field for field in theirs.present_fields() if not field.over}
    # Of a header that only one frame has whole, the fields that the other lacks are one difference.
    is_cut = ours.is_cut is not theirs.is_cut
    met = set()
    covered = [0, 0]
    for field in ours.present_fields():
        if field.over:
            continue
        first, width = ours.span(field)
        covered[0] += width
        other = present.get(field.name)
        mine = Part(field_name(ours, field), starts[0] + first, width, layer, ours, field)
        if other is None:
            if width and not is_cut:
                yield Found(mine.name, mine.first // 8, texts(mine, mine.raw, None)[0], "nothing", mine, None)
            continue
        met.add(field.name)
        there, size = theirs.span(other)
        covered[1] += size
        second = Part(field_name(theirs, other), starts[1] + there, size, layer, theirs, other)
        if isinstance(field.kind, EntryList) and isinstance(other.kind, EntryList):
            yield from _options(mine, second, unlike)
        else:
            yield from _between(mine, second, unlike)
    for name, field in present.items():
        if name not in met and theirs.span(field)[1] and not is_cut:
            there, size = theirs.span(field)
            covered[1] += size
            only = Part(field_name(theirs, field), starts[1] + there, size, layer, theirs, field)
            yield Found(only.name, only.first // 8, "nothing", texts(only, only.raw, None)[0], None, only)
    if is_cut:
        yield _cut(ours, theirs, layer)
        return
    # What a header has behind its fields.
    rest, other_rest = ours.own_bytes[covered[0] // 8 :], theirs.own_bytes[covered[1] // 8 :]
    if rest != other_rest:
        places = [(start + bits) // 8 for start, bits in zip(starts, covered, strict=True)]
        yield _octets(ours.name, places[0], layer, rest, other_rest, ours, theirs, places[1])


def _cut(ours: Header, theirs: Header, layer: int) -> Found:
    sizes = ours.own_size, theirs.own_size
    before, after = (
        f"{header.short_name()} {'cut after' if header.is_cut else 'of'} {size} byte{'' if size == 1 else 's'}"
        for header, size in zip((ours, theirs), sizes, strict=True)
    )
    start, other_start = ours.offset or 0, theirs.offset or 0
    mine, other = (
        Part(ours.name, 8 * start, 8 * sizes[0], layer, ours),
        Part(theirs.name, 8 * other_start, 8 * sizes[1], layer, theirs),
    )
    return Found(ours.name, start + min(sizes), before, after, mine, other)


def _options(ours: Part, theirs: Part, unlike: Unlike) -> Iterator[Found]:
    """Yield the differences of two lists of options: field by field where both have the same ones, or else by option.

    An option that only one list has is named as such.
    """
    mine, others = _loaded(ours), _loaded(theirs)
    for at, beside in alike([type(each) for each in mine], [type(each) for each in others]):
        first = None if at is None else mine[at]
        second = None if beside is None else others[beside]
        if first is not None and second is not None:
            yield from _option_fields(first, second, ours, theirs, unlike)
        elif first is not None:
            offset = ours.first // 8 + first.own_start
            part = Part(record_name(first), 8 * offset, 8 * len(first), ours.layer, first)
            yield Found(part.name, offset, repr(first), "nothing", part, None)
        elif second is not None:
            offset = theirs.first // 8 + second.own_start
            part = Part(record_name(second), 8 * offset, 8 * len(second), theirs.layer, second)
            yield Found(part.name, offset, "nothing", repr(second), None, part)


def _option_fields(first: Option, second: Option, ours: Part, theirs: Part, unlike: Unlike) -> Iterator[Found]:
    mine = record_parts(first, ours.first + 8 * first.own_start, ours.layer)
    others = record_parts(second, theirs.first + 8 * second.own_start, theirs.layer)
    by_field = {each.field.name: each for each in others if each.field is not None}
    for part in mine:
        assert part.field is not None
        other = by_field.pop(part.field.name, None)
        if other is not None:
            yield from _between(part, other, unlike)
        else:
            yield Found(part.name, part.first // 8, texts(part, part.raw, None)[0], "nothing", part, None)
    for only in by_field.values():
        yield Found(only.name, only.first // 8, "nothing", texts(only, only.raw, None)[0], None, only)


def _loaded(part: Part) -> tuple[Option, ...]:
    assert part.field is not None
    options: tuple[Option, ...] = part.field.kind.load(part.raw)
    return options


def _other_layers(ours: list[Header], theirs: list[Header], layer: int) -> Found:
    before, mine = _as_one(ours, layer)
    after, other = _as_one(theirs, layer)
    part = mine or other
    assert part is not None
    only_data = all(header.name == "data" for header in (*ours, *theirs))
    return Found(part.name, part.first // 8, before, after, mine, other, octets=only_data, is_layer=True)


def _as_one(headers: list[Header], layer: int) -> tuple[str, Part | None]:
    """Return the text for adjacent headers, and the part of the frame that they are."""
    if not headers:
        return "nothing", None
    size = sum(header.own_size for header in headers)
    names = " / ".join(header.short_name() for header in headers)
    first = headers[0]
    return f"{names} of {size} byte{'' if size == 1 else 's'}", Part(
        first.name, 8 * (first.offset or 0), 8 * size, layer, first
    )


def texts(part: Part, before: Any, after: Any) -> tuple[str, str]:
    """Return a field's two values as people read them; of bytes, as many as it takes from the first that differs."""
    field = part.field
    if field is None or isinstance(field.kind, Octets):
        before, after = before or b"", after or b""
        start = _first_difference(before, after)
        return _shown(before, start), _shown(after, start)
    return _text(field, before), "" if after is None else _text(field, after)


def _text(field: Field, raw: Any) -> str:
    text = field.text(raw)
    if isinstance(field.kind, FlagSet):
        letters = str(field.kind.load(raw))
        return f"{text} ({letters})" if letters else text
    if isinstance(raw, bytes) and not raw:
        return "nothing"
    return text


def _octets(
    name: str,
    offset: int,
    layer: int,
    before: bytes,
    after: bytes,
    ours: Record,
    theirs: Record,
    other_offset: int,
) -> Found:
    same = _first_difference(before, after)
    mine = Part(name, 8 * offset, 8 * len(before), layer, ours)
    other = Part(name, 8 * other_offset, 8 * len(after), layer, theirs)
    return Found(name, offset + same, _shown(before, same), _shown(after, same), mine, other, octets=True)


def _first_difference(ours: bytes, theirs: bytes) -> int:
    for at, (mine, other) in enumerate(zip(ours, theirs, strict=False)):
        if mine != other:
            return at
    return min(len(ours), len(theirs))


def _shown(data: bytes, start: int) -> str:
    part = data[start : start + SHOWN].hex(" ")
    if not part:
        return "nothing" if not data else f"nothing behind its {len(data)} bytes"
    return f"{part}{' ...' if len(data) > start + SHOWN else ''}"
