"""`traceroute` on a simulated host: datagrams that live longer and longer, and who reports their end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dissect.errors import DissectError, FieldError
from dissect.lab.addresses import single_host
from dissect.lab.program import Program
from dissect.protocols.icmp import ICMP, UnreachableCode
from dissect.protocols.icmp_errors import DestinationUnreachable, TimeExceeded
from dissect.protocols.icmp_queries import EchoReply, EchoRequest
from dissect.protocols.icmpv6 import ICMPv6DestinationUnreachable
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.udp import UDP

__all__ = ["FIRST_PORT", "Traceroute", "hop_line", "mark_of"]

SECOND = 1_000_000_000
FIRST_PORT = 33434
"""The port of the first datagram; each next one goes to the next port, where nobody listens."""
DATA = 32
MARKS = {
    UnreachableCode.NETWORK: " !N",
    UnreachableCode.HOST: " !H",
    UnreachableCode.PROTOCOL: " !P",
    UnreachableCode.SOURCE_ROUTE_FAILED: " !S",
    UnreachableCode.PROHIBITED: " !X",
}
"""How traceroute notes why a datagram went no further."""
_MARKS_OF_IPV6 = {0: " !N", 1: " !X", 2: " !S", 3: " !H", 5: " !X", 6: " !X"}


@dataclass(slots=True)
class _Probe:
    """A datagram that was sent, and who answered how fast."""

    sent_ns: int
    sender: str = ""
    time_ns: int = 0
    mark: str = ""


class Traceroute(Program):
    """Sends `probes` datagrams with a TTL of 1, as many with 2, and so on, and prints who answers.

    Each waits up to `wait_ns` for its answer before the next is sent. The datagrams are UDP to ports where
    nobody listens, from 33434 on, or echo requests (`icmp`, as `traceroute -I`). It ends when the target
    answers, when a router says that the target is unreachable, or after `most_hops`. Raises FieldError
    for values out of range.
    """

    def __init__(
        self,
        target: str,
        *,
        most_hops: int = 30,
        probes: int = 3,
        wait_ns: int = 5 * SECOND,
        icmp: bool = False,
        identifier: int = 2,
    ) -> None:
        super().__init__()
        self.target = single_host(target, "traceroute")
        if not 1 <= most_hops <= 255:
            raise FieldError(f"traceroute's most_hops is {most_hops}, expected 1 to 255")
        if not 1 <= probes <= 10:
            raise FieldError(f"traceroute's probes are {probes}, expected 1 to 10")
        if not 0 <= identifier <= 0xFFFF:
            raise FieldError(f"traceroute's identifier is {identifier}, expected 0 to 65535")
        self.most_hops = most_hops
        self.probes = probes
        self.wait_ns = wait_ns
        self.icmp = icmp
        self.identifier = identifier
        self.hops: list[list[str]] = []
        """Who answered at each distance, "" for nobody, in the order of the probes."""
        self._sent: list[_Probe] = []
        self._at_the_end = False
        self._port = 0

    def begin(self, now_ns: int) -> None:
        """Print what will be done, and send the first datagram."""
        size = 20 + 8 + DATA
        self.print(f"traceroute to {self.target} ({self.target}), {self.most_hops} hops max, {size} byte packets")
        # Nobody reads this socket; it keeps the port from being another program's.
        self._port = self.host.udp.open().port
        self._probe(now_ns)

    def _probe(self, now_ns: int) -> None:
        """Send the next datagram."""
        number = len(self._sent)
        self._sent.append(_Probe(now_ns))
        self.deadline = now_ns + self.wait_ns
        hop = number // self.probes + 1
        data = bytes(0x40 + place % 32 for place in range(DATA))
        try:
            if self.icmp:
                self.host.send(self.target, EchoRequest(id=self.identifier, seq=number + 1, payload=data), ttl=hop)
            else:
                segment = UDP(sport=self._port, dport=FIRST_PORT + number, payload=data)
                self.host.send(self.target, segment, ttl=hop)
        except DissectError as reason:
            self.print(f"traceroute: {reason}")
            self._stop()

    def advance(self, now_ns: int) -> None:
        """Give up waiting for the last datagram's answer."""
        self._go_on(now_ns)

    def _go_on(self, now_ns: int) -> None:
        """Print a line where a hop is complete; send the next datagram, or stop."""
        if len(self._sent) % self.probes == 0:
            self._print_hop(self._sent[-self.probes :])
            if self._at_the_end or len(self.hops) == self.most_hops:
                self._stop()
                return
        self._probe(now_ns)

    def receive(self, datagram: IPv4, now_ns: int) -> None:
        """Look for answers to the datagrams."""
        message = datagram.payload
        number = self._number_of(message)
        if number is None or self.finished or not 0 <= number < len(self._sent) or self._sent[number].sender:
            return
        probe = self._sent[number]
        probe.sender = str(datagram.src)
        probe.time_ns = now_ns - probe.sent_ns
        probe.mark = mark_of(message)
        if not isinstance(message, TimeExceeded):
            self._at_the_end = True
        if number == len(self._sent) - 1:
            self._go_on(now_ns)

    def _number_of(self, message: object) -> int | None:
        """Return which datagram a message answers."""
        if isinstance(message, EchoReply):
            return message.seq - 1 if self.icmp and message.id == self.identifier else None
        if not isinstance(message, ICMP) or not isinstance(message, (TimeExceeded, DestinationUnreachable)):
            return None
        quoted = message.payload
        if not isinstance(quoted, IPv4) or quoted.dst != self.target:
            return None
        carried = quoted.payload
        if isinstance(carried, UDP) and not carried.is_cut and carried.sport == self._port and not self.icmp:
            return carried.dport - FIRST_PORT
        if isinstance(carried, EchoRequest) and not carried.is_cut and carried.id == self.identifier:
            return carried.seq - 1
        return None

    def _print_hop(self, probes: list[_Probe]) -> None:
        """Print a hop as traceroute does: the sender once, where it stays the same."""
        self.hops.append([probe.sender for probe in probes])
        self.print(hop_line(len(self.hops), ((probe.sender, probe.time_ns, probe.mark) for probe in probes)))

    def _stop(self) -> None:
        socket = self.host.udp.get(self._port)
        if socket is not None:
            socket.close()
        self.finish()


def mark_of(message: object) -> str:
    """Return how traceroute notes what a message says; "" for what hinders nothing, or comes from the target."""
    if isinstance(message, DestinationUnreachable):
        return MARKS.get(message.code, "")
    return _MARKS_OF_IPV6.get(message.code, "") if isinstance(message, ICMPv6DestinationUnreachable) else ""


def hop_line(number: int, answers: Iterable[tuple[str, int, str]]) -> str:
    """Return a hop as traceroute prints it: who answered ("" for nobody), after how many nanoseconds, with which mark.

    >>> hop_line(2, [("10.0.1.2", 1_500_000, ""), ("", 0, ""), ("10.0.1.2", 900_000, " !H")])
    ' 2  10.0.1.2 (10.0.1.2)  1.500 ms *  0.900 ms !H'
    """
    text = shown = ""
    for sender, time_ns, mark in answers:
        if not sender:
            text += " *"
            continue
        if sender != shown:
            text += f" {' ' * bool(shown)}{sender} ({sender})"
            shown = sender
        text += f"  {time_ns / 1e6:.3f} ms{mark}"
    return f"{number:2} {text}"
