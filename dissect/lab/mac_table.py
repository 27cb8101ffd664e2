"""What a switch knows of MAC addresses: behind which port each is, in each VLAN (IEEE 802.1Q, clause 8.8)."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from dissect.declaration.named_tuples import NamedTuple

__all__ = ["LIFETIME_NS", "MOST_ADDRESSES", "Learnt", "MACTable"]

LIFETIME_NS = 300_000_000_000
"""How long a silent address is known: 5 minutes (IEEE 802.1Q, table 8-6)."""
MOST_ADDRESSES = 8192


class Learnt(NamedTuple):
    """An address of a VLAN, behind which port it is, by number, and when it last sent."""

    vlan: int
    mac: bytes
    port: int
    last_ns: int


class MACTable:
    """Addresses by VLAN: one may be behind different ports in two VLANs.

    An address is forgotten `lifetime_ns` after it last sent; at most `limit` are known in all VLANs
    together, and for a new one the one goes that was silent longest.

    >>> table = MACTable()
    >>> mac = bytes.fromhex("020000000001")
    >>> table.learn(10, mac, 3, now_ns=0)
    >>> table.find(10, mac, now_ns=5), table.find(20, mac, now_ns=5)
    (3, None)
    """

    def __init__(self, *, lifetime_ns: int = LIFETIME_NS, limit: int = MOST_ADDRESSES) -> None:
        self.lifetime_ns = lifetime_ns
        self.limit = limit
        # In the order in which they last sent, so that the oldest comes first.
        self._known: dict[tuple[int, bytes], tuple[int, int]] = {}

    def __len__(self) -> int:
        """Return how many addresses are known, those included that nobody has noticed to be too old."""
        return len(self._known)

    def learn(self, vlan: int, mac: bytes, port: int, now_ns: int) -> int | None:
        """Note that an address sent at a port; return the port where it was before, None for a new one."""
        key = vlan, mac
        before = self._known.pop(key, None)
        self._known[key] = (port, now_ns)
        if before is not None:
            return before[0]
        if len(self._known) > self.limit:
            del self._known[next(iter(self._known))]
        return None

    def find(self, vlan: int, mac: bytes, now_ns: int) -> int | None:
        """Return the port that an address is behind, None where nobody knows."""
        known = self._known.get((vlan, mac))
        return None if known is None or now_ns - known[1] >= self.lifetime_ns else known[0]

    def forget(self, ports: Collection[int] | None = None) -> None:
        """Forget what is behind some ports, or everything."""
        if ports is None:
            self._known.clear()
        else:
            self._known = {key: known for key, known in self._known.items() if known[0] not in ports}

    def entries(self, now_ns: int) -> Iterator[Learnt]:
        """Yield what is known, the address first that was silent longest."""
        for (vlan, mac), (port, last_ns) in self._known.items():
            if now_ns - last_ns < self.lifetime_ns:
                yield Learnt(vlan, mac, port, last_ns)
