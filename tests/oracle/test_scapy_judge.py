from __future__ import annotations

import pytest
from scapy.config import conf
from scapy.error import ScapyNoDstMacException

from tests.oracle import scapy_judge as scapy
from tests.oracle.conftest import ARP_REQUEST


def test_bytes_of_a_known_frame() -> None:
    frame = (
        scapy.Ether(src="00:05:5d:61:58:a8", dst="ff:ff:ff:ff:ff:ff")
        / scapy.ARP(hwsrc="00:05:5d:61:58:a8", psrc="192.168.0.55", pdst="192.168.0.2")
        / scapy.Padding(ARP_REQUEST[42:])
    )
    assert bytes(frame) == ARP_REQUEST
    assert scapy.Ether(ARP_REQUEST)[scapy.ARP].psrc == "192.168.0.55"


def test_nothing_is_looked_up_for_addresses_left_out() -> None:
    assert conf.route.routes == []
    assert scapy.IP(dst="192.0.2.1").src == "0.0.0.0"
    with pytest.raises(ScapyNoDstMacException):
        bytes(scapy.Ether(src="00:05:5d:61:58:a8") / scapy.IP(src="192.0.2.2", dst="192.0.2.1"))
