"""The extension headers of IPv6 as Wireshark sees them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declaration.header import Header
from dissect.declaration.kinds import IPv6Address
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.ipv6 import IPv6
from dissect.protocols.ipv6_extensions import (
    AuthenticationHeader,
    DestinationOptions,
    FragmentHeader,
    HopByHopOptions,
    RoutingHeader,
    RoutingType,
)
from dissect.protocols.ipv6_options import HEAD, MalformedIPv6Option
from dissect.wireshark.field_types import BYTES
from dissect.wireshark.ipv6 import ExtensionSight
from dissect.wireshark.notices import PROTOCOL
from dissect.wireshark.sight import CONTAINED
from dissect.wireshark.sight_fields import computed, noted

__all__ = ["AuthenticationSight", "DestinationOptionsSight", "FragmentSight", "HopByHopSight", "RoutingSight"]

_NO_NEXT_HEADER = 59
"""What says that nothing follows (RFC 8200, section 4.7)."""

_ROUTE_HEAD = 4
"""The bytes of a routing header in front of what its type has (RFC 8200, section 4.4)."""


class _OptionsSight(ExtensionSight):
    """Options up to one that reaches behind the packet: there reading ends."""

    def payload(self, header: Any) -> Header | None:
        """Return what follows; nothing does where an option reaches behind the packet."""
        return None if _leaves_packet(header) else super().payload(header)

    def stops_short(self, header: Any) -> bool:
        """Whether the header is cut, or one of its options reaches behind the packet."""
        return super().stops_short(header) or _leaves_packet(header)


def _leaves_packet(header: Any) -> bool:
    """Whether the last option has a length that goes past the end of what there is."""
    last = header.options[-1] if not header.is_cut and header.options else None
    if not isinstance(last, MalformedIPv6Option):
        return False
    # The byte of the length may itself stand behind the options.
    place = header.own_end - len(last)
    length = header.buffer[place + 1 : place + HEAD]
    return not length or bool(place + HEAD + length[0] > header.carried_end)


class HopByHopSight(_OptionsSight, of=HopByHopOptions):
    """Options for every node on the way."""

    phrase = "IPv6 hop-by-hop options"
    called = "IPv6 Hop-by-Hop"

    @noted("not_first", "IPv6 Hop-by-Hop extension header must appear immediately after IPv6 header", "Error", PROTOCOL)
    def misplaced(self, header: HopByHopOptions) -> str | None:
        """Another header stands in front of it (RFC 8200, section 4.1)."""
        network = header.network_header
        is_first = network is None or (isinstance(network, IPv6) and network.own_end == header.own_start)
        sentence = "IPv6 Hop-by-Hop extension header must appear immediately after IPv6 header"
        return None if is_first or not header.is_attached else sentence


class DestinationOptionsSight(_OptionsSight, of=DestinationOptions):
    """Options for the destination."""

    phrase = "IPv6 destination options"
    called = "IPv6 Destination"

    def endpoints(self, header: DestinationOptions, source: str, destination: str) -> tuple[str, str]:
        """Return the home address of a mobile node for the source (RFC 6275, section 6.3)."""
        home = header.home_source()
        return source if home is None else IPv6Address.load(home), destination


class RoutingSight(ExtensionSight, of=RoutingHeader):
    """Nodes that the packet is to visit."""

    phrase = "IPv6 routing"
    called = "IPv6 Routing"

    @noted("deprecated", "Routing header type is deprecated", "Note", "Deprecated", about="type")
    def deprecated(self, header: RoutingHeader) -> str | None:
        """The type is that of source routes (RFC 5095)."""
        is_told = header.type == RoutingType.SOURCE_ROUTE and not header.is_cut
        return "Routing header type is deprecated" if is_told else None

    def cut_mark(self, header: RoutingHeader) -> str:
        """Return what ends early; the addresses of a source route are read within the header's own length."""
        mark = super().cut_mark(header)
        is_route = header.own_size >= _ROUTE_HEAD and header.type == RoutingType.SOURCE_ROUTE
        return CONTAINED if is_route and mark == "[Malformed Packet]" else mark

    def endpoints(self, header: RoutingHeader, source: str, destination: str) -> tuple[str, str]:
        """Return for the destination the address at which the packet ends (RFC 8200, section 4.4)."""
        final = header.final_destination()
        return source, destination if final is None else IPv6Address.load(final)


class FragmentSight(ExtensionSight, of=FragmentHeader):
    """The place of a fragment."""

    called = "IPv6 Fragment"
    truths = {"ipv6.fraghdr.more": ("Yes", "No")}

    def words(self, header: FragmentHeader) -> Iterator[str]:
        """Yield the place of a fragment, or what follows where it is the whole packet (RFC 6946)."""
        if not header.makes_fragment() or header.learnt("complete"):
            yield from super().words(header)
            return
        more = "y" if header.more_fragments else "n"
        place = f"off={8 * header.fragment_offset} more={more} ident={header.id:#010x}"
        yield f"IPv6 fragment ({place} nxt={int(header.next_header)})"


class AuthenticationSight(ExtensionSight, of=AuthenticationHeader):
    """Says that what follows was not changed."""

    called = "AH"
    hides = {"reserved": lambda header: True}

    @computed("reserved", BYTES, over="reserved", title="Reserved")
    def reserved_bytes(self, header: AuthenticationHeader) -> bytes:
        """The reserved bytes as they are."""
        return header.reserved.to_bytes(2, "big")

    def words(self, header: AuthenticationHeader) -> Iterator[str]:
        """Yield the security association where nothing follows, and else what does."""
        network = header.network_header
        number = _NO_NEXT_HEADER if header.is_cut else int(header.next_header)
        ends = number == _NO_NEXT_HEADER
        if header.is_cut or (isinstance(network, IPv4) and (ends or not header.can_carry(number))):
            yield f"AH (SPI={header.spi:#010x})"
        elif ends or header.can_carry(number):
            yield from super().words(header)
        else:
            yield f"Unknown IP Protocol: {header.next_header.title} ({number})"

    def protocol(self, header: AuthenticationHeader) -> str:
        """Return AH."""
        return "AH"
