"""ARP spoofing: one network address that two hardware addresses claim (RFC 826 has no way to tell who is right)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, NamedTuple

from dissect.declaration.addresses import hardware_address_text, ipv4_text
from dissect.declaration.times import BILLION
from dissect.flows.alarm import MOST_HELD, Alarm, Detector, Setting
from dissect.flows.learner import Place
from dissect.protocols.arp import ARP, ARPOperation

__all__ = ["ARPSpoofing"]

_ANSWERED_NS = 10 * BILLION
"""For how long a question is taken for the cause of an answer."""


class _Claim(NamedTuple):
    """Who said last that an address is its own, and when."""

    hardware: bytes
    number: int
    time_ns: int | None


class ARPSpoofing(Detector):
    """Addresses that change their owner: told once for each pair of owners, with how the new one said so."""

    of = (ARP,)
    settings = (Setting("arp_seconds", 1200.0, "how long a claim to an address holds against another one"),)

    def __init__(self, values: Mapping[str, float]) -> None:
        super().__init__(values)
        self._holds_ns = self.setting_ns("arp_seconds")
        self._claims: OrderedDict[tuple[int, bytes], _Claim] = OrderedDict()
        self._asked: OrderedDict[tuple[int, bytes], int | None] = OrderedDict()
        self._told: OrderedDict[tuple[int, bytes, bytes, bytes], None] = OrderedDict()

    def observe(self, header: Any, place: Place) -> None:
        if header.is_cut or not (header.has_mac() and header.has_ipv4()):
            return
        address, hardware = header.raw("sender_ip"), header.raw("sender_mac")
        target, is_reply = header.raw("target_ip"), header.opcode == ARPOperation.REPLY
        if header.opcode not in (ARPOperation.REQUEST, ARPOperation.REPLY):
            return
        if any(address) and any(hardware) and not hardware[0] & 1:
            self._claim(place, address, hardware, self._manner(place, address, target, is_reply=is_reply))
        if not is_reply and target != address:
            _put(self._asked, (place.vlan, target), place.time_ns)

    def _manner(self, place: Place, address: bytes, target: bytes, *, is_reply: bool) -> str:
        if address == target:
            return "in a gratuitous announcement"
        if not is_reply:
            return "in a question of its own"
        key = place.vlan, address
        if key not in self._asked:
            return "in a reply that nobody has asked for"
        asked = self._asked[key]
        late = asked is not None and place.time_ns is not None and place.time_ns - asked > _ANSWERED_NS
        return "in a reply that nobody has asked for" if late else "in a reply"

    def _claim(self, place: Place, address: bytes, hardware: bytes, manner: str) -> None:
        key = place.vlan, address
        before = self._claims.get(key)
        _put(self._claims, key, _Claim(hardware, place.number, place.time_ns))
        if before is None or before.hardware == hardware or not self._holds(before, place.time_ns):
            return
        pair = (place.vlan, address, *sorted((before.hardware, hardware)))
        if pair in self._told:
            return
        _put(self._told, pair, None)
        name, old, new = ipv4_text(address), hardware_address_text(before.hardware), hardware_address_text(hardware)
        text = f"{name} was {old}, and {new} claims it {manner}"
        facts = {"address": name, "before": old, "now": new, "manner": manner}
        self.told.append(Alarm("arp-spoofing", text, before.number, place.number, before.time_ns, place.time_ns, facts))

    def _holds(self, claim: _Claim, time_ns: int | None) -> bool:
        return claim.time_ns is None or time_ns is None or time_ns - claim.time_ns <= self._holds_ns


def _put(table: OrderedDict[Any, Any], key: Any, value: Any) -> None:
    """Keep something as the newest of a bounded table."""
    table[key] = value
    table.move_to_end(key)
    if len(table) > MOST_HELD:
        table.popitem(last=False)
