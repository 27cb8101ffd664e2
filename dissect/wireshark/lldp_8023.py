"""The TLVs of LLDP that IEEE 802.3 defines, as Wireshark sees them."""

from __future__ import annotations

from typing import Any

from dissect.declaration.fields import Field
from dissect.protocols.lldp_8023 import LLDPAggregation, LLDPHardware
from dissect.wireshark.field_types import BOOLEAN
from dissect.wireshark.notices import PROTOCOL
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed, noted

__all__ = ["LLDPAggregationSight", "LLDPHardwareSight"]

_DEPRECATED = "TLV has been deprecated"

_ADVERTISED = LLDPHardware.field("advertised")
_BITS = [field for field in LLDPHardware.fields if field.over == _ADVERTISED.name]
"""The bits of what a port can do, each a field of its own."""


def _inverted(field: Field) -> Any:
    """Return the field for the bit that stands as far from the other end as this one does from its own."""
    place = field.bit - _ADVERTISED.bit
    label = f"{_ADVERTISED.label}_inv.{field.label.rpartition('.')[2]}".partition(".")[2]

    @computed(label, BOOLEAN, title=field.title)
    def is_set(self: Any, tlv: Any) -> int:
        """The bit in the wrong order."""
        return int(tlv.raw(_ADVERTISED.name)) >> place & 1

    return is_set


_Inverted: Any = type("_Inverted", (Sight,), {f"{field.name}_inverse": _inverted(field) for field in _BITS})


class LLDPHardwareSight(_Inverted, of=LLDPHardware):  # type: ignore[misc, call-arg]  # it is made of fields
    """Every bit of what a port can do in both orders, for some stations send them in the wrong one."""


class LLDPAggregationSight(Sight, of=LLDPAggregation):
    """What IEEE 802.1 took over."""

    @noted("tlv_deprecated", _DEPRECATED, "Warning", PROTOCOL, about="subtype_8023")
    def deprecated(self, tlv: LLDPAggregation) -> str:
        """IEEE 802.3 has this no longer."""
        return _DEPRECATED
