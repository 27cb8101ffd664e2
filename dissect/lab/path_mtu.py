"""The largest datagrams that reach a destination whole, as routers tell it (RFC 1191)."""

from __future__ import annotations

from bisect import bisect_left

from dissect.flows.fragments import LEAST_MTU

__all__ = ["LEAST_BELIEVED", "PathMTUs", "mtu_told"]

PLATEAUS = (68, 296, 508, 1006, 1492, 2002, 4352, 8166, 17914, 32000, 65535)
"""The MTUs that links have (RFC 1191, section 7), to guess from where a router doesn't tell one."""
LEAST_BELIEVED = 552
"""A path MTU in bytes below which nobody is believed, so that no host can be made to send crumbs (Linux: 552)."""


def mtu_told(next_hop_mtu: int, datagram_length: int) -> int:
    """Return the MTU that a "fragmentation needed" tells about a datagram of so many bytes.

    Routers older than RFC 1191 give 0: then it is the next plateau below that length.

    >>> mtu_told(0, 1500)
    1492
    """
    return next_hop_mtu or PLATEAUS[max(bisect_left(PLATEAUS, datagram_length) - 1, 0)]


class PathMTUs:
    """Path MTUs in bytes by destination, each forgotten after `lifetime_ns` (10 minutes; RFC 1191, section 6.3).

    Of more than `limit` destinations the oldest is forgotten. What is below `floor` bytes is not believed.
    """

    def __init__(self, *, lifetime_ns: int = 600_000_000_000, limit: int = 1024, floor: int = LEAST_BELIEVED) -> None:
        self.lifetime_ns = lifetime_ns
        self.limit = limit
        self.floor = max(floor, LEAST_MTU)
        self._known: dict[str, tuple[int, int]] = {}

    def __len__(self) -> int:
        return len(self._known)

    def get(self, ip: str, now_ns: int) -> int | None:
        """Return the path MTU to an address in bytes, None where none is known (any more)."""
        entry = self._known.get(ip)
        if entry is None:
            return None
        mtu, told_ns = entry
        if now_ns - told_ns >= self.lifetime_ns:
            del self._known[ip]
            return None
        return mtu

    def learn(self, ip: str, next_hop_mtu: int, datagram_length: int, now_ns: int) -> int | None:
        """Take in what a "fragmentation needed" tells, and return the new path MTU; None where nothing gets smaller.

        `datagram_length` is that of the datagram which didn't pass, and what `mtu_told` needs.

        >>> PathMTUs().learn("10.0.0.2", 0, 1500, now_ns=0)
        1492
        """
        mtu = max(mtu_told(next_hop_mtu, datagram_length), self.floor)
        if mtu >= datagram_length or mtu >= (self.get(ip, now_ns) or datagram_length):
            return None
        self._known.pop(ip, None)
        self._known[ip] = (mtu, now_ns)
        if len(self._known) > self.limit:
            del self._known[next(iter(self._known))]
        return mtu
