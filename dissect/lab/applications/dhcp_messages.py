"""What server and client of DHCP do alike: messages on a link where not everybody has an address (RFC 2131, 4.1)."""

from __future__ import annotations

from ipaddress import IPv4Network

from dissect.declaration.addresses import ipv4_text
from dissect.lab.addresses import BROADCAST, LIMITED_BROADCAST
from dissect.lab.interface import Interface
from dissect.lab.services import SendsFrames
from dissect.protocols.dhcp import DHCP
from dissect.protocols.ethernet import Ethernet
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.udp import UDP

__all__ = ["CLIENT_PORT", "SERVER_PORT", "mask_of", "prefix_length", "read_message", "send_on_link"]

SERVER_PORT = 67
CLIENT_PORT = 68


def read_message(data: bytes) -> DHCP | None:
    """Return a message with a type; None for what is none."""
    message: DHCP = DHCP.decode(data, 0, len(data), 0)
    if message.is_cut or not message.has_options or message.message_type is None:
        return None
    return message


def send_on_link(
    host: SendsFrames, interface: Interface, port: int, message: DHCP, *, src: str, dst: str = LIMITED_BROADCAST,
    mac: str = BROADCAST, to_port: int,
) -> None:  # fmt: skip
    """Send a message at a port of a host, whoever it goes to, without routes and ARP.

    As from a raw socket of Linux, packet filters are not asked.
    """
    from_port = SERVER_PORT if to_port == CLIENT_PORT else CLIENT_PORT
    segment = UDP(sport=from_port, dport=to_port, payload=message)
    datagram = IPv4(src=src, dst=dst, payload=segment)
    host.send_frame(Ethernet(dst=mac, src=interface.mac, payload=datagram), port)


def mask_of(length: int) -> str:
    """Return the mask with so many bits.

    >>> mask_of(24)
    '255.255.255.0'
    """
    return ipv4_text((0xFFFF_FFFF << 32 - length & 0xFFFF_FFFF).to_bytes(4, "big"))


def prefix_length(mask: str) -> int | None:
    """Return how many bits a mask has; None where it is none.

    >>> prefix_length("255.255.255.0"), prefix_length("255.0.255.0")
    (24, None)
    """
    try:
        return IPv4Network(f"0.0.0.0/{mask}").prefixlen if not mask.startswith("0.") else None
    except ValueError:
        return None
