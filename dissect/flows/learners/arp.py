"""ARP: two hardware addresses that claim one IPv4 address, and storms of requests."""

from __future__ import annotations

from typing import Any

from dissect.declaration.times import BILLION
from dissect.flows.learner import Learner, Place
from dissect.flows.owners import Owners
from dissect.flows.storms import Storms
from dissect.protocols.arp import ARP, ARPOperation
from dissect.wireshark.preferences import is_on

__all__ = ["ARPLearner"]

_SECONDS = 1 << 32
"""As many as a number of seconds has values: where a clock went back, they count from above."""


class ARPLearner(Learner, of=ARP):
    """Holds what each packet says of addresses against what others said; 65536 addresses are held."""

    apart = True

    def __init__(self, *, twice: bool = False) -> None:
        super().__init__(twice=twice)
        self.owners = Owners(remember=twice)
        self.storms = Storms() if is_on("arp.detect_request_storms") else None

    def rewind(self) -> None:
        super().rewind()
        if self.storms is not None:
            self.storms = Storms()
        self.owners.rewind()

    def held(self) -> int:
        return len(self.owners)

    def observe(self, header: Any, place: Place) -> None:
        if header.is_cut:
            return
        storms = self.storms
        is_request = header.opcode == ARPOperation.REQUEST
        if storms is not None and storms.take(place.time_ns or 0, is_request=is_request):
            header.learn(storm=(storms.number, storms.period))
        if not (header.has_mac() and header.has_ipv4()):
            return
        if not header.opcode.known or not is_on("arp.detect_duplicate_ips"):
            # Nobody knows what an unknown operation says of its addresses.
            return
        told = [(header.raw("sender_ip"), header.raw("sender_mac"))]
        if not is_request:
            told.append((header.raw("target_ip"), header.raw("target_mac")))
        for address, hardware in told:
            if any(address) and any(hardware) and not hardware[0] & 1:
                seconds = (place.time_ns or 0) // BILLION
                before = self.owners.claim(address, hardware, place.number, seconds)
                if before is not None:
                    age = (seconds - before.seconds) % _SECONDS
                    header.learn(duplicate_frame=before.number, duplicate_age=age)
                    header.learn(duplicates=(*(header.learnt("duplicates") or ()), address))
                # The last column names the address that Wireshark looked at last.
                header.learn(duplicate=None if before is None else address)
