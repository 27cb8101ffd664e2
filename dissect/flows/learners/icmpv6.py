"""Pings of IPv6: which reply answers which request."""

from __future__ import annotations

from typing import Any

from dissect.flows.learners.echoes import EchoLearner
from dissect.protocols.icmpv6 import ICMPv6EchoReply, ICMPv6EchoRequest

__all__ = ["ICMPv6EchoLearner"]

_MULTICAST = 0xFF
"""The first byte of an address of many (RFC 4291, section 2.7)."""


class ICMPv6EchoLearner(EchoLearner, of=(ICMPv6EchoRequest, ICMPv6EchoReply)):
    """Matches replies with requests; that nobody answered a request to many means little."""

    apart = True
    request = ICMPv6EchoRequest
    # The types are 128 and 129.
    types_apart = 0xFEFF

    def unanswered(self, header: Any, destination: bytes, number: int) -> None:
        if destination[0] == _MULTICAST:
            header.learn(to_many=True)
        else:
            super().unanswered(header, destination, number)
