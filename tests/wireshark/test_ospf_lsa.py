"""The advertisements of OSPF as Wireshark sees them: opaque ones, and those that hold less than they announce."""

from __future__ import annotations

from pathlib import Path

import dissect
from dissect import Ethernet, IPv4
from dissect.declaration.header import Header
from dissect.protocols.ospf import OSPFv2
from dissect.protocols.ospf_lsa import OSPFNetworkLSA, OSPFRouterLink, OSPFRouterLSA, UnknownOSPFLSA
from dissect.wireshark.fields import texts
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree

OUTER = Ethernet() / IPv4(src="10.0.0.1", dst="224.0.0.5", ttl=1)
ROUTER = OSPFRouterLSA(links=[OSPFRouterLink(id="2.2.2.2")])
NETWORK = OSPFNetworkLSA(netmask="255.255.255.0", routers=["1.1.1.1"])


def test_updates_that_hold_less_than_they_announce(tshark: Tshark, tmp_path: Path) -> None:
    names = """
        ospf.ls.number_of_lsas ospf.lsa ospf.lsa.length ospf.lsa.router ospf.v2.options.e ospf.lsa.number_of_links
        ospf.lsa.router.linkid ospf.lsa.network.attchrtr _ws.malformed _ws.col.Info
    """.split()
    longer = bytearray(bytes(NETWORK))
    longer[19] = 200
    frames: list[Header] = [
        OUTER / OSPFv2(type=4, updates=[ROUTER, NETWORK]),
        OUTER / OSPFv2(type=4, update_count=3, updates=[ROUTER, NETWORK]),
        OUTER / OSPFv2(type=4, updates=bytes(longer)),
        OUTER / OSPFv2(type=4, updates=[OSPFRouterLSA(links=[OSPFRouterLink(id="2.2.2.2")], link_count=9)]),
    ]
    capture = tmp_path / "ospf.pcap"
    dissect.write(capture, frames)
    assert agree(tshark, capture, names) == len(names) * len(frames)


def test_opaque_advertisements_have_a_type_and_a_number() -> None:
    update = OSPFv2(type=4, updates=[UnknownOSPFLSA(type=10, id="1.0.0.7"), ROUTER])
    assert texts(update, "ospf.lsid_opaque_type") == ["1"]
    assert texts(update, "ospf.lsa.id") == ["0.0.0.0"]
