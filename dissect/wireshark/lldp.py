"""LLDP as Wireshark sees it."""

from __future__ import annotations

from typing import Any

from dissect.declaration.fields import Field
from dissect.protocols.lldp import LLDP, LLDPTLVType, MalformedLLDPTLV
from dissect.wireshark.sight import CONTAINED, Sight

__all__ = ["LLDPSight"]

_HEAD = 2
"""The bytes of a TLV's type and length."""
_FIRST = (
    (LLDPTLVType.CHASSIS_ID, "Invalid Chassis ID TLV"),
    (LLDPTLVType.PORT_ID, "Invalid Port ID TLV"),
    (LLDPTLVType.TIME_TO_LIVE, "Invalid Time-to-Live TLV"),
)
"""The types of the first TLVs, and what is said where another one stands in their place."""
_CAPABLE, _SUPPORTED = ("Capable", "Not capable"), ("Supported", "Not supported")
_AGAIN = {
    LLDPTLVType.CHASSIS_ID: "Duplicate Chassis ID TLV",
    LLDPTLVType.PORT_ID: "Duplicate Port ID TLV",
    LLDPTLVType.TIME_TO_LIVE: "Duplicate Time-To-Live TLV",
}
"""What is said where one of them comes a second time."""


class LLDPSight(Sight, of=LLDP):
    """Words for TLVs that are not in their place, and for one that runs past the end."""

    truths = {
        "lldp.dcbx.feature.pfc.prio": ("Enabled", "Disabled"),
        "lldp.dcbx.ieee.ets.cbs": _SUPPORTED,
        "lldp.dcbx.ieee.pfc.mbc": _CAPABLE,
        "lldp.dcbx.ieee.willing": ("Yes", "No"),
        "lldp.ieee.802_1.port_and_vlan_id_flag.enabled": ("Enabled", "Disabled"),
        "lldp.ieee.802_1.port_and_vlan_id_flag.supported": _SUPPORTED,
        "lldp.ieee.802_3.aggregation_status.cap": ("Yes", "No"),
        "lldp.ieee.802_3.aggregation_status.enabled": ("Enabled", "Disabled"),
        "lldp.ieee.802_3.mac_phy_auto_neg_status.enabled": ("Enabled", "Disabled"),
        "lldp.ieee.802_3.mac_phy_auto_neg_status.supported": _SUPPORTED,
        "lldp.ieee.802_3.pmd_auto_neg_advertised_caps": _CAPABLE,
        "lldp.media.policy_flag": ("Unknown", "Defined"),
        "lldp.media.tag_flag": ("Yes", "No"),
        "lldp.tlv.enable_system_cap.": _CAPABLE,
        "lldp.tlv.system_cap.": _CAPABLE,
    }

    def entries(self, record: Any, field: Field, found: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the TLVs up to the first that stands in another one's place, or comes again."""
        for place, tlv in enumerate(found):
            if tlv.is_short():
                break
            if place < len(_FIRST) and tlv.raw("type") != _FIRST[place][0]:
                return found[:place]
            if place >= len(_FIRST) and tlv.raw("type") in _AGAIN:
                return found[: place + 1]
        return found

    def info(self, header: LLDP) -> str:
        """Return what the TLVs say; where one of the first three is another one, or comes again, that alone."""
        wrong = _misplaced(header)
        if wrong:
            return wrong
        last = _overrun(header)
        words = super().info(header)
        if (
            last is None
            or last.type != LLDPTLVType.TIME_TO_LIVE
            or len(last.data) < 2
            or len(header.tlvs) < len(_FIRST)
        ):
            return words
        # Seconds are read in front of the end of their TLV.
        return f"{words}{int.from_bytes(last.data[:2], 'big')} "

    def stops_short(self, header: LLDP) -> bool:
        """Whether bytes are missing; nothing is looked for behind a TLV that stands in another one's place."""
        return not _misplaced(header) and (len(header.tlvs) < len(_FIRST) or super().stops_short(header))

    def cut_mark(self, header: LLDP) -> str:
        """Return what ends early; a TLV that runs past the end is told from one that has no length."""
        mark = super().cut_mark(header)
        return CONTAINED if mark == "[Malformed Packet]" and _overrun(header) else mark


def _overrun(header: LLDP) -> MalformedLLDPTLV | None:
    """Return the TLV whose length runs past the end, if there is one that has a length."""
    last = header.tlvs[-1] if header.tlvs else None
    return last if isinstance(last, MalformedLLDPTLV) and len(last) >= _HEAD else None


def _misplaced(header: LLDP) -> str:
    """Return what is said of a list whose first TLVs are others; "" where they are right, or end early before."""
    for (number, words), tlv in zip(_FIRST, header.tlvs, strict=False):
        size = len(tlv)
        if size < _HEAD:
            return ""
        if tlv.raw("type") != number:
            # The first two are cut out of the packet, by their lengths, before their types are looked at.
            fits = number == LLDPTLVType.TIME_TO_LIVE or tlv.raw("length") <= size
            return words if fits else ""
        if tlv.is_short():
            return ""
    for tlv in header.tlvs[len(_FIRST) :]:
        if tlv.is_short():
            return ""
        if tlv.raw("type") in _AGAIN:
            return _AGAIN[tlv.raw("type")]
    return ""
