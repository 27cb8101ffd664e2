"""The advertisements of OSPF version 3 as Wireshark sees them: nothing of one that goes on behind the end."""

from __future__ import annotations

from dissect import Ethernet, IPv6
from dissect.protocols.ospf import OSPFv3
from dissect.protocols.ospf_v3_lsa import OSPFv3RouterLSA
from dissect.wireshark.columns import summarize
from dissect.wireshark.fields import values

OUTER = Ethernet() / IPv6(src="fe80::1", dst="ff02::5")


def test_of_one_that_says_to_be_longer_than_its_update_nothing_is_shown() -> None:
    whole = bytes(OSPFv3RouterLSA(links=[]))
    for length, shown in ((len(whole), 1), (200, 0)):
        # RFC 5340, appendix A.4.2: the length stands at the end of a head of 20 bytes.
        update = OUTER / OSPFv3(type=4, updates=whole[:18] + length.to_bytes(2, "big") + whole[20:], update_count=1)
        assert len(values(update, "ospf.v3.lsa.type") or values(update, "ospf.lsa.length")) == shown
        assert ("Malformed" in summarize(update).info) is (shown == 0)
