"""What Wireshark tells of selective acknowledgments of TCP, whose numbers count as acknowledgments do."""

from __future__ import annotations

from collections.abc import Iterator

from dissect.declaration.traced_bytes import number_in
from dissect.protocols.tcp import TCP
from dissect.protocols.tcp_options import SACK
from dissect.wireshark.field_types import UINT32
from dissect.wireshark.notices import SEQUENCE
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed, noted
from dissect.wireshark.tcp_analysis import options_of

__all__ = ["SelectiveSight"]

_MODULUS, _HALF = 1 << 32, 1 << 31
_OPTIONAL = {"is_learnt": True, "with_options": True}


class SelectiveSight(Sight):
    """A segment whose options tell of blocks that have arrived (RFC 2018), or arrived twice (RFC 2883)."""

    @computed("options.sack_le", UINT32, within="options.sack", title="TCP SACK Left Edge", **_OPTIONAL)
    def sack_left_edges(self, header: TCP) -> list[int]:
        """The first numbers of the blocks that have arrived, counted as acknowledgments are."""
        return [left for blocks in _options(header) for left, _ in blocks]

    @computed("options.sack_re", UINT32, within="options.sack", title="TCP SACK Right Edge", **_OPTIONAL)
    def sack_right_edges(self, header: TCP) -> list[int]:
        """The numbers behind those blocks."""
        return [right for blocks in _options(header) for _, right in blocks]

    @computed("options.sack.dsack_le", UINT32, within="options.sack", title="TCP D-SACK Left Edge", **_OPTIONAL)
    def duplicate_left_edges(self, header: TCP) -> list[int]:
        """The first number of a block that has arrived twice."""
        return [left for left, _ in _duplicates(header)]

    @computed("options.sack.dsack_re", UINT32, within="options.sack", title="TCP D-SACK Right Edge", **_OPTIONAL)
    def duplicate_right_edges(self, header: TCP) -> list[int]:
        """The number behind that block."""
        return [right for _, right in _duplicates(header)]

    @noted("options.sack.dsack", "D-SACK Sequence", "Warning", SEQUENCE, about="options.sack", is_learnt=True)
    def duplicates(self, header: TCP) -> list[str]:
        """The first block has arrived twice: it was acknowledged, or ends in the second one."""
        return ["D-SACK Sequence" for _ in _duplicates(header)]


def _options(segment: TCP) -> Iterator[list[tuple[int, int]]]:
    """Yield the blocks of each selective acknowledgment (RFC 2018, section 3)."""
    base = segment.learnt("other_base") or 0
    for option in options_of(segment):
        if option.kind == SACK.number and not option.malformed:
            data = option.own_bytes[2:]
            edges = [number_in(data[at : at + 4]) - base & _MODULUS - 1 for at in range(0, len(data) - 3, 4)]
            yield list(zip(edges[::2], edges[1::2], strict=False))


def _duplicates(segment: TCP) -> Iterator[tuple[int, int]]:
    """Yield the blocks that have arrived twice (RFC 2883, section 4), as tshark tells them: the first of an option."""
    acked = segment.learnt("relative_ack", segment.ack)
    for blocks in _options(segment):
        if not blocks:
            continue
        left, right = blocks[0]
        if not _is_behind(right, acked) or (
            len(blocks) > 1 and _is_behind(right, blocks[1][0]) and not _is_behind(right, blocks[1][1])
        ):
            yield left, right


def _is_behind(number: int, other: int) -> bool:
    """Whether one sequence number comes after another (RFC 9293, section 3.4)."""
    return 0 < (number - other) % _MODULUS <= _HALF - 1
