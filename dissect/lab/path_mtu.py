"""The largest datagrams that reach a destination whole, as routers tell it (RFC 1191)."""

from __future__ import annotations

from bisect import bisect_left

from dissect.flows.fragments import LEAST_MTU

__all__ = ["PathMTUs"]

PLATEAUS = (68, 296, 508, 1006, 1492, 2002, 4352, 8166, 17914, 32000, 65535)
"""The MTUs that links have (RFC 1191, section 7), to guess from where a router doesn't tell one."""


class PathMTUs:
    """Path MTUs in bytes by destination, each forgotten after `lifetime_ns` (10 minutes; RFC 1191, section 6.3).

    Of more than `limit` destinations the oldest is forgotten. What is below `floor` bytes is not believed,
    so that nobody can make a host send crumbs (Linux: 552).
    """

    def __init__(self, *, lifetime_ns: int = 600_000_000_000, limit: int = 1024, floor: int = 552) -> None:
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

        `datagram_length` is that of the datagram which didn't pass. Routers older than RFC 1191 give the
        MTU 0: then the next plateau below that length is taken.

        >>> PathMTUs().learn("10.0.0.2", 0, 1500, now_ns=0)
        1492
        """
        mtu = next_hop_mtu or PLATEAUS[max(bisect_left(PLATEAUS, datagram_length) - 1, 0)]
        mtu = max(mtu, self.floor)
        if mtu >= datagram_length or mtu >= (self.get(ip, now_ns) or datagram_length):
            return None
        self._known.pop(ip, None)
        self._known[ip] = (mtu, now_ns)
        if len(self._known) > self.limit:
            del self._known[next(iter(self._known))]
        return mtu
