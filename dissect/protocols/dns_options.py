"""The options of EDNS, which stand in an OPT record (RFC 6891, section 6.1.2)."""

from __future__ import annotations

from typing import Any

from dissect.declare import (
    AUTOMATIC,
    Code,
    Coding,
    Listing,
    Octets,
    Option,
    OptionKind,
    OptionLength,
    OptionList,
    bits,
    code,
    domain_name,
    listing,
    octets,
    overlay,
    text,
    u8,
    u16,
)
from dissect.protocols.dns_records import ResourceRecord
from dissect.protocols.dns_types import RecordType

__all__ = [
    "DNSChain",
    "DNSClientSubnet",
    "DNSCookie",
    "DNSDigestsUnderstood",
    "DNSExtendedError",
    "DNSHashesUnderstood",
    "DNSKeepalive",
    "DNSOption",
    "DNSPadding",
    "DNSServerIdentifier",
    "DNSSignaturesUnderstood",
    "DNSSubnetFamily",
    "ExtendedErrorCode",
    "MalformedDNSOption",
    "OPTRecord",
    "UnknownDNSOption",
]

_VALUE = Octets("<MISSING>")
_HEAD = 4
"""The bytes of code and length, which the length leaves out."""


class DNSOption(Option, name="dns", source="RFC 6891, section 6.1.2", family=True, branch="opt"):
    """One option of a message."""

    code: int = u16("opt.code", factory=OptionKind(), title="Option Code")
    length: int = u16("opt.len", factory=OptionLength(uncounted=_HEAD), title="Option Length", doc="Of the data alone")


class UnknownDNSOption(DNSOption, unknown=True, title="Option"):
    """An option of a code without a class here."""

    data: bytes = octets("", default=b"", length="rest", kw_only=False, title="Option Data")


class MalformedDNSOption(DNSOption, malformed=True, title="Malformed"):
    """The rest of a list whose next option runs past the end."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class DNSServerIdentifier(DNSOption, number=3, title="NSID", source="RFC 5001"):
    """Which of several servers with one address answers."""

    identifier: bytes = octets("", default=b"", length="rest", kw_only=False, title="Identifier")


class DNSSignaturesUnderstood(DNSOption, number=5, title="DAU", source="RFC 6975"):
    """The algorithms of signatures that a client knows, a byte each."""

    algorithms: bytes = octets("", default=b"", length="rest", kw_only=False, title="DAU")


class DNSDigestsUnderstood(DNSOption, number=6, title="DHU", source="RFC 6975"):
    """The algorithms of digests that a client knows, a byte each."""

    algorithms: bytes = octets("", default=b"", length="rest", kw_only=False, title="DHU")


class DNSHashesUnderstood(DNSOption, number=7, title="N3U", source="RFC 6975"):
    """The algorithms of hashed names that a client knows, a byte each."""

    algorithms: bytes = octets("", default=b"", length="rest", kw_only=False, title="N3U")


class DNSSubnetFamily(Code):
    """A family of addresses (IANA, address family numbers)."""

    IPV4 = 1, "IPv4"
    IPV6 = 2, "IPv6"


class DNSClientSubnet(DNSOption, number=8, title="CSUBNET", source="RFC 7871, section 6"):
    """The network for which an answer is wanted: as many bytes of its address as the source's bits take."""

    family: Coding[DNSSubnetFamily] = code(
        16, DNSSubnetFamily, "opt.client.family", default=DNSSubnetFamily.IPV4, title="Family"
    )
    source_bits: int = u8("opt.client.netmask", default=0, title="Source Netmask")
    scope_bits: int = u8("opt.client.scope", default=0, title="Scope Netmask")
    network: bytes = octets("", default=b"", length="rest", kw_only=False, title="Client Subnet")


class DNSCookie(DNSOption, number=10, title="COOKIE", source="RFC 7873, section 4"):
    """What client and server know each other by."""

    client: bytes = octets("opt.cookie.client", size=8, default=bytes(8), kw_only=False, title="Client Cookie")
    server: bytes = octets(
        "opt.cookie.server", default=b"", length="rest", kind=_VALUE, kw_only=False, title="Server Cookie"
    )


def _has_timeout(option: Any) -> bool:
    return bool(option.raw("length"))


class DNSKeepalive(DNSOption, number=11, title="Keepalive", source="RFC 7828, section 3.1"):
    """How long a server keeps an idle connection, in tenths of a second; a client asks without a number."""

    timeout: int | None = u16(
        "opt.edns_tcp_keepalive.timeout", default=0, when=_has_timeout, kw_only=False, title="Timeout"
    )


