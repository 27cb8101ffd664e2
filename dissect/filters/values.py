"""The values that a filter compares: what a field holds in each of its occurrences, and in which layer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from dissect.declaration.addresses import hardware_address_bytes, ipv4_bytes, ipv6_bytes
from dissect.declaration.fields import Field
from dissect.declaration.header import Header
from dissect.declaration.kinds import StructList
from dissect.declaration.record import Record
from dissect.declaration.symbols import Symbol
from dissect.declaration.traced_bytes import TracedOctets
from dissect.errors import FieldAbsentError
from dissect.filters.nodes import Range
from dissect.filters.reach import may_be_behind
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.wireshark.expert import EXPERT_FIELDS
from dissect.wireshark.field_tables import LEARNT
from dissect.wireshark.field_types import FieldType
from dissect.wireshark.frame import FRAME_FIELDS, frame_alone
from dissect.wireshark.resolved import RESOLVED
from dissect.wireshark.sight import seen_layers, sight_of_class
from dissect.wireshark.types import declared_fields, field_type
from dissect.wireshark.walk import Step, Walk

__all__ = ["Context", "Gather", "gather_field", "gather_protocol", "has_protocol", "within"]

Gather: TypeAlias = Callable[[Packet | Header], list[Any]]
"""What gives all values of a field in a packet: [] where it has none."""
Context: TypeAlias = Callable[[Packet | Header], Mapping[str, Sequence[Any]]]
"""What a reading pass knows of a packet beside its own bytes: the values of fields by their names."""

# Protocols whose item in Wireshark's tree covers what they carry as well.
_WHOLE = frozenset({"frame", "data", "icmp", "icmpv6", "igmp", "tcp"})


def within(count: int, ranges: Iterable[Range]) -> list[int]:
    """Return the places, from 0, of a sequence of `count` that the ranges name from 1; as `#` has them."""
    chosen: set[int] = set()
    for start, length in ranges:
        first = start - 1 if start >= 0 else count + start
        last = count if length is None else first + length
        chosen.update(range(max(first, 0), min(last, count)))
    return sorted(chosen)


def gather_field(name: str, layers: tuple[Range, ...], clock: Clock | None, context: Context | None) -> Gather:
    """Return what gives the values of a field that is no protocol, in the form that its type compares.

    Numbers are ints, a mark that is there is 1, times are nanoseconds, all else is bytes; those of a packet that is
    traced are so as well. Values that `context` has for a packet come first of all; `clock` is the one of
    frame.time_relative.
    """
    if name in RESOLVED:
        value, addresses = RESOLVED[name].value, gather_field(RESOLVED[name].of, layers, clock, context)
        return lambda packet: [value(bytes(address)) for address in addresses(packet)]
    kind = field_type(name)
    assert kind is not None, name
    if name in EXPERT_FIELDS:
        return _of_experts(name, kind) if _first(layers) else _nothing
    own = (
        (_of_frame(name, clock) if _first(layers) else _nothing)
        if name in FRAME_FIELDS
        else _of_headers(name, kind, layers)
    )
    if context is None or name not in LEARNT:
        return own if name not in LEARNT or declared_fields(name) else _nothing

    def from_context(packet: Packet | Header) -> list[Any]:
        known = context(packet).get(name)
        return own(packet) if known is None else [_comparable(kind, value) for value in known]

    return from_context


def gather_protocol(name: str, layers: tuple[Range, ...], whole: bool) -> Gather:
    """Return what gives the bytes of a protocol's headers; with `whole`, what follows in the same unit as well.

    Slices and comparisons see the header, `contains` and `matches` all that the protocol was given.
    """
    if name in EXPERT_FIELDS:
        return gather_field(name, layers, None, None)
    if name == "frame":
        return lambda packet: [bytes(packet)] if _first(layers) else []
    whole = whole or name in _WHOLE

    def gather(packet: Packet | Header) -> list[Any]:
        headers = [header for header in seen_layers(packet) if header.name == name]
        if layers:
            headers = [headers[place] for place in within(len(headers), layers)]
        return [bytes(header) if whole else header.own_bytes for header in headers]

    return gather


def has_protocol(name: str, layers: tuple[Range, ...]) -> Callable[[Packet | Header], bool]:
    """Return whether a packet has a header of a protocol: whether `gather_protocol` gives any, without their bytes."""
    if name in EXPERT_FIELDS or name == "frame":
        gather = gather_protocol(name, layers, whole=False)
        return lambda packet: bool(gather(packet))

    def has(packet: Packet | Header) -> bool:
        count = sum(header.name == name for header in seen_layers(packet))
        return bool(within(count, layers) if layers else count)

    return has


def _first(layers: tuple[Range, ...]) -> bool:
    return not layers or bool(within(1, layers))


def _nothing(packet: Packet | Header) -> list[Any]:
    return []


def _of_frame(name: str, clock: Clock | None) -> Gather:
    field, kind = FRAME_FIELDS[name], field_type(name)
    assert kind is not None

    def gather(packet: Packet | Header) -> list[Any]:
        return [_comparable(kind, value) for value in field.values(frame_alone(packet), clock)]

    return gather


def _of_experts(name: str, kind: FieldType) -> Gather:
    values = EXPERT_FIELDS[name].values
    return lambda packet: [_comparable(kind, value) for value in values(packet)]


def _of_headers(name: str, kind: FieldType, layers: tuple[Range, ...]) -> Gather:
    """Return what walks the headers: all, or those of the field's protocol that the layers name."""
    families = tuple({field.owner for field in declared_fields(name) if field.owner is not None})
    walk = Walk(name, families, lambda cls, field: _taking(cls, field, kind), lambda cls: may_be_behind(cls, name))
    if not layers:
        return walk.gather
    protocol = name.partition(".")[0]

    def gather_layers(packet: Packet | Header) -> list[Any]:
        headers = [header for header in seen_layers(packet) if header.name == protocol]
        return walk.gather_in(headers[place] for place in within(len(headers), layers))

    return gather_layers


