"""The exchange of identification between LLC stations as Wireshark sees it."""

from __future__ import annotations

from dissect.protocols.llc_xid import BasicXID
from dissect.wireshark.sight import Sight

__all__ = ["XIDSight"]


class XIDSight(Sight, of=BasicXID):
    """A part of LLC with a line of its own."""

    called = "Basic Format XID"

    def protocol(self, header: BasicXID) -> str:
        """Return XID."""
        return "XID"

    def path(self, header: BasicXID) -> tuple[str, ...]:
        """Return nothing: it is a part of LLC."""
        return ()
