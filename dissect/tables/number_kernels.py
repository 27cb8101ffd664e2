"""Which stream each segment belongs to, for those who ask for nothing else: as compiled code.

It is what `dissect.flows.tcp_conversations.TCPConversations.segment` says, over arrays.
"""

from __future__ import annotations

from typing import Any

from dissect.protocols.tcp import TCPFlags
from dissect.tables.arrays import Bytes, Numbers
from dissect.tables.compiling import compiled
from dissect.tables.stream_facts import KEY
from dissect.tables.stream_kernels import find
from dissect.tables.transport_kernels import LEAST_SEGMENT, ends_in_order, has_plain_options, numbers_of_segment

__all__ = ["BASES", "BEGUN", "INDEX", "LATEST", "WIDTH", "begin_numbers", "number_streams", "row_of_segment"]

INDEX, BASES, LATEST, BEGUN, WIDTH = 0, 1, 3, 4, 5
"""What is known of a stream: its number, where the numbers of both directions begin (-1 where that is not known), its
latest frame and its first one."""
_WORD = 0xFFFF_FFFF
_SYN, _ACK = int(TCPFlags.SYN), int(TCPFlags.ACK)


@compiled
def row_of_segment(
    table: Numbers, keys: Any, streams: Numbers, counts: Numbers, key: Any, way: Any, seq: Any, flags: Any, frame: Any
) -> int:
    """Return the row of the stream that a segment belongs to, and may begin; -1 where there is no room for it.

    `key` has the ends in the order of their bytes, and `way` is 1 where that is not the order in which they stand.
    `counts` has how many rows there are, and how many streams have begun.
    """
    place = find(table, keys, key)
    row = table[place]
    if row < 0:
        row = counts[0]
        if row == streams.shape[0]:
            return -1
        table[place] = row
        for word in range(KEY):
            keys[row, word] = key[word]
        counts[0] += 1
        _begin(streams, counts, row, frame)
    streams[row, LATEST] = frame
    base = streams[row, BASES + way]
    if flags & _SYN and base >= 0 and base != seq:
        if flags & _ACK:
            streams[row, BASES + way] = seq
        else:
            _begin(streams, counts, row, frame)
    return int(row)


@compiled
def _begin(streams: Numbers, counts: Numbers, row: Any, frame: Any) -> None:
    streams[row, INDEX], streams[row, BASES], streams[row, BASES + 1] = counts[1], -1, -1
    streams[row, LATEST] = streams[row, BEGUN] = frame
    counts[1] += 1


@compiled
def begin_numbers(streams: Numbers, row: Any, way: Any, seq: Any, ack: Any, flags: Any) -> None:
    """Take the numbers of a segment for the first ones of directions that have none (`TCPConversation.begin`)."""
    if streams[row, BASES + way] < 0:
        streams[row, BASES + way] = seq if flags & _SYN else (seq - 1) & _WORD
    if flags & _ACK and streams[row, BASES + 1 - way] < 0:
        streams[row, BASES + 1 - way] = (ack - 1) & _WORD


@compiled
def number_streams(
    begin: int,
    end: int,
    data: Bytes,
    starts: Numbers,
    ends: Numbers,
    networks: Numbers,
    sources: Numbers,
    protocol: int,
    stops: Numbers,
    before: int,
    skipped: Any,
    table: Numbers,
    keys: Any,
    streams: Numbers,
    counts: Numbers,
    numbers: Numbers,
    is_plain: Any,
    key: Any,
) -> int:
    """Fill `numbers` with the streams of frames from one to before another, as `stream_kernels.follow` has its facts.

    It ends in front of a segment whose header is not whole, or has options that may be damaged, and where there is no
    room for another stream.
    """
    for frame in range(begin, end):
        start = starts[frame]
        if start < 0 or skipped[frame]:
            continue
        seq, ack, size, flags, _ = numbers_of_segment(data, start)
        if size < LEAST_SEGMENT or start + size > stops[frame] or start + size > ends[frame]:
            return frame
        if not has_plain_options(data, start, size, stops[frame]):
            return frame
        way = ends_in_order(data, start, networks[frame], sources[frame], protocol, key)
        row = row_of_segment(table, keys, streams, counts, key, way, seq, flags, before + frame + 1)
        if row < 0:
            return frame
        begin_numbers(streams, row, way, seq, ack, flags)
        numbers[frame] = streams[row, INDEX]
        is_plain[frame] = True
    return end
