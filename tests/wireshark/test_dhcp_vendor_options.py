"""Options whose meaning a maker knows, beside tshark: of PXE, of a vendor class, and by enterprise."""

from __future__ import annotations

from pathlib import Path

import dissect
from dissect import DHCP, UDP, Ethernet, IPv4, Packet
from tests.oracle.tshark import Tshark
from tests.protocols.agreement import agree
from tests.wireshark.test_dhcp import DISCOVER, option


def test_what_makers_tell(tshark: Tshark, tmp_path: Path) -> None:
    wanted = ["dhcp.option.type", "dhcp.option.vendor.value", "dhcp.option.vendor.pxeclient.suboption"]
    wanted += ["dhcp.option.suboption_length", "dhcp.option.vi_class.data", "dhcp.option.vi.enterprise"]
    wanted += ["dhcp.option.vi.length", "frame.protocols", "_ws.col.Info", "_ws.malformed"]
    pxe = b"\x06\x01\x08\x08\x07\0\x01\x01\x01\x02\x03\x04\0\0\x0a\x05\0Boot\xff"
    told = [
        DISCOVER + option(60, kind) + option(43, value)
        for kind in (b"PXEClient:Arch:00007", b"MSFT 5.0")
        for value in (pxe, b"")
    ]
    told += [DISCOVER + option(43, pxe) + option(60, b"PXEClient"), DISCOVER + option(43, pxe)]
    told += [DISCOVER + option(60, b"PXEClient") + option(43, value) for value in (b"\x06", b"\x06\x04\x01", pxe[:-1])]
    told += [DISCOVER + option(124, b"\0\0\0\x09\x04data\0\0\0\x0a\x02ab")]
    told += [DISCOVER + option(125, b"\0\0\0\x09\x05\x01\x03abc\0\0\0\x0a\x04\x01\x02ab")]
    around = Ethernet() / IPv4(dst="255.255.255.255") / UDP(sport=68, dport=67)
    capture = tmp_path / "vendors.pcap"
    dissect.write(capture, [Packet(bytes(around / DHCP(options=options + b"\xff"))) for options in told])
    assert agree(tshark, capture, wanted) == len(wanted) * len(told)
