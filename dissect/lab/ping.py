"""`ping` on a simulated host: echo requests, and what comes of them."""

from __future__ import annotations

from collections import deque

from dissect.errors import DissectError, FieldError, FragmentationNeededError
from dissect.lab.addresses import is_loopback, single_host
from dissect.lab.program import Program
from dissect.protocols.icmp import ICMP
from dissect.protocols.icmp_errors import DestinationUnreachable
from dissect.protocols.icmp_queries import EchoReply, EchoRequest
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.ipv4_options import RecordRoute

__all__ = ["Ping", "milliseconds"]

SECOND = 1_000_000_000
MOST_DATA = 65507
"""Bytes of data in the largest datagram, behind the headers of IP and ICMP."""

_DATA = bytes(range(256)) * 256
"""What is sent: each byte tells its own place, as in iputils' ping."""


class Ping(Program):
    """Sends `count` echo requests, `interval_ns` apart, and prints what comes back, as iputils' ping does.

    `size` is the bytes of data; `ttl`, `tos` and `dont_fragment` go into the datagrams (`-t`, `-Q`, `-M do`), and
    `record_route` asks the routers for their addresses (`-R`). `identifier` tells the requests of one program from
    those of others. After the last request the program waits `wait_ns` for answers. Raises FieldError
    for values out of range.
    """

    def __init__(
        self,
        target: str,
        *,
        count: int = 1,
        interval_ns: int = SECOND,
        size: int = 56,
        ttl: int | None = None,
        tos: int = 0,
        dont_fragment: bool | None = None,
        record_route: bool = False,
        identifier: int = 1,
        wait_ns: int = 10 * SECOND,
    ) -> None:
        super().__init__()
        self.target = target if is_loopback(target) else single_host(target, "ping")
        if not 0 <= size <= MOST_DATA:
            raise FieldError(f"ping's size is {size} bytes, expected 0 to {MOST_DATA}")
        if count < 1:
            raise FieldError(f"ping's count is {count}, expected 1 or more")
        for name, value, most in (("ttl", ttl, 255), ("tos", tos, 255), ("identifier", identifier, 0xFFFF)):
            if value is not None and not 0 <= value <= most:
                raise FieldError(f"ping's {name} is {value}, expected 0 to {most}")
        self.count = count
        self.interval_ns = interval_ns
        self.size = size
        self._data = _DATA[:size]
        self.ttl = ttl
        self.tos = tos
        self.dont_fragment = dont_fragment
        self.record_route = record_route
        self.identifier = identifier
        self.wait_ns = wait_ns
        self.transmitted = 0
        self.received = 0
        self.errors = 0
        self.round_trips_ns: list[int] = []
        """How long each answer took, in nanoseconds, in the order in which they came."""
        self.ttls: list[int] = []
        """The TTL that each answer came with."""
        # Who is still to be answered, oldest first, and when each was asked; bounded, as answers may never come.
        self._asked: dict[int, int] = {}
        self._answered: deque[int] = deque(maxlen=1024)

    def begin(self, now_ns: int) -> None:
        """Print what will be done, and send the first request."""
        self.print(f"PING {self.target} ({self.target}) {self.size}({self.size + 28}) bytes of data.")
        self.deadline = now_ns
        self.advance(now_ns)

    def advance(self, now_ns: int) -> None:
        """Send the next request, or give up waiting."""
        if self.transmitted == self.count:
            self._conclude()
            return
        number = self.transmitted = self.transmitted + 1
        self._asked[number & 0xFFFF] = now_ns
        if len(self._asked) > 1024:
            del self._asked[next(iter(self._asked))]
        request = EchoRequest(id=self.identifier, seq=number & 0xFFFF, payload=self._data)
        try:
            self.host.send(
                self.target,
                request,
                ttl=self.ttl,
                tos=self.tos,
                dont_fragment=self.dont_fragment,
                options=[RecordRoute(route=["0.0.0.0"] * 9)] if self.record_route else (),
            )
        except FragmentationNeededError as reason:
            self.errors += 1
            self.print(f"ping: local error: message too long, mtu={reason.mtu}")
            del self._asked[number & 0xFFFF]
        except DissectError as reason:
            self.errors += 1
            self.print(f"ping: {reason}")
            del self._asked[number & 0xFFFF]
        if number < self.count:
            self.deadline = now_ns + self.interval_ns
        elif self._asked:
            self.deadline = now_ns + self.wait_ns
        else:
            self._conclude()

    def receive(self, datagram: IPv4, now_ns: int) -> None:
        """Look for the answers to the requests, and for errors about them."""
        message = datagram.payload
        if isinstance(message, EchoReply) and message.id == self.identifier:
            self._replied(message, datagram, now_ns)
        elif isinstance(message, ICMP) and message.is_error:
            quoted = message.payload
            if not isinstance(quoted, IPv4) or quoted.dst != self.target:
                return
            request = quoted.payload
            if isinstance(request, EchoRequest) and not request.is_cut and request.id == self.identifier:
                self._refused(message, str(datagram.src), request.seq)
        if self.transmitted == self.count and not self._asked and not self.finished:
            self._conclude()

    def _replied(self, reply: EchoReply, datagram: IPv4, now_ns: int) -> None:
        asked_ns = self._asked.pop(reply.seq, None)
        size = len(reply)
        line = f"{size} bytes from {datagram.src}: icmp_seq={reply.seq} ttl={datagram.ttl}"
        if asked_ns is None:
            self.print(f"{line} ({'DUP!' if reply.seq in self._answered else 'unexpected'})")
            return
        self._answered.append(reply.seq)
        self.received += 1
        self.round_trips_ns.append(now_ns - asked_ns)
        self.ttls.append(datagram.ttl)
        self.print(f"{line} time={milliseconds(now_ns - asked_ns)} ms")
        for option in datagram.options:
            if isinstance(option, RecordRoute):
                addresses = option.route[: max(option.pointer // 4 - 1, 0)]
                self.print("RR: \t" + "\n\t".join(addresses))

    def _refused(self, error: ICMP, sender: str, number: int) -> None:
        # The router that sends a redirect has forwarded the request, so that an answer may still come.
        if self._asked.get(number) is None:
            return
        title = error.code.title if isinstance(error, DestinationUnreachable) else error.type.title
        if isinstance(error, DestinationUnreachable) and error.next_hop_mtu:
            title += f" and DF set (mtu = {error.next_hop_mtu})"
        self.print(f"From {sender} icmp_seq={number} {title}")
        if error.name == "icmp" and error.type.name != "REDIRECT":
            self.errors += 1
            del self._asked[number]

    def _conclude(self) -> None:
        lost = 100 * (self.transmitted - self.received) // self.transmitted
        errors = f", +{self.errors} errors" if self.errors else ""
        self.print(f"--- {self.target} ping statistics ---")
        self.print(f"{self.transmitted} packets transmitted, {self.received} received{errors}, {lost}% packet loss")
        if self.round_trips_ns:
            times = self.round_trips_ns
            least, mean, most = min(times), sum(times) // len(times), max(times)
            shown = "/".join(f"{each / 1e6:.3f}" for each in (least, mean, most))
            self.print(f"rtt min/avg/max = {shown} ms")
        self.finish()


def milliseconds(time_ns: int) -> str:
    """Return a time as ping prints it: three digits that count.

    >>> [milliseconds(time) for time in (54_321, 1_234_567, 12_345_678, 123_456_789)]
    ['0.054', '1.23', '12.3', '123']
    """
    value = time_ns / 1e6
    decimals = 3 if value < 1 else 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:.{decimals}f}"
