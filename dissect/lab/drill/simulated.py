"""A simulated host as the tested side of a time line: its clock stands still between the events."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from dissect.lab.device import Device, Transmission
from dissect.lab.drill.calls import Calls
from dissect.lab.drill.exchange import Seen
from dissect.lab.drill.information import information
from dissect.lab.drill.script import Call
from dissect.lab.drill.settings import Settings
from dissect.lab.drill.tested import Answer, Side
from dissect.lab.host import Host
from dissect.lab.interface import Interface
from dissect.packets.packet import parse
from dissect.protocols.ethernet import Ethernet, EtherType
from dissect.protocols.ipv4 import IPv4

__all__ = ["SimulatedSide"]

_MAC, _GATEWAY_MAC = "02:00:c0:a8:00:01", "02:00:c0:a8:00:fe"


class SimulatedSide:
    """A simulated host with one interface, behind whose gateway the script sits."""

    def __init__(self, side: Side | None = None, *, mtu: int = 1500) -> None:
        self.side = side or Side()
        self.sent: deque[Seen] = deque()
        self.settings = Settings()
        interface = Interface("tun0", _MAC, f"{self.side.tested}/16", mtu=mtu)
        gateway = ".".join([*self.side.tested.split(".")[:2], "0.254"])
        self.host = Host("tested", interface, gateway=gateway)
        self.host.driver = self
        self.host.arp_add(gateway, _GATEWAY_MAC)
        self.now_ns = 0
        self.answer: Answer | None = None
        self._drops = False
        self._calls = Calls(self.host, self.side, self.settings)
        self._take(self.host.start(0))

    def wake(self, device: Device) -> None:
        """The deadline is looked at whenever time passes."""

    def configure(self, lines: tuple[str, ...]) -> list[str]:
        """Take in settings; return the lines that mean nothing to a simulated host."""
        unknown = self.settings.read(lines)
        self._drops = self.settings.drops
        return unknown

    def wait(self, until_ns: int, *, for_packet: bool = False, for_answer: bool = False) -> None:
        """Let time pass, event by event; what is due at that very time happens."""
        self._settle()
        while not (for_packet and self.sent) and not (for_answer and self.answer is not None):
            deadline = self.host.deadline
            due = self._calls.deadline
            times = [time for time in (deadline, due) if time is not None and time <= until_ns]
            if not times:
                self.now_ns = max(self.now_ns, until_ns)
                return
            self.now_ns = max(self.now_ns, min(times))
            self._take(self.host.advance(self.now_ns))
            self._settle()

    def inject(self, datagram: bytes) -> None:
        """Give the host a datagram, in a frame from its gateway."""
        frame = Ethernet(dst=_MAC, src=_GATEWAY_MAC, type=EtherType.IPV4, payload=datagram)
        self._take(self.host.receive(0, bytes(frame), self.now_ns))
        self._settle()

    def call(self, call: Call, *, may_block: bool) -> None:
        """Begin a system call."""
        self.answer = None
        self._answered(self._calls.begin(call, may_block=may_block))
        self._flush()

    def information(self) -> Mapping[str, int]:
        """Return what `tcp_info` would tell of the connection that was used last."""
        connection = self._calls.connection
        return {} if connection is None else information(connection.endpoint, self.now_ns)

    def close(self) -> None:
        """Leave the host to the garbage collector: it opened nothing."""

    def _settle(self) -> None:
        """Let a call that blocks go on, if it can now."""
        if self.answer is None:
            self._answered(self._calls.go_on())
        self._flush()

    def _answered(self, answer: Answer | None) -> None:
        if answer is not None:
            answer.time_ns = self.now_ns
            self.answer = answer

    def _flush(self) -> None:
        """Take what calls from outside have left to be sent."""
        while (deadline := self.host.deadline) is not None and deadline <= self.now_ns:
            self._take(self.host.advance(self.now_ns))

    def _take(self, transmissions: list[Transmission]) -> None:
        for transmission in transmissions:
            outer = parse(transmission.frame)
            if not self._drops and isinstance(outer, Ethernet) and isinstance(outer.payload, IPv4):
                self.sent.append(Seen(self.now_ns, outer.payload))
