"""The options of IPCP: addresses, name servers, and how headers are compressed."""

from __future__ import annotations

from dissect.declare import (
    Address,
    Code,
    Coding,
    Option,
    OptionKind,
    OptionLength,
    bits,
    code,
    ipv4,
    octets,
    u8,
)

__all__ = [
    "IPCPAddress",
    "IPCPAddresses",
    "IPCPCompression",
    "IPCPCompressionProtocol",
    "IPCPMobileAddress",
    "IPCPOption",
    "IPCPPrimaryDNS",
    "IPCPPrimaryNBNS",
    "IPCPSecondaryDNS",
    "IPCPSecondaryNBNS",
    "MalformedIPCPOption",
    "UnknownIPCPOption",
]


class IPCPCompressionProtocol(Code):
    """How headers are compressed (RFC 1332, section 3.2; RFC 3241; RFC 3544)."""

    ROHC = 0x0003, "Robust Header Compression (ROHC)"
    VAN_JACOBSON = 0x002D, "VJ compression"
    VAN_JACOBSON_MISPRINTED = 0x0037, "VJ compression (RFC1172-typo)"
    IPHC = 0x0061, "IPHC compression"


class IPCPOption(Option, name="ipcp", source="RFC 1332, section 3", family=True):
    """An option of IPCP: what the sender asks for, refuses, or would rather have."""

    type: int = u8("opt.type", factory=OptionKind(), title="Type")
    length: int = u8("opt.length", factory=OptionLength(), title="Length", doc="Of the whole option, in bytes")


class UnknownIPCPOption(IPCPOption, unknown=True, title="Unknown"):
    """An option of a type without a class here, or of a length that its class does not have."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class MalformedIPCPOption(IPCPOption, malformed=True, title="Malformed"):
    """The rest of a list whose next option has no length, or one that runs past the end."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class IPCPAddresses(
    IPCPOption, number=1, branch="opt.addrs", title="IP Addresses (deprecated)", source="RFC 1332, section 3.1"
):
    """The addresses of both ends, as older implementations tell them."""

    src: Address = ipv4("opt.src_address", default="0.0.0.0", title="Source IP Address")
    dst: Address = ipv4("opt.dst_address", default="0.0.0.0", title="Destination IP Address")


class IPCPCompression(
    IPCPOption, number=2, branch="opt.compress", title="IP Compression Protocol", source="RFC 1332, section 3.2"
):
    """How headers are compressed; that of Van Jacobson has slots for connections (RFC 1332, section 4)."""

    protocol: Coding[IPCPCompressionProtocol] = code(
        16,
        IPCPCompressionProtocol,
        "opt.compress_proto",
        default=IPCPCompressionProtocol.VAN_JACOBSON,
        base=16,
        kw_only=False,
        title="IP Compression Protocol",
    )
    last_slot: int | None = u8(
        "opt.max_slot_id", default=15, when={"protocol": IPCPCompressionProtocol.VAN_JACOBSON}, title="Max Slot ID"
    )
    reserved: int | None = bits(
        8, "", default=0, when={"protocol": IPCPCompressionProtocol.VAN_JACOBSON}, title="Reserved"
    )
    data: bytes = octets("", default=b"", length="rest", title="Data")


class IPCPAddress(IPCPOption, number=3, branch="opt.addr", title="IP Address", source="RFC 1332, section 3.3"):
    """The sender's address; 0.0.0.0 asks the other end for one.

    >>> bytes(IPCPAddress("192.0.2.7")).hex(" ")
    '03 06 c0 00 02 07'
    """

    address: Address = ipv4("opt.ip_address", default="0.0.0.0", kw_only=False, title="IP Address")


class IPCPMobileAddress(
    IPCPOption, number=4, branch="opt.mobileipv4", title="Mobile Node's Home IP Address", source="RFC 2290"
):
    """The home address of a mobile node."""

    address: Address = ipv4(
        "opt.mobilenodehomeaddress", default="0.0.0.0", kw_only=False, title="Mobile Node's Home Address"
    )


class IPCPPrimaryDNS(
    IPCPOption, number=129, branch="opt.pri_dns", title="Primary DNS Server IP Address", source="RFC 1877, section 1.1"
):
    """The first name server; 0.0.0.0 asks the other end for one."""

    address: Address = ipv4("opt.pri_dns_address", default="0.0.0.0", kw_only=False, title="Primary DNS Address")


class IPCPPrimaryNBNS(
    IPCPOption,
    number=130,
    branch="opt.pri_nbns",
    title="Primary NBNS Server IP Address",
    source="RFC 1877, section 1.2",
):
    """The first NetBIOS name server."""

    address: Address = ipv4("opt.pri_nbns_address", default="0.0.0.0", kw_only=False, title="Primary NBNS Address")


class IPCPSecondaryDNS(
    IPCPOption,
    number=131,
    branch="opt.sec_dns",
    title="Secondary DNS Server IP Address",
    source="RFC 1877, section 1.3",
):
    """The second name server."""

    address: Address = ipv4("opt.sec_dns_address", default="0.0.0.0", kw_only=False, title="Secondary DNS Address")


class IPCPSecondaryNBNS(
    IPCPOption,
    number=132,
    branch="opt.sec_nbns",
    title="Secondary NBNS Server IP Address",
    source="RFC 1877, section 1.4",
):
    """The second NetBIOS name server."""

    address: Address = ipv4("opt.sec_nbns_address", default="0.0.0.0", kw_only=False, title="Secondary NBNS Address")
