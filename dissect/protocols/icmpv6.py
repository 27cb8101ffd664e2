"""ICMPv6: what every message has, echoes, errors and multicast listeners; neighbour discovery has its own file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from dissect.declare import (
    Address,
    Checksum,
    Code,
    Coding,
    CountOf,
    Entry,
    IPv6Address,
    LengthOf,
    Listing,
    Problem,
    Variant,
    address_list,
    bits,
    code,
    derived,
    ipv6,
    octets,
    records,
    u8,
    u16,
    u32,
)
from dissect.protocols.icmp_messages import FieldShownIf, Message, QuotingMessage, QuotingWithExtensions
from dissect.protocols.ipv4 import IPProtocol
from dissect.protocols.ipv6 import IPv6

__all__ = [
    "ICMPv6",
    "ICMPv6Code",
    "ICMPv6DestinationUnreachable",
    "ICMPv6EchoReply",
    "ICMPv6EchoRequest",
    "ICMPv6ParameterProblem",
    "ICMPv6ParameterProblemCode",
    "ICMPv6TimeExceeded",
    "ICMPv6TimeExceededCode",
    "ICMPv6Type",
    "ICMPv6UnreachableCode",
    "MulticastAddressRecord",
    "MulticastListenerDone",
    "MulticastListenerQuery",
    "MulticastListenerReport",
    "MulticastListenerReport2",
    "PacketTooBig",
]


class ICMPv6Type(Code):
    """The kind of message (IANA, icmpv6-parameters)."""

    DESTINATION_UNREACHABLE = 1, "Destination Unreachable"
    PACKET_TOO_BIG = 2, "Packet Too Big"
    TIME_EXCEEDED = 3, "Time Exceeded"
    PARAMETER_PROBLEM = 4, "Parameter Problem"
    EXPERIMENT_100 = 100, "Private experimentation"
    EXPERIMENT_101 = 101, "Private experimentation"
    ECHO_REQUEST = 128, "Echo (ping) request"
    ECHO_REPLY = 129, "Echo (ping) reply"
    MULTICAST_LISTENER_QUERY = 130, "Multicast Listener Query"
    MULTICAST_LISTENER_REPORT = 131, "Multicast Listener Report"
    MULTICAST_LISTENER_DONE = 132, "Multicast Listener Done"
    ROUTER_SOLICITATION = 133, "Router Solicitation"
    ROUTER_ADVERTISEMENT = 134, "Router Advertisement"
    NEIGHBOR_SOLICITATION = 135, "Neighbor Solicitation"
    NEIGHBOR_ADVERTISEMENT = 136, "Neighbor Advertisement"
    REDIRECT = 137, "Redirect"
    ROUTER_RENUMBERING = 138, "Router Renumbering"
    NODE_INFORMATION_QUERY = 139, "Node Information Query"
    NODE_INFORMATION_REPLY = 140, "Node Information Reply"
    MULTICAST_LISTENER_REPORT_2 = 143, "Multicast Listener Report Message v2"
    RPL_CONTROL = 155, "RPL Control"
    EXTENDED_ECHO_REQUEST = 160, "Extended Echo request"
    EXTENDED_ECHO_REPLY = 161, "Extended Echo reply"
    EXPERIMENT_200 = 200, "Private experimentation"
    EXPERIMENT_201 = 201, "Private experimentation"

    @classmethod
    def other_titles(cls) -> Mapping[int, str]:
        """Titles of messages that have no name here."""
        from dissect.protocols.assigned_numbers import ICMPV6_TYPES

        return ICMPV6_TYPES


class ICMPv6Code(Code):
    """The code of messages that have but one."""

    NONE = 0, "No code"


class ICMPv6UnreachableCode(Code):
    """Why a packet could not be delivered (RFC 4443, section 3.1; RFC 6550 for the last)."""

    NO_ROUTE = 0, "no route to destination"
    PROHIBITED = 1, "Administratively prohibited"
    BEYOND_SCOPE = 2, "Beyond scope of source address"
    ADDRESS = 3, "Address unreachable"
    PORT = 4, "Port unreachable"
    SOURCE_POLICY = 5, "Source address failed ingress/egress policy"
    REJECT_ROUTE = 6, "Reject route to destination"
    SOURCE_ROUTING_HEADER = 7, "Error in Source Routing Header"


class ICMPv6TimeExceededCode(Code):
    """Which time ran out (RFC 4443, section 3.3)."""

    TRANSIT = 0, "hop limit exceeded in transit"
    REASSEMBLY = 1, "fragment reassembly time exceeded"


class ICMPv6ParameterProblemCode(Code):
    """What is wrong with a header (RFC 4443, section 3.4; RFC 7112)."""

    HEADER_FIELD = 0, "erroneous header field encountered"
    NEXT_HEADER = 1, "unrecognized Next Header type encountered"
    OPTION = 2, "unrecognized IPv6 option encountered"
    INCOMPLETE_CHAIN = 3, "IPv6 First Fragment has incomplete IPv6 Header Chain"


class ICMPv6(
    Message,
    name="icmpv6",
    title="Internet Control Message Protocol v6",
    source="RFC 4443, section 2.1",
    over={IPv6: IPProtocol.ICMPV6},
    encloses=True,
):
    """Type, code and checksum of a message; what follows is a matter of the type.

    Types below 128 are errors. Every message that has a class is parsed as that, so this one stands
    for the other types.
    """

    type: Coding[ICMPv6Type] = code(8, ICMPv6Type, "type", factory=Variant(), title="Type")
    code: Coding[Code] = code(8, ICMPv6Code, "code", default=0, title="Code")
    checksum: int = u16(
        "checksum",
        factory=Checksum(pseudo_header=int(IPProtocol.ICMPV6)),
        base=16,
        title="Checksum",
        doc="Over pseudo-header and the whole message",
    )

    # Left out, the type is one for experiments (RFC 4443, section 2.1), which no message has.
    _variant_number: ClassVar[int] = 200

    @property
    def is_error(self) -> bool:
        """Whether this reports an error about another packet, which must not cause an error itself."""
        return self.own_end > self.own_start and int(self.type) < 128

    def info(self) -> str:
        """Return the type and, where it has codes, the code."""
        if self.own_end == self.own_start:
            return ""
        text = self.type.title
        if text == "Unknown":
            return f"Unknown ({int(self.type)})"
        return f"{text} ({self._code_title()})" if self.names_codes and self.own_size >= 2 else text

    def _code_title(self) -> str:
        return self.code.title if self.code.known else f"Unknown ({int(self.code)})"


class _Echo(ICMPv6):
    """A ping or its answer: identifier and sequence number tell which answers which."""

    carries_data: ClassVar[bool] = True

    id: int = u16("echo.identifier", default=0, base=16, title="Identifier")
    seq: int = u16("echo.sequence_number", default=0, title="Sequence")

    def info(self) -> str:
        """Return type, identifier, sequence number, and the packet's hop limit."""
        text = super().info()
        if self.is_cut:
            return text
        network = self.network_header
        hops = f", hop limit={network.hop_limit}" if isinstance(network, IPv6) else ""
        return f"{text} id={self.id:#06x}, seq={self.seq}{hops}"


