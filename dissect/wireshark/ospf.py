"""OSPF as Wireshark sees it."""

from __future__ import annotations

from dissect.protocols.ospf import OSPF, OSPFv2, OSPFv3
from dissect.wireshark.field_types import NONE
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed

__all__ = ["OSPFSight"]


class OSPFSight(Sight, of=OSPF):
    """Lines for the header and for hellos; an update that announces more than it holds is malformed."""

    @computed("header", NONE, title="OSPF Header")
    def has_header(self, header: OSPF) -> int | None:
        """1 where the header is there."""
        return 1 if header.own_size >= header.least_size else None

    @computed("hello", NONE, title="OSPF Hello Packet")
    def has_hello(self, header: OSPF) -> int | None:
        """1 for a hello."""
        return 1 if header.type == 1 and header.own_size > header.least_size else None

    def stops_short(self, header: OSPF) -> bool:
        """Whether bytes are missing, or advertisements that are announced."""
        if super().stops_short(header):
            return True
        if not isinstance(header, (OSPFv2, OSPFv3)) or header.type != 4 or not header.has("updates"):
            return False
        return (header.update_count or 0) > len(header.updates or ())
