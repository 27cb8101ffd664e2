"""Which way a datagram goes: static routes, of which the longest matching prefix decides (RFC 1812, section 5.2.4)."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError

from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import FieldError
from dissect.lab.addresses import number_of, single_host

__all__ = ["Route", "RoutingTable"]

DEFAULT = "0.0.0.0/0"


class Route(NamedTuple):
    """A line of a routing table.

    `network` is a prefix as `"192.168.1.0/24"`, `"0.0.0.0/0"` the default route; `interface` the number
    of the interface that leads there; `gateway` the router that datagrams go to, None where the network
    is on the link. Of two routes to one network the lower `metric` decides.
    """

    network: str
    interface: int
    gateway: str | None = None
    metric: int = 0
    learnt: bool = False
    """Whether an ICMP redirect told it."""


class RoutingTable:
    """Routes, at most `limit` of them; FieldError for one more.

    >>> table = RoutingTable([Route("192.168.0.0/24", 0), Route("0.0.0.0/0", 0, "192.168.0.1")])
    >>> table.lookup("192.168.0.55").gateway, table.lookup("10.0.0.1").gateway
    (None, '192.168.0.1')
    """

    def __init__(self, routes: Iterable[Route] = (), *, limit: int = 4096) -> None:
        self.limit = limit
        # By prefix length and network, the routes with the best metric first.
        self._routes: dict[int, dict[int, list[Route]]] = {}
        self._lengths: list[tuple[int, int]] = []
        self._learnt: dict[str, None] = {}
        self._count = 0
        for route in routes:
            self.add(route)

    def __len__(self) -> int:
        return self._count

    def add(self, route: Route) -> None:
        """Add a route; FieldError for what is no network, a gateway that is no single host, or a full table."""
        network = _network(route.network)
        if route.gateway is not None:
            route = route._replace(gateway=single_host(route.gateway, f"the gateway to {network}"))
        if self._count >= self.limit:
            raise FieldError(f"the routing table holds {self.limit} routes, its limit, so {network} has no place")
        same = self._routes.setdefault(network.prefixlen, {}).setdefault(int(network.network_address), [])
        same.append(route._replace(network=str(network)))
        same.sort(key=lambda each: each.metric)
        self._count += 1
        self._lengths = [(length, _mask(length)) for length in sorted(self._routes, reverse=True)]

    def remove(self, network: str) -> None:
        """Delete the routes to a network, if there are any."""
        wanted = _network(network)
        same_length = self._routes.get(wanted.prefixlen, {})
        self._count -= len(same_length.pop(int(wanted.network_address), ()))
        if not same_length:
            self._routes.pop(wanted.prefixlen, None)
        self._lengths = [(length, _mask(length)) for length in sorted(self._routes, reverse=True)]

    def discard(self, route: Route) -> None:
        """Delete a single route, if it is there."""
        network = _network(route.network)
        same = self._routes.get(network.prefixlen, {}).get(int(network.network_address), [])
        if route in same:
            if len(same) == 1:
                self.remove(route.network)
            else:
                same.remove(route)
                self._count -= 1

    def lookup(self, ip: str) -> Route | None:
        """Return the route with the longest prefix that the address begins with; None where none matches."""
        number = number_of(ip)
        for length, mask in self._lengths:
            found = self._routes[length].get(number & mask)
            if found is not None:
                return found[0]
        return None

    def redirect(self, ip: str, gateway: str, interface: int, *, limit: int = 256) -> None:
        """Write down what an ICMP redirect told of one host; of more than `limit` the oldest goes.

        Nothing is written down where static routes fill the table.
        """
        network = f"{ip}/32"
        if network in self._learnt:
            self.remove(network)
            del self._learnt[network]
        while len(self._learnt) >= limit or (self._learnt and self._count >= self.limit):
            oldest = next(iter(self._learnt))
            self.remove(oldest)
            del self._learnt[oldest]
        if self._count < self.limit:
            self.add(Route(network, interface, gateway, learnt=True))
            self._learnt[network] = None

    def routes(self) -> list[Route]:
        """Return the routes in the order in which `route -n` prints them: the default first, then by network."""
        every = [route for by_network in self._routes.values() for same in by_network.values() for route in same]
        return sorted(every, key=lambda route: (*_sort_key(route.network), route.metric))

    def text(self, interfaces: list[str]) -> str:
        """Return the table as `route -n` prints it; `interfaces` are the names by number.

        >>> print(RoutingTable([Route("10.0.0.0/8", 0), Route("0.0.0.0/0", 0, "10.0.0.1")]).text(["eth0"]))
        Kernel IP routing table
        Destination     Gateway         Genmask         Flags Metric Ref    Use Iface
        0.0.0.0         10.0.0.1        0.0.0.0         UG    0      0        0 eth0
        10.0.0.0        0.0.0.0         255.0.0.0       U     0      0        0 eth0
        """
        lines = [
            "Kernel IP routing table",
            "Destination     Gateway         Genmask         Flags Metric Ref    Use Iface",
        ]
        for route in self.routes():
            network = IPv4Network(route.network)
            flags = "U" + "G" * (route.gateway is not None) + "H" * (network.prefixlen == 32) + "D" * route.learnt
            lines.append(
                f"{network.network_address!s:15} {route.gateway or '0.0.0.0':15} {network.netmask!s:15} "
                f"{flags:5} {route.metric:<6} {0:<2} {0:7} {interfaces[route.interface]}"
            )
        return "\n".join(lines)


def _mask(length: int) -> int:
    return 0xFFFF_FFFF << 32 - length & 0xFFFF_FFFF


def _network(text: str) -> IPv4Network:
    try:
        return IPv4Network(DEFAULT if text == "default" else text)
    except (AddressValueError, NetmaskValueError):
        pass
    except ValueError:
        raise FieldError(
            f"the route's network is {text!r}, which has bits of a host behind its prefix, "
            f"expected {str(IPv4Network(text, strict=False))!r}"
        ) from None
    raise FieldError(f'the route\'s network is {text!r}, expected one like "192.168.1.0/24", or "default"')


def _sort_key(text: str) -> tuple[int, int]:
    network = IPv4Network(text)
    return int(network.network_address), -network.prefixlen
