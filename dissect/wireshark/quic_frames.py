"""Frames of QUIC as Wireshark sees them."""

from __future__ import annotations

from typing import Any

from dissect.protocols.quic_frames import ConnectionClose, QUICFrame, QUICFrames
from dissect.wireshark.field_types import NONE, UINT64
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed

__all__ = ["FrameSight", "FramesSight"]

_SHORT_NAMES = {ConnectionClose.title: "CC"}


class FramesSight(Sight, of=QUICFrames):
    """What a packet holds: it belongs to the packet."""

    def info(self, header: Any) -> str:
        """Return the frames, some by shorter names."""
        return ", ".join(_SHORT_NAMES.get(frame.title, frame.title) for frame in header.frames)

    def protocol(self, header: Any) -> str:
        """Return nothing: the packet has the line."""
        return ""

    def path(self, header: Any) -> tuple[str, ...]:
        """Return the name, which is that of the packet's layer."""
        return (header.name,)

    def shares(self, header: Any) -> bool:
        """Whether another packet follows in the same layer."""
        behind = self.payload(header)
        return behind is not None and bool(behind.learnt("shares_layer"))


class FrameSight(Sight, of=QUICFrame):
    """A frame, with a mark for each; types are numbers of any size."""

    types = {
        "quic.frame_type": UINT64,
        "quic.crypto.offset": UINT64,
        "quic.crypto.length": UINT64,
        "quic.ack.largest_acknowledged": UINT64,
        "quic.ack.ack_delay": UINT64,
        "quic.ack.ack_range_count": UINT64,
        "quic.ack.first_ack_range": UINT64,
        "quic.ack.gap": UINT64,
        "quic.ack.ack_range": UINT64,
        "quic.ack.ect0_count": UINT64,
        "quic.ack.ect1_count": UINT64,
        "quic.ack.ecn_ce_count": UINT64,
        "quic.cc.error_code": UINT64,
        "quic.cc.frame_type": UINT64,
        "quic.cc.reason_phrase.length": UINT64,
    }

    @computed("frame", NONE, title="Frame")
    def mark(self, frame: Any) -> int:
        """1 for each frame."""
        return 1
