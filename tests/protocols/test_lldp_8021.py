"""The TLVs that IEEE 802.1 defines (IEEE 802.1Q, annex D.2), in announcements."""

from __future__ import annotations

from typing import Any

import pytest

from dissect.protocols.lldp import LLDP
from dissect.protocols.lldp_8021 import (
    LLDPFlowControl,
    LLDPPortVLAN,
    LLDPProtocolIdentity,
    LLDPProtocolVLAN,
    LLDPTransmissionSelection,
    LLDPVLANName,
)
from dissect.wireshark.fields import texts
from tests.protocols.lldp_announcements import announced


def test_vlans_of_a_port() -> None:
    frame = announced(LLDPPortVLAN(7), "fe 06 00 80 c2 01 00 07")
    assert texts(frame, "lldp.ieee.802_1.subtype") == ["0x01"]
    assert texts(frame, "lldp.ieee.802_1.port_vlan.id") == ["7"]
    named = announced(LLDPVLANName(vlan=7, value="users"), "fe 0c 00 80 c2 03 00 07 05 75 73 65 72 73")
    assert texts(named, "lldp.ieee.802_1.vlan.name") == ["users"]


def test_a_vlan_of_some_protocols_has_its_flags_in_one_byte() -> None:
    # Bit 1 of the flags says that it can, and bit 2 that it does (D.2.2.1).
    for supported, enabled, flags in ((True, False, "02"), (False, True, "04"), (True, True, "06")):
        tlv = LLDPProtocolVLAN(vlan=9, supported=supported, enabled=enabled)
        frame = announced(tlv, f"fe 07 00 80 c2 02 {flags} 00 09")
        told: Any = frame[LLDP].tlvs[3]
        assert (told.supported, told.enabled, told.vlan) == (supported, enabled, 9)


def test_a_protocol_is_told_by_its_first_bytes() -> None:
    frame = announced(LLDPProtocolIdentity(identity=b"\x88\x8e\1"), "fe 08 00 80 c2 04 03 88 8e 01")
    assert texts(frame, "lldp.ieee.802_1.proto.id") == ["888e01"]


def test_how_traffic_is_shared_out_and_paused() -> None:
    shares = LLDPTransmissionSelection(willing=True, classes=3, bandwidths=bytes([50, 30, 20, 0, 0, 0, 0, 0]))
    announced(shares, "fe 19 00 80 c2 09 83 00 00 00 00 32 1e 14 00 00 00 00 00 00 00 00 00 00 00 00 00")
    for priority in range(8):
        pauses = LLDPFlowControl(**{f"priority_{priority}": True})
        announced(pauses, f"fe 06 00 80 c2 0b 08 {1 << priority:02x}")


@pytest.mark.parametrize("cut", range(1, 5))
def test_one_that_is_cut_is_kept(cut: int) -> None:
    whole = bytes(LLDPPortVLAN(7))
    data = bytes([whole[0], whole[1] - cut, *whole[2:-cut]])
    (read,) = LLDP(tlvs=data).tlvs
    assert bytes(read) == data
    assert read.is_short()
    # Without its subtype nobody knows which one it is.
    assert isinstance(read, LLDPPortVLAN) == (cut < 3)
