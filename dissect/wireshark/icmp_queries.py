"""The queries of ICMP as Wireshark sees them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.protocols.icmp_queries import Echo, EchoReply, EchoRequest, IdentifiedQuery, RouterAdvertisement
from dissect.protocols.ipv4 import IPv4
from dissect.wireshark.echoes import ReplySight, RequestSight
from dissect.wireshark.field_types import ABSOLUTE_TIME, INT32, RELATIVE_TIME
from dissect.wireshark.icmp import ICMPSight
from dissect.wireshark.sight import learnt

__all__ = ["EchoReplySight", "EchoRequestSight", "EchoSight", "QuerySight", "RouterAdvertisementSight"]


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

    def type_title(self, header: RouterAdvertisement) -> str:
        """Return what a list calls the type."""
        return "Mobile IP Advertisement" if header.code.known else super().type_title(header)