class ICMPv6EchoRequest(_Echo, source="RFC 4443, section 4.1", variant=ICMPv6Type.ECHO_REQUEST):
    """A ping: whoever gets it sends the payload back."""


class ICMPv6EchoReply(_Echo, source="RFC 4443, section 4.2", variant=ICMPv6Type.ECHO_REPLY):
    """The answer to a ping."""


class _Quoting(QuotingMessage, ICMPv6):
    """An error that quotes as much of the packet as fits into 1280 bytes."""

    quoted_versions: ClassVar[tuple[int, ...]] = (6,)

    def check(self) -> Iterator[Problem]:
        """Yield a quotation that is not there or is no packet."""
        yield from super().check()
        if self.is_cut:
            return
        quote = self.payload
        if quote is None:
            if not self.is_cut_by_capture(1):
                yield self.problem("", "quotes no packet", "an IPv6 header and what follows it")
        elif not isinstance(quote, IPv6):
            yield self.problem("", "quotes what is no IPv6 packet", "an IPv6 header", severity="warning")


class _Extensible(QuotingWithExtensions, _Quoting):
    """An error whose fifth byte tells the length of the quotation, in 64-bit words (RFC 4884, section 4.4)."""

    length_unit: ClassVar[int] = 8


def _length() -> Any:
    return FieldShownIf(
        8,
        "length",
        lambda error: error.has_length(),
        title="Length of original datagram",
        doc="Length of the quotation in 64-bit words; 0 says nothing",
    )


class ICMPv6DestinationUnreachable(
    _Extensible, source="RFC 4443, section 3.1", variant=ICMPv6Type.DESTINATION_UNREACHABLE
):
    """A packet could not be delivered, and why."""

    code: Coding[ICMPv6UnreachableCode] = code(8, ICMPv6UnreachableCode, "code", default=0, title="Code")
    length: int = _length()
    unused: int = bits(24, "", default=0, base=16, title="Unused")

    names_codes: ClassVar[bool] = True

    def _code_title(self) -> str:
        return self.code.title


