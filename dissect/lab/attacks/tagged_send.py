"""A program that sends a frame with VLAN tags that no switch has put there."""

from __future__ import annotations

from collections.abc import Sequence

from dissect.errors import FieldError
from dissect.lab.addresses import number_of, single_interface
from dissect.lab.program import Program
from dissect.protocols.ethernet import Ethernet
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.udp import UDP
from dissect.protocols.vlan import VLAN

__all__ = ["TaggedSend"]

MOST_TAGS = 8
SOURCE_PORT = 40000


class TaggedSend(Program):
    """Sends a datagram over UDP in a frame with VLAN tags, the outer one first.

    Two of them may lead into another VLAN, where a trunk takes the first off: that is what it shows. Use
    it in a lab, on networks that are yours. Raises FieldError for numbers that fit no tag.
    """

    def __init__(self, target: str, target_mac: str, port: int, tags: Sequence[int], *, data: bytes = b"hello") -> None:
        super().__init__()
        number_of(target)
        if not 1 <= len(tags) <= MOST_TAGS:
            raise FieldError(f"a frame gets {len(tags)} tags, expected 1 to {MOST_TAGS}")
        self.target = target
        self.target_mac = single_interface(target_mac, "the target")
        self.tags = [VLAN(id=number) for number in tags]
        self.datagram = UDP(sport=SOURCE_PORT, dport=port, payload=data)

    def begin(self, now_ns: int) -> None:
        """Send it."""
        interface = self.host.interfaces[0]
        source = interface.source_for(self.target) or "0.0.0.0"
        frame = Ethernet(src=interface.mac, dst=self.target_mac)
        for tag in self.tags:
            frame = frame / tag
        self.host.send_frame((frame / IPv4(src=source, dst=self.target) / self.datagram).padded())
        self.print(f"sent to {self.target} with the tags {', '.join(str(tag.id) for tag in self.tags)}")
        self.finish()
