"""What Wireshark tells of datagrams that come in fragments, in both versions of the Internet Protocol alike."""

from __future__ import annotations

from typing import Any

from dissect.wireshark.field_types import BOOLEAN, BYTES, FRAMENUM, UINT32
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed, learnt

__all__ = ["ReassemblySight"]


class ReassemblySight(Sight):
    """A header of datagrams that may come in fragments; a reading pass tells what came of them.

    A datagram is to IPv6 the fragmentable part of a packet (RFC 8200, section 4.5).
    """

    fragments = learnt("fragments", BYTES, "Fragments", doc="The data of the datagram that this fragment completes")
    fragment_numbers = learnt(
        "fragment",
        FRAMENUM,
        "Fragment in frame",
        within="fragments",
        doc="The frames of its fragments, by place",
    )
    fragment_errors = learnt(
        "fragment.error",
        FRAMENUM,
        "Contradicting fragment in frame",
        within="fragments",
        doc="The frames of those fragments that contradict others",
    )
    fragment_overlaps = learnt(
        "fragment.overlap",
        BOOLEAN,
        "Fragment overlap",
        within="fragments",
        doc="1 for each fragment some of whose bytes were in others before it",
    )
    fragment_conflicts = learnt(
        "fragment.overlap.conflict",
        BOOLEAN,
        "Conflicting data in fragment overlap",
        within="fragments",
        doc="1 for each fragment whose bytes differ from those before it",
    )
    fragment_other_ends = learnt(
        "fragment.multipletails",
        BOOLEAN,
        "Multiple tail fragments found",
        within="fragments",
        doc="1 for each last fragment that gives another end than the first of them",
    )
    fragments_too_long = learnt(
        "fragment.toolongfragment",
        BOOLEAN,
        "Fragment too long",
        within="fragments",
        doc="1 for each fragment that reaches beyond the end",
    )
    fragment_count = learnt(
        "fragment.count", UINT32, "Fragment count", within="fragments", doc="How many fragments the datagram came in"
    )
    reassembled_in = learnt(
        "reassembled_in",
        FRAMENUM,
        "Reassembled {} in frame",
        doc="The frame that completes the datagram of this fragment",
    )
    reassembled_length = learnt(
        "reassembled.length",
        UINT32,
        "Reassembled {} length",
        within="fragments",
        doc="The bytes of data of the datagram that this fragment completes",
    )

    @computed(
        "reassembled.data",
        BYTES,
        within="fragments",
        title="Reassembled {} data",
        is_learnt=True,
        only_with=("fragments",),
    )
    def reassembled_data(self, header: Any) -> bytes | None:
        """The data of the datagram that this fragment completes."""
        return header.learnt("fragments")  # type: ignore[no-any-return]
