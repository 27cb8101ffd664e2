"""The options of LCP: what both ends of a link agree on before it carries anything."""

from __future__ import annotations

from typing import Any

from dissect.declare import (
    AUTOMATIC,
    Code,
    Coding,
    Option,
    OptionKind,
    OptionLength,
    code,
    derived,
    octets,
    overlay,
    u8,
    u16,
    u24,
    u32,
)
from dissect.protocols.ppp import PPPProtocol

__all__ = [
    "AddressControlFieldCompression",
    "AsyncControlCharacterMap",
    "AuthenticationAlgorithm",
    "AuthenticationProtocol",
    "Callback",
    "CallbackOperation",
    "EndpointClass",
    "EndpointDiscriminator",
    "FCSAlternatives",
    "LCPOption",
    "LCPVendorOption",
    "LinkDiscriminator",
    "MagicNumber",
    "MalformedLCPOption",
    "MaximumReceiveReconstructedUnit",
    "MaximumReceiveUnit",
    "ProtocolFieldCompression",
    "QualityProtocol",
    "SelfDescribingPadding",
    "ShortSequenceNumbers",
    "UnknownLCPOption",
]


class AuthenticationAlgorithm(Code):
    """How CHAP digests what is secret (IANA, PPP authentication algorithms)."""

    MD5 = 5, "CHAP with MD5"
    SHA_1 = 6, "CHAP with SHA-1"
    MS_CHAP = 128, "MS-CHAP"
    MS_CHAP_2 = 129, "MS-CHAP-2"


class CallbackOperation(Code):
    """Where a caller is called back (RFC 1570, section 2.3)."""

    USER = 0, "Location is determined by user authentication"
    DIALING = 1, "Dialing string"
    LOCATION = 2, "Location identifier"
    NUMBER = 3, "E.164 number"
    NAME = 4, "Distinguished name"
    CBCP = 6, "Location is determined during CBCP negotiation"


class EndpointClass(Code):
    """What kind of address names an endpoint (RFC 1990, section 5.1.3)."""

    NULL = 0, "Null Class"
    LOCAL = 1, "Locally Assigned Address"
    IPV4 = 2, "Internet Protocol (IP) Address"
    MAC = 3, "IEEE 802.1 Globally Assigned MAC Address"
    MAGIC = 4, "PPP Magic-Number Block"
    DIRECTORY = 5, "Public Switched Network Directory Number"


class LCPOption(Option, name="lcp", source="RFC 1661, section 6", family=True):
    """An option of LCP: what the sender asks for, refuses, or would rather have."""

    type: int = u8("opt.type", factory=OptionKind(), title="Type")
    length: int = u8("opt.length", factory=OptionLength(), title="Length", doc="Of the whole option, in bytes")


class UnknownLCPOption(LCPOption, unknown=True, title="Unknown"):
    """An option of a type without a class here, or of a length that its class does not have."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class MalformedLCPOption(LCPOption, malformed=True, title="Malformed"):
    """The rest of a list whose next option has no length, or one that runs past the end."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class LCPVendorOption(LCPOption, number=0, branch="opt.vendor", title="Vendor Specific", source="RFC 2153"):
    """An option of a manufacturer's own."""

    organization: int = u24("opt.oui", default=0, title="OUI")
    kind: int = u8("opt.kind", default=0, title="Kind")
    data: bytes = octets("opt.data", default=b"", length="rest", title="Data")


class MaximumReceiveUnit(
    LCPOption, number=1, branch="opt.mtu_bytes", title="Maximum Receive Unit", source="RFC 1661, section 6.1"
):
    """The largest packet that the sender takes, in bytes; over PPPoE at most 1492 (RFC 2516, section 7).

    >>> bytes(MaximumReceiveUnit(1492)).hex(" ")
    '01 04 05 d4'
    """

    mru: int = u16("opt.mru", default=1500, kw_only=False, title="Maximum Receive Unit")


