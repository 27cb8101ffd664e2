"""The types of fields as display filters see them: Wireshark's own, told from the declarations."""

from __future__ import annotations

from functools import cache

from dissect.declaration.fields import Field
from dissect.declaration.header import Header
from dissect.declaration.record import FIELDS
from dissect.wireshark.field_types import (
    ABSOLUTE_TIME,
    BOOLEAN,
    BYTES,
    DOUBLE,
    ETHER,
    FRAMENUM,
    INT16,
    INT32,
    IPV4,
    IPV6,
    NONE,
    PROTOCOL,
    RELATIVE_TIME,
    STRING,
    UINT8,
    UINT16,
    UINT24,
    UINT32,
    UINT64,
    FieldType,
)
from dissect.wireshark.fields import companions
from dissect.wireshark.frame import FRAME_FIELDS
from dissect.wireshark.sight import LEARNT, TYPES, load_all

__all__ = [
    "CONTEXT_FIELDS",
    "declared_fields",
    "field_names",
    "field_type",
    "header_classes",
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
}
_BY_BITS = {
    bits: each for each in (UINT8, UINT16, UINT24, UINT32, UINT64) for bits in range(each.bits - 7, each.bits + 1)
}
_BY_BITS.update(dict.fromkeys(range(33, 65), UINT64))

CONTEXT_FIELDS = LEARNT
_MORE_LEARNT: dict[str, FieldType] = {
    "icmp.data_time": ABSOLUTE_TIME,
    "icmp.data_time_relative": RELATIVE_TIME,
    "icmp.resp_in": FRAMENUM,
    "icmp.resp_not_found": NONE,
    "icmp.resp_to": FRAMENUM,
    "icmp.resptime": DOUBLE,
    "icmpv6.resp_in": FRAMENUM,
    "icmpv6.resp_not_found": NONE,
    "icmpv6.resp_to": FRAMENUM,
    "icmpv6.resptime": DOUBLE,
}
"""Fields whose values a reading pass has to tell, with their types."""
LEARNT.update(_MORE_LEARNT)

# Fields whose type in Wireshark is not the one that the declaration's width and kind suggest.
_OTHERWISE: dict[str, FieldType] = {
    "frame": PROTOCOL,
    "frame.encap_type": INT16,
    "frame.interface_id": UINT32,
    "frame.time": ABSOLUTE_TIME,
    "frame.time_epoch": RELATIVE_TIME,
    "frame.time_delta": RELATIVE_TIME,
    "frame.time_delta_displayed": RELATIVE_TIME,
    "frame.time_relative": RELATIVE_TIME,
    "frame.number": UINT32,
    "frame.len": UINT32,
    "frame.cap_len": UINT32,
    "frame.protocols": STRING,
    "frame.comment": STRING,
    "frame.interface_name": STRING,
    "data.len": INT32,
    "icmp.pointer": UINT32,
    "icmpv6.opt.linkaddr": BYTES,
    "icmpv6.opt.rdnss": IPV6,
    "icmpv6.opt.src_linkaddr": BYTES,
    "icmpv6.opt.target_linkaddr": BYTES,
    "igmp.max_resp": UINT8,
    "igmp.saddr": IPV4,
    "icmp.pref_level": INT32,
    "icmp.data_time": ABSOLUTE_TIME,
    "icmp.data_time_relative": RELATIVE_TIME,
    "ip.opt.time_stamp": UINT32,
    "ip.opt.addr": IPV4,
    "ip.opt.time_stamp_addr": IPV4,
    "ip.rec_rt": IPV4,
    "ip.src_rt": IPV4,
    "ip.cur_rt": IPV4,
    "ip.empty_rt": IPV4,
    "tcp.options.sack.count": UINT8,
    "tcp.options.user_to_granularity": BOOLEAN,
    "tcp.options.wscale.multiplier": UINT16,
}
# Marks of the expert system, which have no value; the names of the others end in one of these.
_MARKS = frozenset(
    """
    frame.incomplete frame.len_lt_caplen
    icmp.ext igmp.bad_checksum
    ip.opt.len.invalid
    ip.opt.ptr.before_address ip.opt.ptr.middle_address ip.subopt_too_long
    tcp.non_zero_bytes_after_eol tcp.option.len.invalid
    tcp.options.tfo.request tcp.options.wscale.shift.invalid
    """.split()
)
_MARK_ENDINGS = (".checksum.bad", ".checksum_bad", ".checksum_bad.expert")


def _declared() -> dict[str, tuple[Field, ...]]:
    # Protocols may be declared at any time.
    load_all()
    return _declared_of(sum(map(len, FIELDS.values())))


@cache
def _declared_of(count: int) -> dict[str, tuple[Field, ...]]:
    found: dict[str, dict[Field, None]] = {}
    for name, fields in FIELDS.items():
        for field in fields:
            found.setdefault(name, {})[field] = None
            for companion in companions(field):
                found.setdefault(companion.label, {})[companion] = None
    return {name: tuple(fields) for name, fields in found.items()}


def declared_fields(name: str) -> tuple[Field, ...]:
    """Return the declarations that go by this name; () for a frame's, a protocol's or an unknown one."""
    return _declared().get(name, ())


def header_classes() -> list[type[Header]]:
    """Return all classes of headers, each before those that inherit it."""
    load_all()
    found: list[type[Header]] = []
    classes = list(Header.__subclasses__())
    for cls in classes:
        classes += cls.__subclasses__()
        found.append(cls)
    return found


def protocols() -> frozenset[str]:
    """Return the names of all protocols."""
    return frozenset({"frame", *(cls.name for cls in header_classes())} - {""})


def field_names() -> frozenset[str]:
    """Return every name that a filter may ask for."""
    return frozenset(_declared()) | protocols() | frozenset(FRAME_FIELDS) | frozenset(CONTEXT_FIELDS)


@cache
def field_type(name: str) -> FieldType | None:
    """Return the type of a field or protocol; None where there is none of this name."""
    fields = declared_fields(name)
    if not fields and name not in field_names():
        return None
    if name in CONTEXT_FIELDS:
        return CONTEXT_FIELDS[name]
    if name in TYPES:
        return TYPES[name]
    if name in _OTHERWISE:
        return _OTHERWISE[name]
    if name in _MARKS or name.endswith(_MARK_ENDINGS):
        return NONE
    if not fields:
        return PROTOCOL
    # Where one name has several declarations, the widest decides (tcp.flags, with reserved bits and without).
    types = [_BY_KIND.get(field.kind.code) or _BY_BITS.get(4 * field.digits, UINT32) for field in fields]
    return max(types, key=lambda each: each.bits)
