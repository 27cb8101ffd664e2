"""The control protocol of PPP by which both ends agree on the interface identifiers of their IPv6 addresses."""

from __future__ import annotations

from dissect.declare import Listing, Octets, Option, OptionKind, OptionLength, octets, u8
from dissect.protocols.ppp import PPP, PPPProtocol
from dissect.protocols.ppp_control import ControlPacket, options_of

__all__ = ["IPV6CP", "IPV6CPOption", "InterfaceIdentifier", "MalformedIPV6CPOption", "UnknownIPV6CPOption"]


class IPV6CPOption(Option, name="ipv6cp", source="RFC 5072, section 4", family=True):
    """An option of IPV6CP."""

    type: int = u8("opt.type", factory=OptionKind(), title="Type")
    length: int = u8("opt.length", factory=OptionLength(), title="Length", doc="Of the whole option, in bytes")


class UnknownIPV6CPOption(IPV6CPOption, unknown=True, title="Unknown"):
    """An option of a type without a class here, or of a length that its class does not have."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class MalformedIPV6CPOption(IPV6CPOption, malformed=True, title="Malformed"):
    """The rest of a list whose next option has no length, or one that runs past the end."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class _Identifier(Octets):
    """Eight bytes, with colons between them."""

    def text(self, raw: bytes, base: int, digits: int) -> str:
        return raw.hex(":")


class InterfaceIdentifier(
    IPV6CPOption,
    number=1,
    branch="opt.interface_identifier",
    title="Interface Identifier",
    source="RFC 5072, section 4.1",
):
    """The lower half of the sender's link-local address; zeros ask the other end for one.

    >>> bytes(InterfaceIdentifier(bytes.fromhex("0200000000000001"))).hex(" ")
    '01 0a 02 00 00 00 00 00 00 01'
    """

    identifier: bytes = octets(
        "interface_identifier", size=8, default=b"", kind=_Identifier(), kw_only=False, title="Interface Identifier"
    )


class IPV6CP(
    ControlPacket,
    name="ipv6cp",
    title="PPP IPv6 Control Protocol",
    source="RFC 5072",
    over={PPP: PPPProtocol.IPV6CP},
):
    """A packet of IPV6CP, like those of IPCP."""

    options: Listing[Option] = options_of(IPV6CPOption)
