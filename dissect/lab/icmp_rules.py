"""When a host or router reports an error by ICMP, and how often (RFC 1122, section 3.2.2; RFC 1812, section 4.3.2)."""

from __future__ import annotations

from dissect.lab.addresses import is_single_host
from dissect.protocols.icmp import ICMP, QUERIES
from dissect.protocols.ipv4 import IPv4

__all__ = ["ErrorLimit", "error_service", "may_be_reported"]

_INTERNETWORK_CONTROL = 0xC0
"""The precedence of an ICMP error, 6, where it stands in the octet."""
_SERVICE = 0x1E
"""Where the bits of the type of service stand that are no precedence (RFC 1349, section 3)."""
SECOND = 1_000_000_000


def error_service(datagram: IPv4) -> int:
    """Return the type of service of an error about a datagram: its own, with a precedence of 6.

    So RFC 1812, section 4.3.2.5, wants it.

    >>> hex(error_service(IPv4(tos=0xB8)))
    '0xd8'
    """
    return _INTERNETWORK_CONTROL | datagram.tos & _SERVICE


def may_be_reported(datagram: IPv4, *, link_broadcast: bool = False) -> bool:
    """Whether an error may be sent about a datagram at all.

    Not about one that came as a link-layer broadcast or multicast, went to a broadcast or multicast
    address, came from no single host, is a fragment but the first, or is an ICMP error itself or
    nothing known to be an ICMP query (RFC 1812, section 4.3.2.7).

    >>> from dissect import UDP, EchoRequest, TimeExceeded
    >>> datagram = IPv4(src="10.0.0.1", dst="10.0.0.2")
    >>> may_be_reported(datagram / UDP()), may_be_reported(datagram / TimeExceeded())
    (True, False)
    """
    if link_broadcast or datagram.fragment_offset:
        return False
    if not (is_single_host(datagram.src) and is_single_host(datagram.dst)):
        return False
    carried = datagram.payload
    return not isinstance(carried, ICMP) or (not carried.is_cut and int(carried.type) in QUERIES)


class ErrorLimit:
    """Tells how many errors may be sent (RFC 1812, section 4.3.2.8): two token buckets, as Linux has them.

    To one address go `burst` errors at once and then one each `interval_ns`; to all together
    `total_burst` at once and then `total_per_second`. Of more than `limit` addresses the oldest is
    forgotten.
    """

    def __init__(
        self,
        *,
        interval_ns: int = SECOND,
        burst: int = 6,
        total_per_second: int = 1000,
        total_burst: int = 50,
        limit: int = 1024,
    ) -> None:
        self.interval_ns = interval_ns
        self.burst = burst
        self.total_interval_ns = SECOND // total_per_second
        self.total_burst = total_burst
        self.limit = limit
        # When each bucket will be full again.
        self._full: dict[str, int] = {}
        self._all_full = 0

    def allows(self, ip: str, now_ns: int) -> bool:
        """Whether an error may be sent to this address now; if so, it is counted."""
        full = max(self._full.pop(ip, now_ns), now_ns)
        all_full = max(self._all_full, now_ns)
        allowed = full <= now_ns + (self.burst - 1) * self.interval_ns
        if allowed and all_full <= now_ns + (self.total_burst - 1) * self.total_interval_ns:
            self._all_full = all_full + self.total_interval_ns
            full += self.interval_ns
        else:
            allowed = False
        if full > now_ns:
            self._full[ip] = full
            if len(self._full) > self.limit:
                del self._full[next(iter(self._full))]
        return allowed
