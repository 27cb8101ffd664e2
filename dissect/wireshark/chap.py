"""CHAP as Wireshark sees it."""

from __future__ import annotations

from dissect.protocols.chap import CHAP
from dissect.wireshark.field_types import NONE
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed

__all__ = ["CHAPSight"]


class CHAPSight(Sight, of=CHAP):
    """Field by field, those behind the length below a line of their own."""

    called = "PPP CHAP"

    @computed("data", NONE, title="Data")
    def contents(self, header: CHAP) -> int | None:
        """Something stands behind the length."""
        return 1 if header.own_size > header.least_size and header.raw("code") in (1, 2) else None

    def protocol(self, header: CHAP) -> str:
        """Return what Wireshark calls the protocol."""
        return self.called
