"""The TLVs that PROFINET defines (IEC 61158-6-10), in announcements."""

from __future__ import annotations

import pytest

from dissect.protocols.lldp import LLDP
from dissect.protocols.lldp_profinet import LLDPProfinetChassis, LLDPProfinetDelay, LLDPProfinetStatus
from dissect.wireshark.fields import texts
from tests.protocols.lldp_announcements import announced


def test_delays_and_addresses() -> None:
    delays = LLDPProfinetDelay(local_receive=1, remote_receive=2, local_transmit=3, remote_transmit=4, cable=5)
    places = " ".join(f"00 00 00 {number:02x}" for number in range(1, 6))
    announced(delays, f"fe 18 00 0e cf 01 {places}")
    frame = announced(LLDPProfinetChassis("02:00:00:00:00:09"), "fe 0a 00 0e cf 05 02 00 00 00 00 09")
    assert texts(frame, "lldp.profinet.cm_mac_add") == ["02:00:00:00:00:09"]


@pytest.mark.parametrize(
    ("class_3", "words"),
    [
        (0, ""),
        (2, "RTClass3 Port Status = RTCLASS3_UP"),
        (4, "RTClass3 Port Status = RTCLASS3_RUN"),
        (5, "RTClass3 Port Status = Unknown 5"),
    ],
)
def test_a_status_is_told_in_the_list_without_a_gap_behind_it(class_3: int, words: str) -> None:
    frame = announced(LLDPProfinetStatus(class_3=class_3, fragments=1), f"fe 08 00 0e cf 02 00 00 10 {class_3:02x}")
    assert frame[LLDP].info() == f"MA/02:00:00:00:00:01 IN/eth0 120 {words}"
