"""A device with IPv4 addresses: its interfaces, its routes, and its neighbours, which people look at and change."""

from __future__ import annotations

from collections.abc import Sequence

from dissect.errors import FieldError
from dissect.lab.addresses import single_host, single_interface
from dissect.lab.attachment import Attachment
from dissect.lab.device import Device
from dissect.lab.interface import Interface
from dissect.lab.routing_table import Route, RoutingTable

__all__ = ["AddressedDevice", "checked_interfaces"]


def checked_interfaces(name: str, interfaces: Interface | Sequence[Interface]) -> list[Interface]:
    """Return the interfaces of a device; FieldError for what is none, for none at all, and for two of one name."""
    given = [interfaces] if isinstance(interfaces, Interface) else list(interfaces)
    for each in given:
        if not isinstance(each, Interface):
            raise FieldError(f"{name} has {each!r} for an interface, expected an Interface(name, MAC, address/length)")
    ports = [interface.name for interface in given]
    if not given or len(set(ports)) < len(ports):
        raise FieldError(f"{name}'s interfaces are {ports}, expected one or more, each with a name of its own")
    return given


class AddressedDevice(Device):
    """A device with one interface or more, each of which is a port and has addresses.

    Who derives from it makes an attachment for each interface, and hands them to `_attach`.
    """

    def __init__(self, name: str, ports: list[str]) -> None:
        super().__init__(name, ports)
        self.routing_table = RoutingTable()
        self._attachments: list[Attachment] = []
        self._now = 0

    def _attach(self, attachments: Sequence[Attachment]) -> None:
        """Take in what is done at each interface, in the order of the ports, and the routes to their networks."""
        self._attachments = list(attachments)
        for attachment in attachments:
            for network in dict.fromkeys(attachment.interface.networks()):
                self.routing_table.add(Route(network, attachment.port))

    @property
    def interfaces(self) -> list[Interface]:
        """The interfaces, by port."""
        return [attachment.interface for attachment in self._attachments]

    def addresses(self) -> list[str]:
        """Return the IPv4 addresses that are the host's to use now."""
        return [ip for each in self._attachments for ip in each.interface.addresses if each.has(ip)]

    def is_own(self, ip: str) -> bool:
        """Whether the address is one of the host's, to use now."""
        for attachment in self._attachments:  # noqa: SIM110 - asked three times of each datagram
            if attachment.has(ip):
                return True
        return False

    def add_address(self, port: int, text: str) -> None:
        """Give the interface at a port another address, as `"192.168.0.2/24"`, and the route to its network."""
        interface = self._attachments[port].interface
        known = set(interface.networks())
        interface.add(text)
        for network in set(interface.networks()) - known:
            self.routing_table.add(Route(network, port))

    def remove_address(self, port: int, ip: str) -> None:
        """Take an address of the interface at a port away, and the routes to networks that only it was on."""
        attachment = self._attachments[port]
        known = set(attachment.interface.networks())
        attachment.interface.remove(ip)
        attachment.claims.pop(ip, None)
        for network in known - set(attachment.interface.networks()):
            self.routing_table.discard(Route(network, port))

    def expect_address(self, port: int, *, expected: bool = True) -> None:
        """Take what comes for an address that the interface at a port does not have yet, or do so no longer."""
        self._attachments[port].is_unconfigured = expected

    def add_route(self, network: str, gateway: str, *, metric: int = 0) -> None:
        """Add a route by way of a gateway on one of the host's networks; FieldError where it is on none."""
        gateway = single_host(gateway, f"{self.name}'s gateway")
        for port, interface in enumerate(self.interfaces):
            if interface.is_on_link(gateway):
                self.routing_table.add(Route(network, port, gateway, metric))
                return
        networks = ", ".join(network for interface in self.interfaces for network in interface.networks())
        raise FieldError(
            f"{self.name}'s gateway to {network} is {gateway}, which is on none of its networks, "
            f"expected an address in {networks or 'one of them'}"
        )

    def route_table(self) -> str:
        """Return the routing table as `route -n` prints it."""
        return self.routing_table.text(self.ports)

    def arp_table(self, now_ns: int | None = None) -> str:
        """Return what is known of the neighbours as `arp -a` prints it."""
        now = self._now if now_ns is None else now_ns
        return "\n".join(line for each in self._attachments for line in each.neighbours.lines(each.interface.name, now))

    def arp_delete(self, ip: str) -> None:
        """Forget a neighbour (`arp -d`)."""
        for attachment in self._attachments:
            attachment.neighbours.cache.forget(ip)

    def arp_add(self, ip: str, mac: str) -> None:
        """Write down a neighbour for good (`arp -s`); FieldError where it is on none of the host's networks."""
        mac = single_interface(mac, f"{self.name}'s neighbour")
        for attachment in self._attachments:
            if attachment.interface.is_on_link(ip):
                attachment.neighbours.cache.add(ip, mac)
                return
        raise FieldError(f"{self.name}'s neighbour {ip} is on none of its networks, expected one that is")
