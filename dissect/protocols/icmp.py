"""The Internet Control Message Protocol: what every message has, and the names of types and codes."""

from __future__ import annotations

from typing import ClassVar

from dissect.declare import Checksum, Code, Coding, Variant, code, u16
from dissect.protocols.icmp_messages import Message
from dissect.protocols.ipv4 import IPProtocol, IPv4

__all__ = [
    "ICMP",
    "AdvertisementCode",
    "ExtendedEchoCode",
    "ExtendedEchoRequestCode",
    "ICMPCode",
    "ICMPType",
    "NeighborState",
    "ParameterProblemCode",
    "RedirectCode",
    "TimeExceededCode",
    "UnreachableCode",
]


class ICMPType(Code):
    """The kind of message (IANA, icmp-parameters)."""

    ECHO_REPLY = 0, "Echo (ping) reply"
    RESERVED_1 = 1, "Reserved"
    RESERVED_2 = 2, "Reserved"
    DESTINATION_UNREACHABLE = 3, "Destination unreachable"
    SOURCE_QUENCH = 4, "Source quench (flow control)"
    REDIRECT = 5, "Redirect"
    ALTERNATE_HOST_ADDRESS = 6, "Alternate host address"
    ECHO_REQUEST = 8, "Echo (ping) request"
    ROUTER_ADVERTISEMENT = 9, "Router advertisement"
    ROUTER_SOLICITATION = 10, "Router solicitation"
    TIME_EXCEEDED = 11, "Time-to-live exceeded"
    PARAMETER_PROBLEM = 12, "Parameter problem"
    TIMESTAMP_REQUEST = 13, "Timestamp request"
    TIMESTAMP_REPLY = 14, "Timestamp reply"
    INFORMATION_REQUEST = 15, "Information request"
    INFORMATION_REPLY = 16, "Information reply"
    ADDRESS_MASK_REQUEST = 17, "Address mask request"
    ADDRESS_MASK_REPLY = 18, "Address mask reply"
    SECURITY = 19, "Reserved (for security)"
    TRACEROUTE = 30, "Traceroute"
    DATAGRAM_CONVERSION_ERROR = 31, "Datagram Conversion Error"
    MOBILE_HOST_REDIRECT = 32, "Mobile Host Redirect"
    IPV6_WHERE_ARE_YOU = 33, "IPv6 Where-Are-You"
    IPV6_I_AM_HERE = 34, "IPv6 I-Am-Here"
    MOBILE_REGISTRATION_REQUEST = 35, "Mobile Registration Request"
    MOBILE_REGISTRATION_REPLY = 36, "Mobile Registration Reply"
    DOMAIN_NAME_REQUEST = 37, "Domain Name Request"
    DOMAIN_NAME_REPLY = 38, "Domain Name Reply"
    SKIP = 39, "SKIP"
    PHOTURIS = 40, "Photuris"
    EXPERIMENTAL_MOBILITY = 41, "Experimental mobility protocols"
    EXTENDED_ECHO_REQUEST = 42, "Extended Echo request"
    EXTENDED_ECHO_REPLY = 43, "Extended Echo reply"


class ICMPCode(Code):
    """The code of messages that have but one."""

    NONE = 0, "No code"


class UnreachableCode(Code):
    """Why a datagram could not be delivered (RFC 792; RFC 1122, section 3.2.2.1; RFC 1812, section 5.2.7.1)."""

    NETWORK = 0, "Network unreachable"
    HOST = 1, "Host unreachable"
    PROTOCOL = 2, "Protocol unreachable"
    PORT = 3, "Port unreachable"
    FRAGMENTATION_NEEDED = 4, "Fragmentation needed"
    SOURCE_ROUTE_FAILED = 5, "Source route failed"
    NETWORK_UNKNOWN = 6, "Destination network unknown"
    HOST_UNKNOWN = 7, "Destination host unknown"
    SOURCE_ISOLATED = 8, "Source host isolated"
    NETWORK_PROHIBITED = 9, "Network administratively prohibited"
    HOST_PROHIBITED = 10, "Host administratively prohibited"
    NETWORK_SERVICE = 11, "Network unreachable for TOS"
    HOST_SERVICE = 12, "Host unreachable for TOS"
    PROHIBITED = 13, "Communication administratively filtered"
    PRECEDENCE_VIOLATION = 14, "Host precedence violation"
    PRECEDENCE_CUTOFF = 15, "Precedence cutoff in effect"


