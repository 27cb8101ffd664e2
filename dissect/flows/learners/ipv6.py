"""IPv6 and its extension headers: the addresses from end to end."""

from __future__ import annotations

from typing import Any

from dissect.flows.learner import Learner, Place
from dissect.protocols.ipv6 import ExtensionHeader, IPv6

__all__ = ["ExtensionLearner", "IPv6Learner"]


class IPv6Learner(Learner, of=IPv6):
    """Notes the addresses."""

    always = True
    silent = True

    def observe(self, header: Any, place: Place) -> None:
        place.enter_network(header)

    @classmethod
    def is_part(cls, header: Any) -> bool:
        return not header.is_cut and header.is_fragment

    @classmethod
    def depends(cls, header: Any) -> bool:
        return cls.is_part(header)


class ExtensionLearner(Learner, of=ExtensionHeader):
    """Notes the ends of the route that an extension header tells of, and its bytes."""

    always = True

    def observe(self, header: Any, place: Place) -> None:
        place.prefix += header.own_bytes
        if place.addresses is not None:
            source, destination = place.addresses
            place.addresses = header.home_source() or source, header.final_destination() or destination

    @classmethod
    def depends(cls, header: Any) -> bool:
        return False
