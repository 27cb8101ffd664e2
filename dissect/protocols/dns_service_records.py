"""Records of DNS that tell where a service is, and who may vouch for it (RFC 3403; RFC 9460; RFC 8659)."""

from __future__ import annotations

from typing import Any

from dissect.declare import (
    AUTOMATIC,
    Entry,
    IPv6Address,
    Listing,
    Option,
    OptionKind,
    OptionLength,
    OptionList,
    RecordList,
    StructList,
    address_list,
    bits,
    domain_name,
    flag,
    ipv4,
    ipv6,
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
    "AFSDBRecord",
    "ALPNName",
    "CAARecord",
    "HTTPSRecord",
    "IPSECKEYRecord",
    "KXRecord",
    "MalformedServiceParameter",
    "NAPTRRecord",
    "SVCBRecord",
    "ServiceALPN",
    "ServiceECH",
    "ServiceIPv4Hints",
    "ServiceIPv6Hints",
    "ServiceMandatory",
    "ServiceODoH",
    "ServiceParameter",
    "ServicePort",
    "URIRecord",
    "UnknownServiceParameter",
]


class NAPTRRecord(ResourceRecord, variant=RecordType.NAPTR, title="NAPTR", source="RFC 3403, section 4.1"):
    """A rule by which a name is rewritten, until it leads to a host: of several the lowest order counts first."""

    order: int = u16("naptr.order", default=100, title="Order")
    preference: int = u16("naptr.preference", default=10, title="Preference")
    flags_length: int = u8("naptr.flags_length", default=0, title="Flags Length")
    flags: str = text("naptr.flags", default="", length="flags_length", stays=True, title="Flags")
    service_length: int = u8("naptr.service_length", default=0, title="Service Length")
    service: str = text("naptr.service", default="", length="service_length", stays=True, title="Service")
    expression_length: int = u8("naptr.regex_length", default=0, title="Regex Length")
    expression: str = text("naptr.regex", default="", length="expression_length", stays=True, title="Regex")
    replacement: str = domain_name("naptr.replacement", default=".", compress=False, kw_only=False, title="Replacement")


class KXRecord(ResourceRecord, variant=RecordType.KX, title="KX", source="RFC 2230"):
    """A host that exchanges keys for the name."""

    preference: int = u16("kx.preference", default=10, kw_only=False, title="Preference")
    exchanger: str = domain_name("kx.key_exchange", default=".", compress=False, kw_only=False, title="Key Exchange")


class AFSDBRecord(ResourceRecord, variant=RecordType.AFSDB, title="AFSDB", source="RFC 1183, section 1"):
    """A server of an AFS cell."""

    subtype: int = u16("afsdb.subtype", default=1, kw_only=False, title="Subtype")
    host: str = domain_name("afsdb.hostname", default=".", compress=False, kw_only=False, title="Hostname")


class URIRecord(ResourceRecord, variant=RecordType.URI, title="URI", source="RFC 7553"):
    """An address of the web for a service."""

    priority: int = u16("", default=10, title="Priority")
    weight: int = u16("", default=1, title="Weight")
    uri: str = text("", default="", length="rest", kw_only=False, title="Target")


class CAARecord(ResourceRecord, variant=RecordType.CAA, title="CAA", source="RFC 8659, section 4.1"):
    """Which authority may issue certificates for the name: the tag says what the value is."""

    critical: bool = flag("caa.flags.issuer_critical", default=False, title="Issuer Critical")
    reserved: int = bits(7, "", default=0, title="Reserved")
    flags: int = overlay(8, "caa.flags", default=AUTOMATIC, over="critical", base=16, title="CAA Flags")
    tag_length: int = u8("caa.tag_length", default=0, title="Tag length")
    tag: str = text("caa.tag", default="issue", length="tag_length", kw_only=False, title="Tag")
    value: str = text("caa.value", default="", length="rest", kw_only=False, title="Value")


