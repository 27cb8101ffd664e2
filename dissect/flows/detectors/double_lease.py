"""An address that a DHCP server leases to a client while another client's lease of it still runs.

Two servers that give out the same addresses do so, and one that has lost its memory (RFC 2131, section 1.6).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from dissect.declaration.addresses import hardware_address_text
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.times import BILLION
from dissect.flows.alarm import MOST_HELD, Alarm, Detector
from dissect.flows.learner import Place
from dissect.flows.talks import address_text
from dissect.protocols.dhcp import DHCP
from dissect.protocols.dhcp_options import (
    DHCPClientIdentifier,
    DHCPLeaseTime,
    DHCPMessageType,
    DHCPRequestedAddress,
    DHCPServerIdentifier,
)

__all__ = ["DoubleLease"]

_FOR_EVER = 0xFFFFFFFF


class _Lease(NamedTuple):
    """Whose an address is: until when, in which frame that was said, and by which server."""

    hardware: bytes
    identifier: bytes
    until_ns: int | None
    number: int
    time_ns: int | None
    server: str

    def is_of(self, other: _Lease) -> bool:
        """Whether both are one client's: it has one hardware address, or says who it is (RFC 2131, section 4.2)."""
        return self.hardware == other.hardware or (self.identifier != b"" and self.identifier == other.identifier)


class DoubleLease(Detector):
    """Addresses that a second client gets before the first one's lease is over, or given back."""

    of = (DHCP,)

    def __init__(self, values: Mapping[str, float]) -> None:
        super().__init__(values)
        self._leases: OrderedDict[tuple[int, bytes], _Lease] = OrderedDict()

    def observe(self, header: Any, place: Place) -> None:
        if header.is_cut:
            return
        kind = header.message_type
        if kind == DHCPMessageType.RELEASE:
            self._leases.pop((place.vlan, header.raw("client_address")), None)
        elif kind == DHCPMessageType.DECLINE:
            declined = header.option(DHCPRequestedAddress)
            if declined is not None and declined.has("value"):
                self._leases.pop((place.vlan, declined.raw("value")), None)
        elif kind == DHCPMessageType.ACK and any(header.raw("your_address")):
            self._lease(header, place)

    def _lease(self, header: Any, place: Place) -> None:
        time, server, client = (
            header.option(cls) for cls in (DHCPLeaseTime, DHCPServerIdentifier, DHCPClientIdentifier)
        )
        seconds = time.value if time is not None and time.has("value") else 0
        if not seconds:
            return
        lease = _Lease(
            bytes(header.client_hardware[: header.hardware_length]),
            b"" if client is None else client.raw("value"),
            None if place.time_ns is None or seconds == _FOR_EVER else place.time_ns + seconds * BILLION,
            place.number,
            place.time_ns,
            "" if server is None or not server.has("value") else str(server.value),
        )
        key = place.vlan, header.raw("your_address")
        before = self._leases.get(key)
        self._leases[key] = lease
        self._leases.move_to_end(key)
        if len(self._leases) > MOST_HELD:
            self._leases.popitem(last=False)
        if before is None or before.is_of(lease) or _is_over(before, place.time_ns):
            return
        address, old, new = address_text(key[1]), *(hardware_address_text(each.hardware) for each in (before, lease))
        text = f"{address} is leased to {new} by {lease.server or 'somebody'}"
        text += f" while {old} still has it from {before.server or 'somebody'}"
        facts = {
            "address": address, "before": old, "now": new, "server_before": before.server, "server_now": lease.server
        }  # fmt: skip
        self.told.append(Alarm("double-lease", text, before.number, place.number, before.time_ns, place.time_ns, facts))


def _is_over(lease: _Lease, now_ns: int | None) -> bool:
    """Whether a lease is over; what has no times runs for ever."""
    return lease.until_ns is not None and now_ns is not None and now_ns >= lease.until_ns