def _character(number: int, name: str, title: str = "") -> Any:
    return overlay(
        1, f"opt.asyncmap.{name}", default=AUTOMATIC, over="map", skip=31 - number, title=title or name.upper()
    )


class AsyncControlCharacterMap(
    LCPOption,
    number=2,
    branch="opt.asyncmap_bytes",
    title="Async Control Character Map",
    source="RFC 1662, section 7.1",
):
    """The control characters that are to be escaped on the way to the sender, a bit each, 0 in the lowest."""

    map: int = u32("opt.asyncmap", default=0xFFFFFFFF, base=16, kw_only=False, title="Async Control Character Map")
    nul: bool = _character(0, "nul")
    soh: bool = _character(1, "soh")
    stx: bool = _character(2, "stx")
    etx: bool = _character(3, "etx")
    eot: bool = _character(4, "eot")
    enq: bool = _character(5, "enq")
    ack: bool = _character(6, "ack")
    bel: bool = _character(7, "bel")
    bs: bool = _character(8, "bs")
    ht: bool = _character(9, "ht")
    lf: bool = _character(10, "lf")
    vt: bool = _character(11, "vt")
    ff: bool = _character(12, "ff")
    cr: bool = _character(13, "cr")
    so: bool = _character(14, "so")
    si: bool = _character(15, "si")
    dle: bool = _character(16, "dle")
    dc1: bool = _character(17, "dc1", "DC1 (XON)")
    dc2: bool = _character(18, "dc2")
    dc3: bool = _character(19, "dc3", "DC3 (XOFF)")
    dc4: bool = _character(20, "dc4")
    nak: bool = _character(21, "nak")
    syn: bool = _character(22, "syn")
    etb: bool = _character(23, "etb")
    can: bool = _character(24, "can")
    em: bool = _character(25, "em")
    sub: bool = _character(26, "sub")
    esc: bool = _character(27, "esc")
    fs: bool = _character(28, "fs")
    gs: bool = _character(29, "gs")
    rs: bool = _character(30, "rs")
    us: bool = _character(31, "us")


class AuthenticationProtocol(
    LCPOption,
    number=3,
    branch="opt.auth_protocol_bytes",
    title="Authentication Protocol",
    source="RFC 1661, section 6.2",
):
    """The protocol by which the other end is to show who it is; CHAP has an algorithm behind it (RFC 1994)."""

    protocol: Coding[PPPProtocol] = code(
        16,
        PPPProtocol,
        "opt.auth_protocol",
        default=PPPProtocol.PAP,
        base=16,
        kw_only=False,
        title="Authentication Protocol",
    )
    algorithm: Coding[AuthenticationAlgorithm] = code(
        8,
        AuthenticationAlgorithm,
        "opt.algorithm",
        default=AuthenticationAlgorithm.MD5,
        when={"protocol": PPPProtocol.CHAP},
        title="Algorithm",
    )
    data: bytes = octets("opt.data", default=b"", length="rest", title="Data")


class QualityProtocol(
    LCPOption, number=4, branch="opt.quality_protocol_bytes", title="Quality Protocol", source="RFC 1661, section 6.3"
):
    """The protocol that watches the link; reports have a period in hundredths of a second (RFC 1989)."""

    protocol: Coding[PPPProtocol] = code(
        16,
        PPPProtocol,
        "opt.quality_protocol",
        default=PPPProtocol.LQR,
        base=16,
        kw_only=False,
        title="Quality Protocol",
    )
    data: bytes = octets("opt.data", default=b"", length="rest", title="Data")

    @derived("opt.reporting_period", width=32, over="data", title="Reporting Period")
    def period(self) -> int | None:
        """The longest time between two reports in hundredths of a second; None where none is told."""
        reports = self.protocol == PPPProtocol.LQR and len(self.data) == 4
        return int.from_bytes(self.data, "big") if reports else None


