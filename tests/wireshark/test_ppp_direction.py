"""PPP with a direction in the eyes of Wireshark."""

from __future__ import annotations

import pytest

from dissect.declaration.header import Header
from dissect.protocols.ppp_direction import DaemonPPP, DirectedPPP
from dissect.wireshark.fields import texts, values


@pytest.mark.parametrize("frame", [DirectedPPP(), DaemonPPP()])
def test_received_is_1_and_sent_is_0(frame: Header) -> None:
    assert values(frame, "ppp.direction") == [1]
    assert values(frame.replace(sent=1), "ppp.direction") == [0]
    assert texts(DaemonPPP(), "ppp.control") == ["0x03"]
