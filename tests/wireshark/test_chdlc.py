from __future__ import annotations

import pytest

from dissect import CiscoHDLC
from dissect.wireshark.columns import summarize
from dissect.wireshark.names import value_names


@pytest.mark.parametrize(
    ("number", "protocol"),
    [(0x2000, "CHDLC"), (0x8035, "CHDLC"), (0x8847, "CHDLC"), (0x8848, "CHDLC"), (0xFEFE, "CHDLC"), (0x88B5, "0x88b5")],
)
def test_protocols_of_cisco_have_no_number(number: int, protocol: str) -> None:
    assert summarize(CiscoHDLC(protocol=number)).protocol == protocol
    assert summarize(CiscoHDLC(protocol=number)).info == ""


def test_addresses_have_names() -> None:
    assert value_names("chdlc.address") == {"Unicast": 0x0F, "Multicast": 0x8F}
