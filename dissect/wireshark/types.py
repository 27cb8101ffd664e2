"""The types of fields as display filters see them: Wireshark's own, told from the declarations."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from dissect.declaration.fields import Field
from dissect.declaration.header import Header
from dissect.declaration.pending import declare_pending
from dissect.declaration.record import FIELDS
from dissect.wireshark.fields import companions
from dissect.wireshark.frame import FRAME_FIELDS

__all__ = [
    "CONTEXT_FIELDS",
    "FieldType",
    "declared_fields",
    "field_names",
    "field_type",
    "header_classes",
    "protocols",
]


@dataclass(frozen=True, slots=True)
class FieldType:
    """One of Wireshark's field types.

    `family` is what decides how values compare; `bits` the width of a number; `words` what an
    error calls a value of the type. Values of the families "string", "bytes", "ether", "ipv4",
    "ipv6" and "protocol" are bytes, of times nanoseconds, of the others numbers.
    """

    name: str
    family: str
    bits: int
    words: str

    @property
    def is_number(self) -> bool:
        """Whether values are whole numbers: unsigned, signed, truth values and frame numbers alike."""
        return self.family in ("unsigned", "signed", "boolean", "framenum")

    @property
    def is_bytes(self) -> bool:
        """Whether values can be taken for bytes, and so cut in slices."""
        return self.family in ("string", "bytes", "ether", "ipv4", "ipv6", "protocol")

    @property
    def range(self) -> tuple[int, int]:
        """The least and the largest number."""
        if self.family == "signed":
            return -(1 << self.bits - 1), (1 << self.bits - 1) - 1
        return 0, (1 << self.bits) - 1

    def compares_with(self, other: FieldType) -> bool:
        """Whether values of this type, on the left side, can be compared with those of the other."""
        if self.family == "boolean":
            return other.family == "boolean" or (other.is_number and other.bits > 32)
        if self.is_number and other.is_number:
            return (self.bits > 32) == (other.bits > 32)
        return self.family == other.family or {self.family, other.family} == {"ether", "bytes"}


UINT8, UINT16, UINT24, UINT32, UINT64 = (
    FieldType(f"FT_UINT{bits}", "unsigned", bits, f"a number of {bits // 8} byte{'s' if bits > 8 else ''}")
    for bits in (8, 16, 24, 32, 64)
)
INT16, INT32 = (
    FieldType(f"FT_INT{bits}", "signed", bits, f"a signed number of {bits // 8} bytes") for bits in (16, 32)
)
BOOLEAN = FieldType("FT_BOOLEAN", "boolean", 32, "a truth value")
FRAMENUM = FieldType("FT_FRAMENUM", "framenum", 32, "a frame number")
DOUBLE = FieldType("FT_DOUBLE", "double", 64, "a number with decimals")
STRING = FieldType("FT_STRING", "string", 0, "text")
BYTES = FieldType("FT_BYTES", "bytes", 0, "bytes")
ETHER = FieldType("FT_ETHER", "ether", 48, "a MAC address")
IPV4 = FieldType("FT_IPv4", "ipv4", 32, "an IPv4 address")
IPV6 = FieldType("FT_IPv6", "ipv6", 128, "an IPv6 address")
PROTOCOL = FieldType("FT_PROTOCOL", "protocol", 0, "a protocol")
NONE = FieldType("FT_NONE", "none", 0, "a mark that is there or not")
ABSOLUTE_TIME = FieldType("FT_ABSOLUTE_TIME", "absolute_time", 0, "a date and time")
RELATIVE_TIME = FieldType("FT_RELATIVE_TIME", "relative_time", 0, "seconds")

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

# What depends on earlier frames (or on later ones): the declarations cannot know it, a reading pass does.
CONTEXT_FIELDS: dict[str, FieldType] = {
    "arp.duplicate-address-detected": NONE,
    "arp.duplicate-address-frame": FRAMENUM,
    "arp.seconds-since-duplicate-address-frame": UINT32,
    "tcp.flags.ace": UINT8,
    "tcp.stream": UINT32,
    "tcp.seq": UINT32,
    "tcp.ack": UINT32,
    "tcp.nxtseq": UINT32,
    "tcp.window_size": UINT32,
    "tcp.window_size_scalefactor": INT32,
    "udp.stream": UINT32,
    "ip.fragment": FRAMENUM,
    "ip.fragment.count": UINT32,
    "ip.fragment.error": FRAMENUM,
    "ip.fragment.multipletails": BOOLEAN,
    "ip.fragment.overlap": BOOLEAN,
    "ip.fragment.overlap.conflict": BOOLEAN,
    "ip.fragment.toolongfragment": BOOLEAN,
    "ip.fragments": BYTES,
    "ip.reassembled.data": BYTES,
    "ip.reassembled.length": UINT32,
    "ip.reassembled_in": FRAMENUM,
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
    "ipv6.fragment": FRAMENUM,
    "ipv6.fragment.count": UINT32,
    "ipv6.fragment.error": FRAMENUM,
    "ipv6.fragment.multipletails": BOOLEAN,
    "ipv6.fragment.overlap": BOOLEAN,
    "ipv6.fragment.overlap.conflict": BOOLEAN,
    "ipv6.fragment.toolongfragment": BOOLEAN,
    "ipv6.fragments": NONE,
    "ipv6.reassembled.in": FRAMENUM,
    "ipv6.reassembled.length": UINT32,
    "ipv6.reassembled.data": BYTES,
}
"""Fields whose values a reading pass has to tell, with their types."""

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
    "eth.len": UINT16,
    "eth.invalid_lentype": UINT16,
    "vlan.len": UINT16,
    "ah.reserved": BYTES,
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
    "llc.control.ftype": UINT16,
    "llc.control.n_r": UINT16,
    "llc.control.n_s": UINT16,
    "ipv6.tclass.dscp": UINT32,
    "ipv6.tclass.ecn": UINT32,
    "ipv6.flow": UINT24,
    "null.family": UINT32,
    "sll.halen": UINT16,
    "tcp.flags.res": BOOLEAN,
    "tcp.options.sack_le": UINT32,
    "tcp.options.sack_re": UINT32,
    "tcp.options.sack.count": UINT8,
    "tcp.options.user_to_granularity": BOOLEAN,
    "tcp.options.wscale.multiplier": UINT16,
}
# Marks of the expert system, which have no value; the names of the others end in one of these.
_MARKS = frozenset(
    """
    frame.incomplete frame.len_lt_caplen eth.src_not_group eth.invalid_lentype.expert eth.len.past_end eth.padding_bad
    icmp.ext igmp.bad_checksum
    ip.bogus_header_length ip.bogus_ip_length ip.bogus_ip_version ip.evil_packet ip.nop ip.opt.len.invalid
    ip.opt.ptr.before_address ip.opt.ptr.middle_address ip.subopt_too_long ip.ttl.lncb ip.ttl.too_small
    tcp.bogus_header_length tcp.checksum.ffff tcp.non_zero_bytes_after_eol tcp.option.len.invalid
    tcp.options.mss.absent tcp.options.mss.present tcp.options.tfo.request tcp.options.wscale.shift.invalid
    udp.checksum.zero udp.length.bad udp.length.bad_zero
    """.split()
)
_MARK_ENDINGS = (".checksum.bad", ".checksum_bad", ".checksum_bad.expert")


def _declared() -> dict[str, tuple[Field, ...]]:
    # Protocols may be declared at any time.
    declare_pending()
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
    declare_pending()
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
    if name in _OTHERWISE:
        return _OTHERWISE[name]
    if name in _MARKS or name.endswith(_MARK_ENDINGS):
        return NONE
    if not fields:
        return PROTOCOL
    # Where one name has several declarations, the widest decides (tcp.flags, with reserved bits and without).
    types = [_BY_KIND.get(field.kind.code) or _BY_BITS.get(4 * field.digits, UINT32) for field in fields]
    return max(types, key=lambda each: each.bits)
