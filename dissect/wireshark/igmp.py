"""IGMP as Wireshark sees it."""

from __future__ import annotations

from typing import Any

from dissect.protocols.igmp import IGMP, IGMPv3Query
from dissect.wireshark.field_types import IPV4, NONE, UINT8
from dissect.wireshark.sight import Sight

__all__ = ["IGMPSight", "IGMPv3QuerySight"]


class IGMPSight(Sight, of=IGMP):
    """Of messages that are no query or report, the type alone is seen."""

    hides = {
        "max_response": lambda message: message.version != 2,
        "checksum": lambda message: message.version is None,
    }
    types = {"igmp.max_resp": UINT8, "igmp.saddr": IPV4, "igmp.bad_checksum": NONE}
    values = {
        # RFC 3376, section 4.2.12.
        "igmp.record_type": {
            "Mode Is Include": 1,
            "Mode Is Exclude": 2,
            "Change To Include Mode": 3,
            "Change To Exclude Mode": 4,
            "Allow New Sources": 5,
            "Block Old Sources": 6,
        },
    }
    truths = {"igmp.s": ("SUPPRESS router side processing", "Do not suppress router side processing")}

    def protocol(self, header: Any) -> str:
        """Return IGMP with its version."""
        version = None if header.is_cut else header.version
        return "IGMP" if version is None else f"IGMPv{version}"

    def path(self, header: Any) -> tuple[str, ...]:
        """Return the protocol twice, as tshark does: for the message and for its version."""
        is_of_none = header.is_cut or header.version is None
        return (header.name,) if is_of_none else (header.name, header.name)


class IGMPv3QuerySight(IGMPSight, of=IGMPv3Query):
    """The maximum response time is a code, which is seen decoded."""

    hides = {"max_response": lambda message: True}
