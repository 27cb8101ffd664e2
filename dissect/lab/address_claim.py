"""How a host makes sure that an IPv4 address is its own, and defends it (RFC 5227)."""

from __future__ import annotations

from random import Random

from dissect.lab.waiting import Wait
from dissect.protocols.arp import ARP

__all__ = ["AddressClaim"]

SECOND = 1_000_000_000
# RFC 5227, section 1.1.
PROBE_WAIT = 1 * SECOND
PROBES = 3
PROBE_LEAST = 1 * SECOND
PROBE_MOST = 2 * SECOND
ANNOUNCE_WAIT = 2 * SECOND
ANNOUNCEMENTS = 2
ANNOUNCE_INTERVAL = 2 * SECOND
DEFEND_INTERVAL = 10 * SECOND


class AddressClaim:
    """One address of one interface: asked for by probes (with `probe`), then announced, then defended.

    `is_ours` says whether the host may use it: after its probes, unless somebody has it. A host that
    doesn't probe uses it from the beginning. Whoever uses it later is told once in 10 seconds whose it
    is (RFC 5227, section 2.4, case b).
    """

    def __init__(self, mac: str, ip: str, now_ns: int, random: Random, *, probe: bool) -> None:
        self.mac = mac
        self.ip = ip
        self.is_ours = not probe
        self.deadline: int | None = now_ns + int(random.random() * PROBE_WAIT) if probe else now_ns
        self._random = random
        self._probes = PROBES if probe else 0
        self._announcements = ANNOUNCEMENTS
        self._defended: int | None = None
        self._news: list[str] = []
        self.outcome: Wait[bool] = Wait()
        """Over when it is known whether the address may be used."""
        if self.is_ours:
            self.outcome.finish(True)

    def advance(self, now_ns: int) -> list[ARP]:
        """Return the probe or announcement that is due."""
        if self.deadline is None or self.deadline > now_ns:
            return []
        if self._probes:
            self._probes -= 1
            spread = int(self._random.random() * (PROBE_MOST - PROBE_LEAST))
            self.deadline = now_ns + (PROBE_LEAST + spread if self._probes else ANNOUNCE_WAIT)
            return [ARP(sender_mac=self.mac, sender_ip="0.0.0.0", target_ip=self.ip)]
        if not self.is_ours:
            self.is_ours = True
            self.outcome.finish(True)
            self._news.append(f"nobody has {self.ip}: it is used from now on")
        self._announcements -= 1
        self.deadline = now_ns + ANNOUNCE_INTERVAL if self._announcements else None
        return [self._announcement()]

    def receive(self, arp: ARP, now_ns: int) -> list[ARP]:
        """Look at a believable ARP packet of another interface; return the announcement that defends the address."""
        if not self.is_ours:
            # Section 2.1.1: whoever has the address, or probes for the same one.
            if self.deadline is not None and (arp.sender_ip == self.ip or (arp.is_probe and arp.target_ip == self.ip)):
                self.deadline = None
                self.outcome.finish(False)
                self._news.append(f"{arp.sender_mac} has {self.ip}: it is not used")
            return []
        if arp.sender_ip != self.ip or (self._defended is not None and now_ns - self._defended < DEFEND_INTERVAL):
            return []
        self._defended = now_ns
        return [self._announcement()]

    def _announcement(self) -> ARP:
        return ARP(sender_mac=self.mac, sender_ip=self.ip, target_ip=self.ip)

    def news(self) -> list[str]:
        """Take what has come of the claim since the last call."""
        taken, self._news = self._news, []
        return taken
