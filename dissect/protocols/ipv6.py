"""The Internet Protocol, version 6; its extension headers have a file of their own."""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import Any

from dissect.declare import (
    AUTOMATIC,
    Address,
    Coding,
    Field,
    Header,
    Selector,
    TotalLength,
    bits,
    code,
    ipv6,
    overlay,
    u8,
    u16,
)
from dissect.protocols.ethernet import Ethernet, EtherType
from dissect.protocols.ipv4 import IPProtocol, IPv4
from dissect.protocols.service_class import ServiceClass

__all__ = ["ExtensionHeader", "IPv6"]

_PSEUDO_HEADER = Struct("!II")


class NextHeader(Selector):
    """The number of what follows; "no next header" in front of data without a number, or of nothing."""

    def fill(self, record: Any, header: bytearray, payload: bytes, network: Any, field: Field) -> int:
        # The hop-by-hop header has the number 0, which elsewhere stands for none.
        number: int | None = record.number_if_any(record.payload)
        return int(IPProtocol.IPV6_NONXT) if number is None else number


class ExtensionHeader(Header):
    """An extension header of IPv6 (RFC 8200, section 4)."""

    next_header: Coding[IPProtocol]

    def final_destination(self) -> bytes | None:
        """Return the address that the packet is on its way to in the end, in 16 bytes, where this header tells."""
        return None

    def home_source(self) -> bytes | None:
        """Return the address that the packet comes from whichever it was sent from, in 16 bytes, where this tells."""
        return None

    def makes_fragment(self) -> bool:
        """Whether what follows is but a part of what was sent."""
        return False


class IPv6(
    Header,
    name="ipv6",
    title="Internet Protocol Version 6",
    source="RFC 8200, section 3",
    network_version=6,
    link_type=101,
    usual=True,
    carries_like=IPv4,
    over={Ethernet: EtherType.IPV6, IPv4: IPProtocol.IPV6},
):
    """A packet from one address to another; everything else is a matter of extension headers.

    The traffic class reads as `dscp` and `ecn` (RFC 2474, 3168) and as a whole as `traffic_class`.
    `payload_length` counts extension headers too; it is 0 in front of a jumbo payload option (RFC
    2675), and then what follows reaches to the end of the frame.

    >>> from dissect import UDP
    >>> packet = IPv6(src="2001:db8::1", dst="2001:db8::2") / UDP(sport=1, dport=2)
    >>> packet.next_header, packet.payload_length, hex(packet[UDP].checksum)
    (<IPProtocol.UDP: 17>, 8, '0xa466')
    """

    version: int = bits(4, "version", default=6, expected=6, also="ip.version", title="Version")
    dscp: Coding[ServiceClass] = code(
        6, ServiceClass, "tclass.dscp", default=0, title="Differentiated Services Codepoint"
    )
    ecn: int = bits(2, "tclass.ecn", default=0, title="Explicit Congestion Notification")
    flow_label: int = bits(20, "flow", default=0, base=16, size=24, title="Flow Label")
    payload_length: int = u16(
        "plen",
        factory=TotalLength(with_header=False, zero_is_unknown=True, when_zero="next_header"),
        title="Payload Length",
        doc="What follows this header, in bytes",
    )
    next_header: Coding[IPProtocol] = code(8, IPProtocol, "nxt", factory=NextHeader(), title="Next Header")
    hop_limit: int = u8("hlim", default=64, title="Hop Limit", doc="Routers that the packet may still pass")
    src: Address = ipv6("src", default="::", also="addr", title="Source Address")
    dst: Address = ipv6("dst", default="::", also="addr", title="Destination Address")
    traffic_class: int = overlay(8, "tclass", default=AUTOMATIC, over="dscp", base=16, size=32, title="Traffic Class")

    def extension_headers(self) -> Iterator[ExtensionHeader]:
        """Yield the extension headers, in order."""
        header = self.payload
        while isinstance(header, ExtensionHeader):
            yield header
            header = header.payload

    def pseudo_header(self, protocol: int, length: int) -> bytes:
        """Return what transport checksums sum in front of the segment.

        The destination is the final one (RFC 8200, section 8.1), the source the home address of a
        mobile node (RFC 6275, section 6.3).
        """
        start = self.own_start
        source, destination = self.buffer[start + 8 : start + 24], self.buffer[start + 24 : start + 40]
        for extension in self.extension_headers():
            source = extension.home_source() or source
            destination = extension.final_destination() or destination
        return source + destination + _PSEUDO_HEADER.pack(length, protocol)

    @property
    def is_fragment(self) -> bool:
        return any(extension.makes_fragment() for extension in self.extension_headers())

    def info(self) -> str:
        """Return what follows the header."""
        return f"{self.next_header.title} ({int(self.next_header)})"

    def headline(self) -> str:
        return f"{self.title}, Src: {self.src}, Dst: {self.dst}"
