"""What can be chosen of a simulated host, beside its name and interfaces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import TypedDict

from dissect.flows.reassembly import Reassembler
from dissect.lab.attachment import ARPTimes
from dissect.lab.icmp_rules import ErrorLimit
from dissect.lab.packet_filter import PacketFilter
from dissect.lab.padding import Padding

__all__ = ["HostOptions", "OnStart"]


class OnStart(Enum):
    """What a host does with its addresses when it is switched on."""

    NOTHING = "nothing"
    """It uses them, as Linux does."""
    ANNOUNCE = "announce"
    """It tells them by gratuitous ARP (RFC 5227, section 2.3)."""
    PROBE = "probe"
    """It asks first whether anybody has them, and announces them when nobody does (RFC 5227, section 2.1)."""


class HostOptions(TypedDict, total=False):
    """The options of `Host`, for whoever hands them on; each may be left out."""

    gateway: str | None
    """Where the default route leads: an address on one of the host's networks."""
    routes: Iterable[tuple[str, str]]
    """Networks, as "10.0.0.0/8", each with the gateway that leads there."""
    padding: Padding | bytes
    """What fills frames up to 60 bytes; bytes are what stands in the host's buffers."""
    ttl: int
    """The time to live of new datagrams, 1 to 255."""
    identification: int
    """The number of the first datagram; each counts it up."""
    on_start: OnStart
    """What the host does with its addresses on being switched on."""
    discovers_path_mtu: bool
    """Whether DF is set on what fits the way as far as it is known (RFC 1191), as in Linux."""
    arp_times: ARPTimes | None
    """How long ARP entries live, and how neighbours are asked for."""
    rarp_table: Mapping[str, str] | None
    """IPv4 addresses by MAC address, for a host that answers RARP requests (RFC 903)."""
    asks_rarp: bool
    """Whether interfaces without an address ask for one by RARP."""
    reassembler: Reassembler | None
    """What puts fragments together."""
    error_limit: ErrorLimit | None
    """How many ICMP errors are sent."""
    filters: Sequence[PacketFilter]
    """What may stop or change datagrams: a `Firewall`, a `NAT`, or one's own."""
    name_servers: Sequence[str]
    """Whom it asks for the addresses of names."""
    domain: str
    """In which names without a dot are looked for."""
    names: Mapping[str, str] | None
    """Addresses by name that it knows by itself, as in /etc/hosts."""
    seed: int | str
    """Of what is random: the times of probes."""
