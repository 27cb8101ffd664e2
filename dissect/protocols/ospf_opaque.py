"""The opaque link state advertisements of OSPF: what routers pass on for others, type by type (RFC 5250).

The first byte of the link state identifier says what an advertisement tells: of links for traffic engineering, of a
restart, of a router, or of prefixes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from dissect.declare import (
    AUTOMATIC,
    Address,
    Code,
    Coding,
    Entry,
    Listing,
    Option,
    OptionKind,
    OptionLength,
    OptionList,
    Problem,
    code,
    ipv4,
    listing,
    octets,
    overlay,
    text,
    u8,
    u16,
    u24,
    u32,
)
from dissect.protocols.ospf_lsa import OSPFLSA, UnknownOSPFLSA

__all__ = [
    "MalformedOSPFGraceTLV",
    "MalformedOSPFLinkTLV",
    "MalformedOSPFPrefixPartTLV",
    "MalformedOSPFPrefixTLV",
    "MalformedOSPFRouterTLV",
    "MalformedOSPFSegmentTLV",
    "MalformedOSPFTrafficTLV",
    "OSPFExtendedPrefix",
    "OSPFExtendedPrefixLSA",
    "OSPFGraceLSA",
    "OSPFLabelRange",
    "OSPFLinkDescription",
    "OSPFLinkEnd",
    "OSPFLinkLocalAddress",
    "OSPFLinkMetric",
    "OSPFLinkRemoteAddress",
    "OSPFLinkType",
    "OSPFLocalLabels",
    "OSPFMappingPreference",
    "OSPFOpaqueLSA",
    "OSPFPrefixIdentifier",
    "OSPFPrefixRange",
    "OSPFRestartCause",
    "OSPFRestartPeriod",
    "OSPFRestartReason",
    "OSPFRestartingRouter",
    "OSPFRouterAddress",
    "OSPFRouterInformationLSA",
    "OSPFRouterName",
    "OSPFSegmentIndex",
    "OSPFSegmentLabel",
    "OSPFTLVPadding",
    "OSPFTrafficLSA",
    "UnknownOSPFGraceTLV",
    "UnknownOSPFLinkTLV",
    "UnknownOSPFPrefixPartTLV",
    "UnknownOSPFPrefixTLV",
    "UnknownOSPFRouterTLV",
    "UnknownOSPFSegmentTLV",
    "UnknownOSPFTrafficTLV",
]

_WORD = 4
_HEAD = 4
"""The bytes of the type and of the length of a TLV."""
_OPAQUE_TYPE = 4
"""In which byte of an advertisement its opaque type stands."""


class OSPFTLVPadding(Entry, name="ospf", title="Padding"):
    """Bytes up to a whole word behind a value, which its length does not count."""

    data: bytes = octets("", default=b"", length="rest", kw_only=False, title="Padding")


def _list_of(family: type[Option]) -> OptionList:
    return OptionList(family, padded=_WORD, padding=OSPFTLVPadding)


class OSPFTrafficTLV(Option, name="ospf", title="TLV", source="RFC 3630, section 2.3.2", family=True):
    """What is told of a router or of a link for traffic engineering."""

    type: int = u16("tlv_type", factory=OptionKind(), title="TLV Type")
    length: int = u16("tlv_length", factory=OptionLength(uncounted=4), title="TLV Length")


class UnknownOSPFTrafficTLV(OSPFTrafficTLV, unknown=True, title="Unknown TLV"):
    """A TLV of a type without a class here."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class MalformedOSPFTrafficTLV(OSPFTrafficTLV, malformed=True, title="Malformed"):
    """Bytes that are no TLV."""

    type: int = u16("", factory=OptionKind(), title="TLV Type")
    length: int = u16("", factory=OptionLength(uncounted=4), title="TLV Length")
    data: bytes = octets("", default=b"", length="rest", title="Data")


class OSPFRouterAddress(OSPFTrafficTLV, number=1, title="Router Address", source="RFC 3630, section 2.4.1"):
    """An address of the router that can always be reached."""

    address: Address = ipv4("mpls.routerid", default="0.0.0.0", kw_only=False, title="MPLS/TE Router ID")


