"""Ethernet frames of many networks over UDP port 17754, as the Example Overlay, version 1, has them.

 0                   1                   2                   3
 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|  Ver  |U|Resvd|     Kind      |           Sequence            |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|                   Network                     |    Hop Limit  |
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|                      An Ethernet frame ...

A user of `dissect` wrote this file: `dissect read --protocols overlay.py capture.pcapng` is all that it takes.
"""

from __future__ import annotations

from collections.abc import Iterator

from dissect import UDP, Ethernet
from dissect.declare import Code, Coding, Header, Problem, bits, code, flag, u8, u16, u24

__all__ = ["Overlay", "OverlayKind"]


class OverlayKind(Code):
    """What the frame is to the network (section 3)."""

    UNICAST = 1, "to a station that is known"
    FLOODED = 2, "to all stations"
    PROBE = 3, "a test of the path"


class Overlay(Header, name="overlay", title="Example Overlay", source="version 1", over={UDP: 17754}, carries=Ethernet):
    """The network that a frame belongs to, and how far it may go.

    >>> from dissect import IPv4
    >>> frame = IPv4() / UDP() / Overlay(network=7, kind="flooded") / Ethernet()
    >>> frame[UDP].dport, bytes(frame[Overlay])[:8].hex()
    (17754, '1002000000000710')
    """

    version: int = bits(4, "version", default=1, title="Version")
    urgent: bool = flag("urgent", title="Urgent")
    reserved: int = bits(3, "reserved", base=16, title="Reserved")
    kind: Coding[OverlayKind] = code(8, OverlayKind, "kind", default=OverlayKind.UNICAST, title="Kind")
    sequence: int = u16("sequence", title="Sequence")
    network: int = u24("network", title="Network")
    hop_limit: int = u8("hop_limit", default=16, title="Hop Limit", doc="How many overlay routers may pass it on")

    def check(self) -> Iterator[Problem]:
        """Say what section 4 forbids."""
        if self.hop_limit == 0:
            yield self.problem("hop_limit", "is zero: no router passes it on", expected="1 or more", found=0)

    def info(self) -> str:
        """Return the network and the kind."""
        return f"Network {self.network}, {self.kind.title}"
