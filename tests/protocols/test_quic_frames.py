"""The frames of the first packets of QUIC: bytes as RFC 9000, section 19, draws them, and what is none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.protocols import quic_frames as quic
from dissect.protocols.quic_frames import AckFrame, AckRange, CryptoFrame, QUICFrame, QUICFrames


def read(raw: bytes) -> list[Any]:
    """The frames that a packet holds."""
    packet = QUICFrames.decode(raw, 0, len(raw), 0)
    assert bytes(packet) == raw
    return list(packet.frames)


@pytest.mark.parametrize(
    ("frame", "hexadecimal"),
    [
        (quic.PingFrame(), "01"),
        # Section 16: numbers take 1, 2, 4 or 8 bytes, which their upper two bits tell.
        (AckFrame(largest=10, delay=300, first_range=2), "02 0a 412c 00 02"),
        (
            AckFrame(
                largest=100, count=2, first_range=1, ranges=[AckRange(gap=0, size=5), AckRange(gap=70, size=16384)]
            ),
            "02 4064 00 02 01 00 05 4046 80004000",
        ),
        (CryptoFrame(offset=0, length=3, data=b"abc"), "06 00 03 616263"),
        (quic.ConnectionClose(code=0x128, frame_type=6, reason_length=2, reason=b"no"), "1c 4128 06 02 6e6f"),
    ],
)
def test_bytes(frame: QUICFrame, hexadecimal: str) -> None:
    raw = bytes.fromhex(hexadecimal)
    assert bytes(frame) == raw
    # Frames tell themselves where they end, so that others follow.
    assert read(raw + b"\x01") == [frame, quic.PingFrame()]


def test_padding_is_one_frame_however_long_it_is() -> None:
    padding, ping = read(bytes(9) + b"\x01")
    assert (type(padding), len(bytes(padding))) == (quic.PaddingFrame, 9)
    assert isinstance(ping, quic.PingFrame)


# STREAM frames stand in no first packet (section 12.4), and of the others some bytes are missing.
@pytest.mark.parametrize("raw", ["08 00 616263", "06 00 09 6162", "02 40"])
def test_all_behind_what_is_no_such_frame_belongs_to_it(raw: str) -> None:
    ping, other = read(b"\x01" + bytes.fromhex(raw))
    assert isinstance(ping, quic.PingFrame)
    assert type(other) is quic.UnknownQUICFrame
    assert bytes(other) == bytes.fromhex(raw)


def test_more_ranges_than_there_are_bytes_cost_no_time() -> None:
    # 2**62 - 1 of them, the largest number there is.
    (frame,) = read(bytes.fromhex("02 00 00 ffffffffffffffff 00 05 06"))
    assert bytes(frame).endswith(b"\x05\x06")


@given(st.binary(max_size=60))
def test_any_bytes_are_kept(raw: bytes) -> None:
    assert b"".join(map(bytes, read(raw))) == raw