class DNSPadding(DNSOption, number=12, title="Padding", source="RFC 7830"):
    """Bytes that hide how long a message is."""

    padding: bytes = octets("opt.padding", default=b"", length="rest", kind=_VALUE, kw_only=False, title="Padding")


class DNSChain(DNSOption, number=13, title="CHAIN", source="RFC 7901"):
    """The closest name whose key the client trusts."""

    name_trusted: str = domain_name(
        "opt.chain.fqdn", default=".", compress=False, kw_only=False, title="Closest Trust Point"
    )


class ExtendedErrorCode(Code):
    """Why an answer is what it is (IANA, extended DNS error codes)."""

    OTHER_ERROR = 0, "Other Error"
    UNSUPPORTED_DNSKEY_ALGORITHM = 1, "Unsupported DNSKEY Algorithm"
    UNSUPPORTED_DS_DIGEST_TYPE = 2, "Unsupported DS Digest Type"
    STALE_ANSWER = 3, "Stale Answer"
    FORGED_ANSWER = 4, "Forged Answer"
    DNSSEC_INDETERMINATE = 5, "DNSSEC Indeterminate"
    DNSSEC_BOGUS = 6, "DNSSEC Bogus"
    SIGNATURE_EXPIRED = 7, "Signature Expired"
    SIGNATURE_NOT_YET_VALID = 8, "Signature Not Yet Valid"
    DNSKEY_MISSING = 9, "DNSKEY Missing"
    RRSIGS_MISSING = 10, "RRSIGs Missing"
    NO_ZONE_KEY_BIT_SET = 11, "No Zone Key Bit Set"
    NSEC_MISSING = 12, "NSEC Missing"
    CACHED_ERROR = 13, "Cached Error"
    NOT_READY = 14, "Not Ready"
    BLOCKED = 15, "Blocked"
    CENSORED = 16, "Censored"
    FILTERED = 17, "Filtered"
    PROHIBITED = 18, "Prohibited"
    STALE_NXDOMAIN_ANSWER = 19, "Stale NXDomain Answer"
    NOT_AUTHORITATIVE = 20, "Not Authoritative"
    NOT_SUPPORTED = 21, "Not Supported"
    NO_REACHABLE_AUTHORITY = 22, "No Reachable Authority"
    NETWORK_ERROR = 23, "Network Error"
    INVALID_DATA = 24, "Invalid Data"
    SIGNATURE_EXPIRED_BEFORE_VALID = 25, "Signature Expired before Valid"
    TOO_EARLY = 26, "Too Early"
    UNSUPPORTED_NSEC3_ITERATIONS_VALUE = 27, "Unsupported NSEC3 Iterations Value"
    UNABLE_TO_CONFORM_TO_POLICY = 28, "Unable to conform to policy"
    SYNTHESIZED = 29, "Synthesized"


class DNSExtendedError(DNSOption, number=15, title="EDE", source="RFC 8914, section 2"):
    """Why an answer is what it is, and more in words."""

    info_code: Coding[ExtendedErrorCode] = code(
        16, ExtendedErrorCode, "opt.ext_error.info_code", default=0, kw_only=False, title="Info Code"
    )
    extra_text: str = text("opt.ext_error.extra_text", default="", length="rest", kw_only=False, title="Extra Text")


class OPTRecord(ResourceRecord, variant=RecordType.OPT, title="OPT", source="RFC 6891, section 6.1"):
    """What both sides understand beyond RFC 1035: it takes class and time to live for fields of its own.

    >>> OPTRecord(options=[DNSCookie(b"12345678")], dnssec_ok=True)
    OPTRecord(options=[DNSCookie(b'12345678')], ttl=32768)
    """

    record_class: Any = u16("rr.udp_payload_size", default=1232, title="UDP payload size")
    ttl: int = bits(32, "", default=0, title="Extended flags")
    extended_code: int = overlay(
        8, "resp.ext_rcode", default=AUTOMATIC, over="ttl", base=16, title="Higher bits in extended RCODE"
    )
    version: int = overlay(8, "resp.edns0_version", default=AUTOMATIC, over="ttl", skip=8, title="EDNS0 version")
    extended_flags: int = overlay(16, "resp.z", default=AUTOMATIC, over="ttl", skip=16, base=16, title="Z")
    dnssec_ok: bool = overlay(1, "resp.z.do", default=AUTOMATIC, over="ttl", skip=16, title="DO bit")
    reserved_flags: int = overlay(
        15, "resp.z.reserved", default=AUTOMATIC, over="ttl", skip=17, base=16, title="Reserved"
    )
    options: Listing[Option] = listing(
        OptionList(DNSOption), "", default=(), length="rest", kw_only=False, title="Options"
    )
