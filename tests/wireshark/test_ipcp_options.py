from __future__ import annotations

import pytest

from dissect import IPCP, PPP, Packet
from dissect.wireshark.fields import texts


@pytest.mark.parametrize(
    ("option", "name", "expected"),
    [
        ("0206 002d 0f01", "ipcp.opt.comp_slot_id", ["1"]),
        ("0206 002d 0f02", "ipcp.opt.comp_slot_id", ["0"]),
        ("0204 0061", "ipcp.opt.comp_slot_id", []),
        ("0306 0a000001", "ipcp.opt.addr", ["03060a000001"]),
        ("4d03 61", "ipcp.opt.type", []),
        ("0303 0a", "_ws.expert.message", ["IP Address (with option length = 3 bytes; should be 6)"]),
    ],
)
def test_options_as_wireshark_sees_them(option: str, name: str, expected: list[str]) -> None:
    packet = Packet(bytes(PPP() / IPCP(options=bytes.fromhex(option))), link=9)
    assert texts(packet, name) == expected
