from __future__ import annotations

import pytest

from dissect import ISL, Ethernet, Packet
from dissect.wireshark.fields import texts

FRAME = Ethernet(dst="01:00:0c:00:00:02", src="02:00:00:00:00:07") / ISL(vlan=5, is_control=True) / Ethernet()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("isl.dst", ["01:00:0c:00:00:02"]),
        ("isl.src", ["02:00:00:00:00:07"]),
        ("isl.addr", ["01:00:0c:00:00:02", "02:00:00:00:00:07"]),
        ("isl.type", ["0"]),
        ("isl.user_eth", ["2"]),
        ("isl.len", ["26"]),
        ("isl.vlan_id", ["5"]),
        ("isl.bpdu", ["1"]),
        # Those of the frame around it are its own.
        ("eth.dst", ["00:00:00:00:00:00"]),
    ],
)
def test_fields(name: str, expected: list[str]) -> None:
    assert texts(Packet(bytes(FRAME)), name) == expected


def test_a_frame_that_was_built_knows_nothing_around_its_header() -> None:
    assert texts(ISL(), "isl.dst") == texts(ISL(), "isl.len") == []
