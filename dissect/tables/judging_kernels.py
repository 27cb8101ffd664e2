"""Which segments carry data that were there before, or come late, for those who ask for nothing else: as compiled code.

It is what `dissect.flows.learners.tcp` says of a segment's payload, over arrays.
"""

from __future__ import annotations

from typing import Any

from dissect.flows.tcp_analysis import Mark
from dissect.protocols.tcp import TCPFlags
from dissect.tables.analysis_kernels import judge
from dissect.tables.arrays import Bytes, Numbers
from dissect.tables.compiling import compiled
from dissect.tables.flow_facts import ANALYSIS, NOT_KNOWN, WAY
from dissect.tables.number_kernels import BASES, INDEX, begin_numbers, row_of_segment
from dissect.tables.stream_kernels import find
from dissect.tables.transport_kernels import LEAST_SEGMENT, ends_in_order, has_plain_options, numbers_of_segment

__all__ = ["begin_ways", "judge_streams"]

_BASE, _ACKED, _WINDOW = WAY.index("base"), WAY.index("ack"), WAY.index("window")
_INITIAL_RTT, _SYN_TIME = range(len(ANALYSIS))
_SYN, _RST, _ACK = (int(flag) for flag in (TCPFlags.SYN, TCPFlags.RST, TCPFlags.ACK))
_HALF, _WORD = 1 << 31, 0xFFFF_FFFF
_LEFT_OUT = int(Mark.RETRANSMISSION | Mark.OUT_OF_ORDER)


@compiled
def begin_ways(ways: Numbers, analysis: Numbers) -> None:
    """Know nothing of the two directions of a stream."""
    ways[:, :] = 0
    for way in range(2):
        ways[way, _BASE] = ways[way, _WINDOW] = -1
    analysis[_INITIAL_RTT], analysis[_SYN_TIME] = 0, NOT_KNOWN


@compiled
def judge_streams(
    begin: int,
    end: int,
    data: Bytes,
    starts: Numbers,
    ends: Numbers,
    networks: Numbers,
    sources: Numbers,
    protocol: int,
    stops: Numbers,
    times: Numbers,
    before: int,
    skipped: Any,
    is_awaited: bool,
    table: Numbers,
    keys: Any,
    streams: Numbers,
    counts: Numbers,
    ways: Numbers,
    analysis: Numbers,
    is_spoken: Any,
    numbers: Numbers,
    left_out: Numbers,
    is_plain: Any,
    key: Any,
) -> int:
    """Fill `left_out` with 1 for frames from one to before another whose data nobody looks into, with 0 for others.

    `numbers` gets their streams, and the rest is as `number_kernels.number_streams` has it. It ends as well in front of
    a segment whose options have to be looked at, which belongs to a stream that `is_spoken`, or begins one while some
    are awaited; and of one that comes again although it was acknowledged, as its checksum says what that means.
    """
    for frame in range(begin, end):
        start = starts[frame]
        if start < 0 or skipped[frame]:
            continue
        seq, ack, size, flags, window = numbers_of_segment(data, start)
        body, last = start + size, ends[frame]
        if size < LEAST_SEGMENT or body > stops[frame] or body > last:
            return frame
        if not has_plain_options(data, start, size, stops[frame]):
            return frame
        way = ends_in_order(data, start, networks[frame], sources[frame], protocol, key)
        length = last - body
        known = table[find(table, keys, key)]
        is_new = known < 0
        if not is_new:
            base = streams[known, BASES + way]
            is_new = flags & (_SYN | _ACK) == _SYN and base >= 0 and base != seq
            acked = ways[known, 1 - way, _ACKED]
            is_needless = length > 0 and acked != 0 and (acked - seq - length) & _WORD < _HALF
            if is_spoken[known] or (is_needless and not is_new and not flags & _RST):
                return frame
        if is_new and is_awaited:
            return frame
        row = row_of_segment(table, keys, streams, counts, key, way, seq, flags, before + frame + 1)
        if row < 0:
            return frame
        if is_new:
            begin_ways(ways[row], analysis[row])
        begin_numbers(streams, row, way, seq, ack, flags)
        mine, theirs = ways[row, way], ways[row, 1 - way]
        now, this = times[frame], before + frame + 1
        marks = judge(analysis[row], mine, theirs, seq, ack, flags, window, length, now, this)
        numbers[frame] = streams[row, INDEX]
        left_out[frame] = 1 if marks & _LEFT_OUT or flags & _RST else 0
        is_plain[frame] = True
    return end