class MagicNumber(
    LCPOption, number=5, branch="opt.magic_number_bytes", title="Magic Number", source="RFC 1661, section 6.4"
):
    """A number drawn at random by each end: whoever gets its own back is looped."""

    magic_number: int = u32("opt.magic_number", default=0, base=16, kw_only=False, title="Magic Number")


class ProtocolFieldCompression(
    LCPOption,
    number=7,
    branch="opt.field_compress",
    title="Protocol Field Compression",
    source="RFC 1661, section 6.5",
):
    """Numbers of protocols may have one byte."""


class AddressControlFieldCompression(
    LCPOption,
    number=8,
    branch="opt.addr_field_compress",
    title="Address and Control Field Compression",
    source="RFC 1661, section 6.6",
):
    """Address and control may be left out."""


class FCSAlternatives(
    LCPOption, number=9, branch="opt.fcs_alternatives_bytes", title="FCS Alternatives", source="RFC 1570, section 2.1"
):
    """The check sequences that the sender takes."""

    alternatives: int = u8("opt.fcs_alternatives", default=2, base=16, kw_only=False, title="FCS Alternatives")
    takes_32_bits: bool = overlay(
        1, "opt.fcs_alternatives.ccitt32", default=AUTOMATIC, over="alternatives", skip=5, title="CCITT 32-bit"
    )
    takes_16_bits: bool = overlay(
        1, "opt.fcs_alternatives.ccitt16", default=AUTOMATIC, over="alternatives", skip=6, title="CCITT 16-bit"
    )
    takes_none: bool = overlay(
        1, "opt.fcs_alternatives.null", default=AUTOMATIC, over="alternatives", skip=7, title="NULL FCS"
    )


class SelfDescribingPadding(
    LCPOption, number=10, branch="opt.self_desc_pad", title="Self Describing Pad", source="RFC 1570, section 2.2"
):
    """Packets are filled up with bytes that count themselves, at most to `maximum`."""

    maximum: int = u8("opt.maximum", default=1, kw_only=False, title="Maximum")


class Callback(LCPOption, number=13, branch="opt.callback", title="Callback", source="RFC 1570, section 2.3"):
    """The other end is to call back, and where."""

    operation: Coding[CallbackOperation] = code(
        8, CallbackOperation, "opt.operation", default=0, kw_only=False, title="Operation"
    )
    location: bytes = octets("opt.message", default=b"", length="rest", title="Message")


class MaximumReceiveReconstructedUnit(
    LCPOption, number=17, branch="opt.multilink_mrru", title="Multilink MRRU", source="RFC 1990, section 5.1.1"
):
    """The largest packet that the sender puts together of fragments on several links, in bytes."""

    mrru: int = u16("opt.mrru", default=1500, kw_only=False, title="MRRU")


class ShortSequenceNumbers(
    LCPOption,
    number=18,
    branch="opt.multilink_ssnh",
    title="Multilink Short Sequence Number Header",
    source="RFC 1990, section 5.1.2",
):
    """Fragments may have sequence numbers of 12 bits."""


class EndpointDiscriminator(
    LCPOption,
    number=19,
    branch="opt.multilink_ep_disc",
    title="Multilink Endpoint Discriminator",
    source="RFC 1990, section 5.1.3",
):
    """What names the sender, so that links to the same one are bundled."""

    address_class: Coding[EndpointClass] = code(
        8, EndpointClass, "opt.ep_disc_class", default=0, kw_only=False, title="Class"
    )
    address: bytes = octets("", default=b"", length="rest", kw_only=False, title="Address")


class LinkDiscriminator(
    LCPOption,
    number=23,
    branch="opt.link_discrim_bytes",
    title="Link Discriminator for BACP",
    source="RFC 2125, section 6.1",
):
    """A number that no other link of the bundle has."""

    discriminator: int = u16("opt.link_discrim", default=0, kw_only=False, title="Link Discriminator")