class RedirectCode(Code):
    """Which datagrams should go to the other gateway (RFC 792)."""

    NETWORK = 0, "Redirect for network"
    HOST = 1, "Redirect for host"
    NETWORK_SERVICE = 2, "Redirect for TOS and network"
    HOST_SERVICE = 3, "Redirect for TOS and host"


class TimeExceededCode(Code):
    """Which time ran out (RFC 792)."""

    TRANSIT = 0, "Time to live exceeded in transit"
    REASSEMBLY = 1, "Fragment reassembly time exceeded"


class ParameterProblemCode(Code):
    """What is wrong with a header (RFC 792; RFC 1122, section 3.2.2.5)."""

    POINTER = 0, "Pointer indicates the error"
    OPTION_MISSING = 1, "Required option missing"
    BAD_LENGTH = 2, "Bad length"


class AdvertisementCode(Code):
    """Whether a router forwards for everybody (RFC 1256; RFC 5944, section 2.1)."""

    NORMAL = 0, "Normal router advertisement"
    NO_COMMON_TRAFFIC = 16, "Does not route common traffic"


class ExtendedEchoCode(Code):
    """What came of asking for an interface (RFC 8335, section 3)."""

    NO_ERROR = 0, "No error"
    MALFORMED_QUERY = 1, "Malformed Query"
    NO_SUCH_INTERFACE = 2, "No Such Interface"
    NO_SUCH_TABLE_ENTRY = 3, "No Such Table Entry"
    MULTIPLE_INTERFACES = 4, "Multiple Interfaces Satisfy Query"


class ExtendedEchoRequestCode(Code):
    """The code of a question for an interface (RFC 8335, section 2)."""

    NO_ERROR = 0, "No error"


class NeighborState(Code):
    """What the asked node's table of neighbors says (RFC 8335, section 3)."""

    RESERVED = 0, "Reserved"
    INCOMPLETE = 1, "Incomplete"
    REACHABLE = 2, "Reachable"
    STALE = 3, "Stale"
    DELAY = 4, "Delay"
    PROBE = 5, "Probe"
    FAILED = 6, "Failed"


ERRORS = frozenset({3, 4, 5, 11, 12})
"""The types of error messages (RFC 1122, section 3.2.2)."""
QUERIES = frozenset({0, 8, 9, 10, 13, 14, 15, 16, 17, 18, 42, 43})
"""The types of query messages (RFC 1122, section 3.2.2; RFC 8335 for the last two)."""


class ICMP(
    Message,
    name="icmp",
    title="Internet Control Message Protocol",
    source="RFC 792",
    over={IPv4: IPProtocol.ICMP},
    encloses=True,
):
    """Type, code and checksum of a message; what follows is a matter of the type.

    Every message that has a class is parsed as that, so this one stands for the other types.

    >>> from dissect.protocols.icmp_queries import EchoRequest
    >>> bytes(ICMP(type="echo request", payload=bytes.fromhex("00070001"))) == bytes(EchoRequest(id=7, seq=1))
    True
    """

    type: Coding[ICMPType] = code(8, ICMPType, "type", factory=Variant(), title="Type")
    code: Coding[Code] = code(8, ICMPCode, "code", default=0, title="Code")
    checksum: int = u16(
        "checksum", factory=Checksum(bad="checksum_bad"), base=16, title="Checksum", doc="Over the whole message"
    )

    # Left out, the type is one for experiments (RFC 4727), which no message has.
    _variant_number: ClassVar[int] = 253

    @property
    def is_error(self) -> bool:
        """Whether this reports an error about another datagram, which must not cause an error itself."""
        return self.own_end > self.own_start and int(self.type) in ERRORS

    @property
    def is_query(self) -> bool:
        """Whether this asks or answers."""
        return self.own_end > self.own_start and int(self.type) in QUERIES

    def info(self) -> str:
        """Return the type and, where it has codes, the code."""
        return f"{self.type.title} ({self.code.title})" if self.names_codes else self.type.title
