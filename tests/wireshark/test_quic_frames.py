"""Frames of QUIC as Wireshark sees them: a mark for each, and names of which one is shorter."""

from __future__ import annotations

from dissect.protocols.quic_frames import AckFrame, ConnectionClose, CryptoFrame, PaddingFrame, PingFrame, QUICFrames
from dissect.wireshark.fields import values
from dissect.wireshark.sight import sight_of
from dissect.wireshark.types import field_type

PACKET = QUICFrames([AckFrame(), CryptoFrame(length=2, data=b"ab"), PingFrame(), ConnectionClose(), PaddingFrame()])
READ = QUICFrames.decode(bytes(PACKET), 0, len(bytes(PACKET)), 0)


def test_each_frame_has_a_mark() -> None:
    assert values(READ, "quic.frame") == [1] * 5
    assert values(READ, "quic.frame_type") == [2, 6, 1, 0x1C, 0]


def test_the_last_column_lists_them() -> None:
    assert sight_of(READ).info(READ) == "ACK, CRYPTO, PING, CC, PADDING"
    assert sight_of(READ).protocol(READ) == ""


def test_numbers_of_any_size_have_64_bits() -> None:
    # RFC 9000, section 16: up to 62 bits.
    for name in ("quic.frame_type", "quic.crypto.offset", "quic.ack.largest_acknowledged", "quic.cc.error_code"):
        kind = field_type(name)
        assert kind is not None
        assert kind.name == "FT_UINT64"
