"""How a field comes by its value, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declaration.automatic import Checksum, HeaderLength, LengthOf, Ports, Selector, TotalLength, Variant
from dissect.declaration.derived_fields import Derived
from dissect.declaration.fields import AUTOMATIC, Field
from dissect.declaration.header import Header
from dissect.declaration.kinds import Coded, Integer
from dissect.declaration.record import Record
from dissect.errors import FieldAbsentError
from dissect.packets.packet import Packet
from dissect.protocols.ethernet import MAXIMUM_LENGTH, Ethernet
from dissect.protocols.icmp_extensions import ICMPExtensions
from dissect.protocols.vlan import VLAN
from dissect.views.checksum_sum import checksum_sum, extensions_sum
from dissect.views.lookup import fields_named
from dissect.views.meanings import meaning
from dissect.views.text import Text

__all__ = ["explain"]


_EXTENSIONS_CHECKSUM = "icmp.ext.checksum"


def explain(frame: Header | Packet, name: str) -> Text:
    """Return where the value of a field comes from: a checksum's words and their sum, what a length counts.

    `name` is found as `dissect.views.lookup.fields_named` says, which raises FieldError.

    >>> from dissect import IPv4, UDP
    >>> print(explain(IPv4() / UDP(dport=53) / b"data", "total_length"))
    IPv4.total_length: Total Length (RFC 791), 16 bits, Header and payload in bytes
      20  this header
    +  8  UDP
    +  4  Data
    ----
      32  bytes: what the field holds
    """
    return Text("\n\n".join("\n".join(_lines(*place)) for place in fields_named(frame, name)))


def _lines(header: Header, record: Record, field: Field) -> Iterator[str]:
    owner = header.short_name() if record is header else type(record).__name__
    document = f" ({record.document})" if record.document else ""
    parts = [f"{field.title}{document}", "computed" if isinstance(field, Derived) else _width(record, field)]
    if field.doc:
        parts.append(field.doc.rstrip("."))
    yield f"{owner}.{field.name}: {', '.join(parts)}"
    factory = field.factory
    extensions = getattr(header, "extensions", None)
    if record is header and isinstance(factory, Checksum):
        yield from checksum_sum(header, field).lines()
    elif field.label == _EXTENSIONS_CHECKSUM and isinstance(extensions, ICMPExtensions):
        yield from extensions_sum(extensions).lines()
    elif record is header and isinstance(factory, TotalLength):
        yield from _total(header, field, with_header=factory.with_header)
    elif isinstance(factory, HeaderLength):
        yield from _header_length(record, field, factory)
    elif isinstance(factory, LengthOf):
        yield from _length_of(record, field, factory)
    elif record is header and isinstance(factory, Selector):
        if isinstance(header, (Ethernet, VLAN)) and header.payload_length is not None:
            yield f"Up to {MAXIMUM_LENGTH} it is no type but a length, that of what follows (IEEE 802.3, clause 3.2.6):"
            yield from _total(header, field, with_header=False, outside=len(header.trailer))
        else:
            yield from _selector(header, field)
    else:
        yield from _plain(record, field)


def _width(record: Record, field: Field) -> str:
    width = record.span(field)[1]
    return f"{width} bit{'' if width == 1 else 's'}" if field.width else f"{width // 8} byte{'' if width == 8 else 's'}"


def _total(header: Header, field: Field, *, with_header: bool, outside: int = 0) -> Iterator[str]:
    """Yield the sum of the layers; the last `outside` bytes behind them are not counted."""
    own, body = header.parts()
    parts = [(len(own), "this header")] if with_header else []
    rest = len(body) - outside
    layers = list(header.layers())[1:]
    for layer in layers:
        size = len(layer.own_bytes)
        parts.append((size, layer.short_name()))
        rest -= size
    if rest:
        parts.append((rest, "what stands behind the payload"))
    total, held = sum(size for size, _ in parts), header.raw(field)
    yield from _sum(parts or [(0, "nothing is carried")])
    yield f"{_indented(total, parts)}  bytes: {_verdict(held, total, header.is_automatic(field.name))}"


def _sum(parts: list[tuple[int, str]]) -> Iterator[str]:
    total = sum(size for size, _ in parts)
    width = len(str(total))
    for number, (size, what) in enumerate(parts):
        yield f"{'+' if number else ' '} {size:>{width}}  {what}"
    yield "-" * (width + 2)


def _indented(total: int, parts: list[tuple[int, str]]) -> str:
    return f"  {total:>{len(str(sum(size for size, _ in parts)))}}"


def _verdict(held: int, right: int, automatic: bool) -> str:
    if automatic or held == right:
        return "what the field holds"
    return f"the field holds {held}, which is another number"


def _header_length(record: Record, field: Field, factory: HeaderLength) -> Iterator[str]:
    there, held = record.own_size, record.raw(field)
    without = f" without the first {factory.uncounted}" if factory.uncounted else ""
    yield f"The header has {there} bytes, and the field counts them in units of {factory.unit}{without}:"
    counted = there - factory.uncounted
    right = f"{counted / factory.unit:g}"
    yield f"{counted} / {factory.unit} = {right}"
    same = factory.size(held) == there
    yield f"The field holds {held}{': right' if same else f', which is {factory.size(held)} bytes: another number'}."


def _length_of(record: Record, field: Field, factory: LengthOf) -> Iterator[str]:
    for name in factory.names:
        other = record.field(name)
        try:
            width = record.span(other)[1]
        except FieldAbsentError:
            yield f"{other.title} is cut off"
            continue
        yield f"{other.title} has {width // 8} byte{'' if width == 8 else 's'}" + (
            f", in units of {factory.unit}: {width // 8 // factory.unit}" if factory.unit != 1 else ""
        )
    yield f"The field holds {record.raw(field)}."


def _selector(header: Header, field: Field) -> Iterator[str]:
    payload = header.payload
    held = meaning(header, field, field.whole(header))
    if isinstance(field.factory, Ports):
        yield from _ports(header, field.factory, payload, held)
        return
    if payload is None:
        yield f"Nothing is carried; the field holds {held}."
        return
    number = header.number_of(payload)
    if number:
        wanted = meaning(header, field, number)
        yield f"It says what follows: {payload.short_name()}, whose number is {wanted}."
    else:
        yield f"It says what follows: {payload.short_name()}, which has no number of its own."
    yield f"The field holds {held}."


def _ports(header: Header, factory: Ports, payload: Header | None, held: str) -> Iterator[str]:
    """Yield which of two ports says what follows."""
    first = header.raw(factory.first)
    number = 0 if payload is None else header.number_of(payload)
    if payload is None or not number:
        yield f"No protocol is declared for what follows; the field holds {held}."
        return
    told = "this port" if not header.selects(first, payload) else header.field(factory.first).title.lower()
    yield f"Either port may say what follows, the lower one first. It is {payload.short_name()}, as {told} says."
    yield f"The field holds {held}."


def _plain(record: Record, field: Field) -> Iterator[str]:
    values = field.values(record)
    for raw in values:
        yield f"It {'is' if isinstance(field, Derived) else 'holds'} {meaning(record, field, raw)}."
    if isinstance(field, Derived):
        if not values:
            yield "This frame has none."
        return
    if isinstance(field.factory, Variant):
        yield f"It says which message this is; {type(record).__name__} has {field.factory.number_in(type(record))}."
    elif isinstance(field.kind, Integer) and field.width:
        yield f"It may hold 0 to {(1 << field.width) - 1}{_default(field)}."
    if isinstance(field.kind, Coded):
        named = [f"{member.word} ({int(member)})" for member in list(field.kind.codes)[:_NAMED]]
        more = len(field.kind.codes) - len(named)
        yield f"Some of its values have names: {', '.join(named)}{f' and {more} more' if more > 0 else ''}."


_NAMED = 12
"""How many names of an enumeration are listed."""


def _default(field: Field) -> str:
    default: Any = field.default
    return (
        "" if default is AUTOMATIC or field.factory is not None or field.over else f", and left out it is {default!r}"
    )
