"""The trees that tshark's `-z NAME,tree` counts: lengths of packets, addresses, protocols, destinations."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from itertools import pairwise
from typing import Any

from dissect.packets.packet import Packet
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.ipv6 import IPv6
from dissect.protocols.sctp import SCTP
from dissect.protocols.tcp import TCP
from dissect.protocols.udp import UDP
from dissect.statistics.tap import Setting, Tap
from dissect.statistics.trees import Node, Tree, tree_lines
from dissect.wireshark.columns import endpoints
from dissect.wireshark.sight import seen_layers, sight_of

__all__ = ["LENGTHS", "TREES", "Travel", "tap", "travel_of"]

LENGTHS = (0, 20, 40, 80, 160, 320, 640, 1280, 2560, 5120)
"""Where the classes of packet lengths begin, in bytes."""
_NAMES = [f"{start}-{end - 1}" for start, end in pairwise(LENGTHS)] + [f"{LENGTHS[-1]} and greater"]


class Travel:
    """Between which ends a packet travels in the end: the innermost addresses, and the last ports.

    `transport` is "TCP", "UDP", "SCTP", or "NONE". Ports of what an ICMP error quotes count, as they do in tshark. It
    notes those of a segment when it has read them, those of a datagram when it has found nothing wrong with the header.
    """

    __slots__ = ("destination", "destination_port", "networks", "source", "source_port", "transport")

    def __init__(self, packet: Packet) -> None:
        self.source = self.destination = ""
        self.source_port = self.destination_port = 0
        self.transport = "NONE"
        self.networks: list[Any] = []
        """The network headers that statistics count."""
        is_quoted = False
        for found in seen_layers(packet):
            header: Any = found
            if isinstance(header, (TCP, UDP)):
                if header.own_size >= 4 if isinstance(header, TCP) else _is_plausible(header):
                    self.source_port, self.destination_port = header.sport, header.dport
                    self.transport = "TCP" if isinstance(header, TCP) else "UDP"
            elif isinstance(header, SCTP):
                if header.own_size >= header.least_size:
                    self.source_port, self.destination_port = header.sport, header.dport
                    self.transport = "SCTP"
            elif not is_quoted and header.is_network:
                self.source, self.destination = endpoints(header, self.source, self.destination)
                if sight_of(header).is_counted(header):
                    self.networks.append(header)
            elif not is_quoted:
                self.source, self.destination = sight_of(header).endpoints(header, self.source, self.destination)
            is_quoted = is_quoted or header.quotes


def _is_plausible(datagram: UDP) -> bool:
    """Whether the header is whole, and its length is one."""
    return not datagram.is_cut and (datagram.length >= datagram.least_size or datagram.is_jumbogram)


def travel_of(packet: Packet) -> Travel:
    """Return between which ends a packet travels, which a reading pass has observed."""
    return Travel(packet)


def _lengths(tree: Tree) -> Node:
    root = tree.root.child("Packet Lengths", measures=True)
    root.is_ordered = True
    for name in _NAMES:
        root.child(name, measures=True)
    return root


def _add_length(tree: Tree, travel: Travel, now: float, size: int) -> None:
    root = tree.root.child("Packet Lengths")
    root.add(now, size)
    place = max(number for number, start in enumerate(LENGTHS) if start <= size)
    root.child(_NAMES[place]).add(now, size)


def _add_hosts(tree: Tree, travel: Travel, now: float, size: int) -> None:
    root = tree.root.child("All Addresses")
    root.add(now)
    root.child(travel.source).add(now)
    root.child(travel.destination).add(now)


def _add_ends(tree: Tree, travel: Travel, now: float, size: int) -> None:
    for root, address in zip(tree.root.below.values(), (travel.source, travel.destination), strict=True):
        root.add(now)
        root.child(address).add(now)


def _add_protocol(tree: Tree, travel: Travel, now: float, size: int) -> None:
    root = tree.root.child("IP Protocol Types")
    root.add(now)
    root.child(travel.transport).add(now)


def _add_destination(tree: Tree, travel: Travel, now: float, size: int) -> None:
    node = tree.root.child("Destinations and Ports")
    node.add(now)
    for name in (travel.destination, travel.transport, str(travel.destination_port)):
        node = node.child(name)
        node.add(now)


_Add = Callable[[Tree, Travel, float, int], None]
_ADDRESSES = ("All Addresses",)
TREES: dict[str, tuple[str, tuple[str, ...], type[Any] | None, _Add]] = {
    "plen,tree": ("Packet Lengths", (), None, _add_length),
    "ip_hosts,tree": ("IPv4 Statistics/All Addresses", _ADDRESSES, IPv4, _add_hosts),
    "ip_srcdst,tree": (
        "IPv4 Statistics/Source and Destination Addresses",
        ("Source IPv4 Addresses", "Destination IPv4 Addresses"),
        IPv4,
        _add_ends,
    ),
    "ptype,tree": ("IPv4 Statistics/IP Protocol Types", ("IP Protocol Types",), IPv4, _add_protocol),
    "dests,tree": ("IPv4 Statistics/Destinations and Ports", ("Destinations and Ports",), IPv4, _add_destination),
    "ipv6_hosts,tree": ("IPv6 Statistics/All Addresses", _ADDRESSES, IPv6, _add_hosts),
    "ipv6_srcdst,tree": (
        "IPv6 Statistics/Source and Destination Addresses",
        ("Source IPv6 Addresses", "Destination IPv6 Addresses"),
        IPv6,
        _add_ends,
    ),
    "ipv6_ptype,tree": ("IPv6 Statistics/IP Protocol Types", ("IP Protocol Types",), IPv6, _add_protocol),
    "ipv6_dests,tree": ("IPv6 Statistics/Destinations and Ports", ("Destinations and Ports",), IPv6, _add_destination),
}
"""By the name that `-z` has: the title, the names of the roots, which headers are counted, and what counts one.

A header of a tunnel counts as well, with the ends of the whole packet; without a class, each packet counts once."""


class _TreeTap(Tap):
    def __init__(self, name: str, rest: str, setting: Setting) -> None:
        title, roots, self._cls, self._add = TREES[name]
        self._passes = setting.filter(rest)
        self._clock = setting.clock
        self.tree = Tree(title)
        for root in roots:
            self.tree.root.child(root)
        if self._cls is None:
            _lengths(self.tree)

    @property
    def facts(self) -> Collection[str] | None:
        return () if self._passes is None else None

    def take(self, packet: Packet) -> None:
        if self._passes is not None and not self._passes(packet):
            return
        travel = travel_of(packet)
        cls = self._cls
        count = 1 if cls is None else sum(isinstance(header, cls) for header in travel.networks)
        first, time_ns = self._clock.first, packet.time_ns
        now = 0.0 if first is None or time_ns is None else (time_ns - first) / 1_000_000
        for _ in range(count):
            self.tree.tick(now)
            self._add(self.tree, travel, now, packet.original_length)

    def lines(self) -> Iterator[str]:
        measured = frozenset(row.path for row in self.tree.rows()) if self._cls is None else frozenset()
        yield from tree_lines(self.tree, measured)


def tap(name: str, rest: str, setting: Setting) -> Tap:
    """Return the tap of `-z NAME,tree[,filter]`."""
    return _TreeTap(name, rest, setting)
