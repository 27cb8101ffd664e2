"""The order in which tshark shows the fields of a layer."""

from __future__ import annotations

from dissect.wireshark.reading_order import reading_order
from dissect.wireshark.types import field_names


def test_computed_fields_have_their_place() -> None:
    order = reading_order("tcp")
    assert order["tcp.dstport"] < order["tcp.stream"] < order["tcp.seq"] < order["tcp.seq_raw"]
    assert reading_order("frame")["frame.time"] < reading_order("frame")["frame.number"]
    assert reading_order("vxlan") == {}


def test_orders_name_fields() -> None:
    protocols = ("eth", "arp", "ip", "icmp", "igmp", "udp", "tcp")
    titles = {"Timestamps"}
    assert {name for protocol in protocols for name in reading_order(protocol)} - titles <= field_names()
