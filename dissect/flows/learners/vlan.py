"""VLAN tags: fragments of two VLANs don't belong together."""

from __future__ import annotations

from typing import Any

from dissect.declaration.gathering import gather
from dissect.flows.learner import Learner, Place
from dissect.protocols.vlan import VLAN

__all__ = ["VLANLearner"]

_number, _LEAST = gather(VLAN, ["id"])


class VLANLearner(Learner, of=VLAN):
    """Notes the number of the innermost VLAN, in a tunnel as well."""

    always = True
    silent = True
    tells = "vlan", "id"

    def observe(self, header: Any, place: Place) -> None:
        raw = header.own_bytes
        if len(raw) >= _LEAST:
            (place.vlan,) = _number(raw, 0)

    @classmethod
    def depends(cls, header: Any) -> bool:
        return False