class OSPFLinkTLV(Option, name="ospf", title="TLV", source="RFC 3630, section 2.5", family=True):
    """What is told of a link."""

    type: int = u16("tlv_type", factory=OptionKind(), title="TLV Type")
    length: int = u16("tlv_length", factory=OptionLength(uncounted=4), title="TLV Length")


class UnknownOSPFLinkTLV(OSPFLinkTLV, unknown=True, title="Unknown TLV"):
    """A TLV of a type without a class here, such as those of bandwidths, which are floating-point numbers."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class MalformedOSPFLinkTLV(OSPFLinkTLV, malformed=True, title="Malformed"):
    """Bytes that are no TLV."""

    type: int = u16("", factory=OptionKind(), title="TLV Type")
    length: int = u16("", factory=OptionLength(uncounted=4), title="TLV Length")
    data: bytes = octets("", default=b"", length="rest", title="Data")


class OSPFLinkType(OSPFLinkTLV, number=1, title="Link Type", source="RFC 3630, section 2.5.1"):
    """Whether the link has two ends (1) or more (2)."""

    link_type: int = u8("mpls.linktype", default=1, kw_only=False, title="MPLS/TE Link Type")


class OSPFLinkEnd(OSPFLinkTLV, number=2, title="Link ID", source="RFC 3630, section 2.5.2"):
    """The router at the other end, or the address of the designated router."""

    link: Address = ipv4("mpls.linkid", default="0.0.0.0", kw_only=False, title="MPLS/TE Link ID")


class OSPFLinkLocalAddress(OSPFLinkTLV, number=3, title="Local Interface IP Address", source="RFC 3630, section 2.5.3"):
    """The address of this end."""

    address: Address = ipv4(
        "mpls.local_addr", default="0.0.0.0", kw_only=False, title="MPLS/TE Local Interface Address"
    )


class OSPFLinkRemoteAddress(
    OSPFLinkTLV, number=4, title="Remote Interface IP Address", source="RFC 3630, section 2.5.4"
):
    """The address of the other end."""

    address: Address = ipv4(
        "mpls.remote_addr", default="0.0.0.0", kw_only=False, title="MPLS/TE Remote Interface Address"
    )


class OSPFLinkMetric(OSPFLinkTLV, number=5, title="Traffic Engineering Metric", source="RFC 3630, section 2.5.5"):
    """What the link costs for traffic engineering."""

    metric: int = u32("mpls.te_metric", default=1, kw_only=False, title="Traffic Engineering Metric")


class OSPFLinkDescription(OSPFTrafficTLV, number=2, title="Link", source="RFC 3630, section 2.4.2"):
    """A link with what is told of it."""

    tlvs: Listing[Option] = listing(_list_of(OSPFLinkTLV), "", default=(), length="rest", kw_only=False, title="TLVs")


class OSPFGraceTLV(Option, name="ospf", title="TLV", source="RFC 3623, appendix A", family=True):
    """What is told of a restart."""

    type: int = u16("tlv_type", factory=OptionKind(), title="TLV Type")
    length: int = u16("tlv_length", factory=OptionLength(uncounted=4), title="TLV Length")


class UnknownOSPFGraceTLV(OSPFGraceTLV, unknown=True, title="Unknown TLV"):
    """A TLV of a type without a class here."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class MalformedOSPFGraceTLV(OSPFGraceTLV, malformed=True, title="Malformed"):
    """Bytes that are no TLV."""

    type: int = u16("", factory=OptionKind(), title="TLV Type")
    length: int = u16("", factory=OptionLength(uncounted=4), title="TLV Length")
    data: bytes = octets("", default=b"", length="rest", title="Data")


class OSPFRestartPeriod(OSPFGraceTLV, number=1, title="Grace Period", source="RFC 3623, appendix A"):
    """So many seconds neighbours are to act as if the router was there."""

    seconds: int = u32("v2.grace.period", default=120, kw_only=False, title="Grace Period")


class OSPFRestartCause(Code):
    """Why a router begins anew (RFC 3623, appendix A)."""

    UNKNOWN = 0, "Unknown"
    RESTART = 1, "Software Restart"
    UPGRADE = 2, "Software Reload/Upgrade"
    SWITCH = 3, "Processor Switchover"


