"""What a host knows of its neighbours: which MAC address an IPv4 address has (RFC 826)."""

from __future__ import annotations

__all__ = ["ARPCache"]


class ARPCache:
    """MAC addresses by IPv4 address, each forgotten `lifetime_ns` after it was last told (20 minutes).

    The cache holds at most `limit` addresses; for a new one the oldest goes.
    """

    def __init__(self, *, lifetime_ns: int = 1_200_000_000_000, limit: int = 1024) -> None:
        self.lifetime_ns = lifetime_ns
        self.limit = limit
        # In the order in which they were told, so that the oldest comes first.
        self._entries: dict[str, tuple[str, int]] = {}

    def __len__(self) -> int:
        """Return the number of addresses, those included that nobody has noticed to be too old."""
        return len(self._entries)

    def get(self, ip: str, now_ns: int) -> str | None:
        """Return the MAC address of a neighbour, or None where it is not known (any more)."""
        entry = self._entries.get(ip)
        if entry is None:
            return None
        mac, told_ns = entry
        if now_ns - told_ns >= self.lifetime_ns:
            del self._entries[ip]
            return None
        return mac

    def learn(self, ip: str, mac: str, now_ns: int) -> None:
        """Write down a neighbour's address, or what it has become."""
        self._entries.pop(ip, None)
        self._entries[ip] = (mac, now_ns)
        if len(self._entries) > self.limit:
            del self._entries[next(iter(self._entries))]

    def merge(self, ip: str, mac: str, now_ns: int) -> bool:
        """Write the address down if the neighbour is known already, and return whether it is."""
        known = self.get(ip, now_ns) is not None
        if known:
            self.learn(ip, mac, now_ns)
        return known

    def forget(self, ip: str) -> None:
        """Delete a neighbour, if it is there (`arp -d`)."""
        self._entries.pop(ip, None)
