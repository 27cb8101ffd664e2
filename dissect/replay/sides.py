"""Which frames of a capture one side of it sent, by the side's addresses."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from dissect.declaration.addresses import hardware_address_text, mac_bytes
from dissect.errors import FieldError
from dissect.packets.packet import Packet
from dissect.protocols.arp import ARP
from dissect.protocols.ethernet import Ethernet
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.ipv6 import IPv6
from dissect.protocols.vlan import VLANTag

__all__ = ["Side", "first_sender"]


class Side:
    """Those who have one of these addresses: MAC addresses, IP addresses, or networks such as "10.0.0.0/24".

    A frame is the side's if its Ethernet source is one of them, or else the source of its datagram, or
    the sender of its ARP packet. Raises FieldError for what is no address.

    >>> side = Side(["10.0.0.1"])
    >>> side.sent(Packet(bytes(Ethernet() / IPv4(src="10.0.0.1")))), side.sent(Packet(bytes(Ethernet() / IPv4())))
    (True, False)
    """

    def __init__(self, addresses: Iterable[str]) -> None:
        self.addresses = list(addresses)
        self._macs: set[str] = set()
        self._networks: list[IPv4Network | IPv6Network] = []
        for text in self.addresses:
            try:
                self._macs.add(hardware_address_text(mac_bytes(text)))
            except ValueError:
                try:
                    self._networks.append(ip_network(text, strict=False))
                except ValueError:
                    raise FieldError(
                        f"a side's address is {text!r}, expected a MAC address, an IP address or a network"
                    ) from None

    def sent(self, packet: Packet) -> bool:
        """Whether one of the side sent the packet."""
        frame: Any = packet.frame
        if isinstance(frame, Ethernet):
            if not frame.is_cut and frame.src in self._macs:
                return True
            frame = frame.payload
            while isinstance(frame, VLANTag):
                frame = frame.payload
        if not self._networks or not isinstance(frame, (ARP, IPv4, IPv6)) or frame.is_cut:
            return False
        raw = frame.raw("sender_ip" if isinstance(frame, ARP) else "src")
        number = int.from_bytes(raw, "big")
        return any(
            network.max_prefixlen == 8 * len(raw) and number & int(network.netmask) == int(network.network_address)
            for network in self._networks
        )


def first_sender(packets: Iterable[Packet]) -> Side | None:
    """Return the side of the MAC address that sends the first frame; None where there is none."""
    for packet in packets:
        if isinstance(packet.frame, Ethernet) and not packet.frame.is_cut:
            return Side([packet.frame.src])
    return None
