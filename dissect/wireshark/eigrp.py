"""EIGRP as Wireshark sees it."""

from __future__ import annotations

from dissect.protocols.eigrp import EIGRP
from dissect.wireshark.sight import Sight

__all__ = ["EIGRPSight"]


class EIGRPSight(Sight, of=EIGRP):
    """What its flags are called."""

    truths = {"eigrp.flags.": ("Set", "Not set")}

    def text(self, header: EIGRP) -> str:
        """Return the title, which Wireshark writes itself."""
        return header.title
