"""Flows of segments and datagrams, counted by compiled code; frames that need a closer look are left to objects.

It is what `dissect.flows.flow_rows` and `dissect.flows.talks` do, over arrays. Tests hold both together.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dissect.flows.tcp_analysis import Mark
from dissect.protocols.ipv4 import IPProtocol
from dissect.protocols.tcp import TCPFlags
from dissect.tables.analysis_kernels import NO_ROOM, acknowledge, give_up, judge, room_to_wait, wait
from dissect.tables.arrays import Bytes, Numbers
from dissect.tables.compiling import compiled
from dissect.tables.connection_kernels import is_usual, take_segment
from dissect.tables.flow_facts import ANALYSIS, CONNECTION, FLAG_BITS, NOT_KNOWN, OF_ROW, SENT, SPREAD, WAY, places
from dissect.tables.stream_facts import KEY
from dissect.tables.stream_kernels import find
from dissect.tables.transport_kernels import (
    LEAST_DATAGRAM,
    LEAST_SEGMENT,
    ends_in_order,
    numbers_of_segment,
    size_of_datagram,
)

__all__ = ["DONE", "FULL", "ODD", "OVER", "WAITS", "add", "count_flows", "pass_time"]

DONE, ODD, FULL, WAITS, OVER = range(5)
"""Why the kernel stops: all frames are counted; one needs objects; there is no room for a conversation, for a segment
that waits, or for a conversation that is over."""
_ROWS, _SEGMENTS, _DATAGRAMS, _SEEN, _OVER, _SPARE = range(6)
_BASE, _WINDOW = places(WAY, "base", "window")
_OF_CONNECTION, _OF_ANALYSIS = len(CONNECTION), len(CONNECTION) + len(ANALYSIS)
(
    _OPENER, _STREAM, _BEGUN, _LATEST, _BASES, _IS_OWNED, _HAS_TALK, _FIRST_WAY, _NUMBER, _FIRST_NS, _LAST_NS,
    _LAST_NUMBER, _HAS_DATA, _TURN, _HAS_FLOW, _WAY, _FIRST_FRAME, _LAST_FRAME, _ASKED, _FLOW_RTT, _SOURCE,
    _DESTINATION, _VLAN, _GAPS,
) = places(
    OF_ROW,
    "opener", "stream", "begun", "latest", "first_base", "is_owned", "has_talk", "first_way", "number", "first_ns",
    "last_ns", "last_number", "has_data", "turn", "has_flow", "way", "first_frame", "last_frame", "asked_ns",
    "flow_rtt", "source", "destination", "vlan", "gaps_first",
)  # fmt: skip
_IS_THERE, _DATA, _AGAIN, _FIRST_SIZE, _FLAGS, _GAPS_SENT, _SIZES, _RTTS = places(
    SENT, "is_there", "data", "again", "first_size", "flag_0", "gaps_first", "sizes_count", "rtts_count"
)
_COUNT, _TOTAL, _LOW, _HIGH, _SMALLEST, _LARGEST = range(len(SPREAD))
_LATER, _SPREAD = 1, 2
"""Where the last time of gaps and their spread stand behind the first time."""
_TCP, _UDP = int(IPProtocol.TCP), int(IPProtocol.UDP)
_SYN, _ACK = int(TCPFlags.SYN), int(TCPFlags.ACK)
_COMES_AGAIN = int(Mark.RETRANSMISSION | Mark.FAST_RETRANSMISSION | Mark.SPURIOUS_RETRANSMISSION)
_WORD = 0xFFFF_FFFF


@compiled
def add(spread: Numbers, value: Any) -> None:
    """Take a number into a spread."""
    if not spread[_COUNT] or value < spread[_SMALLEST]:
        spread[_SMALLEST] = value
    if not spread[_COUNT] or value > spread[_LARGEST]:
        spread[_LARGEST] = value
    spread[_COUNT] += 1
    spread[_TOTAL] += value
    size = np.uint64(abs(value))
    high, low = size >> np.uint64(32), size & np.uint64(_WORD)
    # The square has 128 bits.
    middle = high * low
    before = np.uint64(spread[_LOW])
    square = low * low
    upper = high * high + (middle >> np.uint64(31))
    shifted = middle << np.uint64(33)
    square += shifted
    if square < shifted:
        upper += np.uint64(1)
    total = before + square
    if total < before:
        upper += np.uint64(1)
    spread[_LOW] = np.int64(total)
    spread[_HIGH] += np.int64(upper)


@compiled
def pass_time(gaps: Numbers, time_ns: Any) -> None:
    """Take the time of a packet into the gaps between them."""
    if gaps[0] == NOT_KNOWN:
        gaps[0] = time_ns
    else:
        add(gaps[_SPREAD:], time_ns - gaps[_LATER])
    gaps[_LATER] = time_ns


@compiled
def _begin_talk(row: Numbers, ends: Numbers, way: Any, frame: Any, time_ns: Any) -> None:
    row[:_OF_CONNECTION] = NOT_KNOWN
    row[1] = row[5] = row[6] = 0
    for each in range(2):
        ends[each, :] = NOT_KNOWN
        ends[each, 0] = ends[each, 1] = ends[each, 3] = 0
    row[_HAS_TALK], row[_FIRST_WAY], row[_NUMBER], row[_FIRST_NS] = 1, way, frame, time_ns
    row[_LAST_NS], row[_LAST_NUMBER], row[_HAS_DATA] = NOT_KNOWN, frame, 0


@compiled
def _begin_flow(row: Numbers, sent: Numbers, way: Any, frame: Any, source: Any, destination: Any, vlan: Any) -> None:
    row[_HAS_FLOW], row[_WAY], row[_FIRST_FRAME], row[_LAST_FRAME] = 1, way, frame, frame
    row[_ASKED] = row[_FLOW_RTT] = NOT_KNOWN
    row[_SOURCE], row[_DESTINATION], row[_VLAN] = source, destination, vlan
    row[_GAPS:] = 0
    row[_GAPS] = NOT_KNOWN
    sent[:, :] = 0
    for each in range(2):
        sent[each, _GAPS_SENT] = NOT_KNOWN


@compiled
def count_flows(
    begin: int,
    end: int,
    data: Bytes,
    segments: Numbers,
    datagrams: Numbers,
    networks: Numbers,
    links: Numbers,
    stops: Numbers,
    times: Numbers,
    original: Numbers,
    before: int,
    odd: Any,
    limits: Numbers,
    table: Numbers,
    keys: Any,
    rows: Numbers,
    ways: Numbers,
    ends: Numbers,
    sent: Numbers,
    firsts: Bytes,
    waiting: Numbers,
    pool: Numbers,
    counts: Numbers,
    over: Numbers,
    spare: Numbers,
    key: Any,
) -> tuple[int, int]:
    """Count frames from one to before another; return where it stops, and why.

    `segments` and `datagrams` have where headers begin (-1: nowhere) and where their datagrams end, `networks` where
    network headers begin and where their source addresses stand (`stream_kernels.follow`), `links` the addresses of the
    link and the VLAN. Frames that are `odd` are left to objects. `limits` are the idle and the active time and that of
    TIME_WAIT, and whether datagrams were awaited. `over` has the rows of conversations that are over because the same
    ends began another one, and `spare` those that may be used anew. `counts` are those of rows, of streams of TCP and
    of UDP, of all that was seen, and of both of these.
    """
    idle, active, time_wait, is_awaited = limits[0], limits[1], limits[2], limits[3]
    for frame in range(begin, end):
        if odd[frame]:
            return frame, ODD
        start, protocol, stop = segments[0, frame], _TCP, segments[1, frame]
        if start < 0:
            start, protocol, stop = datagrams[0, frame], _UDP, datagrams[1, frame]
            if start < 0:
                continue
        this, now = before + frame + 1, times[frame]
        seq: Any = 0
        ack: Any = 0
        flags: Any = 0
        window: Any = 0
        if protocol == _UDP:
            body, last = start + LEAST_DATAGRAM, start + size_of_datagram(data, start)
            if last < body or body > stops[frame] or last > stop:
                return frame, ODD
        else:
            seq, ack, size, flags, window = numbers_of_segment(data, start)
            body, last = start + size, stop
            if size < LEAST_SEGMENT or body > stops[frame] or body > last:
                return frame, ODD
        length = last - body
        way = ends_in_order(data, start, networks[0, frame], networks[1, frame], protocol, key)
        place = find(table, keys, key)
        which = old = table[place]
        is_new = old < 0
        if not is_new:
            if rows[old, _IS_OWNED] or not rows[old, _HAS_TALK]:
                return frame, ODD
            base = rows[old, _BASES + way]
            # The same ends begin another connection.
            is_new = protocol == _TCP and flags & (_SYN | _ACK) == _SYN and base >= 0 and base != seq
            if is_new and counts[_OVER] == over.size:
                return frame, OVER
        if is_new:
            if is_awaited and protocol == _UDP:
                return frame, ODD
            which = spare[counts[_SPARE] - 1] if counts[_SPARE] else counts[_ROWS]
            if which == rows.shape[0]:
                return frame, FULL
            rows[which, :] = 0
            rows[which, _BASES] = rows[which, _BASES + 1] = -1
            rows[which, _OF_CONNECTION], rows[which, _OF_CONNECTION + 1] = 0, NOT_KNOWN
            ways[which, :, :] = 0
            for each in range(2):
                ways[which, each, _BASE] = ways[which, each, _WINDOW] = -1
        row = rows[which]
        talk_way = 0 if not row[_HAS_TALK] else way ^ row[_FIRST_WAY]
        if row[_HAS_FLOW] and (now - row[_LAST_NS] > idle or now - row[_GAPS] > active):
            return frame, ODD
        if not row[_HAS_TALK]:
            _begin_talk(row, ends[which], way, this, now)
        mine, theirs = ways[which, way], ways[which, 1 - way]
        marks, rtt, opens = 0, NOT_KNOWN, False
        connection = row[:_OF_CONNECTION]
        if protocol == _TCP:
            base = row[_BASES + way]
            if not is_usual(connection, ends[which], talk_way, seq, ack, flags, now):
                return frame, ODD
            room = room_to_wait(mine, seq, flags, length, waiting, pool)
            if room:
                return frame, WAITS if room == NO_ROOM else ODD
            if base < 0 or (flags & _SYN and base != seq):
                row[_BASES + way] = seq if flags & _SYN else (seq - 1) & _WORD
            if flags & _ACK and row[_BASES + 1 - way] < 0:
                row[_BASES + 1 - way] = (ack - 1) & _WORD
            marks = judge(row[_OF_CONNECTION:], mine, theirs, seq, ack, flags, window, length, now, this)
            wait(mine, seq, flags, length, now, this, waiting, pool)
            rtt = acknowledge(theirs, ack, waiting, pool)
            opens = take_segment(connection, ends[which], talk_way, seq, ack, flags, length, now, time_wait)
        if is_new:
            if old >= 0:
                for each in range(2):
                    give_up(ways[old, each], waiting, pool)
                over[counts[_OVER]] = old
                counts[_OVER] += 1
            table[place] = which
            for word in range(KEY):
                keys[which, word] = key[word]
            counts[_SPARE if counts[_SPARE] else _ROWS] += -1 if counts[_SPARE] else 1
            streams = _SEGMENTS if protocol == _TCP else _DATAGRAMS
            row[_STREAM], row[_BEGUN] = counts[streams], this
            counts[streams] += 1
        row[_LATEST] = this
        here = sent[which, talk_way]
        if not row[_HAS_FLOW]:
            _begin_flow(row, sent[which], talk_way, this, links[0, frame], links[1, frame], links[2, frame])
        row[_LAST_FRAME] = this
        pass_time(row[_GAPS:], now)
        here[_IS_THERE] = 1
        add(here[_SIZES:], original[frame])
        pass_time(here[_GAPS_SENT:], now)
        here[_DATA] += length
        for bit in range(FLAG_BITS):
            here[_FLAGS + bit] += flags >> bit & 1
        if marks & _COMES_AGAIN:
            here[_AGAIN] += 1
        elif length and here[_FIRST_SIZE] < firsts.shape[2]:
            there = min(last, stops[frame], body + firsts.shape[2] - here[_FIRST_SIZE])
            for each in range(body, there):
                firsts[which, talk_way, here[_FIRST_SIZE]] = data[each]
                here[_FIRST_SIZE] += 1
        if rtt != NOT_KNOWN and rtt != now:
            add(here[_RTTS:], now - rtt)
        if flags & _SYN and not flags & _ACK:
            row[_ASKED] = now
        if opens and row[_FLOW_RTT] == NOT_KNOWN and row[_ASKED] != NOT_KNOWN and talk_way == row[_OPENER]:
            row[_FLOW_RTT] = now - row[_ASKED]
        row[_LAST_NS], row[_LAST_NUMBER] = now, this
        counts[_SEEN] += 1
        row[_TURN] = counts[_SEEN]
        if length:
            row[_HAS_DATA] = 1
    return end, DONE
