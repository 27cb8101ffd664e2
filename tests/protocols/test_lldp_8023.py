"""The TLVs that IEEE 802.3 defines (IEEE 802.3, clause 79.3), in announcements."""

from __future__ import annotations

from typing import Any

from dissect.protocols.lldp import LLDP
from dissect.protocols.lldp_8023 import LLDPAggregation, LLDPFrameSize, LLDPHardware, LLDPPowerViaMDI
from dissect.wireshark.fields import texts
from tests.protocols.lldp_announcements import announced


def test_what_a_port_negotiates() -> None:
    tlv = LLDPHardware(advertised=0x6C01, supported=True, attachment=16)
    frame = announced(tlv, "fe 09 00 12 0f 01 01 6c 01 00 10")
    assert texts(frame, "lldp.ieee.802_3.mac_phy_auto_neg_status.supported") == ["1"]
    # The first bit of the two bytes is bit 0 (RFC 3636, IANA's MauAutoNegCapBits).
    told: Any = frame[LLDP].tlvs[3]
    advertised = {name: getattr(told, name) for name in ("can_10base_t", "can_10base_tfd", "can_100base_tx")}
    assert advertised == {"can_10base_t": True, "can_10base_tfd": True, "can_100base_tx": True}
    assert told.can_1000base_tfd
    assert not told.can_other


def test_power_frame_size_and_aggregation() -> None:
    announced(LLDPPowerViaMDI(support=0x0F, power_class=4), "fe 07 00 12 0f 02 0f 01 04")
    frame = announced(LLDPFrameSize(1522), "fe 06 00 12 0f 04 05 f2")
    assert texts(frame, "lldp.ieee.802_3.max_frame_size") == ["1522"]
    old = announced(LLDPAggregation(capable=True, port=3), "fe 09 00 12 0f 03 01 00 00 00 03")
    assert [problem.message for problem in old.problems()] == ["LLDPAggregation has been deprecated"]
