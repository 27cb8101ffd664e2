"""What a port can do, in both orders of its bits, as tshark shows it."""

from __future__ import annotations

from pathlib import Path

import pytest

import dissect
from dissect.protocols.lldp_8023 import LLDPAggregation, LLDPHardware
from dissect.wireshark.fields import values
from dissect.wireshark.lldp_8023 import LLDPHardwareSight
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree
from tests.protocols.lldp_announcements import announced

RIGHT = "lldp.ieee.802_3.pmd_auto_neg_advertised_caps."
WRONG = "lldp.ieee.802_3.pmd_auto_neg_advertised_caps_inv."


def hardware(advertised: int) -> dissect.Header:
    """Return a frame with a TLV that has these bits."""
    return announced(
        LLDPHardware(advertised=advertised), f"fe 09 00 12 0f 01 00 {advertised.to_bytes(2).hex(' ')} 00 00"
    )


def names(start: str) -> list[str]:
    """Return the fields of one order."""
    declared = (*LLDPHardware.fields, *LLDPHardwareSight.fields)
    return [field.label for field in declared if field.label.startswith(start)]


@pytest.mark.parametrize("bit", range(16))
def test_a_bit_in_the_wrong_order_is_that_of_the_other_end(bit: int) -> None:
    assert len(names(RIGHT)) == len(names(WRONG)) == 16
    frame, mirrored = (hardware(1 << place) for place in (bit, 15 - bit))
    right = {name.removeprefix(RIGHT) for name in names(RIGHT) if values(frame, name) == [1]}
    wrong = {name.removeprefix(WRONG) for name in names(WRONG) if values(mirrored, name) == [1]}
    assert len(right) == 1
    assert right == wrong


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    capture = tmp_path / "lldp.pcap"
    dissect.write(capture, [dissect.Packet(bytes(hardware(1 << bit | 1))) for bit in range(16)])
    assert agree(tshark, capture, [*names(RIGHT), *names(WRONG)]) == 16 * 32


def test_what_another_standard_took_over_is_remarked_as_by_tshark(tshark: Tshark, tmp_path: Path) -> None:
    capture = tmp_path / "aggregation.pcap"
    dissect.write(capture, [announced(LLDPAggregation(status=1), "fe 09 00 12 0f 03 01 00 00 00 00")])
    assert agree(tshark, capture, ["lldp.tlv_deprecated", "_ws.expert.message"]) == 2
