from __future__ import annotations

import pytest

from dissect import (
    DSLCircuit,
    MalformedPPPoETag,
    Option,
    PPPoECredits,
    PPPoEDiscovery,
    PPPoEEndOfList,
    PPPoEMaximumPayload,
    PPPoEMetrics,
    PPPoEServiceName,
    PPPoEVendorTag,
    UnknownPPPoETag,
)
from tests.declared import again


@pytest.mark.parametrize(
    ("tag", "octets"),
    [
        (PPPoEServiceName("isp"), "0101 0003 697370"),
        (PPPoEMaximumPayload(1500), "0120 0002 05dc"),
        (PPPoEVendorTag(line=[DSLCircuit("a")]), "0105 0007 00000de9 01 01 61"),
        (PPPoEVendorTag(vendor_id=9, data=b"abc"), "0105 0007 00000009 616263"),
        (PPPoECredits(forward=1, backward=2), "0106 0004 0001 0002"),
        (
            PPPoEMetrics(receive_only=True, current_unit=1, maximum_unit=2, latency=5, current_rate=6, maximum_rate=7),
            "0107 000a 0013 64 64 0005 0006 0007",
        ),
        (UnknownPPPoETag(type=0x777, data=b"a"), "0777 0001 61"),
        (PPPoEEndOfList(), "0000 0000"),
    ],
)
def test_bytes(tag: Option, octets: str) -> None:
    assert bytes(tag) == bytes.fromhex(octets)
    assert PPPoEDiscovery(tags=bytes(tag)).tags == (tag,)
    assert again(tag) == tag


def test_what_stands_behind_the_end_is_no_tag() -> None:
    data = bytes.fromhex("0000 0000") + bytes(PPPoEServiceName("isp"))
    (end,) = PPPoEDiscovery(tags=data).tags
    assert type(end) is PPPoEEndOfList
    assert (bytes(end), again(end)) == (data, end)


def test_one_of_a_wrong_length() -> None:
    credits, rest = PPPoEDiscovery(tags=bytes.fromhex("0106 0002 0001 0101 0009 61")).tags
    assert (type(credits), type(rest)) == (UnknownPPPoETag, MalformedPPPoETag)
