"""PPPoE discovery beside tshark, tag by tag."""

from __future__ import annotations

from pathlib import Path

import dissect
from dissect import VLAN, Ethernet, Packet, PPPoEDiscovery
from dissect.wireshark.fields import names, texts
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree

RATES = "".join(f"{number:02x}04 00000{number:03x} " for number in range(0x81, 0x8F))
TAGS = [
    "0101 0000  0103 0004 01020304",
    "0101 0003 697370  0102 0004 61632d31  0103 0000  0104 0004 aaaaaaaa  0110 0003 616263  0120 0002 05dc",
    "0105 0070 00000de9 0109 636972637569742037 0206 72656d6f7465" + RATES + "9003 010203",
    "0105 0007 00000123 616263",
    "0106 0004 000a0014  0107 000a 001f 32 3c 0007 0064 00c8  0108 0002 0005  0109 0002 0002",
    "0106 0002 000a  0107 0001 00  0108 0001 00  0109 0003 000000  0120 0001 00",
    "0111 0003 616263  0112 0003 616263  0121 0004 0a000001",
    "0201 0003 616263  0202 0003 616263  0203 0003 616263",
    "0000 0000  0101 0003 697370",
    "0101 0009 616263",
    "0101 0003 697370 01",
    "0105 000a 00000de9 0109 61626364",
    "",
]


def test_tshark_agrees(tshark: Tshark, tmp_path: Path) -> None:
    wanted = [name for name in names() if name in tshark.types and name.startswith(("pppoe.", "pppoed."))]
    wanted += ["frame.protocols", "eth.trailer", "eth.padding"]
    wanted += ["_ws.col.Protocol", "_ws.col.Info", "_ws.malformed", "_ws.expert.message"]
    assert len(wanted) > 60
    codes = (0x09, 0x07, 0x19, 0x65, 0xA7, 0x0A, 0x0B, 0x0C, 0xD3, 0xD4, 0x55)
    packets = [
        PPPoEDiscovery(code=codes[index % len(codes)], session_id=index, tags=bytes.fromhex(tags))
        for index, tags in enumerate(TAGS)
    ]
    frames = [bytes(Ethernet() / packet) for packet in packets]
    frames.append(bytes(Ethernet() / VLAN(id=7) / packets[0]).ljust(64, b"\0"))
    frames += [frames[1][:size] for size in (15, 18, 20, 30)]
    capture = tmp_path / "discovery.pcap"
    dissect.write(capture, [Packet(frame) for frame in frames])
    assert agree(tshark, capture, wanted) == len(wanted) * len(frames)


def test_an_unknown_tag_shows_its_data() -> None:
    # Tshark takes the bytes from two places too far to the front.
    frame = Ethernet() / PPPoEDiscovery(tags=bytes.fromhex("0777 0003 616263"))
    found = [texts(frame, f"pppoed.tag{name}") for name in ("", "_length", ".unknown_data")]
    assert found == [["0x0777"], ["3"], ["616263"]]
