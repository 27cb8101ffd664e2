"""ICMPv6 as Wireshark sees it."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.protocols.icmpv6 import ICMPv6, ICMPv6EchoReply, ICMPv6EchoRequest, ListenerMessage
from dissect.wireshark.echoes import ReplySight, RequestSight
from dissect.wireshark.notices import CHECKSUM, Notice
from dissect.wireshark.sight import Sight

__all__ = ["ICMPv6EchoReplySight", "ICMPv6EchoRequestSight", "ICMPv6Sight", "ListenerSight"]


class ICMPv6Sight(Sight, of=ICMPv6):
    """All that a message has."""

    wrong_checksum = Notice("Warning", "Bad checksum", CHECKSUM)


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


class ListenerSight(ICMPv6Sight, of=ListenerMessage):
    """The delay of a query of version 2 is a code."""

    hides = {"delay": lambda message: message.delay_code is not None}
