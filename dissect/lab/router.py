"""A router: a host that passes datagrams on, and says why when it doesn't (RFC 1812)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Unpack

from dissect.errors import FieldError, FragmentationNeededError, TimeExceededError
from dissect.flows.forwarding import forwarded
from dissect.flows.fragments import fragment
from dissect.lab.addresses import LIMITED_BROADCAST, is_group, is_single_host
from dissect.lab.attachment import Attachment, Outgoing
from dissect.lab.host import Host
from dissect.lab.host_options import HostOptions
from dissect.lab.interface import Interface
from dissect.lab.ipv4_stamps import stamped
from dissect.lab.routing_table import Route, RoutingTable
from dissect.protocols.arp import ARP
from dissect.protocols.icmp import RedirectCode, UnreachableCode
from dissect.protocols.icmp_errors import DestinationUnreachable, Redirect, TimeExceeded
from dissect.protocols.ipv4 import IPv4

__all__ = ["Router", "RouterOptions"]


class RouterOptions(HostOptions, total=False):
    """The options of `Router`, for whoever hands them on; each may be left out."""

    proxy_arp: bool | Collection[str]
    redirects: bool
    prohibited: Collection[str]


class Router(Host):
    """A host whose interfaces are on different networks, and which forwards between them.

    What it does with a datagram for somebody else, in this order (RFC 1812, section 5.2.1): one that came
    as a link-layer broadcast, to a group or to all, or to or from an address that no host has is dropped;
    one whose options are damaged is reported (parameter problem), as are those that follow a source route
    (source route failed), whose time to live would reach 0 (time exceeded), to which no route leads (network
    unreachable), which are too large for the next link and have DF set (fragmentation needed, with that link's
    MTU), and for which nobody on the last network answers (host unreachable). The others go on, with one
    less to live and the checksum brought up to date, in fragments where the next link is too small. If the
    next hop is on the network that the datagram came from, its sender is told so (redirect), unless
    `redirects` is False.

    `proxy_arp` names the interfaces on which it answers ARP requests for hosts that it reaches by
    another interface (RFC 1027); True stands for all. `prohibited` names networks, as `"10.0.0.0/8"`, to
    which nothing passes (administratively prohibited). The other options are those of `Host`. Raises
    FieldError for an interface that the router doesn't have, and for what is no network.
    """

    forwards = True

    def __init__(
        self,
        name: str,
        interfaces: Interface | Sequence[Interface],
        *,
        proxy_arp: bool | Collection[str] = False,
        redirects: bool = True,
        prohibited: Collection[str] = (),
        **options: Unpack[HostOptions],
    ) -> None:
        super().__init__(name, interfaces, **options)
        self.redirects = redirects
        self.proxy_arp = set(self.ports) if proxy_arp is True else set(proxy_arp or ())
        unknown = sorted(self.proxy_arp - set(self.ports))
        if unknown:
            raise FieldError(
                f"{name}'s proxy_arp names {unknown[0]!r}, expected interfaces of the router: {', '.join(self.ports)}"
            )
        self.prohibited = RoutingTable(Route(network, 0) for network in prohibited)

    def _in_transit(self, datagram: IPv4, attachment: Attachment, link_broadcast: bool) -> None:
        """Pass a datagram on, or report why not."""
        src, dst = str(datagram.src), str(datagram.dst)
        if link_broadcast or is_group(dst) or dst == LIMITED_BROADCAST or not is_single_host(dst):
            return
        if not self._has_good_options(datagram):
            return
        try:
            passed = forwarded(datagram)
        except TimeExceededError:
            self.tell(f"dropped a datagram from {src} to {dst}: its TTL is used up")
            self.report(datagram, TimeExceeded())
            return
        if self.prohibited.lookup(dst) is not None:
            self.report(datagram, DestinationUnreachable(code=UnreachableCode.PROHIBITED))
            return
        route = self.routing_table.lookup(dst)
        if route is None:
            self.tell(f"dropped a datagram from {src} to {dst}: no route leads there")
            self.report(datagram, DestinationUnreachable(code=UnreachableCode.NETWORK))
            return
        leaving = self._attachments[route.interface]
        if dst in leaving.interface.broadcasts and route.gateway is None:
            # Directed broadcasts are not forwarded (RFC 2644).
            return
        next_hop = route.gateway or dst
        # Of a datagram whose destination a filter has changed, its sender knows no better way.
        if self.redirects and not self._is_diverted and leaving is attachment and leaving.interface.is_on_link(src):
            self.report(datagram, Redirect(code=RedirectCode.HOST, gateway=next_hop))
        if passed.options:
            address = leaving.interface.source_for(next_hop)
            if address is not None:
                passed = passed.replace(options=stamped(passed.options, address, self._now))
                del passed.checksum
        self._forward(passed, datagram, leaving, next_hop)

    def _forward(self, passed: IPv4, datagram: IPv4, leaving: Attachment, next_hop: str) -> None:
        """Send a datagram on by an interface, in fragments if need be; `datagram` is as it came."""
        if self.filters:
            judged = self._judged(passed, leaving.interface.name, arrives=False)
            if judged is None:
                return
            passed = judged
        mtu = leaving.interface.mtu
        if len(passed) <= mtu:
            pieces = [passed]
        else:
            try:
                pieces = fragment(passed, mtu)
            except FragmentationNeededError:
                self.tell(f"dropped a datagram to {datagram.dst}: {len(datagram)} bytes, DF set, and the MTU is {mtu}")
                code = UnreachableCode.FRAGMENTATION_NEEDED
                self.report(datagram, DestinationUnreachable(code=code, next_hop_mtu=mtu))
                return
        for piece in pieces:
            leaving.hand_on(next_hop, Outgoing(bytes(piece), datagram, False), self._now)

    def undelivered(self, outgoing: Outgoing) -> None:
        """Report a datagram that nobody on the last network took, to its sender."""
        if outgoing.is_own:
            super().undelivered(outgoing)
        else:
            self.report(outgoing.datagram, DestinationUnreachable(code=UnreachableCode.HOST))

    def is_proxy(self, port: int) -> bool:
        """Whether the router answers ARP requests at a port for those that it reaches by another one."""
        return self.ports[port] in self.proxy_arp

    def answers_for(self, target: str, port: int, arp: ARP) -> bool:
        """Whether the router reaches an address by another interface than the one that asks for it."""
        if not self.is_proxy(port) or arp.is_probe or arp.is_gratuitous:
            return False
        if not is_single_host(target):
            return False
        route = self.routing_table.lookup(target)
        return route is not None and route.interface != port
