"""ICMPv6 as Wireshark sees it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dissect.declaration.header import Data, Header
from dissect.protocols.icmpv6 import (
    ICMPv6,
    ICMPv6EchoReply,
    ICMPv6EchoRequest,
    ListenerMessage,
    MulticastAddressRecord,
    MulticastListenerReport2,
)
from dissect.wireshark.echoes import ReplySight, RequestSight
from dissect.wireshark.notices import CHECKSUM, Notice
from dissect.wireshark.sight import Sight

__all__ = ["ICMPv6EchoReplySight", "ICMPv6EchoRequestSight", "ICMPv6Sight", "ListenerReport2Sight", "ListenerSight"]


class ICMPv6Sight(Sight, of=ICMPv6):
    """A message whose type says nothing of data is looked at no further."""

    titles = {"icmpv6.resp_in": "Response In", "icmpv6.resp_to": "Response To", "icmpv6.resptime": "Response Time"}

    truths = {
        **dict.fromkeys(("icmpv6.ext.echo.", "icmpv6.ni.flag.", "icmpv6.rr.flag."), ("Set", "Not set")),
        "icmpv6.ni.flag.a": ("All unicast address", "Unicast addresses on the queried interface"),
    }

    wrong_checksum = Notice("Warning", "Bad checksum", CHECKSUM)

    def payload(self, header: Any) -> Header | None:
        """Return what the message carries, where its type says that it carries anything."""
        carried = super().payload(header)
        return None if isinstance(carried, Data) and not (header.quotes or header.carries_data) else carried


class ICMPv6EchoRequestSight(RequestSight, ICMPv6Sight, of=ICMPv6EchoRequest):
    """A ping."""

    family = "v6"

    def words(self, header: ICMPv6EchoRequest) -> Iterator[str]:
        """Yield what every echo says, and the frame of the reply where it is known."""
        yield header.info()
        if header.learnt("reply_frame") is not None:
            yield f"(reply in {header.learnt('reply_frame')})"
        elif header.learnt("unanswered"):
            yield "(no response found!)"
        elif header.learnt("to_many"):
            yield "(multicast)"


class ICMPv6EchoReplySight(ReplySight, ICMPv6Sight, of=ICMPv6EchoReply):
    """The answer to a ping."""

    def words(self, header: ICMPv6EchoReply) -> Iterator[str]:
        """Yield what every echo says, and the frame of the request where it is known."""
        yield header.info()
        if header.learnt("request_frame") is not None:
            yield f"(request in {header.learnt('request_frame')})"


class ListenerReport2Sight(ICMPv6Sight, of=MulticastListenerReport2):
    """Records as many as there should be."""

    def stops_short(self, header: MulticastListenerReport2) -> bool:
        """Whether the header is cut, or records are missing that it counts."""
        if header.is_cut:
            return True
        return sum(isinstance(record, MulticastAddressRecord) for record in header.records) < header.record_count


class ListenerSight(ICMPv6Sight, of=ListenerMessage):
    """The delay of a query of version 2 is a code."""

    hides = {"delay": lambda message: message.delay_code is not None}