class PacketTooBig(_Quoting, source="RFC 4443, section 3.2", variant=ICMPv6Type.PACKET_TOO_BIG):
    """A packet is longer than the next link takes; only its sender can send less, or fragment it."""

    mtu: int = u32("mtu", default=1280, title="MTU", doc="What the next link takes, in bytes")


class ICMPv6TimeExceeded(_Extensible, source="RFC 4443, section 3.3", variant=ICMPv6Type.TIME_EXCEEDED):
    """A packet passed too many routers, or its fragments took too long to come."""

    code: Coding[ICMPv6TimeExceededCode] = code(8, ICMPv6TimeExceededCode, "code", default=0, title="Code")
    length: int = _length()
    unused: int = bits(24, "", default=0, base=16, title="Unused")

    names_codes: ClassVar[bool] = True


class ICMPv6ParameterProblem(_Quoting, source="RFC 4443, section 3.4", variant=ICMPv6Type.PARAMETER_PROBLEM):
    """Something in a packet was not understood: the byte that `pointer` counts to, from 0."""

    code: Coding[ICMPv6ParameterProblemCode] = code(8, ICMPv6ParameterProblemCode, "code", default=0, title="Code")
    pointer: int = u32("pointer", default=0, title="Pointer")

    names_codes: ClassVar[bool] = True


class ListenerMessage(ICMPv6, leaf=True):
    """A message of multicast listener discovery, version 1; that of version 2 goes on behind it."""

    delay: int = u16("mld.maximum_response_delay", default=0, title="Maximum Response Delay", doc="In milliseconds")
    reserved: int = u16("", default=0, base=16, title="Reserved")
    group: Address = ipv6("mld.multicast_address", default="::", title="Multicast Address")
    rest: bytes = octets("", default=b"", length="rest", title="What version 2 has behind that")

    @derived("mld.maximum_response_code", width=16, over="delay", title="Maximum Response Code")
    def delay_code(self) -> int | None:
        """The delay where it is a query of version 2: above 32767 it is a code (RFC 3810, section 5.1.3)."""
        return self.delay if self._is_version_2() else None

    def _is_version_2(self) -> bool:
        return self.type == ICMPv6Type.MULTICAST_LISTENER_QUERY and len(self.rest) >= 4


class MulticastListenerQuery(
    ListenerMessage, source="RFC 2710, section 3", variant=ICMPv6Type.MULTICAST_LISTENER_QUERY
):
    """A router asks who listens to a group, or to any with the group ::."""


class MulticastListenerReport(
    ListenerMessage, source="RFC 2710, section 3", variant=ICMPv6Type.MULTICAST_LISTENER_REPORT
):
    """A listener tells of a group."""


class MulticastListenerDone(ListenerMessage, source="RFC 2710, section 3", variant=ICMPv6Type.MULTICAST_LISTENER_DONE):
    """A listener leaves a group."""


class MulticastAddressRecord(Entry, name="icmpv6", title="Multicast Address Record", source="RFC 3810, section 5.2.4"):
    """What a listener wants of a group: `type` counts as in `GroupRecordType`, `auxiliary` is a multiple of 4 bytes."""

    type: int = u8("mldr.mar.record_type", default=1, kw_only=False, title="Record Type")
    auxiliary_words: int = u8("mldr.mar.aux_data_len", factory=LengthOf(4), title="Aux Data Len")
    source_count: int = u16("mldr.mar.nb_sources", factory=LengthOf(16), title="Number of Sources")
    group: Address = ipv6("mldr.mar.multicast_address", default="::", kw_only=False, title="Multicast Address")
    sources: Listing[str] = address_list(
        "mldr.mar.source_address", of=IPv6Address, default=(), length="source_count", kw_only=False,
        title="Source Address",
    )  # fmt: skip
    auxiliary: bytes = octets(
        "mldr.mar.auxiliary_data", default=b"", length="auxiliary_words", kw_only=False, title="Auxiliary Data"
    )


class MulticastListenerReport2(
    ICMPv6, source="RFC 3810, section 5.2", leaf=True, variant=ICMPv6Type.MULTICAST_LISTENER_REPORT_2
):
    """A listener tells of its groups, a record each."""

    reserved: int = u16("", default=0, base=16, title="Reserved")
    record_count: int = u16("mldr.nb_mcast_records", factory=CountOf(), title="Number of Multicast Address Records")
    records: Listing[MulticastAddressRecord | bytes] = records(
        "",
        of=MulticastAddressRecord,
        count="record_count",
        default=(),
        title="Multicast Address Records",
    )
