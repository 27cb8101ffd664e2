"""The errors of ICMP as Wireshark sees them."""

from __future__ import annotations

from dissect.declaration.header import Header
from dissect.protocols.icmp_errors import LEAST_DATA, Redirect
from dissect.protocols.ipv4 import IPv4
from dissect.wireshark.icmp import ICMPSight

__all__ = ["RedirectSight"]


class RedirectSight(ICMPSight, of=Redirect):
    """It is no error of RFC 4884, and of what it quotes no more is read than RFC 792 has."""

    def payload(self, header: Redirect) -> Header | None:
        """Return the quoted datagram with 8 bytes of its data."""
        quote = super().payload(header)
        if not isinstance(quote, IPv4) or header.learnt("payload") is not None or quote.is_cut:
            return quote
        size = 4 * quote.ihl + LEAST_DATA
        if size < header.carried_end - quote.own_start:
            short = quote.cut_at(quote.own_start + size)
            header.learn(payload=short)
            return short
        return quote
