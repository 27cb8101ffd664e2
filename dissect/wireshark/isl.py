"""Cisco's Inter-Switch Link as Wireshark sees it: addresses and length of the frame around it are its own."""

from __future__ import annotations

from dissect.protocols.isl import ISL
from dissect.wireshark.field_types import ETHER, UINT8, UINT16
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed

__all__ = ["ISLSight"]

_AROUND = 14
"""The bytes of the Ethernet header around it."""


class ISLSight(Sight, of=ISL):
    """The header in front of it belongs to it; the frame that it carries has the line of the list."""

    called = "ISL"
    truths = {"isl.bpdu": ("Yes", "No")}
    values = {
        "isl.type": {"Ethernet": 0, "Token-Ring": 1, "FDDI": 2, "ATM": 3},
        "isl.user_eth": {"Normal Priority": 0, "Priority 1": 1, "Priority 2": 2, "Highest Priority": 3},
    }

    @computed("dst", ETHER, also="addr", title="Destination")
    def destination(self, header: ISL) -> bytes | None:
        """The address that the frame goes to, with kind and priority in its last byte."""
        return _around(header, 0, 6)

    @computed("type", UINT8, title="Type")
    def kind(self, header: ISL) -> int | None:
        """The kind of frame that is carried."""
        found = _around(header, 5, 6)
        return None if found is None else found[0] >> 4

    @computed("user_eth", UINT8, title="User")
    def priority(self, header: ISL) -> int | None:
        """The priority of an Ethernet frame."""
        found = _around(header, 5, 6)
        return None if found is None or found[0] >> 4 else found[0] & 3

    @computed("src", ETHER, also="addr", title="Source")
    def source(self, header: ISL) -> bytes | None:
        """The address that the frame comes from."""
        return _around(header, 6, 12)

    @computed("len", UINT16, title="Length")
    def length(self, header: ISL) -> int | None:
        """The bytes behind this, without the check sequence."""
        found = _around(header, 12, 14)
        return None if found is None else int.from_bytes(found, "big")

    def path(self, header: ISL) -> tuple[str, ...]:
        """Return nothing: the frame around it has been told."""
        return ()

    def protocol(self, header: ISL) -> str:
        """Return what Wireshark calls the protocol."""
        return self.called


def _around(header: ISL, start: int, end: int) -> bytes | None:
    """Return some bytes of the frame around a header; None of one that was built."""
    place = header.own_start - _AROUND
    return header.buffer[place + start : place + end] if header.is_attached and place >= 0 else None
