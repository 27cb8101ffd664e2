"""RARP: a host that knows only its MAC address asks for its IPv4 address (RFC 903)."""

from __future__ import annotations

from collections.abc import Mapping

from dissect.declaration.addresses import mac_bytes
from dissect.lab.addresses import is_single_host, single_host, single_interface
from dissect.protocols.arp import ARP, ARPOperation, HardwareType
from dissect.protocols.ethernet import EtherType

__all__ = ["RARPClient", "RARPServer"]

SECOND = 1_000_000_000
LONGEST_WAIT = 64 * SECOND


class RARPClient:
    """Asks until it is answered, waiting twice as long each time up to about a minute.

    RARP tells no mask, so the address gets that of its class (RFC 950, section 2), or `prefix_length`.
    """

    def __init__(self, mac: str, now_ns: int, *, prefix_length: int | None = None) -> None:
        self.mac = mac
        self.prefix_length = prefix_length
        self.deadline: int | None = now_ns
        self._wait = SECOND

    def advance(self, now_ns: int) -> list[ARP]:
        """Return the request that is due."""
        if self.deadline is None or self.deadline > now_ns:
            return []
        self.deadline = now_ns + self._wait
        self._wait = min(self._wait * 2, LONGEST_WAIT)
        return [ARP(opcode=ARPOperation.REVERSE_REQUEST, sender_mac=self.mac, target_mac=self.mac)]

    def receive(self, arp: ARP) -> str | None:
        """Return the address, with its prefix length, that a reply gives to this host; None where it gives none."""
        if not _is_readable(arp) or arp.opcode != ARPOperation.REVERSE_REPLY or arp.target_mac != self.mac:
            return None
        ip = str(arp.target_ip)
        if not is_single_host(ip):
            return None
        self.deadline = None
        return f"{ip}/{class_prefix_length(ip) if self.prefix_length is None else self.prefix_length}"


class RARPServer:
    """Answers from a table of IPv4 addresses by MAC address; FieldError for addresses that no host has."""

    def __init__(self, table: Mapping[str, str]) -> None:
        self.table = {
            single_interface(mac, "the RARP table"): single_host(ip, "the RARP table") for mac, ip in table.items()
        }

    def answer(self, arp: ARP, mac: str, ip: str) -> ARP | None:
        """Return the reply to a request, from the server's own addresses; None where the table has no answer."""
        if not _is_readable(arp) or arp.opcode != ARPOperation.REVERSE_REQUEST:
            return None
        found = self.table.get(str(arp.target_mac))
        if found is None:
            return None
        return ARP(
            opcode=ARPOperation.REVERSE_REPLY, sender_mac=mac, sender_ip=ip, target_mac=arp.target_mac, target_ip=found
        )


def _is_readable(arp: ARP) -> bool:
    if arp.is_cut or (arp.hardware_type, arp.protocol_type) != (HardwareType.ETHERNET, EtherType.IPV4):
        return False
    return (arp.hardware_length, arp.protocol_length) == (6, 4) and not mac_bytes(arp.sender_mac)[0] & 1


def class_prefix_length(ip: str) -> int:
    """Return the prefix length of an address's class: A 8, B 16, C 24 (RFC 791, section 3.2).

    >>> class_prefix_length("10.1.2.3"), class_prefix_length("172.16.0.1"), class_prefix_length("192.168.0.2")
    (8, 16, 24)
    """
    first = int(ip.partition(".")[0])
    return 8 if first < 128 else 16 if first < 192 else 24
