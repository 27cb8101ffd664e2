"""Which addresses a DHCP server has lent, to whom and until when (RFC 2131, section 4.3.1)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from dissect.declaration.addresses import ipv4_text
from dissect.errors import FieldError
from dissect.lab.addresses import number_of, single_host, single_interface

__all__ = ["Lease", "Leases"]

SECOND = 1_000_000_000
OFFERED_NS = 60 * SECOND
"""How long an offered address is kept for who was offered it."""
DECLINED_NS = 3600 * SECOND
"""How long an address is left alone that somebody else has."""
LARGEST_POOL = 65536
_FORMER = 64


@dataclass(slots=True)
class Lease:
    """An address that a client has, has had, or was offered; it is the client's up to `expires_ns`."""

    ip: str
    client: bytes
    """What the server knows the client by; b"" for nobody: then the address is one that may not be lent."""
    mac: str
    expires_ns: int
    is_taken: bool = False
    """Whether the client has asked for it, after the offer."""


class Leases:
    """The addresses from `first` to `last`, and those that are fixed for a MAC address; at most 65536.

    Addresses that nobody has had are lent first, then those that have been free for the longest time, so that a
    client that comes back gets the address that it had. Raises FieldError for a pool that is none.

    >>> leases = Leases("10.0.0.100", "10.0.0.199", fixed={"02:00:00:00:00:09": "10.0.0.9"})
    >>> leases.offer(b"one", "02:00:00:00:00:01", None, now_ns=0).ip
    '10.0.0.100'
    >>> leases.offer(b"two", "02:00:00:00:00:09", "10.0.0.150", now_ns=0).ip
    '10.0.0.9'
    """

    def __init__(self, first: str, last: str, *, fixed: Mapping[str, str] | None = None) -> None:
        least, most = (number_of(single_host(ip, "the pool")) for ip in (first, last))
        if not 0 <= most - least < LARGEST_POOL:
            raise FieldError(f"the pool is {first} to {last}, expected 1 to {LARGEST_POOL} addresses, the lowest first")
        self.fixed = {
            single_interface(mac, "a fixed address"): single_host(ip, "a fixed address")
            for mac, ip in (fixed or {}).items()
        }
        self._range = range(least, most + 1)
        self._reserved = set(self.fixed.values())
        self._by_ip: dict[str, Lease] = {}
        self._by_client: dict[bytes, Lease] = {}
        self._unused = deque(
            ip for ip in (ipv4_text(number.to_bytes(4, "big")) for number in self._range) if ip not in self._reserved
        )
        # (when the lease was to end, address): looked at when there are no unused addresses left.
        self._ends: list[tuple[int, str]] = []

    def __iter__(self) -> Iterator[Lease]:
        return iter(self._by_ip.values())

    def exclude(self, ip: str) -> None:
        """Never lend this address: it is the server's own."""
        self._reserved.add(ip)

    def offer(self, client: bytes, mac: str, wanted: str | None, now_ns: int) -> Lease | None:
        """Return the address for a client that has none, kept for it for a minute; None where all are lent.

        It is the one fixed for its MAC address, the one that it has or had, the one that it wants, or any.
        """
        ip = self._chosen(client, mac, wanted, now_ns)
        return None if ip is None else self._note(ip, client, mac, now_ns + OFFERED_NS, now_ns)

    def take(self, client: bytes, mac: str, ip: str, expires_ns: int, now_ns: int) -> Lease | None:
        """Lend a client the address that it asks for; None where it can't have that."""
        if not self.may_have(client, mac, ip, now_ns):
            return None
        lease = self._note(ip, client, mac, expires_ns, now_ns)
        lease.expires_ns = expires_ns
        lease.is_taken = True
        self._will_end(lease)
        return lease

    def may_have(self, client: bytes, mac: str, ip: str, now_ns: int) -> bool:
        """Whether a client may have an address: its own, or one of the pool that is nobody's."""
        fixed = self.fixed.get(mac)
        if fixed is not None or ip in self._reserved:
            return ip == fixed
        return ip in self and self._is_free_for(client, ip, now_ns)

    def __contains__(self, ip: str) -> bool:
        return number_of(ip) in self._range or ip in self.fixed.values()

    def of(self, client: bytes) -> Lease | None:
        """Return what a client has, had, or was offered."""
        return self._by_client.get(client)

    def release(self, client: bytes, ip: str, now_ns: int) -> bool:
        """Take an address back; who had it is remembered. Return whether the client had it."""
        lease = self._by_ip.get(ip)
        if lease is None or lease.client != client or not lease.is_taken:
            return False
        self._end(lease, now_ns)
        return True

    def withdraw(self, client: bytes, now_ns: int) -> None:
        """Take an offer back: the client has taken another server's."""
        lease = self._by_client.get(client)
        if lease is not None and not lease.is_taken:
            self._end(lease, now_ns)

    def _end(self, lease: Lease, now_ns: int) -> None:
        lease.expires_ns = now_ns
        lease.is_taken = False
        self._will_end(lease)

    def decline(self, ip: str, now_ns: int) -> None:
        """Leave an address alone for an hour: somebody has it whom this table does not know."""
        if ip not in self:
            return
        lease = self._by_ip.get(ip)
        if lease is not None and self._by_client.get(lease.client) is lease:
            del self._by_client[lease.client]
        lease = self._by_ip[ip] = Lease(ip, b"", "", now_ns + DECLINED_NS)
        self._will_end(lease)

    def _chosen(self, client: bytes, mac: str, wanted: str | None, now_ns: int) -> str | None:
        known = self._by_client.get(client)
        for ip in (self.fixed.get(mac), None if known is None else known.ip, wanted):
            if ip is not None and self.may_have(client, mac, ip, now_ns):
                return ip
        while self._unused:
            ip = self._unused.popleft()
            if ip not in self._reserved and self._is_free_for(client, ip, now_ns):
                return ip
        while self._ends and self._ends[0][0] <= now_ns:
            ended_ns, ip = heappop(self._ends)
            # The address may have been lent again since that was written down.
            if ip not in self._reserved and self._by_ip[ip].expires_ns == ended_ns:
                return ip
        return None

    def _is_free_for(self, client: bytes, ip: str, now_ns: int) -> bool:
        lease = self._by_ip.get(ip)
        return lease is None or lease.client == client or lease.expires_ns <= now_ns

    def _note(self, ip: str, client: bytes, mac: str, expires_ns: int, now_ns: int) -> Lease:
        """Write down whose an address is; what it already is stays at least as long."""
        lease = self._by_ip.get(ip)
        if lease is None or lease.client != client:
            if lease is not None and self._by_client.get(lease.client) is lease:
                del self._by_client[lease.client]
            lease = self._by_ip[ip] = Lease(ip, client, mac, expires_ns)
        else:
            lease.expires_ns = max(lease.expires_ns, expires_ns)
            lease.is_taken = lease.is_taken and lease.expires_ns > now_ns
        former = self._by_client.get(client)
        if former is not None and former is not lease:
            self._end(former, now_ns)
        self._by_client[client] = lease
        self._will_end(lease)
        return lease

    def _will_end(self, lease: Lease) -> None:
        """Have the address looked at when its lease is over; entries of former ends are dropped now and then."""
        heappush(self._ends, (lease.expires_ns, lease.ip))
        if len(self._ends) > 2 * len(self._by_ip) + _FORMER:
            self._ends = [(each.expires_ns, each.ip) for each in self._by_ip.values()]
            heapify(self._ends)
