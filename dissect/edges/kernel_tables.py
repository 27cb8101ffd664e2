"""What Linux's kernel knows about ways: routes, next hops' hardware addresses, and its interfaces."""

from __future__ import annotations

import errno
import socket
import struct
from dataclasses import dataclass
from ipaddress import ip_address

from dissect.declaration.named_tuples import NamedTuple
from dissect.edges.netlink import attribute, attributes, questioned
from dissect.errors import InterfaceError, NoRouteError

__all__ = ["KernelInterface", "Route", "kernel_interface", "neighbour", "route_to", "unknown_interface"]

_GET_LINK, _GET_ROUTE, _GET_NEIGHBOUR = 18, 26, 30
_LINK = struct.Struct("=BxHiII")
"""Of struct ifinfomsg: family, type of hardware, number, flags, changed ones."""
_ROUTE = struct.Struct("=BBBBBBBBI")
"""Of struct rtmsg: family, lengths of destination and source, TOS, table, protocol, scope, type, flags."""
_NEIGHBOUR = struct.Struct("=BxxxiHBB")
"""Of struct ndmsg: family, number of the interface, state, flags, type."""
_LINK_ADDRESS, _LINK_NAME, _LINK_MTU = 1, 3, 4
_ROUTE_DESTINATION, _ROUTE_OUT, _ROUTE_GATEWAY, _ROUTE_SOURCE, _ROUTE_METRICS, _ROUTE_VIA = 1, 4, 5, 7, 8, 18
_METRIC_MTU = 2
_NEIGHBOUR_ADDRESS, _NEIGHBOUR_MAC = 1, 2
_USABLE = 0x02 | 0x04 | 0x08 | 0x10 | 0x40 | 0x80
"""REACHABLE, STALE, DELAY, PROBE, NOARP and PERMANENT. INCOMPLETE and FAILED say that nobody answered so far."""
_KINDS = {1: "unicast", 2: "local", 3: "broadcast", 4: "anycast", 5: "multicast"}
_NO_ARP = 0x80


class KernelInterface(NamedTuple):
    """An interface of the machine: number, name, MAC address ("" for none), MTU, and whether it does no ARP."""

    number: int
    name: str
    mac: str
    mtu: int
    no_arp: bool


@dataclass(frozen=True, slots=True)
class Route:
    """The way of a datagram as the kernel would send it.

    `kind` is "unicast", "local" (for an address of this machine), "broadcast", "multicast" or "anycast". `gateway` is
    the router that takes it, "" for none. `source` is the address that the kernel would send from, "" where it has
    none there. `mtu` is the bytes of IP that go this way in one piece, as far as the kernel knows.
    """

    destination: str
    kind: str
    interface: KernelInterface
    gateway: str
    source: str
    mtu: int

    @property
    def next_hop(self) -> str:
        """The address of the machine that gets the frame: the router's, or the destination's own."""
        return self.gateway or self.destination


def route_to(destination: str, *, interface: str = "", source: str = "") -> Route:
    """Return the way to an IPv4 or IPv6 address, as the kernel's tables and rules say.

    `interface` is the one that it shall leave by, and `source` the address that it comes from where that is
    decided. Raises NoRouteError where there is no way, and InterfaceError for an interface that is not there.
    """
    family, address = _packed(destination)
    content = _ROUTE.pack(family, 8 * len(address), 0, 0, 0, 0, 0, 0, 0) + attribute(_ROUTE_DESTINATION, address)
    if interface:
        content += attribute(_ROUTE_OUT, struct.pack("=i", kernel_interface(interface).number))
    if source and _is_own(source):
        # Of an address that is not the kernel's it would say that nothing is sent from there.
        content += attribute(_ROUTE_SOURCE, _packed(source)[1])
    try:
        (reply,) = questioned(_GET_ROUTE, content)
    except OSError as error:
        raise _no_route(destination, interface, error) from None
    kind = _ROUTE.unpack_from(reply.content)[7]
    told = attributes(reply.content[_ROUTE.size :])
    if kind not in _KINDS or _ROUTE_OUT not in told:
        raise NoRouteError(f"there is no route to {destination}: this machine's tables refuse it")
    out = _interface_of(struct.unpack("=i", told[_ROUTE_OUT])[0])
    metrics = attributes(told.get(_ROUTE_METRICS, b""))
    mtu = struct.unpack("=I", metrics[_METRIC_MTU])[0] if _METRIC_MTU in metrics else out.mtu
    gateway = told.get(_ROUTE_GATEWAY) or told.get(_ROUTE_VIA, b"")[2:]
    kind_name = "multicast" if _KINDS[kind] == "unicast" and ip_address(address).is_multicast else _KINDS[kind]
    return Route(
        destination=str(ip_address(address)),
        kind=kind_name,
        interface=out,
        gateway=_text(gateway),
        source=_text(told.get(_ROUTE_SOURCE, b"")),
        mtu=min(mtu or out.mtu, 0xFFFF),
    )


