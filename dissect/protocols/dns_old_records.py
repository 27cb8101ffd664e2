"""Records of DNS that are seldom met: of mail before MX, of other networks, of places (RFC 1035, RFC 1183)."""

from __future__ import annotations

from typing import Any

from dissect.declare import (
    Address,
    Entry,
    IPv4Address,
    Listing,
    RecordList,
    address_list,
    bits,
    domain_name,
    flag,
    ipv4,
    ipv6,
    listing,
    mac,
    octets,
    text,
    u8,
    u16,
    u32,
)
from dissect.protocols.dns_records import ResourceRecord
from dissect.protocols.dns_types import RecordType

__all__ = [
    "A6Record",
    "APLRecord",
    "AddressPrefix",
    "CSYNCRecord",
    "EUI48Record",
    "EUI64Record",
    "GPOSRecord",
    "HINFORecord",
    "HIPRecord",
    "ISDNRecord",
    "L32Record",
    "L64Record",
    "LOCRecord",
    "LPRecord",
    "MBRecord",
    "MDRecord",
    "MFRecord",
    "MGRecord",
    "MINFORecord",
    "MRRecord",
    "NIDRecord",
    "NSAPPTRRecord",
    "NSAPRecord",
    "PXRecord",
    "RPRecord",
    "RTRecord",
    "RendezvousServer",
    "SPFRecord",
    "SPFString",
    "WINSRRecord",
    "WINSRecord",
    "WKSRecord",
    "X25Record",
    "XPFRecord",
]


class MDRecord(ResourceRecord, variant=RecordType.MD, title="MD", source="RFC 1035, section 3.3.4"):
    """A host that takes mail; MX has its place."""

    host: str = domain_name("md", default=".", kw_only=False, title="Mail Destination")


class MFRecord(ResourceRecord, variant=RecordType.MF, title="MF", source="RFC 1035, section 3.3.5"):
    """A host that forwards mail; MX has its place."""

    host: str = domain_name("mf", default=".", kw_only=False, title="Mail Forwarder")


class MBRecord(ResourceRecord, variant=RecordType.MB, title="MB", source="RFC 1035, section 3.3.3"):
    """The host of a mailbox."""

    host: str = domain_name("mb", default=".", kw_only=False, title="MailBox Domaine")


class MGRecord(ResourceRecord, variant=RecordType.MG, title="MG", source="RFC 1035, section 3.3.6"):
    """A member of a group of mailboxes."""

    mailbox: str = domain_name("mg", default=".", kw_only=False, title="Mail Group member")


class MRRecord(ResourceRecord, variant=RecordType.MR, title="MR", source="RFC 1035, section 3.3.8"):
    """The new name of a mailbox."""

    mailbox: str = domain_name("mr", default=".", kw_only=False, title="Mail Rename domaine")


class WKSRecord(ResourceRecord, variant=RecordType.WKS, title="WKS", source="RFC 1035, section 3.4.2"):
    """The ports on which a host serves: a bit for each, the first of the first byte for port 0."""

    address: Address = ipv4("wks.address", default="0.0.0.0", kw_only=False, title="Address")
    protocol: int = u8("wks.protocol", default=6, title="Protocol")
    ports: bytes = octets("", default=b"", length="rest", title="Ports")


class HINFORecord(ResourceRecord, variant=RecordType.HINFO, title="HINFO", source="RFC 1035, section 3.3.2"):
    """What machine and system a host is."""

    cpu_length: int = u8("hinfo.cpu_length", default=0, title="CPU Length")
    cpu: str = text("hinfo.cpu", default="", length="cpu_length", stays=True, kw_only=False, title="CPU")
    system_length: int = u8("hinfo.os_length", default=0, title="OS Length")
    system: str = text("hinfo.os", default="", length="system_length", stays=True, kw_only=False, title="OS")


class MINFORecord(ResourceRecord, variant=RecordType.MINFO, title="MINFO", source="RFC 1035, section 3.3.7"):
    """Who is responsible for a list of mail, and who is told of its errors."""

    responsible: str = domain_name("minfo.r", default=".", kw_only=False, title="Responsible Mailbox")
    errors: str = domain_name("minfo.e", default=".", kw_only=False, title="Error Mailbox")


