"""PPP of captures that tell which way a frame went, as Wireshark sees it."""

from __future__ import annotations

from typing import Any

from dissect.protocols.ppp_direction import DaemonPPP, DirectedPPP
from dissect.wireshark.field_types import UINT8
from dissect.wireshark.ppp import FramingSight
from dissect.wireshark.sight_fields import computed

__all__ = ["DaemonPPPSight", "DirectedPPPSight"]

_RECEIVED, _SENT = 1, 0


class DirectedPPPSight(FramingSight, of=DirectedPPP):
    """The direction as Wireshark counts it; what follows speaks for itself."""

    values = {"ppp.direction": {"Sent": _SENT, "Received": _RECEIVED}}

    @computed("direction", UINT8, title="Direction")
    def direction(self, header: Any) -> int:
        """0 for a frame that was sent, 1 for one that was received."""
        return _SENT if header.sent else _RECEIVED


class DaemonPPPSight(DirectedPPPSight, of=DaemonPPP):
    """The same, in front of a control field."""
