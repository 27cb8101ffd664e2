from __future__ import annotations

from dissect import Ethernet, IPv4
from dissect.protocols.ospf import OSPFv2, OSPFv3
from dissect.protocols.ospf_lsa import OSPFRouterLink, OSPFRouterLSA
from dissect.wireshark.columns import summarize
from dissect.wireshark.fields import texts

OUTER = Ethernet() / IPv4(src="10.0.0.1", dst="224.0.0.5", ttl=1)
ROUTER = OSPFRouterLSA(links=[OSPFRouterLink(id="2.2.2.2")])


def test_what_stands_in_the_list() -> None:
    assert summarize(OSPFv3(type=2, options=0)).info == "DB Description"
    assert summarize(OUTER / OSPFv2(type=4, updates=[ROUTER], update_count=2)).info == "LS Update[Malformed Packet]"
    assert texts(OSPFv2(), "ospf.hello") == texts(OSPFv2(), "ospf.header") == ["1"]
    assert texts(OSPFv2(type=3), "ospf.hello") == []
