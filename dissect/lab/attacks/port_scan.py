"""A program that knocks at the TCP ports of a host, and says which are open."""

from __future__ import annotations

from dissect.errors import ConnectionFailedError, FieldError
from dissect.lab.addresses import number_of
from dissect.lab.async_program import AsyncProgram
from dissect.lab.tcp.states import Failure
from dissect.lab.waiting import sleep

__all__ = ["PortScan"]

SECOND = 1_000_000_000
MOST_AT_ONCE = 1024


class PortScan(AsyncProgram):
    """Connects to the ports from `first` to `last` of a host, one after the other, and prints which are open.

    A new one is tried every `interval_ns`; who says nothing in `wait_ns` is filtered. An open one is closed again at
    once. Raises FieldError for ports that are none.
    """

    def __init__(
        self, target: str, first: int, last: int, *, interval_ns: int = SECOND // 1000, wait_ns: int = SECOND
    ) -> None:
        super().__init__()
        number_of(target)
        if not 0 < first <= last < 65536 or last - first >= MOST_AT_ONCE:
            raise FieldError(f"the ports are {first} to {last}, expected at most {MOST_AT_ONCE} from 1 to 65535")
        self.target = target
        self.ports = range(first, last + 1)
        self.interval_ns = interval_ns
        self.wait_ns = wait_ns
        self.found: dict[str, list[int]] = {"open": [], "closed": [], "filtered": []}
        """The ports by what became of them."""

    async def main(self) -> None:
        """Try all ports, and print what was found."""
        tries = []
        for port in self.ports:
            tries.append(self.start(self._try(port)))
            await sleep(self.interval_ns)
        for each in tries:
            _ = await each
        for state, ports in self.found.items():
            if ports:
                shown = ", ".join(map(str, ports)) if state == "open" else f"{len(ports)} port{'s' * (len(ports) > 1)}"
                self.print(f"{state}: {shown}")

    async def _try(self, port: int) -> None:
        connection = self.host.tcp.connect(self.target, port)
        connection.timeout_ns = self.wait_ns
        try:
            _ = await connection
            state = "open"
            connection.close()
        except ConnectionFailedError:
            state = "closed" if connection.failure is Failure.REFUSED else "filtered"
            connection.abort()
        self.found[state].append(port)
