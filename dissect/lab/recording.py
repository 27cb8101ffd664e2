"""What goes over the links of a simulation, kept and written as a capture."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path

from dissect.captures import write
from dissect.captures.output import Target
from dissect.captures.pcapng_blocks import Interface as CaptureInterface
from dissect.captures.pcapng_blocks import PcapngPacket
from dissect.captures.pcapng_options import ENHANCED_PACKET, INTERFACE_DESCRIPTION, Option
from dissect.errors import FieldError
from dissect.lab.simulation import MOST_FRAMES, Passage, Simulation
from dissect.packets.links import ETHERNET

__all__ = ["Recording"]

NAME = 2
"""The number of the option that names an interface (draft-ietf-opsawg-pcapng, section 4.2)."""
FLAGS = 2
"""The number of the option with a packet's direction (section 4.3.1)."""
INBOUND, OUTBOUND = (number.to_bytes(4, "big") for number in (1, 2))


class Recording:
    """Every frame that goes over the links of a simulation from now on, in memory: the last `limit` of them.

    A simulation that runs on and on, behind a TAP device, needs no such memory: `stop` ends it.

    `packets` gives those of some places, as a capture has them. A place is a link or a port, by its name
    (`places` lists them): at a link each frame is seen once, when its last bit is on the wire, lost ones
    too; at a port those that leave it are seen then, and those that arrive when they do, with their
    direction. Without names all links are captured.
    """

    def __init__(self, simulation: Simulation, *, limit: int = MOST_FRAMES) -> None:
        self.simulation = simulation
        self.passages: deque[Passage] = deque(maxlen=limit)
        simulation.watch(self.passages.append)

    def stop(self) -> None:
        """Record no more; what is there stays."""
        self.simulation.unwatch(self.passages.append)

    def places(self) -> list[str]:
        """Return the names of all links, then those of all ports that a link joins."""
        links = [self.simulation.link_name(number) for number in range(len(self.simulation.links))]
        ports = [end.name for one, other, _ in self.simulation.links for end in (one, other)]
        return links + ports

    def packets(self, places: str | Iterable[str] = ()) -> list[PcapngPacket]:
        """Return what was seen at a place or several, in the order of time; FieldError for a place that is none."""
        simulation = self.simulation
        names = ([places] if isinstance(places, str) else list(places)) or [
            simulation.link_name(number) for number in range(len(simulation.links))
        ]
        links = {simulation.link_name(number): number for number in range(len(simulation.links))}
        ends = {end.name: end for one, other, _ in simulation.links for end in (one, other)}
        seen: list[tuple[int, int, int, bytes, bytes]] = []
        interfaces = []
        for number, name in enumerate(names):
            interfaces.append(_interface(name, number))
            if name in links:
                seen += [
                    (passage.left_ns, passage.number, number, passage.frame, b"")
                    for passage in self.passages
                    if passage.link == links[name]
                ]
            elif name in ends:
                seen += self._at_port(ends[name], number)
            else:
                raise FieldError(f"{name!r} is no link and no port, expected one of {', '.join(self.places())}")
        # A frame that is seen at two places at one time was first where it was sent.
        seen.sort(key=lambda each: each[:2])
        return [
            _packet(count, frame, time_ns, interfaces[number], direction)
            for count, (time_ns, _, number, frame, direction) in enumerate(seen, 1)
        ]

    def _at_port(self, end: object, number: int) -> Iterator[tuple[int, int, int, bytes, bytes]]:
        for passage in self.passages:
            if passage.sender == end:
                yield passage.left_ns, passage.number, number, passage.frame, OUTBOUND
            elif passage.receiver == end:
                for time_ns, frame in passage.arrivals:
                    yield time_ns, passage.number, number, frame, INBOUND

    def write(self, target: Target, places: Iterable[str] = ()) -> int:
        """Write what was seen at these places as a capture, and return how many packets that were.

        A pcapng file (that is what a target is that doesn't end in .pcap) has an interface for each place.
        """
        packets = self.packets(places)
        is_pcap = isinstance(target, (str, Path)) and str(target).endswith(".pcap")
        return write(target, packets, format="pcap" if is_pcap else "pcapng", nanosecond=True)


def _interface(name: str, number: int) -> CaptureInterface:
    options = (*CaptureInterface.of(ETHERNET).options, Option(INTERFACE_DESCRIPTION, NAME, name.encode()))
    return CaptureInterface(ETHERNET, 0, options, number)


def _packet(number: int, frame: bytes, time_ns: int, interface: CaptureInterface, direction: bytes) -> PcapngPacket:
    packet = PcapngPacket(frame, number=number, time_ns=time_ns, link=ETHERNET, interface=interface.number)
    packet.capture_interface = interface
    packet.options = (Option(ENHANCED_PACKET, FLAGS, direction),) if direction else ()
    packet.stored = None
    return packet
