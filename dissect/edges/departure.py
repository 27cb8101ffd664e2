"""From a packet to frames on an interface: the way that the kernel's tables tell, and what is filled in for it."""

from __future__ import annotations

import socket
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from random import randrange
from types import TracebackType
from typing import Any, Self

from dissect.captures.writer import Writable
from dissect.declaration.header import Header
from dissect.edges.edge import Edge
from dissect.edges.kernel_tables import Route, route_to
from dissect.edges.loopback import Loopback
from dissect.edges.network_interface import NetworkInterface
from dissect.edges.next_hop import known_mac
from dissect.errors import FragmentationNeededError, InterfaceError
from dissect.flows.fragments import fragment
from dissect.packets.group_addresses import BROADCAST_MAC
from dissect.packets.links import ETHERNET
from dissect.packets.packet import Packet, parse
from dissect.protocols.arp import ARP
from dissect.protocols.ethernet import Ethernet
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.ipv6 import ExtensionHeader
from dissect.protocols.tcp import TCP
from dissect.protocols.udp import UDP

__all__ = ["Departure", "WayOut"]

_MOST_ROUTES = 1 << 16
"""How many ways are remembered while something is sent; then the kernel is asked again."""
_IDENTIFICATIONS = 0xFFFF


@dataclass(slots=True)
class Departure:
    """A frame that is ready to leave: by which edge, whole and with what was filled in, and its fragments.

    `route` is the way of what had no link header. `mac` is "" where the next hop has to be asked first.
    """

    edge: Edge
    header: Header
    route: Route | None = None
    mac: str = ""

    @property
    def is_ready(self) -> bool:
        """Whether nobody has to be asked any more."""
        return self.route is None or bool(self.mac)

    def frames(self) -> list[bytes]:
        """Return the bytes to send: one frame, or one for each fragment.

        Raises FragmentationNededError where the way takes fewer bytes in one piece, and the datagram must not be cut.
        """
        route = self.route
        if route is None or self.edge.link != ETHERNET:
            link: Header | None = None
        else:
            link = Ethernet(src=_mac_of(self.edge), dst=self.mac)
        if route is None:
            return [bytes(self.header)]
        pieces = [self.header] if len(self.header) <= route.mtu else _fragments(self.header, route)
        return [bytes(piece if link is None else link / piece) for piece in pieces]

    def shown(self, frames: list[bytes]) -> Header:
        """Return the frame as it leaves, as one also where it goes in fragments."""
        if len(frames) == 1:
            return parse(frames[0], self.edge.link)
        link = parse(frames[0], self.edge.link)
        return link.replace(payload=self.header) if isinstance(link, Ethernet) else self.header


