"""The options of IPv6's hop-by-hop and destination options headers (RFC 8200, section 4.2)."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.declare import (
    AUTOMATIC,
    Address,
    Octets,
    Option,
    OptionKind,
    OptionLength,
    ipv6,
    octets,
    overlay,
    u8,
    u16,
    u32,
)

__all__ = [
    "HomeAddress",
    "IPv6Option",
    "IPv6Pad1",
    "IPv6PadN",
    "IPv6RouterAlert",
    "JumboPayload",
    "MalformedIPv6Option",
    "TunnelEncapsulationLimit",
    "UnknownIPv6Option",
]

HEAD = 2
"""The bytes of type and length, which the length leaves out."""


class IPv6Option(Option, name="ipv6", source="RFC 8200, section 4.2", family=True):
    """An option: its type says what a node does that does not know it, and whether a router may change it."""

    type: int = u8("opt.type", factory=OptionKind(), base=16, title="Type")
    action: int = overlay(2, "opt.type.action", default=AUTOMATIC, over="type", title="Action")
    may_change: bool = overlay(1, "opt.type.change", default=AUTOMATIC, over="type", skip=2, title="May Change")
    low_bits: int = overlay(5, "opt.type.rest", default=AUTOMATIC, over="type", skip=3, base=16, title="Low-Order Bits")


class IPv6Pad1(IPv6Option, number=0, single=True, title="Pad1"):
    """One byte of padding."""


class UnknownIPv6Option(IPv6Option, unknown=True, title="Unknown IPv6 Option"):
    """An option of a type without a class here, or of a length that its class does not have."""

    length: int = u8("opt.length", factory=OptionLength(uncounted=HEAD), title="Length")
    data: bytes = octets("opt.unknown", default=b"", length="rest", title="Unknown Option Payload")

    def problems(self) -> Iterator[str]:
        """Yield the wrong length of an option whose type is known."""
        known = IPv6Option.of_number(self.type)
        if known is not None:
            yield f"of type {self.type} ({known.title}) has {self.length} bytes, which that option cannot have"


class MalformedIPv6Option(IPv6Option, malformed=True, title="Malformed"):
    """Bytes in the place of options that are none: a length that goes past their end."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class _Measured(IPv6Option):
    """An option with a length, which leaves out type and length."""

    length: int = u8("opt.length", factory=OptionLength(uncounted=HEAD), title="Length")


class IPv6PadN(_Measured, number=1, title="PadN"):
    """Two or more bytes of padding, which should be zero."""

    padding: bytes = octets("opt.padn", default=b"", length="rest", kind=Octets("<none>"), title="PadN")

    def problems(self) -> Iterator[str]:
        """Yield padding that carries something (RFC 9099, section 2.1.9, for one, drops it)."""
        if any(self.padding):
            yield "holds bytes other than zero"


class TunnelEncapsulationLimit(_Measured, number=4, title="Tunnel Encapsulation Limit", source="RFC 2473, section 4.1"):
    """How many more times the packet may be encapsulated."""

    limit: int = u8("opt.tel", default=4, title="Tunnel Encapsulation Limit")


class IPv6RouterAlert(_Measured, number=5, title="Router Alert", source="RFC 2711, section 2.1"):
    """Asks routers to look into the packet: 0 for MLD, 1 for RSVP, 2 for active networks."""

    value: int = u16("opt.router_alert", default=0, title="Router Alert")


class JumboPayload(_Measured, number=0xC2, title="Jumbo Payload", source="RFC 2675, section 2"):
    """The length of what follows the IPv6 header, in bytes, where that is more than 65535."""

    payload_length: int = u32("opt.jumbo", default=0, title="Payload Length")

    def problems(self) -> Iterator[str]:
        """Yield a length that IPv6's own field could hold."""
        if self.payload_length < 1 << 16:
            yield f"says {self.payload_length} bytes, expected at least 65536"


class HomeAddress(_Measured, number=0xC9, title="Home Address", source="RFC 6275, section 6.3"):
    """The address at which a mobile node is always reached."""

    address: Address = ipv6("opt.mipv6.home_address", default="::", title="MIPv6 Home Address")