class OSPFRestartReason(OSPFGraceTLV, number=2, title="Restart Reason", source="RFC 3623, appendix A"):
    """Why it begins anew."""

    reason: Coding[OSPFRestartCause] = code(
        8, OSPFRestartCause, "v2.grace.reason", default=1, kw_only=False, title="Restart Reason"
    )


class OSPFRestartingRouter(OSPFGraceTLV, number=3, title="IP Interface Address", source="RFC 3623, appendix A"):
    """The address by which neighbours on a network know it."""

    address: Address = ipv4("v2.grace.ip", default="0.0.0.0", kw_only=False, title="Restart IP")


class OSPFRouterTLV(Option, name="ospf", title="TLV", source="RFC 7770, section 2.3", family=True):
    """What a router can do."""

    type: int = u16("tlv_type.opaque", factory=OptionKind(), title="TLV Type")
    length: int = u16("tlv_length", factory=OptionLength(uncounted=4), title="TLV Length")


class UnknownOSPFRouterTLV(OSPFRouterTLV, unknown=True, title="Unknown TLV"):
    """A TLV of a type without a class here."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class MalformedOSPFRouterTLV(OSPFRouterTLV, malformed=True, title="Malformed"):
    """Bytes that are no TLV."""

    type: int = u16("", factory=OptionKind(), title="TLV Type")
    length: int = u16("", factory=OptionLength(uncounted=4), title="TLV Length")
    data: bytes = octets("", default=b"", length="rest", title="Data")


class OSPFRouterName(OSPFRouterTLV, number=7, title="Dynamic Hostname", source="RFC 5642, section 3.1"):
    """What the router is called."""

    host: str = text("dynhostname", default="", length="rest", kw_only=False, title="Dynamic Hostname")


class OSPFSegmentTLV(Option, name="ospf", title="TLV", source="RFC 8665, section 2", family=True):
    """What stands for a segment."""

    type: int = u16("tlv.sidlabel_range.type", factory=OptionKind(), title="TLV Type")
    length: int = u16("tlv_length", factory=OptionLength(uncounted=4), title="TLV Length")


class UnknownOSPFSegmentTLV(OSPFSegmentTLV, unknown=True, title="Unknown TLV"):
    """A TLV of a type without a class here."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class MalformedOSPFSegmentTLV(OSPFSegmentTLV, malformed=True, title="Malformed"):
    """Bytes that are no TLV."""

    type: int = u16("", factory=OptionKind(), title="TLV Type")
    length: int = u16("", factory=OptionLength(uncounted=4), title="TLV Length")
    data: bytes = octets("", default=b"", length="rest", title="Data")


_INDEX_SIZE = 4


class OSPFSegmentLabel(OSPFSegmentTLV, number=1, title="SID/Label", source="RFC 8665, section 2.1"):
    """The first label of MPLS that stands for segments."""

    label: int = u24("tlv.sid_label", default=0, kw_only=False, title="SID/Label")

    @classmethod
    def of_bytes(cls, data: bytes) -> type[Option]:
        """Return the class for a label in three bytes, or for an index in four."""
        return OSPFSegmentIndex if len(data) == _HEAD + _INDEX_SIZE else cls


class OSPFSegmentIndex(OSPFSegmentTLV, number=1, apart=True, title="SID/Label", source="RFC 8665, section 2.1"):
    """The first index of segments."""

    index: int = u32("tlv.sid_label", default=0, kw_only=False, title="SID/Label")


class OSPFLabelRange(OSPFRouterTLV, number=9, title="SID/Label Range", source="RFC 8665, section 3.2"):
    """So many labels that the router keeps for segments, from the first one on."""

    size: int = u24("tlv.range_size", default=0, title="Range Size")
    reserved: bytes = octets("reserved", size=1, default=b"\0", title="Reserved")
    tlvs: Listing[Option] = listing(
        _list_of(OSPFSegmentTLV), "", default=(), length="rest", kw_only=False, title="TLVs"
    )


class OSPFLocalLabels(OSPFLabelRange, number=14, title="SR Local Block", source="RFC 8665, section 3.3"):
    """The same of labels that mean something to this router alone."""


class OSPFMappingPreference(OSPFRouterTLV, number=15, title="SRMS Preference", source="RFC 8665, section 3.4"):
    """Which of several servers is asked first that map prefixes to segments."""

    preference: int = u8("tlv.preference", default=0, kw_only=False, title="Preference")
    reserved: bytes = octets("reserved", size=3, default=bytes(3), title="Reserved")


