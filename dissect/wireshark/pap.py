"""PAP as Wireshark sees it."""

from __future__ import annotations

from dissect.protocols.pap import PAP
from dissect.wireshark.field_types import NONE
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed

__all__ = ["PAPSight"]


class PAPSight(Sight, of=PAP):
    """Field by field, those behind the length below a line of their own."""

    called = "PPP PAP"

    @computed("data", NONE, title="Data")
    def contents(self, header: PAP) -> int | None:
        """Something stands behind the length."""
        return 1 if header.own_size > header.least_size else None

    def protocol(self, header: PAP) -> str:
        """Return what Wireshark calls the protocol."""
        return self.called
