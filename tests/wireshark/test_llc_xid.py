"""The exchange of identification between LLC stations as Wireshark sees it."""

from __future__ import annotations

from pathlib import Path

import dissect
from dissect.protocols.llc_xid import BasicXID
from dissect.wireshark.columns import summarize
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree

TO_ALL = bytes.fromhex("ffffffffffff020000000001")
"""From an access point that tells the bridges where a station is now."""


def frame_of(message: str) -> bytes:
    content = bytes.fromhex(message)
    return TO_ALL + len(content).to_bytes(2, "big") + content


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    names = """
        frame.protocols llc.dsap llc.ssap llc.control basicxid.llc.xid.format basicxid.llc.xid.types
        basicxid.llc.xid.wsize eth.padding eth.trailer data.data _ws.col.Protocol _ws.col.Info
    """.split()
    messages = [f"0000af81{kind:02x}{window:02x}" for kind in range(9) for window in (0, 2, 0x20)]
    messages += [
        "0001af810100",
        "0001bf810100",
        "0405af810100",
        "0606bf810100",
        "4242bf810100",
        "0000af820100",
        "0000af",
    ]
    capture = tmp_path / "xid.pcap"
    frames = [frame_of(message) for message in messages]
    dissect.write(capture, [dissect.Packet(frame) for frame in [*frames, frames[0].ljust(60, b"\0")]])
    assert agree(tshark, capture, names) == len(names) * (len(frames) + 1)


def test_identification_has_a_line_of_its_own() -> None:
    frame = dissect.parse(bytes(dissect.Ethernet(type=6)) + bytes.fromhex("0000 af 810100"))
    assert summarize(frame).protocol == "XID"
    assert summarize(frame).info == BasicXID().info()
