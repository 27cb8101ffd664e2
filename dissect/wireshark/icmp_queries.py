"""The queries of ICMP as Wireshark sees them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declaration.header import Header
from dissect.protocols.icmp_queries import (
    AdvertisedRouter,
    Echo,
    EchoReply,
    EchoRequest,
    IdentifiedQuery,
    RouterAdvertisement,
)
from dissect.protocols.ipv4 import IPv4
from dissect.wireshark.echoes import ReplySight, RequestSight
from dissect.wireshark.field_types import ABSOLUTE_TIME, INT32, RELATIVE_TIME
from dissect.wireshark.icmp import ICMPSight
from dissect.wireshark.sight_fields import learnt

__all__ = ["EchoReplySight", "EchoRequestSight", "EchoSight", "QuerySight", "RouterAdvertisementSight"]


_ENTRY_WORDS = 2
"""The 32-bit words of an address and its preference (RFC 1256, section 3)."""


_PADDING, _AGENT, _PREFIXES = 0, 16, 19
"""Extensions of Mobile IP (RFC 5944, section 2.1): a single byte, and what tells of an agent and of its prefixes."""
_LEAST_AGENT = 6
"""The least length of what tells of an agent."""


def _breaks_off(extensions: bytes) -> bool:
    """Whether an extension goes on behind the message, or is too short to tell of an agent."""
    while extensions:
        kind, length = extensions[0], extensions[1] if len(extensions) > 1 else 0
        if kind == _PADDING:
            extensions = extensions[1:]
            continue
        if len(extensions) < 2 or (kind == _AGENT and length < _LEAST_AGENT):
            return True
        if kind not in (_AGENT, _PREFIXES):
            return False
        if len(extensions) < 2 + length:
            return True
        extensions = extensions[2 + length :]
    return False


class QuerySight(ICMPSight, of=IdentifiedQuery):
    """A message with identifier and sequence number."""

    def words(self, header: Any) -> Iterator[str]:
        """Yield type, identifier, sequence number both ways round, and the datagram's time to live."""
        yield from super().words(header)
        text = f"id={header.id:#06x}, seq={header.seq}/{header.seq_little_endian}"
        network = header.network_header
        yield f"{text}, ttl={network.ttl}" if isinstance(network, IPv4) else text


class EchoSight(QuerySight, of=Echo):
    """Ping writes the time of sending in front of the data."""

    data_time = learnt(
        "data_time",
        ABSOLUTE_TIME,
        "Timestamp from icmp data",
        width=64,
        doc="The time in the data, in nanoseconds since the epoch, where they begin with one near the frame's",
    )
    data_age = learnt(
        "data_time_relative",
        RELATIVE_TIME,
        "Timestamp from icmp data (relative)",
        width=64,
        doc="The nanoseconds from the time in the data to that of the frame",
    )


class EchoRequestSight(RequestSight, EchoSight, of=EchoRequest):
    """A ping."""

    def words(self, header: EchoRequest) -> Iterator[str]:
        """Yield what every query says, and the frame of the reply where it is known."""
        yield from super().words(header)
        if header.learnt("reply_frame") is not None:
            yield f"(reply in {header.learnt('reply_frame')})"
        elif header.learnt("unanswered"):
            yield "(no response found!)"


class EchoReplySight(ReplySight, EchoSight, of=EchoReply):
    """The answer to a ping."""

    def words(self, header: EchoReply) -> Iterator[str]:
        """Yield what every query says, and the frame of the request where it is known."""
        yield from super().words(header)
        if header.learnt("request_frame") is not None:
            yield f"(request in {header.learnt('request_frame')})"


class RouterAdvertisementSight(ICMPSight, of=RouterAdvertisement):
    """Mobile IP has the codes of router advertisements from RFC 5944, section 2.1."""

    types = {"icmp.pref_level": INT32}

    def payload(self, header: RouterAdvertisement) -> Header | None:
        """Return the entries as data where they have another size than RFC 1256 gives them."""
        if header.is_cut or header.entry_size == _ENTRY_WORDS:
            return super().payload(header)
        return header.undissected()

    def stops_short(self, header: RouterAdvertisement) -> bool:
        """Whether the header is cut, or lacks addresses that it counts."""
        if header.is_cut or header.entry_size != _ENTRY_WORDS:
            return header.is_cut
        if sum(isinstance(each, AdvertisedRouter) for each in header.addresses) < header.address_count:
            return True
        return _breaks_off(header.parts()[1])

    def type_title(self, header: RouterAdvertisement) -> str:
        """Return what a list calls the type."""
        return "Mobile IP Advertisement" if header.code.known else super().type_title(header)