class IPSECKEYRecord(ResourceRecord, variant=RecordType.IPSECKEY, title="IPSECKEY", source="RFC 4025, section 2"):
    """A key for IPsec, and the gateway that has it."""

    precedence: int = u8("ipseckey.gateway_precedence", default=10, title="Gateway Precedence")
    gateway_type: int = u8("ipseckey.gateway_type", default=0, title="Gateway Type")
    algorithm: int = u8("ipseckey.gateway_algorithm", default=2, title="Gateway Algorithm")
    ipv4_gateway: str | None = ipv4(
        "ipseckey.gateway_ipv4", default="0.0.0.0", when={"gateway_type": 1}, title="IPv4 Gateway"
    )
    ipv6_gateway: str | None = ipv6(
        "ipseckey.gateway_ipv6", default="::", when={"gateway_type": 2}, title="IPv6 Gateway"
    )
    gateway: str | None = domain_name(
        "ipseckey.gateway_dns", default=".", compress=False, when={"gateway_type": 3}, title="DNS Gateway"
    )
    public_key: bytes = octets("ipseckey.public_key", default=b"", length="rest", kw_only=False, title="Public Key")


class ServiceParameter(Option, name="dns", source="RFC 9460, section 14.3", family=True, branch="svcb.svcparam"):
    """One thing that a client has to know of a service."""

    key: int = u16("svcb.svcparam.key", factory=OptionKind(), title="SvcParamKey")
    length: int = u16("svcb.svcparam.value.length", factory=OptionLength(uncounted=4), title="SvcParamValue length")


class UnknownServiceParameter(ServiceParameter, unknown=True, title="SvcParam"):
    """A parameter of a key without a class here."""

    value: bytes = octets("svcb.svcparam.value", default=b"", length="rest", kw_only=False, title="SvcParamValue")


class MalformedServiceParameter(ServiceParameter, malformed=True, title="Malformed"):
    """The rest of a list whose next parameter runs past the end."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class ServiceMandatory(ServiceParameter, number=0, title="mandatory"):
    """The parameters without which a client can't use the service."""

    needed: Listing[int] = listing(
        StructList("!H", "numbers of parameters"),
        "svcb.svcparam.mandatory.key",
        default=(),
        length="rest",
        kw_only=False,
        title="Mandatory key",
    )


class ALPNName(Entry, name="dns", title="ALPN", source="RFC 7301"):
    """One protocol that the service speaks."""

    length: int = u8("svcb.svcparam.alpn.length", default=0, title="ALPN length")
    protocol: str = text("svcb.svcparam.alpn", default="", length="length", kw_only=False, title="ALPN")


class ServiceALPN(ServiceParameter, number=1, title="alpn"):
    """The protocols that the service speaks beside the usual one."""

    protocols: Any = listing(RecordList(ALPNName), "", default=(), length="rest", kw_only=False, title="Protocols")


class ServicePort(ServiceParameter, number=3, title="port"):
    """The port of the service."""

    port: int = u16("svcb.svcparam.port", default=443, kw_only=False, title="Port")


class ServiceIPv4Hints(ServiceParameter, number=4, title="ipv4hint"):
    """Addresses with which a client may begin."""

    addresses: Listing[str] = address_list(
        "svcb.svcparam.ipv4hint.ip", default=(), length="rest", kw_only=False, title="IP"
    )


class ServiceECH(ServiceParameter, number=5, title="echconfig"):
    """The keys for an encrypted ClientHello."""

    configuration: bytes = octets(
        "svcb.svcparam.echconfig", default=b"", length="rest", kw_only=False, title="ECHConfig"
    )


class ServiceIPv6Hints(ServiceParameter, number=6, title="ipv6hint"):
    """Addresses with which a client may begin."""

    addresses: Listing[str] = address_list(
        "svcb.svcparam.ipv6hint.ip", of=IPv6Address, default=(), length="rest", kw_only=False, title="IP"
    )


class ServiceODoH(ServiceParameter, number=32769, title="odohconfig", source="RFC 9230"):
    """The keys for questions that a proxy can't read."""

    configuration: bytes = octets(
        "svcb.svcparam.odohconfig", default=b"", length="rest", kw_only=False, title="ODoHConfig"
    )


class SVCBRecord(ResourceRecord, variant=RecordType.SVCB, title="SVCB", source="RFC 9460, section 2.2"):
    """Where a service is, and what a client has to know of it; of priority 0, another name of it."""

    priority: int = u16("svcb.svcpriority", default=1, kw_only=False, title="SvcPriority")
    target: str = domain_name("svcb.targetname", default=".", compress=False, kw_only=False, title="TargetName")
    parameters: Listing[Option] = listing(
        OptionList(ServiceParameter), "", default=(), length="rest", kw_only=False, title="SvcParams"
    )


class HTTPSRecord(SVCBRecord, variant=RecordType.HTTPS, title="HTTPS", source="RFC 9460, section 9"):
    """The same of web servers."""
