"""A network with hosts on one switch, for the tests of applications."""

from __future__ import annotations

from typing import Any, TypeVar

from dissect import AsyncProgram, Host, Network
from dissect.declaration.header import Header
from dissect.lab.async_program import Main
from dissect.lab.program import Program

__all__ = ["MS", "SECOND", "Home"]

MS = 1_000_000
SECOND = 1_000_000_000
_Header = TypeVar("_Header", bound=Header)
_Program = TypeVar("_Program", bound=Program)


class Home:
    """A server at 192.168.1.1, and as many other hosts as are made."""

    def __init__(self, seed: int = 0, **options: Any) -> None:
        self.lab = Network(seed=seed)
        self.switch = self.lab.switch("s")
        self.server = self.host("server", "192.168.1.1/24", **options)

    def host(self, name: str, *addresses: str, link: dict[str, Any] | None = None, **options: Any) -> Host:
        """Add a host behind the switch."""
        made = self.lab.host(name, addresses, **options)
        self.lab.link(made, self.switch, **({"delay_ns": MS} | (link or {})))
        return made

    def serve(self, program: _Program) -> _Program:
        """Run a program on the server."""
        return self.lab.start_program(self.server, program, at_ns=self.lab.now_ns)

    def start(self, host: Host, program: _Program) -> _Program:
        """Run a program on a host."""
        return self.lab.start_program(host, program, at_ns=self.lab.now_ns)

    def do(self, host: Host, main: Main, duration_ns: int = 60 * SECOND) -> Any:
        """Let a host do something, and return what came of it; the lines that it printed where it failed."""
        program = self.start(host, AsyncProgram(main))
        self.run(duration_ns)
        assert program.finished, "it waits for something"
        return program.result if program.result is not None else program.lines

    def run(self, duration_ns: int = SECOND) -> None:
        """Let some time pass."""
        self.lab.run(self.lab.now_ns + duration_ns)

    def seen(self, kind: type[_Header], host: Host | None = None) -> list[_Header]:
        """The headers of a kind that went over the link of a host, or of the server, in both directions."""
        place = f"{(host or self.server).name}-s"
        return [packet[kind] for packet in self.lab.recording.packets([place]) if kind in packet]