class RPRecord(ResourceRecord, variant=RecordType.RP, title="RP", source="RFC 1183, section 2.2"):
    """Who is responsible for a name, and where more is said of them."""

    mailbox: str = domain_name("rp.mailbox", default=".", compress=False, kw_only=False, title="Mailbox")
    more: str = domain_name("rp.txt_rr", default=".", compress=False, kw_only=False, title="TXT RR")


class X25Record(ResourceRecord, variant=RecordType.X25, title="X25", source="RFC 1183, section 3.1"):
    """An address of X.25."""

    address_length: int = u8("x25.length", default=0, title="Length")
    address: str = text("x25.psdn_address", default="", length="address_length", kw_only=False, title="PSDN-Address")


class ISDNRecord(ResourceRecord, variant=RecordType.ISDN, title="ISDN", source="RFC 1183, section 3.2"):
    """A number of ISDN, and one behind it."""

    address_length: int = u8("idsn.length", default=0, title="Length")
    address: str = text("idsn.address", default="", length="address_length", kw_only=False, title="ISDN Address")
    subaddress: bytes = octets("", default=b"", length="rest", title="Sub Address")


class RTRecord(ResourceRecord, variant=RecordType.RT, title="RT", source="RFC 1183, section 3.3"):
    """A host through which another one is reached."""

    preference: int = u16("rt.subtype", default=10, kw_only=False, title="Preference")
    host: str = domain_name(
        "rt.intermediate_host", default=".", compress=False, kw_only=False, title="Intermediate Hostname"
    )


class NSAPRecord(ResourceRecord, variant=RecordType.NSAP, title="NSAP", source="RFC 1706, section 5"):
    """An address of OSI's network layer."""

    address: bytes = octets("nsap.rdata", default=b"", length="rest", kw_only=False, title="NSAP Data")


class NSAPPTRRecord(ResourceRecord, variant=RecordType.NSAP_PTR, title="NSAP-PTR", source="RFC 1348"):
    """The name of such an address."""

    target: str = domain_name("nsap_ptr.owner", default=".", compress=False, kw_only=False, title="Owner")


class PXRecord(ResourceRecord, variant=RecordType.PX, title="PX", source="RFC 2163, section 4"):
    """How addresses of mail are called in X.400."""

    preference: int = u16("px.preference", default=10, kw_only=False, title="Preference")
    map822: str = domain_name("px.map822", default=".", compress=False, kw_only=False, title="MAP822")
    mapx400: str = domain_name("px.map400", default=".", compress=False, kw_only=False, title="MAPX400")


class GPOSRecord(ResourceRecord, variant=RecordType.GPOS, title="GPOS", source="RFC 1712, section 3"):
    """Where a host is, as text."""

    longitude_length: int = u8("gpos.longitude_length", default=0, title="Longitude length")
    longitude: str = text("gpos.longitude", default="", length="longitude_length", kw_only=False, title="Longitude")
    latitude_length: int = u8("gpos.latitude_length", default=0, title="Latitude length")
    latitude: str = text("gpos.latitude", default="", length="latitude_length", kw_only=False, title="Latitude")
    altitude_length: int = u8("gpos.altitude_length", default=0, title="Altitude length")
    altitude: str = text("gpos.altitude", default="", length="altitude_length", kw_only=False, title="Altitude")


class LOCRecord(ResourceRecord, variant=RecordType.LOC, title="LOC", source="RFC 1876, section 2"):
    """Where a host is: thousandths of a second of arc from 2³¹ on, centimetres above 100 km below the sea."""

    version: int = u8("loc.version", default=0, title="Version")
    size: int = u8("loc.size", default=0x12, title="Size")
    horizontal_precision: int = u8("loc.horizontal_precision", default=0x16, title="Horizontal Precision")
    vertical_precision: int = u8("loc.vertical_precision", default=0x13, title="Vertical Precision")
    latitude: int = u32("loc.latitude", default=1 << 31, kw_only=False, title="Latitude")
    longitude: int = u32("loc.longitude", default=1 << 31, kw_only=False, title="Longitude")
    altitude: int = u32("loc.altitude", default=10_000_000, kw_only=False, title="Altitude")


