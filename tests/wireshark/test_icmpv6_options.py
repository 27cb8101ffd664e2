"""Options of neighbour discovery in the eyes of Wireshark: addresses of links are bytes."""

from __future__ import annotations

from dissect import Ethernet, IPv6, NeighborSolicitation, SourceLinkLayerAddress, compile_filter
from dissect.wireshark.field_types import BYTES
from dissect.wireshark.types import field_type


def test_addresses_of_links_are_bytes() -> None:
    assert field_type("icmpv6.opt.src_linkaddr") is BYTES
    option = SourceLinkLayerAddress(address="00:05:5d:a1:b8:40")
    frame = Ethernet() / IPv6() / NeighborSolicitation(target="2001:db8::2", options=[option])
    assert compile_filter("icmpv6.opt.src_linkaddr == 00:05:5d:a1:b8:40")(frame)
    assert compile_filter("icmpv6.opt.src_linkaddr[0:2] == 00:05")(frame)
