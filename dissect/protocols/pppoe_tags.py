"""The tags of PPPoE discovery: what is asked for, what is offered, and what belongs together."""

from __future__ import annotations

from typing import Any

from dissect.declare import (
    Listing,
    Octets,
    Option,
    OptionKind,
    OptionLength,
    OptionList,
    bits,
    flag,
    listing,
    octets,
    text,
    u8,
    u16,
    u32,
)
from dissect.protocols.pppoe_dsl_tags import DSLTag

__all__ = [
    "MalformedPPPoETag",
    "PPPoEConcentrator",
    "PPPoECookie",
    "PPPoECreditScale",
    "PPPoECredits",
    "PPPoEEndOfList",
    "PPPoEGenericError",
    "PPPoEHostUnique",
    "PPPoEMaximumPayload",
    "PPPoEMessage",
    "PPPoEMetrics",
    "PPPoERelaySession",
    "PPPoERoutes",
    "PPPoESequenceNumber",
    "PPPoEServiceName",
    "PPPoEServiceNameError",
    "PPPoESystemError",
    "PPPoETag",
    "PPPoEURL",
    "PPPoEVendorTag",
    "UnknownPPPoETag",
]

_HEAD = 4
"""The bytes of type and length, which the length leaves out."""
_VALUE = Octets("<MISSING>")
DSL_FORUM = 3561
"""The enterprise number under which tags tell of a subscriber's line (RFC 4679; TR-101, appendix B)."""


class PPPoETag(Option, name="pppoed", source="RFC 2516, appendix A", family=True):
    """A tag of a discovery packet."""

    type: int = u16("tag", factory=OptionKind(), base=16, title="Tag")
    length: int = u16("tag_length", factory=OptionLength(uncounted=_HEAD), title="Tag Length", doc="Of the value alone")


class UnknownPPPoETag(PPPoETag, unknown=True, title="Unknown"):
    """A tag of a type without a class here, or of a length that its class does not have."""

    data: bytes = octets("tag.unknown_data", default=b"", length="rest", title="Unknown Data")


