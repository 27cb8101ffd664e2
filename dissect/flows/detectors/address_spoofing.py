"""Spoofed addresses: one network address that two hardware addresses claim, by ARP or by IPv6's neighbour discovery.

Neither has a way to tell who is right (RFC 826; RFC 4861, section 11.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dissect.declaration.addresses import hardware_address_text
from dissect.declaration.options import Option
from dissect.declaration.times import BILLION
from dissect.flows.alarm import Alarm, Detector, Setting
from dissect.flows.claims import Claim, Claims
from dissect.flows.learner import Place
from dissect.flows.talks import address_text
from dissect.protocols.arp import ARP, ARPOperation
from dissect.protocols.icmpv6_discovery import Discovery, NeighborAdvertisement, NeighborSolicitation
from dissect.protocols.icmpv6_options import SourceLinkLayerAddress, TargetLinkLayerAddress

__all__ = ["AddressSpoofing"]

_ANSWERED_NS = 10 * BILLION
"""For how long a question is taken for the cause of an answer."""
_UNASKED = "in a reply that nobody has asked for"


class AddressSpoofing(Detector):
    """Addresses that change their owner: told once for each pair of owners, with how the new one said so."""

    of = (ARP, Discovery)
    settings = (Setting("arp_seconds", 1200.0, "how long a claim to an address holds against another one"),)

    def __init__(self, values: Mapping[str, float]) -> None:
        super().__init__(values)
        self._claims = Claims(self.setting_ns("arp_seconds"))

    def observe(self, header: Any, place: Place) -> None:
        if header.is_cut:
            return
        if isinstance(header, Discovery):
            self._of_discovery(header, place)
        elif header.has_mac() and header.has_ipv4() and header.opcode in (ARPOperation.REQUEST, ARPOperation.REPLY):
            self._of_arp(header, place)

    def _of_arp(self, header: Any, place: Place) -> None:
        address, target = header.raw("sender_ip"), header.raw("target_ip")
        is_reply = header.opcode == ARPOperation.REPLY
        if address == target:
            manner = "in a gratuitous announcement"
        elif is_reply:
            manner = self._reply(place, address)
        else:
            manner = "in a question of its own"
            self._claims.ask(place.vlan, target, place.time_ns)
        self._claim("arp-spoofing", place, address, header.raw("sender_mac"), manner)

    def _of_discovery(self, header: Any, place: Place) -> None:
        kind: type[Option]
        if isinstance(header, NeighborAdvertisement):
            address, kind = header.raw("target"), TargetLinkLayerAddress
            manner = self._reply(place, address)
        else:
            address, kind = (place.addresses or (b"",))[0], SourceLinkLayerAddress
            manner = "in a message of its own"
        if isinstance(header, NeighborSolicitation):
            self._claims.ask(place.vlan, header.raw("target"), place.time_ns)
        option: Any = next((each for each in header.options if isinstance(each, kind)), None)
        if option is not None:
            self._claim("nd-spoofing", place, address, option.raw("address"), manner)

    def _reply(self, place: Place, address: bytes) -> str:
        return "in a reply" if self._claims.is_asked(place.vlan, address, place.time_ns, _ANSWERED_NS) else _UNASKED

    def _claim(self, kind: str, place: Place, address: bytes, hardware: bytes, manner: str) -> None:
        if not any(address) or not any(hardware) or hardware[0] & 1:
            # Who has no address yet claims none, and nobody's hardware is a group.
            return
        before = self._claims.claim(place.vlan, address, Claim(hardware, place.number, place.time_ns))
        if before is None:
            return
        name, old, new = address_text(address), hardware_address_text(before.hardware), hardware_address_text(hardware)
        text = f"{name} was {old}, and {new} claims it {manner}"
        facts = {"address": name, "before": old, "now": new, "manner": manner}
        self.told.append(Alarm(kind, text, before.number, place.number, before.time_ns, place.time_ns, facts))
