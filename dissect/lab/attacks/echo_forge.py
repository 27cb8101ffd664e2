"""A program that asks all hosts of a network for an echo, in somebody else's name (Smurf)."""

from __future__ import annotations

from dissect.errors import DissectError, FieldError
from dissect.lab.addresses import number_of, single_host
from dissect.lab.program import Program
from dissect.protocols.icmp_queries import EchoRequest

__all__ = ["EchoForge"]

SECOND = 1_000_000_000


class EchoForge(Program):
    """Sends `count` echo requests to a broadcast address in the name of `source`, who would get the answers.

    Routers pass such datagrams on no more (RFC 2644), and hosts need not answer them (RFC 1122, section 3.2.2.6).
    Raises FieldError for what is no address.
    """

    def __init__(self, target: str, source: str, *, count: int = 1, interval_ns: int = SECOND, size: int = 56) -> None:
        super().__init__()
        number_of(target)
        if count < 1 or not 0 <= size <= 65507:
            raise FieldError(f"{count} requests of {size} bytes are none, expected 1 or more of 0 to 65507")
        self.target = target
        self.source = single_host(source, "the source")
        self.count = count
        self.interval_ns = interval_ns
        self._data = bytes(size)
        self._sent = 0

    def begin(self, now_ns: int) -> None:
        """Send the first one."""
        self.advance(now_ns)

    def advance(self, now_ns: int) -> None:
        """Send the next one."""
        self._sent += 1
        try:
            self.host.send(self.target, EchoRequest(id=1, seq=self._sent & 0xFFFF, payload=self._data), src=self.source)
        except DissectError as reason:
            self.print(str(reason))
        if self._sent == self.count:
            self.print(f"sent {self.count} echo requests to {self.target} in the name of {self.source}")
            self.finish()
        else:
            self.deadline = now_ns + self.interval_ns