class OSPFPrefixTLV(Option, name="ospf", title="TLV", source="RFC 7684, section 2", family=True):
    """What is told of prefixes."""

    type: int = u16("tlv.extpfx.tlv_type", factory=OptionKind(), title="TLV Type")
    length: int = u16("tlv_length", factory=OptionLength(uncounted=4), title="TLV Length")


class UnknownOSPFPrefixTLV(OSPFPrefixTLV, unknown=True, title="Unknown TLV"):
    """A TLV of a type without a class here."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class MalformedOSPFPrefixTLV(OSPFPrefixTLV, malformed=True, title="Malformed"):
    """Bytes that are no TLV."""

    type: int = u16("", factory=OptionKind(), title="TLV Type")
    length: int = u16("", factory=OptionLength(uncounted=4), title="TLV Length")
    data: bytes = octets("", default=b"", length="rest", title="Data")


class OSPFPrefixPartTLV(Option, name="ospf", title="TLV", source="RFC 7684, section 2.1", family=True):
    """What is told of a prefix."""

    type: int = u16("tlv.extpfx.subtlv_type", factory=OptionKind(), title="TLV Type")
    length: int = u16("tlv_length", factory=OptionLength(uncounted=4), title="TLV Length")


class UnknownOSPFPrefixPartTLV(OSPFPrefixPartTLV, unknown=True, title="Unknown TLV"):
    """A TLV of a type without a class here."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class MalformedOSPFPrefixPartTLV(OSPFPrefixPartTLV, malformed=True, title="Malformed"):
    """Bytes that are no TLV."""

    type: int = u16("", factory=OptionKind(), title="TLV Type")
    length: int = u16("", factory=OptionLength(uncounted=4), title="TLV Length")
    data: bytes = octets("", default=b"", length="rest", title="Data")


def _segment_flag(label: str, bit: int, title: str) -> Any:
    return overlay(1, f"tlv.pfxsid.flags.{label}", default=AUTOMATIC, over="flags", skip=7 - bit, title=title)


def _prefix_flag(label: str, bit: int, title: str) -> Any:
    return overlay(1, f"tlv.extpfx.flags.{label}", default=AUTOMATIC, over="flags", skip=7 - bit, title=title)


class OSPFPrefixIdentifier(OSPFPrefixPartTLV, number=2, title="Prefix SID", source="RFC 8665, section 5"):
    """The segment that leads to a prefix."""

    flags: int = u8("tlv.pfxsid.flags", default=0, base=16, title="Flags")
    reserved: bytes = octets("reserved", size=1, default=b"\0", title="Reserved")
    topology: int = u8("tlv.extlink.mt_id", default=0, title="Multi-Topology ID")
    algorithm: int = u8("lsa_sa", default=0, title="Algorithm")
    index: int = u32("tlv.sid_label", default=0, kw_only=False, title="SID/Label")
    keeps_label: bool = _segment_flag("np", 6, "(NP) No-PHP Flag")
    is_mapped: bool = _segment_flag("m", 5, "(M) Mapping Server Flag")
    is_explicit: bool = _segment_flag("e", 4, "(E) Explicit-Null Flag")
    is_value: bool = _segment_flag("v", 3, "(V) Value/Index Flag")
    is_local: bool = _segment_flag("l", 2, "(L) Local/Global Flag")


class OSPFExtendedPrefix(OSPFPrefixTLV, number=1, title="Extended Prefix", source="RFC 7684, section 2.1"):
    """A prefix with what else is told of it."""

    route_type: int = u8("tlv.extpfx.rotuetype", default=0, title="Route Type")
    prefix_length: int = u8("prefix_length", default=32, title="PrefixLength")
    address_family: int = u8("tlv.extpfx.af", default=0, title="Address Family")
    flags: int = u8("tlv.extpfx.flags", default=0, base=16, title="Flags")
    prefix: Address = ipv4("v3.address_prefix.ipv4", default="0.0.0.0", kw_only=False, title="Address Prefix")
    tlvs: Listing[Option] = listing(
        _list_of(OSPFPrefixPartTLV), "", default=(), length="rest", kw_only=False, title="TLVs"
    )
    is_attached: bool = _prefix_flag("a", 7, "(A) Attach Flag")
    is_node: bool = _prefix_flag("n", 6, "(N) Node Flag")


