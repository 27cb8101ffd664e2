"""What a host does for its parts: each part names the services that it needs, and knows nothing else of the host."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from dissect.declaration.header import Header
from dissect.declaration.options import Option
from dissect.lab.interface import Interface
from dissect.lab.padding import Padding
from dissect.lab.routing_table import RoutingTable
from dissect.lab.waiting import Wait
from dissect.protocols.ethernet import Ethernet

__all__ = ["Addresses", "Configures", "Sends", "SendsFrames", "Tells"]


class Tells(Protocol):
    """Notes what happens."""

    def tell(self, text: str, *, at_ns: int | None = None) -> None:
        """Note an event, of now unless it is of another time."""


class Sends(Protocol):
    """Sends datagrams by the routes that it has."""

    @property
    def name(self) -> str:
        """What the host is called."""

    def send(
        self,
        dst: str,
        payload: Header,
        *,
        src: str | None = None,
        ttl: int | None = None,
        tos: int = 0,
        dont_fragment: bool | None = None,
        options: Sequence[Option] = (),
    ) -> None:
        """Send a datagram to an address; raises what `Host.send` raises."""

    def answer(
        self, dst: str, payload: Header, *, src: str | None = None, tos: int = 0, options: Sequence[Option] = ()
    ) -> None:
        """Send an answer, if there is a way."""


class SendsFrames(Protocol):
    """Sends frames at its ports."""

    padding: Padding | bytes

    def send_frame(self, frame: Ethernet | bytes, port: int = 0) -> None:
        """Send a frame as it is."""


class Addresses(Protocol):
    """Has interfaces, and addresses at them."""

    @property
    def interfaces(self) -> list[Interface]:
        """The interfaces, by port."""

    def is_own(self, ip: str) -> bool:
        """Whether the address is the host's, to use now."""

    def add_address(self, port: int, text: str) -> None:
        """Give the interface at a port another address, as `"192.168.0.2/24"`."""


class Configures(Addresses, Protocol):
    """Gets addresses and routes, and loses them again."""

    @property
    def routing_table(self) -> RoutingTable:
        """The routes."""

    def add_route(self, network: str, gateway: str, *, metric: int = 0) -> None:
        """Add a route by way of a gateway on one of the host's networks."""

    def remove_address(self, port: int, ip: str) -> None:
        """Take an address of the interface at a port away."""

    def claim(self, port: int, text: str) -> Wait[bool]:
        """Give the interface at a port another address, unless somebody has it, which awaiting tells."""

    def expect_address(self, port: int, *, expected: bool = True) -> None:
        """Take what comes for an address that the interface at a port does not have yet, or do so no longer."""