class MalformedPPPoETag(PPPoETag, malformed=True, title="Malformed"):
    """The rest of a list whose next tag runs past the end."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class PPPoEEndOfList(PPPoETag, number=0x0000, last=True, title="End-Of-List"):
    """No tag follows; nobody needs it."""

    padding: bytes = octets("", default=b"", length="rest", title="Padding")


class PPPoEServiceName(PPPoETag, number=0x0101, title="Service-Name"):
    """The service that is asked for, "" for any, or one that is offered."""

    value: str = text("tags.service_name", default="", length="rest", kw_only=False, title="Service-Name")


class PPPoEConcentrator(PPPoETag, number=0x0102, title="AC-Name"):
    """The name of an access concentrator."""

    value: str = text("tags.ac_name", default="", length="rest", kw_only=False, title="AC-Name")


class PPPoEHostUnique(PPPoETag, number=0x0103, title="Host-Uniq"):
    """What a host knows its own question by; every answer has it, too."""

    value: bytes = octets("tags.host_uniq", default=b"", length="rest", kind=_VALUE, kw_only=False, title="Host-Uniq")


class PPPoECookie(PPPoETag, number=0x0104, title="AC-Cookie"):
    """What a concentrator wants to get back, so that it need not remember who asked."""

    value: bytes = octets("tags.ac_cookie", default=b"", length="rest", kind=_VALUE, kw_only=False, title="AC-Cookie")


def _is_of_a_line(tag: Any) -> bool:
    return bool(tag.raw("vendor_id") == DSL_FORUM)


def _is_of_others(tag: Any) -> bool:
    return not _is_of_a_line(tag)


class PPPoEVendorTag(PPPoETag, number=0x0105, title="Vendor-Specific"):
    """A tag of a manufacturer's own; those of the DSL forum tell of a subscriber's line.

    >>> from dissect.protocols.pppoe_dsl_tags import DSLCircuit
    >>> PPPoEVendorTag(line=[DSLCircuit("atm 1/2:3.4")]).length
    17
    """

    vendor_id: int = u32("tags.vendor_id", default=DSL_FORUM, title="Vendor id")
    line: Listing[Option] = listing(
        OptionList(DSLTag), "", default=(), length="rest", when=_is_of_a_line, title="Vendor Specific PPPoE Tags"
    )
    data: bytes | None = octets(
        "tags.vendor_unspecified", default=b"", length="rest", when=_is_of_others, title="Vendor unspecified"
    )


class PPPoECredits(PPPoETag, number=0x0106, title="Credits", source="RFC 5578, section 5.1"):
    """How many packets more each side may send."""

    forward: int = u16("tags.credits.fcn", default=0, title="FCN")
    backward: int = u16("tags.credits.bcn", default=0, title="BCN")


class PPPoEMetrics(PPPoETag, number=0x0107, title="Metrics", source="RFC 5578, section 5.2"):
    """How good a radio link is: rates in units that the flags tell, latency in milliseconds, the rest in percent."""

    reserved: int = bits(11, "", default=0, title="Reserved")
    maximum_unit: int = bits(2, "tags.metrics.mdr_units", default=0, base=16, size=16, title="MDR Units")
    current_unit: int = bits(2, "tags.metrics.cdr_units", default=0, base=16, size=16, title="CDR Units")
    receive_only: bool = flag("tags.metrics.r", default=False, title="Receive Only")
    quality: int = u8("tags.metrics.rlq", default=100, title="Relative Link Quality")
    resources: int = u8("tags.metrics.resource", default=100, title="Resource")
    latency: int = u16("tags.metrics.latency", default=0, title="Latency")
    current_rate: int = u16("tags.metrics.curr_drate", default=0, title="Curr. datarate")
    maximum_rate: int = u16("tags.metrics.max_drate", default=0, title="Max. datarate")


class PPPoESequenceNumber(PPPoETag, number=0x0108, title="Sequence Number", source="RFC 5578, section 5.3"):
    """Which grant of credits an answer belongs to."""

    value: int = u16("tags.seq_num", default=0, base=16, kw_only=False, title="Sequence Number")


class PPPoECreditScale(PPPoETag, number=0x0109, title="Credit Scale Factor", source="RFC 5578, section 5.4"):
    """How many bytes a credit is."""

    value: int = u16("tags.credit_scale", default=64, kw_only=False, title="Credit Scale Factor")


class PPPoERelaySession(PPPoETag, number=0x0110, title="Relay-Session-Id"):
    """By what a relay between host and concentrator knows the session."""

    value: bytes = octets(
        "tags.relay_session_id", default=b"", length="rest", kind=_VALUE, kw_only=False, title="Relay-Session-Id"
    )


class PPPoEURL(PPPoETag, number=0x0111, title="HURL", source="draft-carrel-info-pppoe-ext, section 3"):
    """A page that the host's user is to see."""

    value: bytes = octets("tags.hurl", default=b"", length="rest", kind=_VALUE, kw_only=False, title="HURL")


class PPPoEMessage(PPPoETag, number=0x0112, title="MOTM", source="draft-carrel-info-pppoe-ext, section 3"):
    """A message that the host's user is to see."""

    value: bytes = octets("tags.motm", default=b"", length="rest", kind=_VALUE, kw_only=False, title="MOTM")


class PPPoEMaximumPayload(PPPoETag, number=0x0120, title="PPP-Max-Payload", source="RFC 4638, section 3"):
    """The largest packet of PPP that a host can take, in bytes, where that is more than 1492."""

    value: int = u16("", default=1500, kw_only=False, title="PPP-Max-Payload")


class PPPoERoutes(PPPoETag, number=0x0121, title="IP Route Add", source="draft-carrel-info-pppoe-ext, section 4"):
    """Routes that the host is to add."""

    value: bytes = octets(
        "tags.ip_route_add", default=b"", length="rest", kind=_VALUE, kw_only=False, title="IP Route Add"
    )


class PPPoEServiceNameError(PPPoETag, number=0x0201, title="Service-Name-Error"):
    """The service that was asked for is not there."""

    value: str = text("tags.service_name_error", default="", length="rest", kw_only=False, title="Service-Name-Error")


class PPPoESystemError(PPPoETag, number=0x0202, title="AC-System-Error"):
    """The concentrator cannot do what was asked for."""

    value: str = text("tags.ac_system_error", default="", length="rest", kw_only=False, title="AC-System-Error")


class PPPoEGenericError(PPPoETag, number=0x0203, title="Generic-Error"):
    """Something went wrong, and why."""

    value: str = text("tags.generic_error", default="", length="rest", kw_only=False, title="Generic-Error")
