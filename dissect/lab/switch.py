"""A switch: learns behind which port a MAC address is, and sends frames there alone (IEEE 802.1D, clause 7)."""

from __future__ import annotations

from dissect.lab.device import Device, Transmission
from dissect.packets.packet import parse
from dissect.protocols.ethernet import Ethernet

__all__ = ["Switch"]

RESERVED = bytes.fromhex("0180c20000")
"""What the 16 group addresses begin with whose frames no bridge forwards (IEEE 802.1D, clause 7.12.6)."""
FIRST_FORWARDED = 0x10


class Switch(Device):
    """Forwards frames by their destination, and learns from their sources.

    A frame for an address that is known goes out of its port, or nowhere if it came from there;
    broadcasts, multicasts and frames for unknown addresses go out of every other port. An address is
    forgotten `lifetime_ns` after it last sent (5 minutes; IEEE 802.1D, table 7-5); at most `limit` are
    known, and for a new one the oldest goes. VLAN tags are not looked at: all ports are one network. Frames of
    fewer than the 14 bytes of a header are dropped.

    >>> switch = Switch("s", ["1", "2", "3"])
    >>> there = Ethernet(dst="02:00:00:00:00:02", src="02:00:00:00:00:01")
    >>> back = Ethernet(dst="02:00:00:00:00:01", src="02:00:00:00:00:02")
    >>> [sent.port for sent in switch.receive(0, bytes(there), now_ns=0)]
    [1, 2]
    >>> [sent.port for sent in switch.receive(1, bytes(back), now_ns=1_000_000_000)]
    [0]
    >>> print(switch.table(now_ns=3_000_000_000))
    port  mac address        age
    1     02:00:00:00:00:01  3.0 s
    2     02:00:00:00:00:02  2.0 s
    """

    def __init__(self, name: str, ports: list[str], *, lifetime_ns: int = 300_000_000_000, limit: int = 8192) -> None:
        super().__init__(name, ports)
        self.lifetime_ns = lifetime_ns
        self.limit = limit
        # In the order in which they last sent, so that the oldest comes first.
        self._known: dict[bytes, tuple[int, int]] = {}

    def __len__(self) -> int:
        """Return how many addresses are known, those included that nobody has noticed to be too old."""
        return len(self._known)

    def receive(self, port: int, frame: bytes, now_ns: int) -> list[Transmission]:
        """Return the frame for the port that its destination is behind, or for every other one."""
        header = parse(frame)
        if not isinstance(header, Ethernet) or header.is_cut:
            return []
        source, destination = header.raw("src"), header.raw("dst")
        if not source[0] & 1:
            self._learn(source, port, now_ns)
        if destination.startswith(RESERVED) and destination[5] < FIRST_FORWARDED:
            return []
        known = None if destination[0] & 1 else self._known.get(destination)
        if known is None or now_ns - known[1] >= self.lifetime_ns:
            return [Transmission(other, frame) for other in range(len(self.ports)) if other != port]
        return [] if known[0] == port else [Transmission(known[0], frame)]

    def _learn(self, source: bytes, port: int, now_ns: int) -> None:
        before = self._known.pop(source, None)
        self._known[source] = (port, now_ns)
        if before is None:
            if len(self._known) > self.limit:
                del self._known[next(iter(self._known))]
            self._tell(now_ns, f"{source.hex(':')} is behind port {self.ports[port]}")
        elif before[0] != port:
            self._tell(now_ns, f"{source.hex(':')} moved from port {self.ports[before[0]]} to {self.ports[port]}")

    def forget(self) -> None:
        """Forget every address."""
        self._known.clear()

    def table(self, now_ns: int) -> str:
        """Return what is known, by port: a line for each MAC address, with the time since it last sent."""
        fresh = [
            (port, mac, now_ns - last) for mac, (port, last) in self._known.items() if now_ns - last < self.lifetime_ns
        ]
        width = max([4, *(len(name) for name in self.ports)])
        lines = [f"{'port':{width}}  mac address        age"]
        for port, mac, age in sorted(fresh):
            lines.append(f"{self.ports[port]:{width}}  {mac.hex(':')}  {age / 1e9:.1f} s")
        return "\n".join(lines)
