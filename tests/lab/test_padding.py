"""What fills frames up to 60 bytes."""

from __future__ import annotations

import pytest

from dissect import ARP, Ethernet, Padding
from dissect.lab.padding import padded

FRAME = Ethernet() / ARP()


@pytest.mark.parametrize(
    ("padding", "request_", "trailer"),
    [
        (Padding.NONE, bytes(60), b""),
        (Padding.ZEROS, b"x" * 60, bytes(18)),
        (Padding.REQUEST_TAIL, b"x" * 70, b"x" * 18),
        (Padding.REQUEST_TAIL, b"x" * 45, b"x" * 3),
        (Padding.REQUEST_TAIL, b"", b""),
        (b"abc", b"", b"abc" + bytes(15)),
        (b"y" * 30, b"", b"y" * 18),
    ],
)
def test_each_padding(padding: Padding | bytes, request_: bytes, trailer: bytes) -> None:
    assert padded(FRAME, padding, request_).trailer == trailer


@pytest.mark.parametrize("padding", [*Padding, b"abc"])
def test_a_long_frame_needs_none(padding: Padding | bytes) -> None:
    frame = Ethernet(payload=bytes(46))
    assert padded(frame, padding, bytes(100)) == frame
