"""The TLVs of media endpoints (LLDP-MED, TIA-1057, clause 10.2), in announcements."""

from __future__ import annotations

from typing import Any

import pytest

from dissect import Option
from dissect.protocols.lldp import LLDP
from dissect.protocols.lldp_media import (
    LLDPAsset,
    LLDPFirmwareRevision,
    LLDPHardwareRevision,
    LLDPLocation,
    LLDPManufacturer,
    LLDPMediaCapabilities,
    LLDPMediaPolicy,
    LLDPMediaPower,
    LLDPModel,
    LLDPSerialNumber,
    LLDPSoftwareRevision,
)
from dissect.wireshark.fields import texts
from tests.protocols.lldp_announcements import announced


def test_what_an_endpoint_can_do() -> None:
    frame = announced(LLDPMediaCapabilities(capabilities=0x33, device=4), "fe 07 00 12 bb 01 00 33 04")
    assert texts(frame, "lldp.media.subtype") == ["0x01"]
    announced(LLDPLocation(), "fe 05 00 12 bb 03 01")
    announced(LLDPMediaPower(), "fe 07 00 12 bb 04 00 00 00")


def test_a_policy_has_its_numbers_in_24_bits() -> None:
    # U, T, X, 12 bits of VLAN, 3 of priority, 6 of DSCP (10.2.3).
    frame = announced(LLDPMediaPolicy(vlan=101, service_class=46, tagged=True), "fe 08 00 12 bb 02 01 40 ca 2e")
    assert texts(frame, "lldp.media.vlan_id") == ["101"]
    assert texts(frame, "lldp.media.dscp") == ["46"]
    announced(LLDPMediaPolicy(vlan=4095, priority=7, service_class=63), "fe 08 00 12 bb 02 01 1f ff ff")
    told: Any = frame[LLDP].tlvs[3]
    assert (told.priority, told.tagged) == (0, True)


@pytest.mark.parametrize(
    ("tlv", "subtype"),
    [
        (LLDPHardwareRevision("part"), 5),
        (LLDPFirmwareRevision("part"), 6),
        (LLDPSoftwareRevision("part"), 7),
        (LLDPSerialNumber("part"), 8),
        (LLDPManufacturer("part"), 9),
        (LLDPModel("part"), 10),
        (LLDPAsset("part"), 11),
    ],
)
def test_the_inventory_is_text_under_a_subtype_each(tlv: Option, subtype: int) -> None:
    frame = announced(tlv, f"fe 08 00 12 bb {subtype:02x} 70 61 72 74")
    assert texts(frame, "lldp.media.subtype") == [f"0x{subtype:02x}"]
    assert not frame.problems()
