"""Programs that work on ARP: who asks for a neighbour, deletes one, or lies about one."""

from __future__ import annotations

from dissect.lab.addresses import single_host, single_interface
from dissect.lab.program import Program
from dissect.protocols.arp import ARP, ARPOperation
from dissect.protocols.ethernet import Ethernet

__all__ = ["ARPDelete", "ARPList", "ARPSpoof"]

SECOND = 1_000_000_000


class ARPList(Program):
    """Prints what the host knows of its neighbours (`arp -a`)."""

    def begin(self, now_ns: int) -> None:
        """Print the table."""
        for line in self.host.arp_table(now_ns).splitlines() or ["arp: no entries"]:
            self.print(line)
        self.finish()


class ARPDelete(Program):
    """Deletes a neighbour (`arp -d`)."""

    def __init__(self, ip: str) -> None:
        super().__init__()
        self.ip = single_host(ip, "arp -d")

    def begin(self, now_ns: int) -> None:
        """Delete it."""
        self.host.arp_delete(self.ip)
        self.finish()


class ARPSpoof(Program):
    """Tells a victim that an address is at the attacker's own MAC address, though nobody asked (`arpspoof`).

    `count` forged replies go to the victim, `interval_ns` apart. `mac` is what they say, the attacker's
    own MAC address where it is None; `target_mac` the victim's. It shows what an ARP cache believes:
    use it in a lab, on networks that are yours.
    """

    def __init__(
        self,
        ip: str,
        target: str,
        target_mac: str,
        *,
        mac: str | None = None,
        count: int = 1,
        interval_ns: int = 2 * SECOND,
    ) -> None:
        super().__init__()
        self.ip = single_host(ip, "the forged entry")
        self.target = single_host(target, "the victim")
        self.target_mac = single_interface(target_mac, "the victim")
        self.mac = None if mac is None else single_interface(mac, "the forged entry")
        self.count = count
        self.interval_ns = interval_ns
        self._sent = 0

    def begin(self, now_ns: int) -> None:
        """Send the first forged reply."""
        self.advance(now_ns)

    def advance(self, now_ns: int) -> None:
        """Send the next forged reply."""
        port = next((port for port, each in enumerate(self.host.interfaces) if each.is_on_link(self.target)), 0)
        own = self.host.interfaces[port].mac
        mac = self.mac or own
        reply = ARP(
            opcode=ARPOperation.REPLY,
            sender_mac=mac,
            sender_ip=self.ip,
            target_mac=self.target_mac,
            target_ip=self.target,
        )
        self.host.send_frame(Ethernet(dst=self.target_mac, src=own, payload=reply).padded(), port)
        self.print(f"{own} told {self.target_mac}: {self.ip} is at {mac}")
        self._sent += 1
        if self._sent == self.count:
            self.finish()
        else:
            self.deadline = now_ns + self.interval_ns
