"""The types of fields as display filters see them: Wireshark's own, told from the declarations."""

from __future__ import annotations

from functools import cache

from dissect.declaration.derived_fields import Expert
from dissect.declaration.fields import Field
from dissect.declaration.header import Header
from dissect.declaration.pending import waiting_protocols
from dissect.declaration.record import FIELDS
from dissect.wireshark.expert import EXPERT_FIELDS
from dissect.wireshark.field_tables import LEARNT, TYPES
from dissect.wireshark.field_types import (
    BOOLEAN,
    BYTES,
    DOUBLE,
    ETHER,
    IPV4,
    IPV6,
    NONE,
    OID,
    PROTOCOL,
    STRING,
    UINT8,
    UINT16,
    UINT24,
    UINT32,
    UINT64,
    FieldType,
)
from dissect.wireshark.frame import FRAME_FIELDS
from dissect.wireshark.loading import load_all, load_named
from dissect.wireshark.resolved import RESOLVED

__all__ = [
    "declared_fields",
    "declared_headers",
    "field_names",
    "field_type",
    "has_field",
    "header_classes",
    "protocol_of",
    "protocols",
]

_BY_KIND = {
    "bool": BOOLEAN,
    "ether": ETHER,
    "ipv4": IPV4,
    "ipv6": IPV6,
    "bytes": BYTES,
    "options": BYTES,
    "string": STRING,
    "oid": OID,
    "double": DOUBLE,
}
_BY_BITS = {
    bits: each for each in (UINT8, UINT16, UINT24, UINT32, UINT64) for bits in range(each.bits - 7, each.bits + 1)
}
_BY_BITS.update(dict.fromkeys(range(33, 65), UINT64))

_MARK_ENDINGS = (".checksum.bad", ".checksum_bad", ".checksum_bad.expert")


def declared_fields(name: str) -> tuple[Field, ...]:
    """Return the declarations that go by this name; () for a frame's, a protocol's or an unknown one."""
    load_named(name)
    # A form of a header may have the very field of another.
    return tuple(dict.fromkeys(FIELDS.get(name, ())))


def header_classes() -> list[type[Header]]:
    """Return all classes of headers, each before those that inherit it."""
    load_all()
    return declared_headers()


def declared_headers() -> list[type[Header]]:
    """Return those that are declared by now, none else is imported for it."""
    found: list[type[Header]] = []
    classes = list(Header.__subclasses__())
    for cls in classes:
        classes += [each for each in cls.__subclasses__() if not each.is_traced]
        if cls.is_declared:
            found.append(cls)
    return found


def protocols() -> frozenset[str]:
    """Return the names of all protocols, those that are not declared yet among them."""
    waiting = waiting_protocols()
    if waiting is None:
        load_all()
    return frozenset({"frame", *(cls.name for cls in declared_headers()), *(waiting or ())} - {""})


@cache
def protocol_of(name: str) -> str:
    """Return the protocol that a field belongs to; its own first word where none declares it.

    >>> protocol_of("tcp.options.mss_val"), protocol_of("ipv6.hopopts.len"), protocol_of("_ws.expert.message")
    ('tcp', 'ipv6.hopopts', '_ws.expert')
    """
    for field in declared_fields(name):
        if field.owner is not None and name.startswith(f"{field.owner.name}."):
            return str(field.owner.name)
    known = {*protocols(), "_ws.expert", "_ws.malformed"}
    parts = name.split(".")
    fronts = (".".join(parts[:count]) for count in range(len(parts) - 1, 0, -1))
    return next((front for front in fronts if front in known), parts[0])


def field_names() -> frozenset[str]:
    """Return every name that a filter may ask for; all protocols are declared for it."""
    load_all()
    special = {*FRAME_FIELDS, *RESOLVED, *EXPERT_FIELDS, *LEARNT}
    return frozenset(FIELDS) | protocols() | special


def has_field(name: str) -> bool:
    """Whether a filter may ask for this name."""
    if name in FRAME_FIELDS or name in RESOLVED or name in EXPERT_FIELDS:
        return True
    load_named(name)
    return name in FIELDS or name in LEARNT or name in protocols()


@cache
def field_type(name: str) -> FieldType | None:
    """Return the type of a field or protocol; None where there is none of this name."""
    fields = declared_fields(name)
    if not fields and not has_field(name):
        return None
    if name in FRAME_FIELDS:
        return FRAME_FIELDS[name].type
    if name in RESOLVED:
        return RESOLVED[name].type
    if name in EXPERT_FIELDS:
        return EXPERT_FIELDS[name].type
    if name in LEARNT:
        return LEARNT[name]
    if name in TYPES:
        return TYPES[name]
    if name.endswith(_MARK_ENDINGS) or any(isinstance(field, Expert) for field in fields):
        return NONE
    if not fields:
        return PROTOCOL
    # Where one name has several declarations, the widest decides (tcp.flags, with reserved bits and without).
    types = [
        _BY_KIND.get(field.kind.item or field.kind.code) or _BY_BITS.get(4 * field.digits, UINT32) for field in fields
    ]
    return max(types, key=lambda each: each.bits)