class OSPFPrefixRange(OSPFPrefixTLV, number=2, title="Extended Prefix Range", source="RFC 8665, section 4"):
    """So many prefixes of one length that follow each other, and the segment of the first."""

    prefix_length: int = u8("prefix_length", default=32, title="PrefixLength")
    address_family: int = u8("tlv.extpfx.af", default=0, title="Address Family")
    size: int = u16("tlv.range_size", default=1, title="Range Size")
    flags: int = u8("tlv.extpfx_range.flags", default=0, base=16, title="Flags")
    reserved: bytes = octets("reserved", size=3, default=bytes(3), title="Reserved")
    prefix: Address = ipv4("v3.address_prefix.ipv4", default="0.0.0.0", kw_only=False, title="Address Prefix")
    tlvs: Listing[Option] = listing(
        _list_of(OSPFPrefixPartTLV), "", default=(), length="rest", kw_only=False, title="TLVs"
    )


class OSPFOpaqueLSA(OSPFLSA, title="Opaque LSA", source="RFC 5250, appendix A.2"):
    """An advertisement whose opaque type, the first byte of its identifier, says what it tells."""

    opaque_type: ClassVar[int] = 0

    @classmethod
    def of_bytes(cls, data: bytes) -> type[Option]:
        """Return the class for an opaque type, which tells the same over a link, in an area and in a system."""
        number = data[_OPAQUE_TYPE] if len(data) > _OPAQUE_TYPE else None
        return next((told for told in OSPFOpaqueLSA.__subclasses__() if told.opaque_type == number), UnknownOSPFLSA)

    def problems(self) -> Iterator[Problem | str]:
        """Yield an opaque type of something else, besides what is wrong with every advertisement."""
        yield from super().problems()
        number = bytes(self)[_OPAQUE_TYPE : _OPAQUE_TYPE + 1]
        if number and number[0] != self.opaque_type:
            yield f"has opaque type {number[0]}, expected {self.opaque_type}"


class OSPFTrafficLSA(OSPFOpaqueLSA, number=10, title="Traffic Engineering LSA", source="RFC 3630, section 2"):
    """What a router, or one of its links, is for traffic engineering.

    >>> told = OSPFTrafficLSA([OSPFLinkDescription([OSPFLinkType(1), OSPFLinkMetric(63)])])
    >>> told.length, bytes(told)[20:24].hex()
    (40, '00020010')
    """

    opaque_type = 1
    id: Address = ipv4("lsa.id", default="1.0.0.0", title="Link State ID")
    tlvs: Listing[Option] = listing(
        _list_of(OSPFTrafficTLV), "", default=(), length="rest", kw_only=False, title="TLVs"
    )


class OSPFGraceLSA(OSPFOpaqueLSA, number=9, title="Grace LSA", source="RFC 3623, appendix A"):
    """A router is about to begin anew: its neighbours are to wait for it."""

    opaque_type = 3
    id: Address = ipv4("lsa.id", default="3.0.0.0", title="Link State ID")
    tlvs: Listing[Option] = listing(_list_of(OSPFGraceTLV), "", default=(), length="rest", kw_only=False, title="TLVs")


class OSPFRouterInformationLSA(OSPFOpaqueLSA, number=11, title="Router Information LSA", source="RFC 7770, section 2"):
    """What a router can do."""

    opaque_type = 4
    id: Address = ipv4("lsa.id", default="4.0.0.0", title="Link State ID")
    tlvs: Listing[Option] = listing(_list_of(OSPFRouterTLV), "", default=(), length="rest", kw_only=False, title="TLVs")


class OSPFExtendedPrefixLSA(
    OSPFOpaqueLSA, number=10, apart=True, title="Extended Prefix Opaque LSA", source="RFC 7684, section 2"
):
    """What else is told of prefixes."""

    opaque_type = 7
    id: Address = ipv4("lsa.id", default="7.0.0.0", title="Link State ID")
    tlvs: Listing[Option] = listing(_list_of(OSPFPrefixTLV), "", default=(), length="rest", kw_only=False, title="TLVs")
