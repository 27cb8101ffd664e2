"""ARP on one interface: asks for neighbours, answers for itself, and keeps what waits for an answer (RFC 826)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from dissect.declaration.addresses import mac_bytes
from dissect.lab.addresses import is_single_host
from dissect.lab.arp_cache import ARPCache
from dissect.protocols.arp import ARP, ARPOperation, HardwareType
from dissect.protocols.ethernet import EtherType

__all__ = ["Neighbours", "believable", "reply_to"]

_Waiting = TypeVar("_Waiting")


_HARDWARE = (HardwareType.ETHERNET, HardwareType.IEEE_802)


def believable(arp: ARP) -> bool:
    """Whether this is a whole request or reply of Ethernet and IPv4, from a single interface and host, or a probe.

    Ethernet has two numbers, one of them as an IEEE 802 network (RFC 1042, "Address Mappings").
    """
    if arp.is_cut or arp.hardware_type not in _HARDWARE or arp.protocol_type != EtherType.IPV4:
        return False
    if (arp.hardware_length, arp.protocol_length) != (6, 4):
        return False
    if arp.opcode not in (ARPOperation.REQUEST, ARPOperation.REPLY) or mac_bytes(arp.sender_mac)[0] & 1:
        return False
    return arp.is_probe or is_single_host(arp.sender_ip)


def reply_to(arp: ARP, mac: str) -> ARP:
    """Return the reply to a request: the address that it asks for is at `mac`."""
    return ARP(
        opcode=ARPOperation.REPLY,
        sender_mac=mac,
        sender_ip=arp.target_ip,
        target_mac=arp.sender_mac,
        target_ip=arp.sender_ip,
    )


@dataclass(slots=True)
class _Search(Generic[_Waiting]):
    """A neighbour that is being asked for, from which address, and what waits for its MAC address."""

    source: str
    deadline: int
    asked: int = 1
    waiting: deque[_Waiting] = field(default_factory=deque)


class Neighbours(Generic[_Waiting]):
    """The neighbours of one interface: `find` gives a MAC address, or asks for it and keeps what waits.

    A neighbour is asked for at most `tries` times, `interval_ns` apart; then what waits for it is given
    up. For one neighbour at most `queue_limit` things wait, of more the oldest go, and at most
    `search_limit` neighbours are asked for at a time: for one more, what waits for the oldest is given
    up. `send` is called with each ARP packet to send and the MAC address that it goes to.
    """

    def __init__(
        self,
        mac: str,
        send: Callable[[ARP], None],
        *,
        cache: ARPCache | None = None,
        tries: int = 3,
        interval_ns: int = 1_000_000_000,
        queue_limit: int = 64,
        search_limit: int = 256,
    ) -> None:
        self.mac = mac
        self.cache = ARPCache() if cache is None else cache
        self.tries = tries
        self.interval_ns = interval_ns
        self.queue_limit = queue_limit
        self.search_limit = search_limit
        self._send = send
        # In the order of their deadlines: every request gives the same time.
        self._searches: dict[str, _Search[_Waiting]] = {}

    @property
    def deadline(self) -> int | None:
        """When somebody is to be asked for again, or given up."""
        for search in self._searches.values():
            return search.deadline
        return None

    def find(self, ip: str, source: str, waiting: _Waiting, now_ns: int) -> tuple[str | None, list[_Waiting]]:
        """Return a neighbour's MAC address, None where it has to be asked for first, and what had to give way.

        `waiting` is kept until the address is there. `source` is the address that asks.
        """
        mac = self.cache.get(ip, now_ns)
        if mac is not None:
            return mac, []
        given_up: list[_Waiting] = []
        search = self._searches.get(ip)
        if search is None:
            if len(self._searches) >= self.search_limit:
                given_up += self._searches.pop(next(iter(self._searches))).waiting
            search = self._searches[ip] = _Search(source, now_ns + self.interval_ns)
            self._ask(ip, source)
        search.waiting.append(waiting)
        if len(search.waiting) > self.queue_limit:
            given_up.append(search.waiting.popleft())
        return None, given_up

    def _ask(self, ip: str, source: str) -> None:
        self._send(ARP(sender_mac=self.mac, sender_ip=source, target_ip=ip))

    def seeks(self, ip: str) -> bool:
        """Whether a neighbour is being asked for."""
        return ip in self._searches

    def learn(self, arp: ARP, is_target: bool, now_ns: int) -> tuple[str, list[_Waiting]]:
        """Take in what a believable packet tells of its sender; return its MAC address and what waited for it.

        RFC 826, "Packet Reception": what is known is always brought up to date, what isn't is written
        down where the packet is for the interface (`is_target`).
        """
        ip, mac = str(arp.sender_ip), str(arp.sender_mac)
        if arp.is_probe:
            return mac, []
        if not self.cache.merge(ip, mac, now_ns) and (is_target or ip in self._searches):
            self.cache.learn(ip, mac, now_ns)
        known = self.cache.get(ip, now_ns)
        if known is None or ip not in self._searches:
            return mac, []
        return known, list(self._searches.pop(ip).waiting)

    def advance(self, now_ns: int) -> list[tuple[str, _Waiting]]:
        """Ask again for who hasn't answered in time; return what is given up, with the address that it waited for."""
        given_up = []
        while self._searches:
            ip, search = next(iter(self._searches.items()))
            if search.deadline > now_ns:
                break
            del self._searches[ip]
            if search.asked < self.tries:
                search.asked += 1
                search.deadline = now_ns + self.interval_ns
                self._searches[ip] = search
                self._ask(ip, search.source)
            else:
                given_up += [(ip, each) for each in search.waiting]
        return given_up

    def lines(self, interface: str, now_ns: int) -> Iterator[str]:
        """Yield what `arp -a` prints of the interface: its entries, then who is being asked for."""
        yield from self.cache.lines(interface, now_ns)
        for ip in self._searches:
            yield f"? ({ip}) at <incomplete> on {interface}"
