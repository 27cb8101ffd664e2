"""What Wireshark tells of messages over TCP that come in several segments, and of several in one."""

from __future__ import annotations

from typing import Any

from dissect.declaration.derived_fields import Derived
from dissect.declaration.traced_bytes import size_of
from dissect.wireshark.field_types import BOOLEAN, BYTES, FRAMENUM, NONE, UINT32
from dissect.wireshark.sight import Gathered, Sight
from dissect.wireshark.sight_fields import computed, learnt

__all__ = ["MessagesSight"]

_RETRANSMISSION = 1
"""The mark of `dissect.flows.tcp_analysis.Mark`, which this floor does not know."""


class MessagesSight(Sight):
    """A header of segments that carry messages; a reading pass tells what came of them (`dissect.flows.messages`)."""

    last_frame_of_message = learnt(
        "pdu.last_frame", FRAMENUM, "Last frame of this PDU", doc="Where a message ends that begins here"
    )
    message_sizes = learnt("pdu.size", UINT32, "PDU Size", doc="The bytes of each message that becomes whole here")

    @computed("segment_data", BYTES, title="TCP segment data", is_learnt=True)
    def segment_data(self, header: Any) -> list[bytes] | None:
        """The bytes that belong to messages over several segments, and those of a retransmission, which show none.

        Those of a reset are its reason.
        """
        told: list[bytes] | None = header.learnt("segment_data")
        if told is not None or header.rst or not (header.learnt("marks") or 0) & _RETRANSMISSION:
            return told
        data = header.parts()[1]
        is_whole = size_of(data) == header.segment_length and header.checksum_state().is_trusted
        return [data] if data and is_whole else None

    @computed("segments", NONE, title="Reassembled TCP Segments", is_learnt=True)
    def segments(self, header: Any) -> int | None:
        """1 where the segment completes a message that others began."""
        return None if header.learnt("segments") is None else 1

    segment_numbers = learnt(
        "segment", FRAMENUM, "TCP Segment", within="segments", doc="The frames of the segments that carried the message"
    )
    segment_errors = learnt(
        "segment.error",
        FRAMENUM,
        "Reassembling error",
        within="segments",
        doc="The frames of those segments that contradict others",
    )
    segment_overlaps = learnt(
        "segment.overlap",
        BOOLEAN,
        "Segment overlap",
        within="segments",
        doc="1 for each segment some of whose bytes were in others before it",
    )
    segment_conflicts = learnt(
        "segment.overlap.conflict",
        BOOLEAN,
        "Conflicting data in segment overlap",
        within="segments",
        doc="1 for each segment whose bytes differ from those before it",
    )
    segment_count = learnt(
        "segment.count", UINT32, "Segment count", within="segments", doc="How many segments carried the message"
    )
    reassembled_length = learnt(
        "reassembled.length", UINT32, "Reassembled TCP length", within="segments", doc="The bytes of the message"
    )

    @computed("reassembled.data", BYTES, within="segments", title="Reassembled TCP Data", is_learnt=True)
    def reassembled_data(self, header: Any) -> bytes | None:
        """The bytes that the segments carried together."""
        return header.learnt("segments")  # type: ignore[no-any-return]

    reassembled_in = learnt(
        "reassembled_in", FRAMENUM, "Reassembled PDU in frame", doc="The frame that completes the message"
    )

    def gathered(self, header: Any) -> Gathered | None:
        """Return the segments that carried a message together: in front of it where the last one was empty."""
        if header.learnt("segments") is None:
            return None
        return Gathered(f"{header.name}.segments", not header.segment_length)

    def line(self, header: Any, field: Derived) -> str | None:
        """Return for a message of several segments these, with the bytes of each."""
        if field.name != "segments":
            return super().line(header, field)
        parts = header.learnt("segment_parts")
        size = len(header.learnt("segments"))
        told = ", ".join(f"#{number}({count})" for number, count in parts)
        return f"{len(parts)} Reassembled TCP Segments ({size} bytes): {told}"
