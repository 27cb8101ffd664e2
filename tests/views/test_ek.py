"""Documents for Elasticsearch: names, types and lists."""

from __future__ import annotations

import json
from typing import Any

from dissect import UDP, Ethernet, IPv4, Packet
from dissect.views.ek import ek_fields, ek_packet

FRAME = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2", ttl=3) / UDP(sport=5, dport=6)
PACKET = Packet(bytes(FRAME), time_ns=1_700_000_000_012_345_678)


def layers(**options: Any) -> dict[str, Any]:
    index, document = map(json.loads, ek_packet(PACKET, **options).split("\n"))
    assert index == {"index": {"_index": "packets-2023-11-14", "_type": "doc"}}
    assert document["timestamp"] == "1700000000012"
    found: dict[str, Any] = document["layers"]
    return found


def test_values() -> None:
    ip = layers()["ip"]
    assert ip["ip_ip_ttl"] == "3"
    assert ip["ip_ip_addr"] == ["10.0.0.1", "10.0.0.2"]
    assert ip["ip_ip_flags_df"] is False
    assert ip["_ws_expert"]["ip_ip_ttl_too_small"] is None
    assert layers()["frame"]["frame_frame_time"] == "2023-11-14T22:13:20.012345678Z"


def test_chosen_layers() -> None:
    found = layers(protocols=frozenset({"udp", "udp.srcport"}))
    assert found["ip"] == {"filtered": "ip"}
    assert found["udp"]["udp_udp_srcport"] == "5"
    assert found["udp"]["udp_udp_dstport"] == {"filtered": "udp.dstport"}
    assert layers(protocols=frozenset({"udp"}), whole=True)["udp"]["udp_udp_dstport"] == "6"


def test_bytes() -> None:
    found = layers(raw=True)["ip"]
    assert (found["ip_ip_ttl_raw"], found["ip_ip_src_raw"]) == ("03", "0a000001")


def test_chosen_fields() -> None:
    fields = [("ip.addr", '["10.0.0.1", "10.0.0.2"]'), ("_ws.col.Info", '["Echo, \\", \\" seq=1, ttl=64"]')]
    document = '"layers":{"ip_addr":["10.0.0.1","10.0.0.2"],"_ws_col_Info":["Echo, \\", \\" seq=1, ttl=64"]}}'
    assert ek_fields(PACKET, fields).endswith(document)
