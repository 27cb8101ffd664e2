"""The Routing Information Protocol, versions 1 and 2: routes by the number of routers that they pass."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declare import (
    Address,
    Code,
    Coding,
    Header,
    Listing,
    Option,
    OptionKind,
    OptionList,
    OptionSubtype,
    Problem,
    code,
    expert,
    ipv4,
    listing,
    octets,
    text,
    u8,
    u16,
    u32,
    u64,
)
from dissect.protocols.udp import UDP

__all__ = [
    "RIP",
    "MalformedRIPEntry",
    "MalformedRIPv1Entry",
    "RIPAuthentication",
    "RIPAuthenticationType",
    "RIPCommand",
    "RIPDigest",
    "RIPFamily",
    "RIPMessageDigest",
    "RIPPassword",
    "RIPRoute",
    "RIPWholeTable",
    "RIPv1Route",
    "RIPv1WholeTable",
    "UnknownRIPEntry",
    "UnknownRIPv1Entry",
]

INFINITY = 16
"""The metric of what can't be reached (RFC 2453, section 3.4.2)."""
_MOST_ENTRIES = 25


class RIPCommand(Code):
    """What a message is for."""

    REQUEST = 1, "Request"
    RESPONSE = 2, "Response"
    TRACE_ON = 3, "Traceon"
    TRACE_OFF = 4, "Traceoff"
    VENDOR_SPECIFIC = 5, "Vendor specific (Sun)"


class RIPFamily(Code):
    """What an entry is about: routes of a family of addresses, or, with 0xffff, whether to trust the message."""

    UNSPECIFIED = 0, "Unspecified"
    IP = 2, "IP"
    AUTHENTICATION = 0xFFFF, "Authentication"


class RIPAuthenticationType(Code):
    """How a message shows that it can be trusted (RFC 2453, section 4.1; RFC 4822)."""

    TRAILER = 1, "IP Route"
    PASSWORD = 2, "Simple Password"
    MESSAGE_DIGEST = 3, "Keyed Message Digest"


def _metric_problems(entry: Any) -> Iterator[str]:
    if entry.family != RIPFamily.UNSPECIFIED and not 1 <= entry.metric <= INFINITY:
        yield f"has metric {entry.metric}, expected 1 to {INFINITY}"


class RIPEntry(Option, name="rip", source="RFC 2453, section 4", family=True):
    """Twenty bytes about one route."""

    family: Coding[RIPFamily] = code(16, RIPFamily, "", factory=OptionKind(), title="Address Family")


class UnknownRIPEntry(RIPEntry, unknown=True, title="Unknown address family"):
    """An entry of another family of addresses."""

    data: bytes = octets("", size=18, default=bytes(18), title="Data")

    unknown_family = expert("unknown_address_family", "Unknown address family")

    def problems(self) -> Iterator[Problem | str]:
        """Yield the family."""
        yield from super().problems()
        yield self.problem(f"is of family {int(self.family)}", "warning", name="unknown_address_family")


