"""The extension headers of IPv6, and the authentication header, which IPv4 carries too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declare import (
    Code,
    Coding,
    HeaderLength,
    IPv6Address,
    Listing,
    Octets,
    Option,
    OptionList,
    Problem,
    bits,
    code,
    derived,
    flag,
    listing,
    octets,
    u8,
    u16,
    u32,
)
from dissect.errors import FieldError
from dissect.protocols.ipv4 import IPProtocol, IPv4
from dissect.protocols.ipv6 import ExtensionHeader, IPv6, NextHeader
from dissect.protocols.ipv6_options import HomeAddress, IPv6Option, JumboPayload

__all__ = [
    "AuthenticationHeader",
    "DestinationOptions",
    "FragmentHeader",
    "HopByHopOptions",
    "RoutingHeader",
    "RoutingType",
]

UNIT = 8
"""Extension headers are multiples of 8 bytes long; their lengths leave out the first 8."""
ADDRESS = 16
_OCTETS = Octets()


def _next_header() -> Any:
    return code(8, IPProtocol, "nxt", factory=NextHeader(), title="Next Header")


def _length() -> Any:
    return u8(
        "len", factory=HeaderLength(UNIT, uncounted=UNIT), title="Length", doc="In units of 8 bytes, without the first"
    )


def _size() -> int | None:
    @derived("len_oct", width=16, over="length", title="Length")
    def size(header: Any) -> int | None:
        """The length in bytes."""
        return int(header.length + 1) * UNIT

    return size


class _Options(ExtensionHeader):
    """Options, padded to a multiple of 8 bytes with zeros, each of which is a Pad1 option."""

    next_header: Coding[IPProtocol]
    length: int
    options: Listing[Option]

    def check(self) -> Iterator[Problem]:
        """Yield wrong options."""
        if self.is_cut:
            return
        yield from self.option_problems()


class HopByHopOptions(
    _Options,
    name="ipv6.hopopts",
    title="IPv6 Hop-by-Hop Option",
    source="RFC 8200, section 4.3",
    carries_like=IPv6,
    over={IPv6: IPProtocol.HOPOPT},
):
    """Options for every node on the way; it stands right behind the IPv6 header."""

    next_header: Coding[IPProtocol] = _next_header()
    length: int = _length()
    options: Listing[Option] = listing(OptionList(IPv6Option), "", default=(), length="rest", title="Options")

    size = _size()

    def check(self) -> Iterator[Problem]:
        """Yield wrong options, a place behind other extension headers, and what contradicts a jumbo payload."""
        yield from super().check()
        network = self.network_header
        if self.is_cut or not isinstance(network, IPv6):
            return
        first = network.own_end == self.own_start if self.is_attached else network.payload is self
        if not first:
            yield self.problem("", "stands behind another extension header, expected it right behind the IPv6 header")
        jumbo = [option.payload_length for option in self.options if isinstance(option, JumboPayload)]
        if jumbo and network.payload_length:
            yield self.problem("options", "has a jumbo payload option though the IPv6 header tells the length")
        elif first and not jumbo and not network.payload_length:
            yield self.problem("options", "has no jumbo payload option though the IPv6 header tells no length")
        elif first and jumbo and not self.is_quoted and jumbo[0] != self.wire_length:
            words = "has a jumbo payload option with another length than what follows the IPv6 header"
            yield self.problem("options", words, self.wire_length, jumbo[0])


class DestinationOptions(
    _Options,
    name="ipv6.dstopts",
    title="Destination Options for IPv6",
    source="RFC 8200, section 4.6",
    carries_like=IPv6,
    over={IPv6: IPProtocol.IPV6_OPTS},
):
    """Options for the destination, or for each in turn where it stands in front of a routing header."""

    next_header: Coding[IPProtocol] = _next_header()
    length: int = _length()
    options: Listing[Option] = listing(OptionList(IPv6Option), "", default=(), length="rest", title="Options")

    size = _size()

    def home_source(self) -> bytes | None:
        options = () if self.is_cut else self.options
        homes: list[bytes] = [option.raw("address") for option in options if isinstance(option, HomeAddress)]
        return homes[0] if homes else None


class RoutingType(Code):
    """The kind of routing header (IANA, ipv6-parameters)."""

    SOURCE_ROUTE = 0, "Source Route"
    NIMROD = 1, "Nimrod"
    MOBILE_IP = 2, "Type 2 Routing"
    RPL = 3, "RPL Source Route"
    SEGMENT_ROUTING = 4, "Segment Routing"
    EXPERIMENT_1 = 253, "Experiment 1"
    EXPERIMENT_2 = 254, "Experiment 2"


_FIRST_ADDRESS = {RoutingType.SOURCE_ROUTE: 4, RoutingType.MOBILE_IP: 4, RoutingType.SEGMENT_ROUTING: 4}
"""How many bytes of the data stand in front of the addresses, by type."""


class RoutingHeader(
    ExtensionHeader,
    name="ipv6.routing",
    title="Routing Header for IPv6",
    source="RFC 8200, section 4.4",
    carries_like=IPv6,
    over={IPv6: IPProtocol.IPV6_ROUTE},
):
    """Nodes that the packet is to visit; what the `data` are is a matter of the type.

    `addresses` reads them for source routes (type 0, RFC 5095 deprecates it), mobile IP (type 2, RFC
    6275) and segment routing (type 4, RFC 8754, last segment first). `through` builds a source route.

    >>> header = RoutingHeader.through("2001:db8::1", "2001:db8::2")
    >>> header.segments_left, header.addresses
    (2, ('2001:db8::1', '2001:db8::2'))
    """

    next_header: Coding[IPProtocol] = _next_header()
    length: int = _length()
    type: Coding[RoutingType] = code(8, RoutingType, "type", default=0, title="Type")
    segments_left: int = u8("segleft", default=0, title="Segments Left")
    data: bytes = octets("", default=b"", length="rest", title="Type-Specific Data")

    @classmethod
    def through(cls, *addresses: str, segments_left: int | None = None) -> RoutingHeader:
        """Return a source route (type 0) over these addresses, all of them still ahead unless `segments_left` says so.

        Raises FieldError for more than 127 addresses, or what is none.
        """
        try:
            data = b"".join(IPv6Address.store(address, 8 * ADDRESS) for address in addresses)
        except ValueError as reason:
            raise FieldError(f"RoutingHeader.through was given {addresses!r}, expected each to be {reason}") from None
        left = len(addresses) if segments_left is None else segments_left
        return cls(type=RoutingType.SOURCE_ROUTE, segments_left=left, data=bytes(4) + data)

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses of a type that has them, those that are there; () for other types."""
        return tuple(map(IPv6Address.load, self._addresses()))

    def _addresses(self, *types: RoutingType) -> list[bytes]:
        first = _FIRST_ADDRESS.get(self.type)
        if first is None or (types and self.type not in types):
            return []
        data = self.data
        # Segment routing tells how many of the following bytes are addresses: options may stand behind.
        stop = len(data)
        if data and self.type == RoutingType.SEGMENT_ROUTING:
            stop = first + ADDRESS * (data[0] + 1)
        places = range(first, min(stop, len(data)) - ADDRESS + 1, ADDRESS)
        return [data[place : place + ADDRESS] for place in places]

    def final_destination(self) -> bytes | None:
        addresses = [] if self.is_cut or not self.segments_left else self._addresses()
        if not addresses:
            return None
        return addresses[0 if self.type == RoutingType.SEGMENT_ROUTING else -1]

    size = _size()

    @derived("src.reserved", kind=_OCTETS, over="data", title="Reserved")
    def reserved(self) -> bytes | None:
        """The bytes in front of the addresses of a source route."""
        return self.data[:4] if self.type == RoutingType.SOURCE_ROUTE else None

    @derived("src.addr", kind=IPv6Address, over="data", title="Address")
    def source_route(self) -> list[str]:
        """The addresses of a source route."""
        return [IPv6Address.load(each) for each in self._addresses(RoutingType.SOURCE_ROUTE)]

    @derived("mipv6.home_address", kind=IPv6Address, over="data", title="Home Address")
    def home_address(self) -> list[str]:
        """The home address of a mobile node."""
        return [IPv6Address.load(each) for each in self._addresses(RoutingType.MOBILE_IP)[:1]]

    @derived("srh.addr", kind=IPv6Address, over="data", title="Address")
    def segments(self) -> list[str]:
        """The segments of segment routing, the last one first."""
        return [IPv6Address.load(each) for each in self._addresses(RoutingType.SEGMENT_ROUTING)]

    @derived("srh.last_entry", width=8, over="data", title="Last Entry")
    def last_entry(self) -> int | None:
        """The index of the last segment in the list, which is the first to be visited."""
        return self.data[0] if self.data and self.type == RoutingType.SEGMENT_ROUTING else None

    @derived("srh.flags", width=8, base=16, over="data", title="Flags")
    def segment_flags(self) -> int | None:
        """The flags of segment routing."""
        return self.data[1] if len(self.data) > 1 and self.type == RoutingType.SEGMENT_ROUTING else None

    @derived("srh.tag", kind=_OCTETS, over="data", title="Tag")
    def tag(self) -> bytes | None:
        """The tag of segment routing."""
        return self.data[2:4] if self.type == RoutingType.SEGMENT_ROUTING else None

    def check(self) -> Iterator[Problem]:
        """Yield a deprecated type, data that are no whole addresses, and more segments left than there are."""
        if self.is_cut or self.type not in _FIRST_ADDRESS:
            return
        if self.type == RoutingType.SOURCE_ROUTE:
            yield self.problem("type", "is deprecated (RFC 5095)", severity="note")
            if (len(self.data) - 4) % ADDRESS:
                yield self.problem(
                    "data", "are no whole addresses", "4 bytes and 16 for each", f"{len(self.data)} bytes"
                )
        there = len(self._addresses())
        if self.segments_left > there:
            yield self.problem("segments_left", "exceeds the addresses", f"at most {there}", self.segments_left)


