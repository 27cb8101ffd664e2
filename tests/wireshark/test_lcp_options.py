from __future__ import annotations

import pytest

from dissect import LCP, PPP, Packet
from dissect.wireshark.fields import texts


@pytest.mark.parametrize(
    ("option", "name", "expected"),
    [
        ("1307 02 0a000001", "lcp.opt.ip_address", ["10.0.0.1"]),
        ("1309 03 020000000001", "lcp.opt.802_1_address", ["02:00:00:00:00:01"]),
        ("1305 01 6162", "lcp.opt.data", ["6162"]),
        ("1304 04 ff", "lcp.opt.magic_block", ["ff"]),
        ("1304 05 ff", "lcp.opt.psndn", ["ff"]),
        ("1304 03 ff", "lcp.opt.802_1_address", []),
        ("0104 05d4", "lcp.opt.mtu_bytes", ["010405d4"]),
        ("5503 61", "lcp.opt.type", []),
    ],
)
def test_options_as_wireshark_sees_them(option: str, name: str, expected: list[str]) -> None:
    packet = Packet(bytes(PPP() / LCP(options=bytes.fromhex(option))), link=9)
    assert texts(packet, name) == expected
