"""An interface of a host or router: its name, MAC address, IPv4 addresses with their masks, and MTU."""

from __future__ import annotations

from collections.abc import Iterable

from dissect.errors import FieldError
from dissect.flows.fragments import LEAST_MTU
from dissect.lab.addresses import address_with_mask, number_of, single_interface

__all__ = ["LARGEST_MTU", "Interface"]

LARGEST_MTU = 65535
ALL_ONES = 0xFFFF_FFFF


class Interface:
    """Where a host or router meets a link.

    `addresses` are given as `"192.168.0.2/24"`, none for a host that asks for its address (RARP); `mtu`
    is in bytes of IP, 68 to 65535. Raises FieldError for addresses that no host has and any other MTU.

    >>> interface = Interface("eth0", "00:05:5d:a1:b8:40", ["192.168.0.2/24"])
    >>> interface.is_on_link("192.168.0.55"), interface.is_on_link("192.168.1.55")
    (True, False)
    >>> interface.broadcasts
    frozenset({'192.168.0.255'})
    """

    def __init__(self, name: str, mac: str, addresses: str | Iterable[str] = (), *, mtu: int = 1500) -> None:
        self.name = name
        self.mac = single_interface(mac, f"interface {name}")
        if not LEAST_MTU <= mtu <= LARGEST_MTU:
            raise FieldError(f"interface {name}'s MTU is {mtu} bytes, expected {LEAST_MTU} to {LARGEST_MTU} (RFC 791)")
        self.mtu = mtu
        self.addresses: dict[str, int] = {}
        """Its IPv4 addresses, in the order given, and the lengths of their networks' prefixes."""
        self.broadcasts: frozenset[str] = frozenset()
        """The directed broadcast addresses of its networks (RFC 919); none of networks of one or two hosts."""
        self._networks: list[tuple[int, int, str]] = []
        for text in (addresses,) if isinstance(addresses, str) else addresses:
            self.add(text)

    def add(self, text: str) -> str:
        """Give the interface another address, as `"192.168.0.2/24"`; return it without its mask."""
        given = address_with_mask(text, f"interface {self.name}")
        ip, network = str(given.ip), given.network
        length = network.prefixlen
        if length < 31 and given.ip in (network.network_address, network.broadcast_address):
            raise FieldError(
                f"interface {self.name}'s address is {text!r}, which is that of the network or of all its hosts, "
                f"expected one between {network.network_address + 1} and {network.broadcast_address - 1}"
            )
        self.addresses[ip] = length
        self._networks.append((int(network.netmask), int(network.network_address), ip))
        if length < 31:
            self.broadcasts |= {str(network.broadcast_address)}
        return ip

    def remove(self, ip: str) -> None:
        """Take an address away again, if it is there."""
        rest = [f"{each}/{length}" for each, length in self.addresses.items() if each != ip]
        self.addresses, self.broadcasts, self._networks = {}, frozenset(), []
        for text in rest:
            self.add(text)

    def networks(self) -> list[str]:
        """Return the networks that the interface is on, as `"192.168.0.0/24"`."""
        return [str(address_with_mask(f"{ip}/{length}").network) for ip, length in self.addresses.items()]

    def is_on_link(self, ip: str) -> bool:
        """Whether an address is in one of the interface's networks, by its mask: then no gateway is needed."""
        number = number_of(ip)
        return any(number & mask == network for mask, network, _ in self._networks)

    def source_for(self, next_hop: str) -> str | None:
        """Return the address that datagrams to this neighbour come from: the one on its network, else the first."""
        number = number_of(next_hop)
        for mask, network, ip in self._networks:
            if number & mask == network:
                return ip
        return next(iter(self.addresses), None)

    def __repr__(self) -> str:
        addresses = [f"{ip}/{length}" for ip, length in self.addresses.items()]
        return f"Interface({self.name!r}, {self.mac!r}, {addresses!r}, mtu={self.mtu})"
