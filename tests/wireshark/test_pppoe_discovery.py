from __future__ import annotations

import pytest

import dissect
from dissect import Ethernet, PPPoEDiscovery
from dissect.wireshark.columns import summarize
from dissect.wireshark.fields import texts

NAMED = "0102 0002 6163 0102 0000"


@pytest.mark.parametrize(
    ("code", "tags", "words"),
    [
        (0x07, NAMED, "Active Discovery Offer (PADO) AC-Name='ac' AC-Name=''"),
        (0x55, NAMED, "Unknown AC-Name='ac' AC-Name=''"),
        (0x09, "0101 0005 61", "Active Discovery Initiation (PADI)[Malformed Packet]"),
        (0x09, "0105 0007 00000de9 010961", "Active Discovery Initiation (PADI)[Malformed Packet]"),
        # A single byte is no tag, and is not looked at.
        (0x09, "01", "Active Discovery Initiation (PADI)"),
    ],
)
def test_columns(code: int, tags: str, words: str) -> None:
    frame = dissect.parse(bytes(Ethernet() / PPPoEDiscovery(code=code, tags=bytes.fromhex(tags))))
    assert (summarize(frame).protocol, summarize(frame).info) == ("PPPoED", words)
    assert texts(frame, "pppoed.tags") == ["1"]


def test_no_tags_and_a_part_of_a_header() -> None:
    frame = bytes(Ethernet() / PPPoEDiscovery())
    assert texts(dissect.parse(frame), "pppoed.tags") == []
    assert texts(dissect.parse(frame), "pppoe.code") == ["0x09"]
    assert texts(dissect.parse(frame[:-1]), "pppoe.code") == []
