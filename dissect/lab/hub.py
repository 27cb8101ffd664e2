"""A hub: repeats every frame at every other port."""

from __future__ import annotations

from dissect.lab.device import Device, Transmission

__all__ = ["Hub"]


class Hub(Device):
    """Repeats what comes in at one port at all the others, at once, whatever it is.

    It looks at no address, so that every station gets every frame. Collisions, which a real hub's
    stations share too, are not simulated: its links carry frames both ways.

    >>> [sent.port for sent in Hub("h", ["1", "2", "3"]).receive(1, bytes(60), now_ns=0)]
    [0, 2]
    """

    def receive(self, port: int, frame: bytes, now_ns: int) -> list[Transmission]:
        """Return the frame for every port but the one that it came in at."""
        return [Transmission(other, frame) for other in range(len(self.ports)) if other != port]

    def add_port(self) -> int:
        """Give the hub another port, and return its number."""
        self.ports.append(str(len(self.ports) + 1))
        return len(self.ports) - 1
