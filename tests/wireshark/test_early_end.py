"""Where reading ends too early, by which protocol, and whether the capture is to blame."""

from __future__ import annotations

import pytest

from dissect import ARP, Ethernet, FragmentHeader, IPv6, Packet, TimeExceeded
from dissect.wireshark.early_end import early_end

LINK = Ethernet(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")


@pytest.mark.parametrize(("size", "name"), [(10, "Ethernet"), (30, "IPv6"), (56, "IPv6 Fragment")])
def test_the_protocol_that_misses_bytes_is_named(size: int, name: str) -> None:
    data = bytes(LINK / IPv6() / FragmentHeader() / bytes(8))[:size]
    whole = early_end(Packet(data))
    assert whole is not None
    assert whole.line == f"[Malformed Packet: {name}]"
    cut = early_end(Packet(data, original_length=80))
    assert cut is not None
    assert cut.line == f"[Packet size limited during capture: {name} truncated]"


def test_a_whole_frame_does_not_end_early() -> None:
    assert early_end(LINK / ARP()) is None
    assert early_end(TimeExceeded()) is None