def neighbour(interface: KernelInterface, address: str) -> str:
    """Return the MAC address that the kernel's table has for a neighbour's IP address; "" where it has none of use.

    What was true some time ago (STALE) is of use, and what nobody answered for (FAILED) is not.
    """
    family, packed = _packed(address)
    content = _NEIGHBOUR.pack(family, interface.number, 0, 0, 0) + attribute(_NEIGHBOUR_ADDRESS, packed)
    try:
        replies = list(questioned(_GET_NEIGHBOUR, content))
    except OSError:
        # ENOENT: it is not there.
        return ""
    for reply in replies:
        _, index, state, _, _ = _NEIGHBOUR.unpack_from(reply.content)
        told = attributes(reply.content[_NEIGHBOUR.size :])
        if index == interface.number and told.get(_NEIGHBOUR_ADDRESS) == packed and state & _USABLE:
            return told.get(_NEIGHBOUR_MAC, b"").hex(":")
    return ""


def kernel_interface(name: str) -> KernelInterface:
    """Return what the kernel knows of an interface; InterfaceError where there is none of that name."""
    try:
        index = socket.if_nametoindex(name)
    except (OSError, ValueError, AttributeError):
        raise InterfaceError(unknown_interface(name)) from None
    return _interface_of(index)


def unknown_interface(name: str) -> str:
    """Return the sentence for a name that no interface has."""
    there = ", ".join(sorted(each for _, each in socket.if_nameindex())) or "none"
    return f"there is no interface {name!r}, expected one of those that the machine has: {there}"


def _interface_of(index: int) -> KernelInterface:
    try:
        (reply,) = questioned(_GET_LINK, _LINK.pack(0, 0, index, 0, 0))
    except OSError as error:
        raise InterfaceError(f"the interface number {index} is gone: {error.strerror}") from None
    _, _, _, flags, _ = _LINK.unpack_from(reply.content)
    told = attributes(reply.content[_LINK.size :])
    name = told[_LINK_NAME].rstrip(b"\0").decode("utf-8", "replace")
    mac = told.get(_LINK_ADDRESS, b"")
    (mtu,) = struct.unpack("=I", told[_LINK_MTU])
    return KernelInterface(index, name, mac.hex(":") if len(mac) == 6 else "", mtu, bool(flags & _NO_ARP))


def _is_own(address: str) -> bool:
    try:
        return route_to(address).kind == "local"
    except NoRouteError:
        return False


def _packed(address: str) -> tuple[int, bytes]:
    """Return the family of an address and its bytes."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        raise NoRouteError(f"{address!r} is no address that a route leads to, expected IPv4 or IPv6") from None
    return (socket.AF_INET if parsed.version == 4 else socket.AF_INET6), parsed.packed


def _text(packed: bytes) -> str:
    """Return an address as text; "" for none, and for that of nobody."""
    return str(ip_address(packed)) if any(packed) else ""


def _no_route(destination: str, interface: str, error: OSError) -> NoRouteError:
    by = f" by {interface}" if interface else ""
    because = {
        errno.ENETUNREACH: "this machine's tables have none ('ip route' lists them)",
        errno.EHOSTUNREACH: "this machine's tables say that it is unreachable",
        errno.EACCES: "this machine's tables prohibit it",
        errno.EINVAL: "this machine's tables drop what goes there, or the address is nobody's",
        errno.ENODEV: "the interface is down or gone",
    }
    reason = because.get(error.errno or 0, error.strerror)
    return NoRouteError(f"there is no route to {destination}{by}: {reason}")
