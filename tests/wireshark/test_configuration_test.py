"""The configuration test protocol in the eyes of Wireshark."""

from __future__ import annotations

import pytest

from dissect import Ethernet, parse
from dissect.wireshark.columns import summarize
from dissect.wireshark.fields import values

START = bytes(Ethernet(type=0x9000))


@pytest.mark.parametrize("data", ["", "0000", "000001", "00000100", "0000010007", "0000 0200 020000000002"])
def test_a_way_that_does_not_end(data: str) -> None:
    words = summarize(parse(START + bytes.fromhex(data))).info
    assert words.removesuffix("[Malformed Packet]") in ("", "Reply", "Forward Data")
    assert words.endswith("[Malformed Packet]")


def test_the_step_of_the_station_that_has_the_frame() -> None:
    frame = parse(START + bytes.fromhex("0800 0200 020000000002 0100 0700"))
    assert values(frame, "loop.relevant_function") == [1]
    assert (summarize(frame).protocol, summarize(frame).info) == ("LOOP", "Reply")
