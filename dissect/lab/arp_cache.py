"""What a host knows of its neighbours: which MAC address an IPv4 address has (RFC 826)."""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["ARPCache"]


class ARPCache:
    """MAC addresses by IPv4 address, each forgotten `lifetime_ns` after it was last told (20 minutes).

    The cache holds at most `limit` addresses; for a new one the oldest goes. Entries that were `added`
    stay until they are deleted, and what others tell doesn't change them.
    """

    def __init__(self, *, lifetime_ns: int = 1_200_000_000_000, limit: int = 1024) -> None:
        self.lifetime_ns = lifetime_ns
        self.limit = limit
        # In the order in which they were told, so that the oldest comes first.
        self._entries: dict[str, tuple[str, int]] = {}
        self._permanent: dict[str, str] = {}

    def __len__(self) -> int:
        """Return the number of addresses, those included that nobody has noticed to be too old."""
        return len(self._entries) + len(self._permanent)

    def get(self, ip: str, now_ns: int) -> str | None:
        """Return the MAC address of a neighbour, or None where it is not known (any more)."""
        entry = self._entries.get(ip)
        if entry is None:
            return self._permanent.get(ip)
        mac, told_ns = entry
        if now_ns - told_ns >= self.lifetime_ns:
            del self._entries[ip]
            return None
        return mac

    def learn(self, ip: str, mac: str, now_ns: int) -> None:
        """Write down a neighbour's address, or what it has become."""
        if ip in self._permanent:
            return
        self._entries.pop(ip, None)
        self._entries[ip] = (mac, now_ns)
        if len(self) > self.limit:
            del self._entries[next(iter(self._entries))]

    def merge(self, ip: str, mac: str, now_ns: int) -> bool:
        """Write the address down if the neighbour is known already, and return whether it is."""
        known = self.get(ip, now_ns) is not None
        if known:
            self.learn(ip, mac, now_ns)
        return known

    def add(self, ip: str, mac: str) -> None:
        """Write down an address that stays (`arp -s`); ValueError where `limit` such addresses are there."""
        self._entries.pop(ip, None)
        if ip not in self._permanent and len(self._permanent) >= self.limit:
            raise ValueError(f"the ARP cache holds {self.limit} permanent entries already")
        self._permanent[ip] = mac
        if len(self) > self.limit:
            del self._entries[next(iter(self._entries))]

    def forget(self, ip: str) -> None:
        """Delete a neighbour, if it is there (`arp -d`)."""
        self._entries.pop(ip, None)
        self._permanent.pop(ip, None)

    def expire(self, now_ns: int) -> list[tuple[str, int]]:
        """Delete what is too old; return whose addresses those were, and when each expired."""
        expired = []
        for ip, (_, told_ns) in self._entries.items():
            if now_ns - told_ns < self.lifetime_ns:
                break
            expired.append((ip, told_ns + self.lifetime_ns))
        for ip, _ in expired:
            del self._entries[ip]
        return expired

    @property
    def deadline(self) -> int | None:
        """When the oldest entry expires, in nanoseconds; None where none will."""
        for _, told_ns in self._entries.values():
            return told_ns + self.lifetime_ns
        return None

    def lines(self, interface: str, now_ns: int) -> Iterator[str]:
        """Yield the entries as `arp -a` prints them, in the order of their addresses.

        >>> cache = ARPCache()
        >>> cache.learn("192.168.0.2", "00:05:5d:a1:b8:40", 0)
        >>> list(cache.lines("eth0", 0))
        ['? (192.168.0.2) at 00:05:5d:a1:b8:40 [ether] on eth0']
        """
        fresh = {ip: mac for ip, (mac, told_ns) in self._entries.items() if now_ns - told_ns < self.lifetime_ns}
        for ip in sorted(fresh | self._permanent, key=lambda text: tuple(map(int, text.split(".")))):
            if ip in self._permanent:
                yield f"? ({ip}) at {self._permanent[ip]} [ether] PERM on {interface}"
            else:
                yield f"? ({ip}) at {fresh[ip]} [ether] on {interface}"
