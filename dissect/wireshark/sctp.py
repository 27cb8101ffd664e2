"""SCTP as Wireshark sees it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from dissect.declaration.fields import Field
from dissect.protocols.sctp import (
    SCTP,
    MalformedSCTPChunk,
    SCTPChunk,
    SCTPData,
    SCTPIData,
    SCTPSack,
)
from dissect.protocols.sctp_parameters import SCTPParameterPadding
from dissect.wireshark.field_types import FRAMENUM, NONE, UINT8, UINT16, UINT32
from dissect.wireshark.notices import MALFORMED, PROTOCOL, SEQUENCE
from dissect.wireshark.seen import Needs
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed, mark, noted

__all__ = ["ChunkSight", "SCTPSight", "SackSight"]

_HEAD = 12
"""The bytes of the common header, of which all have to be there."""
_PORTS = 4
_MANY = 100
_CLOSED = "Zero Advertised Receiver Window Credit"
_BACKWARDS = "Malformed gap block."
_DISORDERED = "Gap blocks not in strict order."
_MANY_BEHIND_GAPS = "More than 100 TSNs were gap-acknowledged in this SACK."
_DISABLED = 65535
"""What Wireshark calls every association, unless it is asked to count them."""


def _is_snapped(header: SCTP, chunk: Any) -> bool:
    """Whether the capture cut the chunk: then nothing of it is read."""
    if not header.bytes_left_out:
        return False
    return not chunk.reaches(chunk.field("length")) or chunk.length > len(chunk)


def _data(header: SCTP) -> list[tuple[SCTPChunk, int | None, bool, tuple[int, ...] | None]]:
    """Return the chunks of data that are there up to their number, each with what other packets tell of it."""
    if not header.has("chunks"):
        return []
    chunks: list[Any] = [chunk for chunk in header.chunks if _is_data(header, chunk)]
    learnt = header.learnt("data")
    if learnt is None:
        learnt = [(None, False, () if chunk.begins and chunk.ends else None) for chunk in chunks]
    return [(chunk, *told) for chunk, told in zip(chunks, learnt, strict=True)]


def _is_data(header: SCTP, chunk: Any) -> bool:
    return isinstance(chunk, (SCTPData, SCTPIData)) and header.is_numbered(chunk)


class SCTPSight(Sight, of=SCTP):
    """Numbers counted from the first of each direction, and a layer of data for each message that is whole."""

    order = tuple(
        """
        srcport dstport port verification_tag assoc_index checksum checksum.status data_tsn sack_cumulative_tsn_ack
        fragments fragment
        """.split()
    )
    reads = (Needs(_HEAD),)
    titles = {"sctp.port": "Port"}
    types = {
        "sctp.chunk_type_to_auth": UINT8,
        "sctp.supported_chunk_type": UINT8,
        "sctp.hmac_id": UINT16,
        "sctp.parameter_supported_address_type": UINT16,
        "sctp.sack_nounce_sum": UINT8,
    }
    truths = {
        "sctp.abort_t_bit": ("Tag reflected", "Tag not reflected"),
        "sctp.chunk_bit_1": ("Skip chunk and continue processing of the packet", "Stop processing of the packet"),
        "sctp.chunk_bit_2": ("Do report", "Do not report"),
        "sctp.data_b_bit": ("First segment", "Subsequent segment"),
        "sctp.data_e_bit": ("Last segment", "Not the last segment"),
        "sctp.data_i_bit": ("Send SACK immediately", "Possibly delay SACK"),
        "sctp.data_u_bit": ("Unordered delivery", "Ordered delivery"),
        "sctp.parameter_bit_1": ("Skip parameter and continue processing of the chunk", "Stop processing of chunk"),
        "sctp.parameter_bit_2": ("Do report", "Do not report"),
        "sctp.shutdown_complete_t_bit": ("Tag reflected", "Tag not reflected"),
    }

    @computed("assoc_index", UINT16, title="Association index")
    def association(self, header: SCTP) -> int | None:
        """The number that stands for none, where all of the packet is read."""
        return None if self.stops_short(header) else _DISABLED

    @computed("data_tsn", UINT32, is_learnt=True, title="Transmission sequence number (relative)")
    def relative_numbers(self, header: SCTP) -> list[int]:
        """The numbers of data, counted from the first of this direction."""
        return [relative for _, relative, *_ in _data(header) if relative is not None]

    @computed("sack_cumulative_tsn_ack", UINT32, is_learnt=True, title="Cumulative TSN ACK (relative)")
    def relative_acknowledgments(self, header: SCTP) -> list[int]:
        """The numbers that are acknowledged, counted from the first of the other direction, where that is known."""
        return [number for number in header.learnt("acknowledged") or () if number is not None]

    @computed("fragments", NONE, is_learnt=True, title="Reassembled SCTP Fragments")
    def is_put_together(self, header: SCTP) -> list[int]:
        """1 for each message that is whole with a chunk of this packet."""
        return [1 for *_, frames in _data(header) if frames]

    @computed("fragment", FRAMENUM, is_learnt=True, title="SCTP Fragment")
    def fragments(self, header: SCTP) -> list[int]:
        """The packets in which the pieces came of messages that are whole with this packet."""
        return [frame for *_, frames in _data(header) for frame in frames or ()]

    def protocol(self, header: Any) -> str:
        """Return the name of the protocol, if its ports are there."""
        return super().protocol(header) if header.own_size >= _PORTS else ""

    def entries(self, header: Any, field: Field, found: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return the chunks that the capture did not cut."""
        return tuple(chunk for chunk in found if not _is_snapped(header, chunk))

    def path(self, header: SCTP) -> tuple[str, ...]:
        """Return the protocol, and data for each message that is whole."""
        told: list[tuple[Any, ...]] = list(_data(header))
        whole = sum(frames is not None and bool(frames or chunk.data) for chunk, _, _, frames in told)
        return (header.name, *["data"] * whole)

    def layer_texts(self, header: SCTP) -> tuple[str, ...]:
        """Return the line of the protocol, and its name for each new piece of a message that a chunk follows."""
        found = super().layer_texts(header) if header.own_size >= _HEAD else ()
        new = [not is_again for _, _, is_again, _ in _data(header)] if found else []
        chunks = [chunk for chunk in header.chunks if isinstance(chunk, SCTPChunk)] if new else []
        if chunks and _is_data(header, chunks[-1]):
            del new[-1]
        return (*found, *[str(header.name)] * sum(new))

    def words(self, header: SCTP) -> Iterator[str]:
        """Yield the kinds of chunks, with the numbers of data and of acknowledgments."""
        yield "".join(f"{words} " for words in self._chunk_words(header))

    def _chunk_words(self, header: SCTP) -> Iterator[str]:
        data = iter(_data(header))
        acknowledged = iter(header.learnt("acknowledged") or ())
        for chunk in header.chunks:
            if not isinstance(chunk, SCTPChunk) or isinstance(chunk, MalformedSCTPChunk):
                continue
            yield chunk.type.title if chunk.type.known else "RESERVED"
            if not chunk.reaches(chunk.field("length")) or _is_snapped(header, chunk):
                return
            if isinstance(chunk, (SCTPData, SCTPIData)) and header.is_numbered(chunk):
                _, relative, is_again, frames = next(data)
                yield f"(TSN={chunk.tsn if relative is None else relative})"
                if is_again:
                    yield "(retransmission)"
                elif frames is None:
                    yield "(Message Fragment)"
            elif isinstance(chunk, SCTPSack) and header.is_numbered(chunk):
                number = next(acknowledged, None)
                last = f"+{chunk.gaps[-1][1]}" if chunk.reaches(chunk.field("gaps")) and chunk.gaps else ""
                if chunk.reaches(chunk.field("gap_count")):
                    yield f"(Ack={chunk.tsn if number is None else number}{last}, Arwnd={chunk.credit})"


