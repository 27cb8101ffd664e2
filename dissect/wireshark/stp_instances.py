"""What bridges tell of spanning trees behind the common one, as Wireshark sees it."""

from __future__ import annotations

from dissect.protocols.stp_instances import SPTExtension
from dissect.wireshark.sight import Sight

__all__ = ["ShortestPathSight"]


class ShortestPathSight(Sight, of=SPTExtension):
    """What bridges on shortest paths agree on."""

    truths = {"mstp.agree_flags.": ("Yes", "No")}
