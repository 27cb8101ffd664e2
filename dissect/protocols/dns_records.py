"""The resource records of DNS that nearly every message is made of (RFC 1035, section 3.3; RFC 3596; RFC 2782)."""

from __future__ import annotations

from typing import Any

from dissect.declare import (
    AUTOMATIC,
    Address,
    Coding,
    Entry,
    LengthBehind,
    RecordList,
    Variant,
    code,
    domain_name,
    ipv4,
    ipv6,
    listing,
    octets,
    overlay,
    text,
    u8,
    u16,
    u32,
)
from dissect.protocols.dns_types import RecordClass, RecordType

__all__ = [
    "AAAARecord",
    "ARecord",
    "CNAMERecord",
    "CharacterString",
    "DNAMERecord",
    "MXRecord",
    "NSRecord",
    "NullRecord",
    "OtherRecord",
    "PTRRecord",
    "ResourceRecord",
    "SOARecord",
    "SRVRecord",
    "TXTRecord",
]


class ResourceRecord(Entry, name="dns", source="RFC 1035, section 4.1.3", family=True):
    """What a name has: the data of one type, and for how many seconds that may be remembered.

    In multicast DNS the upper bit of the class says that what was remembered of the name is no longer true (RFC 6762,
    section 10.2).
    """

    owner: str = domain_name("resp.name", default=".", kw_only=False, title="Name")
    type: Coding[RecordType] = code(16, RecordType, "resp.type", factory=Variant(), title="Type")
    record_class: Coding[RecordClass] = code(
        16, RecordClass, "resp.class", default=RecordClass.IN, base=16, title="Class"
    )
    ttl: int = u32("resp.ttl", default=3600, title="Time to live", doc="In seconds")
    length: int = u16("resp.len", factory=LengthBehind(), title="Data length", doc="In bytes")
    cache_flush: bool = overlay(1, "resp.cache_flush", default=AUTOMATIC, over="record_class", title="Cache flush")

    def summary(self) -> str:
        """Return the type, and what is told without a name in the constructor; the type alone of a list.

        >>> ARecord("example.com", "192.0.2.1").summary(), MXRecord("example.com", 10, "mail.example.com").summary()
        ('A 192.0.2.1', 'MX 10 mail.example.com')
        """
        if not self.is_filled():
            return str(self.type) if self.has("type") else self.title
        behind = type(self).layout[len(ResourceRecord.layout) :]
        told = [getattr(self, field.name) for field in behind if not field.kw_only]
        return " ".join([str(self.type), *(str(each) for each in told if isinstance(each, (str, int)))])


class OtherRecord(ResourceRecord, unknown=True, title="Resource record", source="RFC 3597"):
    """A record of a type without a class here; its data are bytes, in which no name is looked for."""

    data: bytes = octets("data", default=b"", length="rest", kw_only=False, title="Data")


class ARecord(ResourceRecord, variant=RecordType.A, title="A", source="RFC 1035, section 3.4.1"):
    """An IPv4 address of a host.

    >>> ARecord("example.com", "192.0.2.1", ttl=60)
    ARecord('example.com', '192.0.2.1', ttl=60)
    >>> bytes(ARecord("example.com", "192.0.2.1"))[-6:].hex(" ")
    '00 04 c0 00 02 01'
    """

    address: Address = ipv4("a", default="0.0.0.0", kw_only=False, title="Address")


class NSRecord(ResourceRecord, variant=RecordType.NS, title="NS", source="RFC 1035, section 3.3.11"):
    """A name server of a zone."""

    server: str = domain_name("ns", default=".", kw_only=False, title="Name Server")


class CNAMERecord(ResourceRecord, variant=RecordType.CNAME, title="CNAME", source="RFC 1035, section 3.3.1"):
    """The name that another name stands for."""

    target: str = domain_name("cname", default=".", kw_only=False, title="CNAME")


class SOARecord(ResourceRecord, variant=RecordType.SOA, title="SOA", source="RFC 1035, section 3.3.13"):
    """Where a zone begins, who answers for it, and how its secondary servers follow; times are in seconds."""

    server: str = domain_name("soa.mname", default=".", kw_only=False, title="Primary name server")
    mailbox: str = domain_name("soa.rname", default=".", kw_only=False, title="Responsible authority's mailbox")
    serial: int = u32("soa.serial_number", default=0, title="Serial Number")
    refresh: int = u32("soa.refresh_interval", default=0, title="Refresh Interval", doc="In seconds")
    retry: int = u32("soa.retry_interval", default=0, title="Retry Interval", doc="In seconds")
    expire: int = u32("soa.expire_limit", default=0, title="Expire limit", doc="In seconds")
    minimum: int = u32(
        "soa.minimum_ttl",
        default=0,
        title="Minimum TTL",
        doc="How long a missing name is remembered, in seconds",
    )


class NullRecord(ResourceRecord, variant=RecordType.NULL, title="NULL", source="RFC 1035, section 3.3.10"):
    """Anything at all."""

    data: bytes = octets("null", default=b"", length="rest", kw_only=False, title="Null (data)")


class PTRRecord(ResourceRecord, variant=RecordType.PTR, title="PTR", source="RFC 1035, section 3.3.12"):
    """A name that another name points to, such as that of an address."""

    target: str = domain_name("ptr.domain_name", default=".", kw_only=False, title="Domain Name")


class MXRecord(ResourceRecord, variant=RecordType.MX, title="MX", source="RFC 1035, section 3.3.9"):
    """A host that takes mail for the name; of several the one with the lowest preference is asked first."""

    preference: int = u16("mx.preference", default=10, kw_only=False, title="Preference")
    exchange: str = domain_name("mx.mail_exchange", default=".", kw_only=False, title="Mail Exchange")


class CharacterString(Entry, name="dns", title="Text", source="RFC 1035, section 3.3"):
    """One string of a record of text: up to 255 bytes."""

    length: int = u8("txt.length", default=0, title="TXT Length")
    text: str = text("txt", default="", length="length", stays=True, kw_only=False, title="TXT")


class TXTRecord(ResourceRecord, variant=RecordType.TXT, title="TXT", source="RFC 1035, section 3.3.14"):
    """Strings that mean something to whoever asks for them.

    >>> TXTRecord("example.com", ["v=spf1", "-all"])
    TXTRecord('example.com', [CharacterString('v=spf1'), CharacterString('-all')])
    """

    strings: Any = listing(
        RecordList(CharacterString, clipped=True), "", default=(), length="rest", kw_only=False, title="Strings"
    )


class AAAARecord(ResourceRecord, variant=RecordType.AAAA, title="AAAA", source="RFC 3596, section 2.1"):
    """An IPv6 address of a host."""

    address: Address = ipv6("aaaa", default="::", kw_only=False, title="AAAA Address")


class SRVRecord(ResourceRecord, variant=RecordType.SRV, title="SRV", source="RFC 2782"):
    """Where a service is: of those with the lowest priority each is chosen as often as its weight says."""

    priority: int = u16("srv.priority", default=0, title="Priority")
    weight: int = u16("srv.weight", default=0, title="Weight")
    port: int = u16("srv.port", default=0, kw_only=False, title="Port")
    target: str = domain_name("srv.target", default=".", compress=False, kw_only=False, title="Target")


class DNAMERecord(ResourceRecord, variant=RecordType.DNAME, title="DNAME", source="RFC 6672"):
    """The name that stands for this one in all names below it."""

    target: str = domain_name("dname", default=".", compress=False, kw_only=False, title="Dname")
