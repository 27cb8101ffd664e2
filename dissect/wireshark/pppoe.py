"""Sessions of PPP over Ethernet as Wireshark sees them."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.protocols.pppoe import PPPoESession
from dissect.wireshark.sight import Sight

__all__ = ["PPPoESight"]


class PPPoESight(Sight, of=PPPoESession):
    """The kind of packet."""

    called = "PPPoES"

    def protocol(self, header: PPPoESession) -> str:
        """Return the name of sessions; discovery has another."""
        return "PPPoES"

    def path(self, header: PPPoESession) -> tuple[str, ...]:
        """Return the protocol, and PPP as well where the session ends without it."""
        return (header.name,) if header.is_cut or header.payload is not None else (header.name, "ppp")

    def words(self, header: PPPoESession) -> Iterator[str]:
        """Yield the kind of packet."""
        yield header.code.title if header.code.known else "Unknown"
