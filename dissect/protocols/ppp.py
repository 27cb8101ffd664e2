"""The Point-to-Point Protocol, and the framing like HDLC's that it has on serial lines."""

from __future__ import annotations

from dissect.declare import LINKS, Code, Coding, Header, Selector, code, u8
from dissect.protocols.chdlc import CiscoHDLC
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.ipv6 import IPv6

__all__ = ["PPP", "CompressedPPP", "HDLCFraming", "PPPProtocol", "decode_framed", "decode_unframed"]

PPP_LINKS = (9, 50)
"""LINKTYPE_PPP and LINKTYPE_PPP_HDLC; either comes with the framing or without it."""


class PPPProtocol(Code):
    """What a PPP frame carries (IANA, ppp-numbers)."""

    PADDING = 0x0001, "Padding Protocol"
    IPV4 = 0x0021, "Internet Protocol version 4"
    OSI = 0x0023, "OSI Network Layer"
    APPLETALK = 0x0029, "Appletalk"
    IPX = 0x002B, "Novell IPX"
    VJ_COMPRESSED = 0x002D, "Van Jacobson Compressed TCP/IP"
    VJ_UNCOMPRESSED = 0x002F, "Van Jacobson Uncompressed TCP/IP"
    BRIDGING = 0x0031, "Bridging PDU"
    MULTILINK = 0x003D, "Multi-Link"
    IPV6 = 0x0057, "Internet Protocol version 6"
    COMPRESSED = 0x00FD, "Compressed datagram"
    MPLS_UNICAST = 0x0281, "MPLS Unicast"
    MPLS_MULTICAST = 0x0283, "MPLS Multicast"
    IPCP = 0x8021, "Internet Protocol Control Protocol"
    IPV6CP = 0x8057, "IPv6 Control Protocol"
    CCP = 0x80FD, "Compression Control Protocol"
    MPLSCP = 0x8281, "MPLS Control Protocol"
    LCP = 0xC021, "Link Control Protocol"
    PAP = 0xC023, "Password Authentication Protocol"
    LQR = 0xC025, "Link Quality Report"
    CHAP = 0xC223, "Challenge Handshake Authentication Protocol"


class _Carrier(Header, link_type=PPP_LINKS[0]):
    """What the header has in common whether its number takes two bytes or one."""

    protocol: Coding[PPPProtocol]

    def info(self) -> str:
        """Return the protocol that is carried."""
        return str(self.protocol.title)


class PPP(
    _Carrier,
    name="ppp",
    title="Point-to-Point Protocol",
    source="RFC 1661",
    carries={PPPProtocol.IPV4: IPv4, PPPProtocol.IPV6: IPv6},
):
    """The number of the protocol that is carried."""

    protocol: Coding[PPPProtocol] = code(16, PPPProtocol, "protocol", factory=Selector(), base=16, title="Protocol")


class CompressedPPP(
    _Carrier, form_of=PPP, title="Point-to-Point Protocol", source="RFC 1661, section 6.5", carries_like=PPP
):
    """The number of the protocol in one byte, an odd one, as both ends may agree on."""

    protocol: Coding[PPPProtocol] = code(
        8, PPPProtocol, "protocol", factory=Selector(), base=16, size=16, title="Protocol"
    )


class CarriesPPP(Header):
    """A header that PPP follows without framing."""

    def other_payload(self, outer: object, deep: bool) -> Header | None:
        if deep or self.own_end >= self.carried_end:
            return super().other_payload(outer, deep)
        return decode_unframed(self.buffer, self.own_end, self.carried_end, outer)


class HDLCFraming(
    CarriesPPP, form_of=PPP, title="PPP in HDLC-like Framing", source="RFC 1662, section 3.1", link_type=PPP_LINKS[0]
):
    """Address and control in front of PPP: all stations, unnumbered information."""

    address: int = u8("address", default=0xFF, base=16, title="Address")
    control: int = u8("control", default=0x03, base=16, title="Control")


def decode_unframed(buffer: bytes, start: int, end: int, outer: object) -> Header:
    """Decode PPP whose protocol number takes two bytes, or one where both ends agreed on that."""
    # The low bit of a number's last byte is set and that of its first byte is not (RFC 1661, section 2).
    cls: type[Header] = CompressedPPP if start < end and buffer[start] & 1 else PPP
    header: Header = cls.decode(buffer, start, end, outer)
    return header


def decode_framed(buffer: bytes, start: int, end: int, outer: object) -> Header:
    """Decode PPP that may begin with its framing."""
    if start < end and buffer[start] == 0xFF:
        framed: Header = HDLCFraming.decode(buffer, start, end, outer)
        return framed
    return decode_unframed(buffer, start, end, outer)


def _decode(buffer: bytes, start: int, end: int, outer: int) -> Header:
    """Decode a frame that may begin with PPP's framing, with Cisco's, or with none."""
    if start < end and buffer[start] in (0x0F, 0x8F):
        cisco: Header = CiscoHDLC.decode(buffer, start, end, outer)
        return cisco
    return decode_framed(buffer, start, end, outer)


for _link in PPP_LINKS:
    LINKS[_link] = _decode
