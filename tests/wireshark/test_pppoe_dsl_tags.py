from __future__ import annotations

import pytest

from dissect import Ethernet, PPPoEDiscovery, PPPoEVendorTag
from dissect.wireshark.fields import texts


@pytest.mark.parametrize(
    ("line", "name", "expected"),
    [
        ("0102 6162", "pppoed.tags.circuit_id", ["ab"]),
        ("0102 6162", "pppoed.tag_length_8", []),
        ("8104 000003e8", "pppoed.tags.act_data_rate_up", ["1000"]),
        ("9003 010203", "pppoed.tags.access_loop_encap", ["1"]),
        ("7701 61", "pppoed.tag_length_8", ["1"]),
        ("7701 61", "pppoed.tag.unknown_data", ["61"]),
        ("7709 61", "pppoed.tag_length_8", []),
    ],
)
def test_tags_as_wireshark_sees_them(line: str, name: str, expected: list[str]) -> None:
    frame = Ethernet() / PPPoEDiscovery(tags=[PPPoEVendorTag(line=bytes.fromhex(line))])
    assert texts(frame, name) == expected
