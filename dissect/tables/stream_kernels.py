"""Segments and datagrams of known conversations, taken in by compiled code; all others are left to their learners.

It is the plain case of `dissect.flows.learners.tcp` and of `udp` (`Learner.plain`), over arrays: what is known of a
direction, and what that tells of a header. Tests hold both together.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dissect.protocols.ipv4 import IPProtocol
from dissect.protocols.tcp import TCPFlags
from dissect.tables.arrays import Bytes, Numbers
from dissect.tables.compiling import compiled
from dissect.tables.stream_facts import KEY, OF_SIDE
from dissect.tables.transport_kernels import (
    LEAST_DATAGRAM,
    LEAST_SEGMENT,
    ends_of,
    has_timestamp_alone,
    numbers_of_segment,
    size_of_datagram,
)

__all__ = ["find", "follow"]

(
    _NEXT_SEQ, _NEXT_FRAME, _NEXT_TIME, _REACH, _ACK, _ACK_FRAME, _EQUAL_ACKS, _WINDOW, _TIME, _MARKS,
    _IS_FIRST_WINDOW, _SACKED, _IS_MEASURABLE, _SHIFT, _IS_OUTRUN,
) = range(len(OF_SIDE))  # fmt: skip
# What is known of a conversation. It is dirty (1) where the objects have not been told yet, and 2 where it is clean and
# listed as dirty nevertheless.
_STREAM, _LATEST, _DIRTY, _COUNTS_ECN, _BASES, _SHIFTS = 0, 1, 2, 3, 4, 6
_WORD, _HALF = 0xFFFF_FFFF, 1 << 31
_FLAG_PSH, _FLAG_ACK = int(TCPFlags.PSH), int(TCPFlags.ACK)
_UDP = int(IPProtocol.UDP)


@compiled
def find(table: Numbers, keys: Any, key: Any) -> Any:
    """Return where a key's entry stands in a table, or is to be put; an empty place has -1."""
    mixed = key[0] * np.uint64(0x9E3779B97F4A7C15)
    for word in range(1, KEY):
        mixed = (mixed ^ mixed >> np.uint64(29) ^ key[word]) * np.uint64(0xBF58476D1CE4E5B9)
    mask = np.uint64(table.size - 1)
    place = (mixed ^ mixed >> np.uint64(32)) & mask
    while True:
        entry = table[place]
        if entry < 0:
            return np.int64(place)
        same = True
        for word in range(KEY):
            if keys[np.uint64(entry), word] != key[word]:
                same = False
                break
        if same:
            return np.int64(place)
        place = (place + np.uint64(1)) & mask


@compiled
def follow(
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
    table: Numbers,
    keys: Any,
    entries: Numbers,
    conversations: Numbers,
    sides: Numbers,
    dirty: Numbers,
    facts: Numbers,
    is_plain: Any,
    key: Any,
) -> int:
    """Take the headers of frames from one to before another, up to one that a learner has to look at; return which.

    Headers begin at `starts`, or nowhere (-1), in datagrams that end at `ends`, and `networks` has where the network
    header begins; in that the source address stands behind the byte `sources >> 8` with `sources & 255` bytes, and
    the destination behind it. `before` is the number of the frame in front of the first one; frames that are `skipped`
    are somebody else's.
    """
    for frame in range(begin, end):
        start = starts[frame]
        if start < 0 or skipped[frame]:
            continue
        ends_of(data, start, networks[frame], sources[frame], protocol, key)
        entry = table[find(table, keys, key)]
        if entry < 0 or entries[entry, 0] < 0:
            return frame
        row, way = entries[entry, 0], entries[entry, 1]
        here = conversations[row]
        if protocol == _UDP:
            if size_of_datagram(data, start) <= LEAST_DATAGRAM:
                return frame
            facts[0, frame] = here[_STREAM]
        else:
            seq, ack, size, flags, window = numbers_of_segment(data, start)
            mine, theirs = sides[row, way], sides[row, 1 - way]
            if seq != mine[_NEXT_SEQ] or not seq or flags | _FLAG_PSH != _FLAG_PSH | _FLAG_ACK or not window:
                return frame
            if here[_COUNTS_ECN] or not mine[_REACH] or not theirs[_REACH]:
                return frame
            if size != LEAST_SEGMENT and not has_timestamp_alone(data, start, size, stops[frame]):
                return frame
            if (theirs[_REACH] - ack) & _WORD >= _HALF:
                return frame
            length = ends[frame] - start - size
            next_seq = (seq + length) & _WORD
            if length < 0 or (length == 0 and ack == mine[_ACK]):
                return frame
            if length:
                room = (next_seq - theirs[_ACK]) & _WORD
                allowed = theirs[_WINDOW]
                if theirs[_SHIFT] > 0 and not theirs[_IS_FIRST_WINDOW]:
                    allowed <<= theirs[_SHIFT]
                if not theirs[_WINDOW] or not 0 < room < _HALF or (theirs[_SHIFT] != -1 and room == allowed):
                    return frame
                mine[_NEXT_SEQ], mine[_NEXT_FRAME], mine[_NEXT_TIME] = next_seq, before + frame + 1, times[frame]
                if seq == mine[_REACH]:
                    mine[_REACH] = next_seq
            if ack != mine[_ACK]:
                mine[_ACK], mine[_EQUAL_ACKS], mine[_ACK_FRAME], mine[_IS_OUTRUN] = ack, 0, before + frame + 1, 0
            mine[_WINDOW], mine[_TIME], mine[_MARKS], mine[_IS_FIRST_WINDOW] = window, times[frame], 0, 0
            mine[_SACKED], theirs[_IS_MEASURABLE] = 0, 1
            shift = here[_SHIFTS + way]
            facts[0, frame] = here[_STREAM]
            facts[1, frame] = (seq - here[_BASES + way]) & _WORD
            facts[2, frame] = (ack - here[_BASES + 1 - way]) & _WORD
            facts[3, frame] = (facts[1, frame] + length) & _WORD
            facts[4, frame] = window << shift if shift > 0 else window
            facts[5, frame] = 1 << shift if shift >= 0 else shift
        is_plain[frame] = True
        here[_LATEST] = before + frame + 1
        if not here[_DIRTY]:
            dirty[0] += 1
            dirty[dirty[0]] = row
        here[_DIRTY] = 1
    return end