def _suffix_size(record: Any) -> int:
    return (128 - min(int(record.raw("prefix_length")), 128) + 7) // 8


def _has_prefix(record: Any) -> bool:
    return bool(record.raw("prefix_length"))


class A6Record(ResourceRecord, variant=RecordType.A6, title="A6", source="RFC 2874, section 3.1"):
    """The end of an IPv6 address, and the name whose addresses have its beginning."""

    prefix_length: int = u8("a6.prefix_len", default=0, title="Prefix len")
    suffix: bytes = octets("", default=b"", length=_suffix_size, title="Address Suffix")
    prefix: str | None = domain_name(
        "a6.prefix_name", default=".", compress=False, when=_has_prefix, title="Prefix name"
    )


class AddressPrefix(Entry, name="dns", title="Prefix", source="RFC 3123, section 4"):
    """A network, or with `negated` one that is left out."""

    family: int = u16("apl.address_family", default=1, title="Address Family")
    prefix: int = u8("apl.coded_prefix", default=0, title="Prefix Length")
    negated: bool = flag("apl.negation", default=False, title="Negation Flag")
    length: int = bits(7, "apl.afdlength", default=0, title="Address Length")
    address: bytes = octets("", default=b"", length="length", title="Address")


class APLRecord(ResourceRecord, variant=RecordType.APL, title="APL", source="RFC 3123"):
    """A list of networks."""

    prefixes: Any = listing(
        RecordList(AddressPrefix, clipped=True), "", default=(), length="rest", kw_only=False, title="Prefixes"
    )


class RendezvousServer(Entry, name="dns", title="Rendezvous Server", source="RFC 8005, section 5"):
    """A host that knows where another one is."""

    server: str = domain_name(
        "hip.rendezvous_server", default=".", compress=False, kw_only=False, title="Rendezvous Server"
    )


class HIPRecord(ResourceRecord, variant=RecordType.HIP, title="HIP", source="RFC 8005, section 5"):
    """The identity of a host, whatever its addresses are."""

    tag_length: int = u8("hip.hit.length", default=0, title="HIT length")
    algorithm: int = u8("hip.hit.pk.algo", default=2, title="HIT length")
    key_length: int = u16("hip.pk.length", default=0, title="PK length")
    tag: bytes = octets("hip.hit", default=b"", length="tag_length", kw_only=False, title="Host Identity Tag")
    key: bytes = octets("hip.pk", default=b"", length="key_length", kw_only=False, title="HIP Public Key")
    servers: Any = listing(
        RecordList(RendezvousServer, clipped=True),
        "",
        default=(),
        length="rest",
        kw_only=False,
        title="Rendezvous servers",
    )


class SPFString(Entry, name="dns", title="Text", source="RFC 4408"):
    """One string of a record of SPF."""

    length: int = u8("spf.length", default=0, title="SPF Length")
    text: str = text("spf", default="", length="length", stays=True, kw_only=False, title="SPF")


class SPFRecord(ResourceRecord, variant=RecordType.SPF, title="SPF", source="RFC 4408, section 3.1.1"):
    """Who may send mail in a name; TXT has its place."""

    strings: Any = listing(
        RecordList(SPFString, clipped=True), "", default=(), length="rest", kw_only=False, title="Strings"
    )


class NIDRecord(ResourceRecord, variant=RecordType.NID, title="NID", source="RFC 6742, section 2.1"):
    """The number of a node, in ILNP."""

    preference: int = u16("ilnp.nid.preference", default=10, kw_only=False, title="Preference")
    node: bytes = octets("ilnp.nid", size=8, default=bytes(8), kw_only=False, title="NodeID")


class L32Record(ResourceRecord, variant=RecordType.L32, title="L32", source="RFC 6742, section 2.2"):
    """Where a node is, in ILNP over IPv4."""

    preference: int = u16("ilnp.l32.preference", default=10, kw_only=False, title="Preference")
    locator: Address = ipv4("ilnp.l32", default="0.0.0.0", kw_only=False, title="Locator32")


class L64Record(ResourceRecord, variant=RecordType.L64, title="L64", source="RFC 6742, section 2.3"):
    """Where a node is, in ILNP over IPv6."""

    preference: int = u16("ilnp.l64.preference", default=10, kw_only=False, title="Preference")
    locator: bytes = octets("ilnp.l64", size=8, default=bytes(8), kw_only=False, title="Locator64")