class FragmentHeader(
    ExtensionHeader,
    name="ipv6.fraghdr",
    title="Fragment Header for IPv6",
    source="RFC 8200, section 4.5",
    unless="fragment_offset",
    carries_like=IPv6,
    over={IPv6: IPProtocol.IPV6_FRAG},
):
    """The place of a fragment: `fragment_offset` counts units of 8 bytes; only the sender makes fragments."""

    next_header: Coding[IPProtocol] = _next_header()
    reserved: int = u8("reserved_octet", default=0, base=16, title="Reserved octet")
    fragment_offset: int = bits(13, "offset", default=0, size=16, title="Offset", doc="In units of 8 bytes")
    reserved_bits: int = bits(2, "reserved_bits", default=0, size=16, title="Reserved bits")
    more_fragments: bool = flag("more", default=False, title="More Fragments")
    id: int = u32("ident", default=0, base=16, title="Identification")

    def makes_fragment(self) -> bool:
        return not self.is_cut and bool(self.fragment_offset or self.more_fragments)

    def info(self) -> str:
        """Return the place of the fragment in bytes."""
        more = ", more follow" if self.more_fragments else ""
        return f"fragment {self.id:#010x} at {8 * self.fragment_offset}{more}"

    def check(self) -> Iterator[Problem]:
        """Yield a fragment in front of others whose length is no multiple of 8."""
        if not self.is_cut and self.more_fragments:
            length = len(self.parts()[1])
            if length % 8 and not self.is_cut_by_capture(1):
                yield self.problem("", "is in front of other fragments, but no multiple of 8 bytes long", found=length)


class AuthenticationHeader(
    ExtensionHeader,
    name="ah",
    title="Authentication Header",
    source="RFC 4302",
    carries_like=IPv6,
    over={IPv4: IPProtocol.AH},
):
    """Says that what follows was not changed; whether that is true takes keys, which are not looked for."""

    next_header: Coding[IPProtocol] = code(8, IPProtocol, "next_header", factory=NextHeader(), title="Next Header")
    length: int = u8(
        "length", factory=HeaderLength(4, uncounted=8), title="Length", doc="In 32-bit words, without the first two"
    )
    reserved: int = u16("reserved", default=0, base=16, title="Reserved")
    spi: int = u32("spi", default=0, base=16, title="AH SPI")
    sequence: int = u32("sequence", default=0, title="AH Sequence")
    icv: bytes = octets("icv", default=b"", length="rest", kind=Octets("<MISSING>"), title="AH ICV")
