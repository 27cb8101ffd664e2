"""Multicast traceroute as Wireshark sees it."""

from __future__ import annotations

from pathlib import Path

import dissect
from dissect import IPv4
from dissect.protocols.igmp_trace import MulticastTrace, MulticastTraceBlock
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree

BLOCK = MulticastTraceBlock(arrival=1, incoming="10.0.0.9", packets_in=7, forwarding_ttl=3, source_mask=24, code=2)
QUERY = bytes.fromhex("1f 08 e1e8 e0000001 0a000001 0a000002 0a000003 01 000007")
NAMES = """
    frame.protocols igmp.type igmp.checksum igmp.maddr igmp.mtrace.max_hops igmp.mtrace.saddr igmp.mtrace.raddr
    igmp.mtrace.rspaddr igmp.mtrace.resp_ttl igmp.mtrace.q_id igmp.mtrace.q_arrival igmp.mtrace.q_inaddr
    igmp.mtrace.q_outaddr igmp.mtrace.q_prevrtr igmp.mtrace.q_inpkt igmp.mtrace.q_outpkt igmp.mtrace.q_total
    igmp.mtrace.q_rtg_proto igmp.mtrace.q_fwd_ttl igmp.mtrace.q_mbz igmp.mtrace.q_s igmp.mtrace.q_src_mask
    igmp.mtrace.q_fwd_code igmp.max_resp igmp.bad_checksum _ws.col.Protocol _ws.col.Info
""".split()


def trace(**more: object) -> MulticastTrace:
    known = {
        "max_response": 8, "group": "224.0.0.1", "sender": "10.0.0.1", "receiver": "10.0.0.2",
        "response_address": "10.0.0.3", "response_ttl": 1, "query_id": 7,
    }  # fmt: skip
    return MulticastTrace(**known | more)  # type: ignore[arg-type]


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    capture = tmp_path / "traces.pcap"
    messages = [trace(type=number, blocks=[BLOCK] * count) for number in (0x1E, 0x1F) for count in range(3)]
    bodies = [*map(bytes, messages), QUERY[:4], QUERY[:12], bytes([0x1F])]
    dissect.write(capture, [IPv4(protocol=2) / body for body in bodies])
    assert agree(tshark, capture, NAMES) == len(NAMES) * len(bodies)
