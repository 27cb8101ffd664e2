"""The advertisements of OSPF as Wireshark sees them."""

from __future__ import annotations

from dissect.protocols.ospf_lsa import HEAD, OSPFLSA, MalformedOSPFLSA, OSPFLSAHeader
from dissect.wireshark.field_types import UINT8, UINT16
from dissect.wireshark.seen import Stop
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed

__all__ = ["AdvertisementSight", "HeaderSight", "MalformedAdvertisementSight"]


_OPAQUE = (9, 10, 11)
"""The types of opaque advertisements."""


def _is_opaque(advertisement: OSPFLSA | OSPFLSAHeader) -> bool:
    return advertisement.type in _OPAQUE


class _HeadedSight(Sight):
    """The identifier of an opaque advertisement is a type and a number (RFC 5250, section 2)."""

    types = {"ospf.lsa": UINT8, "ospf.lsa.donotage": UINT16}
    hides = {"id": _is_opaque}

    @computed("lsid_opaque_type", UINT8, within="id", over="id", title="Link State ID Opaque Type")
    def opaque_type(self, advertisement: OSPFLSA | OSPFLSAHeader) -> int | None:
        """What an opaque advertisement tells."""
        return advertisement.raw("id")[0] if _is_opaque(advertisement) else None


class HeaderSight(_HeadedSight, of=OSPFLSAHeader):
    """The header alone."""


class AdvertisementSight(_HeadedSight, of=OSPFLSA):
    """The same with what follows the header."""


class MalformedAdvertisementSight(AdvertisementSight, of=MalformedOSPFLSA):
    """Nothing of one that goes on behind the end; the header of one that says to be shorter than that."""

    reads = (Stop(lambda advertisement: advertisement.length >= HEAD),)
    hides = {"data": lambda advertisement: True}
