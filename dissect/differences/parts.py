"""What a frame is made of: every field of every header and option, and the bytes that no field has, with their bits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declaration.entry import EntryList
from dissect.declaration.fields import Field
from dissect.declaration.header import Header
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.options import Option
from dissect.declaration.record import Record
from dissect.wireshark.sight import derived_of, sight_of

__all__ = ["Part", "field_name", "parts", "record_name", "record_parts", "trailer_offset"]


class Part(NamedTuple):
    """A field in a frame, or bytes that no field has.

    `first` and `width` are in bits, from the start of the frame. `record` is the header or option that
    has the field, `layer` the place of its header in the frame, from 0. Without a field, `name` is the
    header's, or its trailer's: "eth.trailer".
    """

    name: str
    first: int
    width: int
    layer: int
    record: Record
    field: Field | None = None

    @property
    def raw(self) -> Any:
        """The field's raw value, an int or bytes; the bytes themselves where there is no field."""
        if self.field is not None:
            return self.record.raw(self.field)
        assert isinstance(self.record, Header)
        if self.name == f"{self.record.name}.trailer":
            return self.record.trailer
        own = self.record.own_bytes
        return own[len(own) - self.width // 8 :]

    @property
    def identity(self) -> tuple[str, int, int]:
        """What tells whether the parts of two frames are the same field at the same bits."""
        # A type field goes by another name where it holds a length, and is the same field.
        field = self.field
        name = self.name if field is None else field.label or f"{self.record.name}.{field.name}"
        return name, self.first, self.width


def parts(frame: Header) -> Iterator[Part]:
    """Yield the parts of a parsed frame, header by header; together they are all of its bits."""
    for layer, header in enumerate(frame.layers()):
        start = 8 * (header.offset or 0)
        end = start
        for part in record_parts(header, start, layer):
            end = max(end, part.first + part.width)
            yield part
        rest = start + 8 * header.own_size - end
        if rest > 0:
            # A cut header, or one whose own length has more than its fields.
            yield Part(header.name, end, rest, layer, header)
        tail = header.trailer
        if tail:
            yield Part(f"{header.name}.trailer", 8 * trailer_offset(header), 8 * len(tail), layer, header)


def record_parts(record: Record, start: int, layer: int) -> Iterator[Part]:
    """Yield the fields of a header or option that begins at the bit `start`; options in place of the list of them."""
    for field in record.present_fields():
        if field.over:
            continue
        first, width = record.span(field)
        if isinstance(field.kind, EntryList) and width:
            for option in field.kind.load(record.raw(field)):
                yield from record_parts(option, start + first + 8 * option.own_start, layer)
        elif width:
            yield Part(field_name(record, field), start + first, width, layer, record, field)


def field_name(record: Record, field: Field) -> str:
    """Return the display-filter name that the field goes by in this record; one made of its own where it has none."""
    if field.label and sight_of(record).shows(record, field):
        return field.label
    for derived in derived_of(type(record)):
        # A type field that holds a length goes by the name of the length, and the like.
        if derived.over == field.name and derived.label and derived.values(record):
            return derived.label
    return field.label or f"{record_name(record)}.{field.name}"


def record_name(record: Record) -> str:
    """Return the display-filter name of a header or of an option as a whole."""
    if isinstance(record, Option):
        return f"{record.name}.{record.branch}" if record.branch else f"{record.name}.options"
    return record.name


def trailer_offset(header: Header) -> int:
    """Return the offset in bytes of what stands behind a header's payload."""
    return (header.offset or 0) + len(header) - len(header.trailer)