def _taking(cls: type[Record], field: Field, kind: FieldType) -> Step:
    sight = sight_of_class(cls)
    shows = sight.shows if sight.limits() else None
    listed = field.kind if isinstance(field.kind, StructList) else None
    # Text is compared without the zeros that fill up its field.
    words = field.kind if field.kind.code == "string" and field.kind.octets else None
    plain = listed is None and kind.is_number and kind.family != "boolean"
    # A number that says itself how many bytes it has.
    load = field.kind.load if plain and field.kind.octets and field.kind.delimited else int
    scale = field.scale

    def take(record: Record, found: list[Any]) -> None:
        try:
            if shows is not None and not shows(record, field):
                return
            raw_values = field.values(record)
        except FieldAbsentError:
            # A computed field asked for one that a cut header does not reach.
            return
        for raw in raw_values:
            if plain:
                number: Any = raw if raw.__class__ is Symbol else load(raw)
                found.append(number if scale == 1 else number * scale)
            elif listed is not None:
                found.extend(_comparable(kind, item) for item in listed.load(raw))
            elif raw != b"" or field.kind.stays:
                found.append(_comparable(kind, raw if words is None else words.compared(raw)))

    return take


def _comparable(kind: FieldType, value: Any) -> Any:
    """Return a value in the form in which values of its type are compared."""
    family = kind.family
    if family in ("boolean", "none"):
        return int(bool(value))
    if kind.is_number or family.endswith("time"):
        return value if value.__class__ is Symbol else int(value)
    if family == "double":
        return float(value)
    if isinstance(value, str):
        if family == "ether":
            return hardware_address_bytes(value)
        if family == "ipv4":
            return ipv4_bytes(value)
        return ipv6_bytes(value) if family == "ipv6" else value.encode("utf-8", "surrogateescape")
    return value if value.__class__ is TracedOctets else bytes(value)