class WayOut:
    """The machine's ways out, opened as they are needed; a context manager, which closes them.

    `interface` is the only one to use: a name, or one that is open (and stays so). Without it, each packet goes where
    the kernel's routes lead it.
    """

    def __init__(self, interface: str | Edge | None = None) -> None:
        self._stack = ExitStack()
        self._given = interface if isinstance(interface, Edge) else None
        self._name = "" if interface is None else interface.name if isinstance(interface, Edge) else interface
        self._opened: dict[str, Edge] = {}
        self._routes: dict[tuple[str, str], tuple[Route, str]] = {}
        self._identification = randrange(1 << 16)
        self._ports: dict[type[Header], int] = {}
        if self._given is not None:
            self._opened[self._name] = self._given

    @property
    def edges(self) -> list[Edge]:
        """What is open so far."""
        return list(self._opened.values())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stack.close()

    def prepare(self, frame: Writable) -> Departure:
        """Return how a frame leaves; the edge is open and hears when this returns.

        Raises InterfaceError where an interface cannot be opened, or none is told, and NoRouteError where no way leads
        to the destination.
        """
        header = frame.frame if isinstance(frame, Packet) else frame
        if isinstance(header, Header):
            if header.is_network and not self._takes_only_frames():
                return self._routed(header)
            if isinstance(header, ARP) and not self._takes_only_frames():
                return self._asked_of_all(header)
        edge = self._opened_for(header)
        data = edge.frame_bytes(frame)
        return Departure(edge, parse(data, edge.link))

    def _takes_only_frames(self) -> bool:
        """Whether frames are to be whole: on what is no interface of the kernel's, its tables tell nothing."""
        return self._given is not None and not isinstance(self._given, NetworkInterface)

    def _opened_for(self, header: object) -> Edge:
        """Return the edge for a whole frame: what is named, or what the route of its datagram tells."""
        name = self._name
        if not name:
            network = None
            if isinstance(header, Header):
                network = next((each for each in header.layers() if each.is_network), None)
            if network is None:
                raise InterfaceError(
                    "no interface is named, and the frame holds no IP datagram whose route could tell one: "
                    'name it, as in send(frame, "eth0")'
                )
            name = self._route(str(network.dst), "")[0].interface.name  # type: ignore[attr-defined]
        return self._open(name, promiscuous=True)

    def _open(self, name: str, *, local: bool = False, promiscuous: bool = False) -> Edge:
        edge = self._opened.get(name)
        if edge is None:
            edge = Loopback() if local else NetworkInterface(name, promiscuous=promiscuous)
            self._opened[name] = self._stack.enter_context(edge)
        return edge

    def _route(self, destination: str, source: str) -> tuple[Route, str]:
        """Return the way to a destination, and the MAC address of its next hop as far as it is known."""
        known = self._routes.get((destination, source))
        if known is None:
            if len(self._routes) >= _MOST_ROUTES:
                self._routes.clear()
            route = route_to(destination, interface=self._name, source=source)
            known = self._routes[destination, source] = (route, known_mac(route))
        return known

    def _routed(self, header: Any) -> Departure:
        """Return the departure of a datagram that has no link header."""
        told = str(header.src) if any(header.raw("src")) else ""
        route, mac = self._route(str(header.dst), told)
        filled = header.copy()
        if not told and route.source:
            filled.src = route.source
        if isinstance(filled, IPv4) and not filled.id:
            # Answers that quote it tell by this number which of several equal ones they are about.
            filled.id = self._next_identification()
        self._fill_port(filled, filled)
        edge = self._open(route.interface.name, local=route.kind == "local")
        return Departure(edge, filled, route, mac)

    def _asked_of_all(self, header: ARP) -> Departure:
        """Return the departure of an ARP packet without a link header: to everybody, from this machine."""
        route, _ = self._route(str(header.target_ip), "")
        edge = self._open(route.interface.name)
        filled = header.copy()
        if not any(filled.raw("sender_mac")):
            filled.sender_mac = route.interface.mac
            if not any(filled.raw("sender_ip")) and route.source:
                filled.sender_ip = route.source
        return Departure(edge, Ethernet(src=route.interface.mac, dst=BROADCAST_MAC) / filled)

    def _next_identification(self) -> int:
        self._identification = self._identification % _IDENTIFICATIONS + 1
        return self._identification

    def _fill_port(self, network: Any, header: Any) -> None:
        """Give a datagram without a source port one that nobody else has while this is open.

        An answer to port 0 would go nowhere, and one to a port that the kernel does not know as taken would be refused
        by the kernel.
        """
        transport = header.payload
        while isinstance(transport, ExtensionHeader):
            transport = transport.payload
        kind = type(transport)
        if kind not in (UDP, TCP) or transport.is_cut or transport.sport:
            return
        if kind not in self._ports:
            family = socket.AF_INET if isinstance(network, IPv4) else socket.AF_INET6
            taken = socket.socket(family, socket.SOCK_DGRAM if kind is UDP else socket.SOCK_STREAM)
            self._stack.enter_context(taken)
            with suppress(OSError):
                # What comes for it is read elsewhere.
                taken.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 0)
            taken.bind(("", 0))
            self._ports[kind] = taken.getsockname()[1]
        transport.sport = self._ports[kind]


def _fragments(header: Header, route: Route) -> list[Header]:
    try:
        return fragment(header, route.mtu)
    except FragmentationNeededError as error:
        raise FragmentationNeededError(f"{error} (the way to {route.destination})", mtu=error.mtu) from None


def _mac_of(edge: Edge) -> str:
    return edge.mac if isinstance(edge, NetworkInterface) else ""