class ChunkSight(Sight, of=SCTPChunk):
    """A length that goes on behind the packet is remarked."""

    wrong_length = mark(
        "chunk_length.bad", "Chunk length bad", words="Chunk length bad", group=MALFORMED, about="length"
    )

    @noted(
        "parameter_padding.expert",
        "The padding of this final parameter should be the padding of the chunk.",
        "Note",
        MALFORMED,
    )
    def padded_parameter(self, chunk: SCTPChunk) -> str | None:
        """The length of a chunk counts the padding of its last parameter."""
        field = chunk.declares("parameters")
        listed = chunk.parameters if field is not None and chunk.reaches(field) else ()  # type: ignore[attr-defined]
        last = listed[-1] if listed else None
        words = "The padding of this final parameter should be the padding of the chunk."
        return words if isinstance(last, SCTPParameterPadding) else None


class SackSight(ChunkSight, of=SCTPSack):
    """A window that is closed is remarked, and so are numbers behind gaps that are many or in no order."""

    @noted("sack_a_rwnd.expert", _CLOSED, "Note", SEQUENCE, about="credit")
    def closed_window(self, chunk: SCTPSack) -> str | None:
        """The receiver takes no more data."""
        return None if chunk.credit else _CLOSED

    @noted("sack_gap_block_malformed", _BACKWARDS, "Error", PROTOCOL)
    def backward_gaps(self, chunk: SCTPSack) -> list[str] | None:
        """Numbers behind a gap end in front of where they start."""
        return [_BACKWARDS for start, end in chunk.gaps if start > end] or None

    @noted("sack_gap_block_out_of_order", _DISORDERED, "Warning", PROTOCOL)
    def disordered_gaps(self, chunk: SCTPSack) -> list[str] | None:
        """Numbers behind a gap start in front of the end of those that stand before them."""
        pairs = pairwise(chunk.gaps)
        return [_DISORDERED for (_, end), (start, _) in pairs if start < end] or None

    @noted("sack_number_of_tsns_gap_acked.100", _MANY_BEHIND_GAPS, "Warning", SEQUENCE)
    def many_behind_gaps(self, chunk: SCTPSack) -> str | None:
        """More numbers arrived behind gaps than a few losses explain."""
        behind = sum(end - start + 1 for start, end in chunk.gaps)
        return _MANY_BEHIND_GAPS if behind & 0xFFFF > _MANY else None
