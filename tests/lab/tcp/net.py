"""Two simulated hosts and the link between them, for tests."""

from __future__ import annotations

from typing import Any

from dissect import TCP, Host, Network
from dissect.lab.tcp.connection import TCPConnection
from dissect.lab.tcp.listener import TCPListener

__all__ = ["MS", "SECOND", "Net"]

MS = 1_000_000
SECOND = 1_000_000_000


class Net:
    """Hosts a (10.0.0.1) and b (10.0.0.2), which know each other's MAC addresses."""

    def __init__(self, seed: int = 0, **link: Any) -> None:
        self.lab = Network(seed=seed)
        self.a: Host = self.lab.host("a", "10.0.0.1/24")
        self.b: Host = self.lab.host("b", "10.0.0.2/24")
        self.lab.link(self.a, self.b, **({"delay_ns": MS} | link))
        self.a.arp_add("10.0.0.2", self.b.interfaces[0].mac)
        self.b.arp_add("10.0.0.1", self.a.interfaces[0].mac)

    def run(self, duration_ns: int = SECOND) -> None:
        """Let some time pass."""
        self.lab.run(self.lab.now_ns + duration_ns)

    def connected(self, **options: Any) -> tuple[TCPConnection, TCPConnection, TCPListener]:
        """Return both ends of a connection to port 80, and the listener."""
        listener = self.b.tcp.listen(80, **options)
        near = self.a.tcp.connect("10.0.0.2", 80)
        self.run()
        far = listener.take()
        assert far is not None
        return near, far, listener

    def segments(self) -> list[TCP]:
        """The segments that went over the link."""
        return [packet[TCP] for packet in self.lab.recording.packets() if TCP in packet]

    def flags(self) -> list[str]:
        """Their flags, as letters."""
        return [str(segment.flags) for segment in self.segments()]