class MalformedRIPEntry(RIPEntry, malformed=True, ends_early=True, title="Malformed"):
    """Fewer bytes than an entry has."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class RIPRoute(RIPEntry, number=RIPFamily.IP, title="Route"):
    """A network, and by how many routers it is reached: 16 where it is not."""

    family: Coding[RIPFamily] = code(16, RIPFamily, "family", factory=OptionKind(), title="Address Family")
    tag: int = u16("route_tag", default=0, title="Route Tag")
    address: Address = ipv4("ip", default="0.0.0.0", kw_only=False, title="IP Address")
    netmask: Address = ipv4("netmask", default="0.0.0.0", title="Netmask")
    next_hop: Address = ipv4("next_hop", default="0.0.0.0", title="Next Hop")
    metric: int = u32("metric", default=1, size=16, title="Metric")

    def headline(self) -> str:
        return f"IP Address: {self.address}, Metric: {self.metric}"

    def problems(self) -> Iterator[Problem | str]:
        """Yield a metric that there is not."""
        yield from super().problems()
        yield from _metric_problems(self)


class RIPWholeTable(RIPEntry, number=RIPFamily.UNSPECIFIED, title="Address not specified"):
    """In a request, the wish for the whole table (section 3.9.1); alone, and with the metric of infinity."""

    family: Coding[RIPFamily] = code(16, RIPFamily, "family", factory=OptionKind(), title="Address Family")
    tag: int = u16("route_tag", default=0, title="Route Tag")
    address: Address = ipv4("", default="0.0.0.0", title="IP Address")
    netmask: Address = ipv4("netmask", default="0.0.0.0", title="Netmask")
    next_hop: Address = ipv4("next_hop", default="0.0.0.0", title="Next Hop")
    metric: int = u32("metric", default=INFINITY, size=16, title="Metric")

    def headline(self) -> str:
        return f"{self.title}, Metric: {self.metric}"


class RIPAuthentication(RIPEntry, number=RIPFamily.AUTHENTICATION, title="Authentication", source="RFC 2453, 4.1"):
    """An entry in front of the others that shows that they can be trusted, in a way without a class here."""

    type: Coding[RIPAuthenticationType] = code(
        16, RIPAuthenticationType, "auth.type", factory=OptionSubtype(), title="Authentication type"
    )
    data: bytes = octets("", size=16, default=bytes(16), title="Data")


class RIPPassword(
    RIPEntry,
    number=RIPFamily.AUTHENTICATION,
    subtype=RIPAuthenticationType.PASSWORD,
    title="Authentication: Simple Password",
):
    """A password that everybody can read."""

    type: Coding[RIPAuthenticationType] = code(
        16, RIPAuthenticationType, "auth.type", factory=OptionSubtype(), title="Authentication type"
    )
    password: str = text("auth.passwd", size=16, default="", kw_only=False, title="Password")


class RIPMessageDigest(
    RIPEntry,
    number=RIPFamily.AUTHENTICATION,
    subtype=RIPAuthenticationType.MESSAGE_DIGEST,
    title="Authentication: Keyed Message Digest",
    source="RFC 4822, section 2",
):
    """Where the digest stands that shows who wrote the message, and by which key; a number that only grows."""

    type: Coding[RIPAuthenticationType] = code(
        16, RIPAuthenticationType, "auth.type", factory=OptionSubtype(), title="Authentication type"
    )
    digest_offset: int = u16("digest_offset", default=0, title="Digest Offset")
    key_id: int = u8("key_id", default=0, title="Key ID")
    digest_length: int = u8("auth_data_len", default=20, title="Auth Data Len")
    sequence: int = u32("seq_num", default=0, title="Seq num")
    reserved: str = text("zero_padding", size=8, default="", title="Zero adding")


class RIPDigest(
    RIPEntry,
    number=RIPFamily.AUTHENTICATION,
    subtype=RIPAuthenticationType.TRAILER,
    title="Authentication Data Trailer",
    source="RFC 4822, section 2",
):
    """The digest itself, behind all routes."""

    type: Coding[RIPAuthenticationType] = code(
        16, RIPAuthenticationType, "", factory=OptionSubtype(), title="Authentication type"
    )
    digest: bytes = octets(
        "authentication_data", default=bytes(16), length="rest", kw_only=False, title="Authentication Data"
    )


class RIPv1Entry(Option, name="rip", source="RFC 1058, section 3.1", family=True):
    """Twenty bytes about one route, of which version 1 leaves half to be zero."""

    family: Coding[RIPFamily] = code(16, RIPFamily, "", factory=OptionKind(), title="Address Family")


class UnknownRIPv1Entry(RIPv1Entry, unknown=True, title="Unknown address family"):
    """An entry of another family of addresses."""

    data: bytes = octets("", size=18, default=bytes(18), title="Data")

    unknown_family = expert("unknown_address_family", "Unknown address family")

    def problems(self) -> Iterator[Problem | str]:
        """Yield the family."""
        yield from super().problems()
        yield self.problem(f"is of family {int(self.family)}", "warning", name="unknown_address_family")


class MalformedRIPv1Entry(RIPv1Entry, malformed=True, ends_early=True, title="Malformed"):
    """Fewer bytes than an entry has."""

    data: bytes = octets("", default=b"", length="rest", title="Data")


class RIPv1Route(RIPv1Entry, number=RIPFamily.IP, title="Route"):
    """A network as its class tells it, and by how many routers it is reached: 16 where it is not."""

    family: Coding[RIPFamily] = code(16, RIPFamily, "family", factory=OptionKind(), title="Address Family")
    zero: int = u16("", default=0, title="Zero")
    address: Address = ipv4("ip", default="0.0.0.0", kw_only=False, title="IP Address")
    zeros: int = u64("", default=0, title="Zeros")
    metric: int = u32("metric", default=1, size=16, title="Metric")

    def headline(self) -> str:
        return f"IP Address: {self.address}, Metric: {self.metric}"

    def problems(self) -> Iterator[Problem | str]:
        """Yield a metric that there is not, and what has to be zero (RFC 1058, section 3.4)."""
        yield from super().problems()
        yield from _metric_problems(self)
        if self.zero or self.zeros:
            yield "has other bytes than zeros beside address and metric"


class RIPv1WholeTable(RIPv1Entry, number=RIPFamily.UNSPECIFIED, title="Address not specified"):
    """In a request, the wish for the whole table (RFC 1058, section 3.4.1)."""

    family: Coding[RIPFamily] = code(16, RIPFamily, "family", factory=OptionKind(), title="Address Family")
    zeros: bytes = octets("", size=14, default=bytes(14), title="Zeros")
    metric: int = u32("metric", default=INFINITY, size=16, title="Metric")

    def headline(self) -> str:
        return f"{self.title}, Metric: {self.metric}"


def _is_older(message: Any) -> bool:
    return bool(message.raw("version") != 2)


class RIP(
    Header,
    name="rip",
    title="Routing Information Protocol",
    source="RFC 2453, section 4; RFC 1058, section 3.1",
    over={UDP: 520},
    leaf=True,
):
    """A request for routes, or up to 25 of them.

    Those of version 1 have classes of their own, for there a route has no netmask.

    >>> from dissect import IPv4
    >>> message = UDP() / RIP(entries=[RIPRoute("192.0.2.0", netmask="255.255.255.0", metric=3)])
    >>> message.dport, len(bytes(message[RIP])), message[RIP].info()
    (520, 24, 'Response')
    """

    command: Coding[RIPCommand] = code(8, RIPCommand, "command", default=RIPCommand.RESPONSE, title="Command")
    version: int = u8("version", default=2, title="Version")
    reserved: int = u16("", default=0, title="Reserved")
    entries: Listing[Option] = listing(
        OptionList(RIPEntry), "", default=(), length="rest", when={"version": 2}, title="Entries"
    )
    entries_1: Listing[Option] = listing(
        OptionList(RIPv1Entry), "", default=(), length="rest", when=_is_older, title="Entries of version 1"
    )

    def check(self) -> Iterator[Problem]:
        """Yield a version or a command that there is not, wrong entries, and more than 25 of them."""
        if self.is_cut:
            return
        if not self.version:
            yield self.problem("version", "is none, so that the message is to be ignored", "1 or 2", 0)
        if not self.command.known:
            yield self.problem("command", "is unknown", "1 to 5", int(self.command), "warning")
        yield from self.option_problems()
        entries = (self.entries if self.version == 2 else self.entries_1) or ()
        count = sum(not isinstance(entry, RIPDigest) for entry in entries)
        if count > _MOST_ENTRIES:
            name = "entries" if self.version == 2 else "entries_1"
            yield self.problem(name, "are too many for one message", f"at most {_MOST_ENTRIES}", count, "warning")

    def listed_name(self) -> str:
        """Return the protocol with its version."""
        version = self.version if self.has("version") else 0
        return f"RIPv{version}" if version in (1, 2) else ""

    def info(self) -> str:
        """Return what the message is for."""
        command = self.command
        return command.title if command.known else f"Unknown command ({int(command)})"