class LPRecord(ResourceRecord, variant=RecordType.LP, title="LP", source="RFC 6742, section 2.4"):
    """A name whose locators are this one's, too."""

    preference: int = u16("ilnp.lp.preference", default=10, kw_only=False, title="Preference")
    target: str = domain_name("ilnp.lp", default=".", compress=False, kw_only=False, title="Locator FQDN")


class EUI48Record(ResourceRecord, variant=RecordType.EUI48, title="EUI48", source="RFC 7043, section 3"):
    """A hardware address of six bytes."""

    address: Address = mac("eui48", default="00:00:00:00:00:00", kw_only=False, title="EUI48 Address")


class EUI64Record(ResourceRecord, variant=RecordType.EUI64, title="EUI64", source="RFC 7043, section 4"):
    """A hardware address of eight bytes."""

    address: bytes = octets("", size=8, default=bytes(8), kw_only=False, title="EUI64 Address")


class CSYNCRecord(ResourceRecord, variant=RecordType.CSYNC, title="CSYNC", source="RFC 7477, section 2"):
    """What a parent zone is to take over from this one."""

    serial: int = u32("csync.soa", default=0, title="SOA")
    reserved: int = bits(14, "", default=0, title="Reserved")
    soa_minimum: bool = flag("csync.flags.soaminimum", default=False, title="soaminimum")
    immediate: bool = flag("csync.flags.immediate", default=False, title="immediate")
    bitmap: bytes = octets("csync.type_bitmap", default=b"", length="rest", title="Type Bitmap")


class WINSRecord(ResourceRecord, variant=RecordType.WINS, title="WINS", source="MS-DNSP, section 2.2.2.2.4.7"):
    """Servers of NetBIOS names that are asked as well."""

    local: int = u32("", default=0, title="Local Flag")
    lookup_timeout: int = u32("wins.lookup_timeout", default=2, title="Lookup timeout", doc="In seconds")
    cache_timeout: int = u32("wins.cache_timeout", default=900, title="Cache timeout", doc="In seconds")
    count: int = u32("wins.nb_wins_servers", default=0, title="Number of WINS servers")
    servers: Listing[str] = address_list(
        "wins.wins_server", of=IPv4Address, default=(), length="rest", kw_only=False, title="WINS Server Address"
    )


class WINSRRecord(ResourceRecord, variant=RecordType.WINS_R, title="WINS-R", source="MS-DNSP, section 2.2.2.2.4.8"):
    """The domain behind names that such a server gives for addresses."""

    local: int = u32("", default=0, title="Local Flag")
    lookup_timeout: int = u32("winsr.lookup_timeout", default=2, title="Lookup timeout", doc="In seconds")
    cache_timeout: int = u32("winsr.cache_timeout", default=900, title="Cache timeout", doc="In seconds")
    domain: str = domain_name(
        "winsr.name_result_domain", default=".", compress=False, kw_only=False, title="Name Result Domain"
    )


class XPFRecord(ResourceRecord, variant=RecordType.XPF, title="XPF", source="draft-bellis-dnsop-xpf"):
    """Who asked a proxy."""

    reserved: int = bits(4, "", default=0, title="Reserved")
    version: int = bits(4, "xpf.ip_version", default=4, title="IP Version")
    protocol: int = u8("xpf.protocol", default=17, title="Protocol")
    ipv4_source: str | None = ipv4("xpf.source_ipv4", default="0.0.0.0", when={"version": 4}, title="IPv4 Source")
    ipv4_destination: str | None = ipv4(
        "xpf.destination_ipv4", default="0.0.0.0", when={"version": 4}, title="IPv4 Destination"
    )
    ipv6_source: str | None = ipv6("xpf.source_ipv6", default="::", when={"version": 6}, title="IPv6 Source")
    ipv6_destination: str | None = ipv6(
        "xpf.destination_ipv6", default="::", when={"version": 6}, title="IPv6 Destination"
    )
    source_port: int = u16("xpf.sport", default=0, title="Source port")
    destination_port: int = u16("xpf.dport", default=0, title="Destination port")
