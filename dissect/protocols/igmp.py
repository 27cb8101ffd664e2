"""The Internet Group Management Protocol: who listens to which multicast group, in all three versions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from dissect.declare import (
    Address,
    Checksum,
    Code,
    Coding,
    CountOf,
    Entry,
    Header,
    LengthOf,
    Listing,
    Problem,
    Variant,
    address_list,
    bits,
    code,
    derived,
    flag,
    ipv4,
    octets,
    records,
    u8,
    u16,
)
from dissect.protocols.ipv4 import IPProtocol, IPv4

__all__ = [
    "IGMP",
    "GroupRecord",
    "GroupRecordType",
    "IGMPLeave",
    "IGMPQuery",
    "IGMPType",
    "IGMPv1Report",
    "IGMPv2Report",
    "IGMPv3Query",
    "IGMPv3Report",
]

LEAST_QUERY_3 = 12
"""The bytes that tell a query of version 3 from older ones (RFC 3376, section 7.1)."""


class IGMPType(Code):
    """The kind of message (IANA, igmp-type-numbers)."""

    CREATE_GROUP_REQUEST = 0x01, "Create Group Request"
    CREATE_GROUP_REPLY = 0x02, "Create Group Reply"
    JOIN_GROUP_REQUEST = 0x03, "Join Group Request"
    JOIN_GROUP_REPLY = 0x04, "Join Group Reply"
    LEAVE_GROUP_REQUEST = 0x05, "Leave Group Request"
    LEAVE_GROUP_REPLY = 0x06, "Leave Group Reply"
    CONFIRM_GROUP_REQUEST = 0x07, "Confirm Group Request"
    CONFIRM_GROUP_REPLY = 0x08, "Confirm Group Reply"
    QUERY = 0x11, "Membership Query"
    REPORT_1 = 0x12, "Membership Report"
    DVMRP = 0x13, "DVMRP Protocol"
    PIM_1 = 0x14, "PIM Routing Message"
    REPORT_2 = 0x16, "Membership Report"
    LEAVE = 0x17, "Leave Group"
    TRACE_RESPONSE = 0x1E, "Traceroute Response"
    TRACE = 0x1F, "Traceroute Request"
    REPORT_3 = 0x22, "Membership Report"


class IGMP(
    Header,
    name="igmp",
    title="Internet Group Management Protocol",
    source="RFC 3376; RFC 2236; RFC 1112, appendix I",
    over={IPv4: IPProtocol.IGMP},
):
    """Type, maximum response time and checksum of a message; what follows is a matter of the type.

    Every message that has a class is parsed as that, so this one stands for the other types.
    """

    type: Coding[IGMPType] = code(8, IGMPType, "type", factory=Variant(), base=16, title="Type")
    max_response: int = u8("max_resp", default=0, title="Max Resp Time", doc="In tenths of a second, for queries")
    checksum: int = u16("checksum", factory=Checksum(bad="bad_checksum"), base=16, title="Checksum")

    # Left out, the type is one for experiments, which no message has.
    _variant_number: ClassVar[int] = 0xF0
    _version: ClassVar[int] = 0

    @derived("version", width=8, title="IGMP Version")
    def version(self) -> int | None:
        """1, 2 or 3; None for what is no query or report."""
        return self._version or None

    def info(self) -> str:
        """Return the kind of message."""
        if self.own_end == self.own_start:
            return ""
        kind = self.type
        return kind.title if kind.known else f"Unknown Type:{int(kind):#04x}"


class _OfGroup(IGMP, leaf=True):
    """A message about one group, or about all of them with 0.0.0.0."""

    group: Address = ipv4("maddr", default="0.0.0.0", title="Multicast Address")

    _before_group: ClassVar[str] = ""

    def check(self) -> Iterator[Problem]:
        """Yield a group that is no multicast address."""
        group = self.raw("group") if not self.is_cut else bytes(4)
        if group[0] >> 4 != 0xE and any(group):
            yield self.problem(
                "group", "is no multicast address", "224.0.0.0 to 239.255.255.255", self.group, "warning"
            )

    def info(self) -> str:
        """Return the kind of message and, from version 2 on, the group."""
        title = super().info()
        if self.is_cut or self.version == 1:
            return title
        return f"{title}{self._before_group} {self.group}" if any(self.raw("group")) else f"{title}, general"


class IGMPQuery(_OfGroup, source="RFC 2236, section 2", variant=IGMPType.QUERY):
    """A router asks who listens to a group, or to any; without a maximum response time it speaks version 1."""

    _before_group: ClassVar[str] = ", specific for group"

    @derived("version", width=8, title="IGMP Version")
    def version(self) -> int | None:
        """1 without a maximum response time, otherwise 2."""
        return 2 if self.max_response else 1


class IGMPv1Report(_OfGroup, source="RFC 1112, appendix I", variant=IGMPType.REPORT_1):
    """A host listens to a group, and speaks version 1."""

    _version: ClassVar[int] = 1


class IGMPv2Report(_OfGroup, source="RFC 2236, section 2", variant=IGMPType.REPORT_2):
    """A host listens to a group."""

    _version: ClassVar[int] = 2
    _before_group: ClassVar[str] = " group"


class IGMPLeave(_OfGroup, source="RFC 2236, section 2", variant=IGMPType.LEAVE):
    """A host no longer listens to a group."""

    _version: ClassVar[int] = 2


def _decoded(number: int) -> int:
    """Return what a code of 8 bits stands for: beyond 127 it is a number with an exponent (RFC 3376, section 4.1.1)."""
    return number if number < 128 else (number & 15 | 16) << (number >> 4 & 7) + 3


class IGMPv3Query(_OfGroup, source="RFC 3376, section 4.1", leaf=False):
    """A router asks who listens: to any group, to one, or to one and some of its senders.

    `max_response` is a code, as is `interval`: see `max_response_time` for tenths of a second.
    """

    reserved: int = bits(4, "", default=0, base=16, title="Reserved")
    suppress: bool = flag("s", default=False, title="S")
    robustness: int = bits(3, "qrv", default=2, title="QRV")
    interval: int = u8("qqic", default=125, title="QQIC")
    source_count: int = u16("num_src", factory=LengthOf(4), title="Num Src")
    sources: Listing[str] = address_list("saddr", default=(), length="source_count", title="Source Address")

    _variant_number: ClassVar[int] = IGMPType.QUERY
    _version: ClassVar[int] = 3
    _before_group: ClassVar[str] = ", specific for group"

    @derived("max_resp", width=16, over="max_response", title="Max Resp Time")
    def max_response_time(self) -> int | None:
        """How long hosts may take to answer, in tenths of a second."""
        return _decoded(self.max_response)

    def info(self) -> str:
        """Return what is asked for."""
        text = super().info()
        if self.is_cut or not self.sources:
            return text
        return f"{text}, source{'' if len(self.sources) == 1 else 's'} {{{', '.join(self.sources)}}}"


class GroupRecordType(Code):
    """What a record says of a group and its senders (RFC 3376, section 4.2.12)."""

    IS_INCLUDE = 1, "Mode Is Include"
    IS_EXCLUDE = 2, "Mode Is Exclude"
    TO_INCLUDE = 3, "Change To Include Mode"
    TO_EXCLUDE = 4, "Change To Exclude Mode"
    ALLOW = 5, "Allow New Sources"
    BLOCK = 6, "Block Old Sources"


class GroupRecord(Entry, name="igmp", title="Group Record", source="RFC 3376, section 4.2.4"):
    """What a host wants of a group; `auxiliary` is a multiple of 4 bytes."""

    type: Coding[GroupRecordType] = code(
        8, GroupRecordType, "record_type", default=1, kw_only=False, title="Record Type"
    )
    auxiliary_words: int = u8("aux_data_len", factory=LengthOf(4), title="Aux Data Len")
    source_count: int = u16("num_src", factory=LengthOf(4), title="Num Src")
    group: Address = ipv4("maddr", default="0.0.0.0", kw_only=False, title="Multicast Address")
    sources: Listing[str] = address_list(
        "saddr", default=(), length="source_count", kw_only=False, title="Source Address"
    )
    auxiliary: bytes = octets("aux_data", default=b"", length="auxiliary_words", kw_only=False, title="Aux Data")


class IGMPv3Report(IGMP, source="RFC 3376, section 4.2", variant=IGMPType.REPORT_3):
    """A host tells of its groups, a record each.

    >>> report = IGMPv3Report(records=[GroupRecord(GroupRecordType.TO_EXCLUDE, "239.1.2.3")])
    >>> report.record_count, report.info()
    (1, 'Membership Report / Join group 239.1.2.3 for any sources')
    """

    reserved: int = u16("", default=0, base=16, title="Reserved")
    record_count: int = u16("num_grp_recs", factory=CountOf(), title="Num Group Records")
    records: Listing[GroupRecord | bytes] = records(
        "", of=GroupRecord, count="record_count", default=(), title="Group Records"
    )

    def group_records(self) -> list[GroupRecord]:
        """Return the records that are whole."""
        return [] if self.is_cut else [record for record in self.records if isinstance(record, GroupRecord)]

    _version: ClassVar[int] = 3

    def info(self) -> str:
        """Return what the host wants of each group."""
        title = "Membership Report"
        if self.is_cut:
            return title
        if not self.record_count:
            return f"{title} - General query"
        return " / ".join([title, *map(_wish, self.group_records())])


def _wish(record: GroupRecord) -> str:
    """Return in words what a record says, as tshark puts it."""
    kind, group, many = record.type, record.group, len(record.sources) > 1
    sources = f"{{{', '.join(record.sources)}}}"
    if kind in (GroupRecordType.IS_INCLUDE, GroupRecordType.TO_INCLUDE):
        if not record.sources:
            return f"Leave group {group}"
        return f"Join group {group} for source{'s in' if many else ''} {sources}"
    if kind in (GroupRecordType.IS_EXCLUDE, GroupRecordType.TO_EXCLUDE):
        if not record.sources:
            return f"Join group {group} for any sources"
        return f"Join group {group}, for source{'s not in' if many else ' not'} {sources}"
    words = {GroupRecordType.ALLOW: ("ALLOW_NEW_SOURCES", "new"), GroupRecordType.BLOCK: ("BLOCK_OLD_SOURCES", "block")}
    name, verb = words.get(GroupRecordType(kind), ("", ""))
    if not name:
        return f"Group {group}, unknown record type (?)" + (f", sources {sources}" if record.sources else "")
    if not record.sources:
        return f"Group {group}, {name} but no source specified (?)"
    return f"Group {group}, {verb} source{'s' if many else ''} {sources}"


def _decode_query(buffer: bytes, start: int, end: int, outer: Any) -> Header:
    """Decode a query, whose length tells its version."""
    cls: type[Header] = IGMPv3Query if end - start >= LEAST_QUERY_3 else IGMPQuery
    header: Header = cls.decode(buffer, start, end, outer)
    return header


IGMP.read_variant(IGMPType.QUERY, _decode_query)
