"""Which segments of a TCP connection come again, and which ones acknowledgments answer, over arrays.

It is `dissect.flows.tcp_analysis.Analysis.take` and `dissect.flows.unacknowledged`, whose comments say why; of bytes in
flight and windows that are full nothing is told. Tests hold both together.
"""

from __future__ import annotations

from typing import Any

from dissect.flows.tcp_analysis import FAST_NS, LATE_NS, Mark
from dissect.flows.unacknowledged import MOST_SEGMENTS
from dissect.protocols.tcp import TCPFlags
from dissect.tables.arrays import Numbers
from dissect.tables.compiling import compiled
from dissect.tables.flow_facts import ANALYSIS, NOT_KNOWN, WAITING, WAY

__all__ = ["MOST_MIXED", "NO_ROOM", "acknowledge", "give_up", "judge", "room_to_wait", "wait"]

(
    _BASE, _NEXT_SEQ, _NEXT_FRAME, _NEXT_TIME, _REACH, _ACKED, _ACK_FRAME, _EQUAL_ACKS, _WINDOW, _TIME, _MARKS,
    _IS_FIRST_WINDOW, _IS_OUTRUN, _HAS_WAITING, _ORIGIN, _HIGHEST, _IS_MIXED, _HEAD, _TAIL, _HELD,
) = range(len(WAY))  # fmt: skip
_END, _FRAME, _START, _SENT_AT, _BEHIND = range(len(WAITING))
_INITIAL_RTT, _SYN_TIME = range(len(ANALYSIS))
_FIN, _SYN, _RST, _ACK = (int(flag) for flag in (TCPFlags.FIN, TCPFlags.SYN, TCPFlags.RST, TCPFlags.ACK))
_HALF, _WORD = 1 << 31, 0xFFFF_FFFF
_KEEP_ALIVE, _PROBE = int(Mark.KEEP_ALIVE), int(Mark.ZERO_WINDOW_PROBE)
_KEEP_ALIVE_ACK, _PROBE_ACK = int(Mark.KEEP_ALIVE_ACK), int(Mark.ZERO_WINDOW_PROBE_ACK)
_ZERO, _UPDATE, _DUPLICATE = int(Mark.ZERO_WINDOW), int(Mark.WINDOW_UPDATE), int(Mark.DUPLICATE_ACK)
_SPURIOUS, _FAST_AGAIN = int(Mark.SPURIOUS_RETRANSMISSION), int(Mark.FAST_RETRANSMISSION)
_AGAIN, _OUT_OF_ORDER = int(Mark.RETRANSMISSION), int(Mark.OUT_OF_ORDER)
NO_ROOM = 2
MOST_MIXED = 512
"""So many segments may wait in any order: each acknowledgment looks at all of them."""


@compiled
def _position(number: Any, near: Any) -> Any:
    return near + ((number - near + _HALF) & _WORD) - _HALF


@compiled
def room_to_wait(mine: Numbers, seq: Any, flags: Any, length: Any, waiting: Numbers, pool: Numbers) -> int:
    """Return 0 where a segment can wait for its acknowledgment, `NO_ROOM` where more of them have to be let wait first.

    1 says that objects have to look at it. The `pool` has the first free place, less than 0 for none, how many more may
    be put in, and how many places are free.
    """
    if mine[_HAS_WAITING] and mine[_HELD] and (mine[_BASE] < 0 or flags & (_SYN | _ACK) == _SYN | _ACK):
        # Numbers count from another one from now on.
        return 1
    if not length and not flags & (_SYN | _FIN):
        return 0
    if mine[_HAS_WAITING]:
        start = _position(seq, mine[_HIGHEST])
        is_late = start < mine[_HIGHEST] and mine[_HELD] > 0
        if start < mine[_ORIGIN] or (mine[_HELD] >= MOST_MIXED and (is_late or mine[_IS_MIXED])):
            return 1
    elif mine[_BASE] >= 0 and _position(seq, mine[_BASE]) < mine[_BASE]:
        return 1
    return NO_ROOM if pool[0] < 0 or pool[1] <= 0 else 0


@compiled
def judge(
    analysis: Numbers,
    mine: Numbers,
    theirs: Numbers,
    seq: Any,
    ack: Any,
    flags: Any,
    window: Any,
    length: Any,
    time_ns: Any,
    number: Any,
) -> Any:
    """Take a segment in, and return its marks; those that depend on the scale of windows are left out."""
    if mine[_BASE] < 0 or flags & (_SYN | _ACK) == _SYN | _ACK:
        mine[_BASE] = seq if flags & _SYN else (seq - 1) & _WORD
        if mine[_HAS_WAITING]:
            mine[_ORIGIN] = _position(seq, mine[_HIGHEST])
    if flags & _ACK and theirs[_BASE] < 0:
        theirs[_BASE] = (ack - 1) & _WORD
    marks = _before_data(mine, theirs, seq, ack, flags, window, length)
    if ack != mine[_ACKED]:
        mine[_ACK_FRAME], mine[_EQUAL_ACKS], mine[_IS_OUTRUN] = number, 0, 0
    if flags & _ACK and theirs[_REACH] and (theirs[_REACH] - ack) & _WORD >= _HALF:
        if theirs[_REACH] == theirs[_NEXT_SEQ] and not (theirs[_IS_OUTRUN] or theirs[_EQUAL_ACKS]):
            theirs[_IS_OUTRUN] = 1
        theirs[_REACH] = theirs[_NEXT_SEQ]
    fills = length > 0 or flags & (_SYN | _FIN) != 0
    end = (seq + length + (1 if flags & (_SYN | _FIN) else 0)) & _WORD
    if fills and not marks & _KEEP_ALIVE:
        marks |= _again(analysis, mine, theirs, seq, length, end, time_ns)
    if not marks & _PROBE:
        if not mine[_NEXT_SEQ] or (mine[_NEXT_SEQ] - end) & _WORD >= _HALF:
            mine[_NEXT_SEQ], mine[_NEXT_FRAME], mine[_NEXT_TIME] = end, number, time_ns
        if seq == mine[_REACH] or not mine[_REACH]:
            mine[_REACH] = mine[_NEXT_SEQ]
    mine[_WINDOW], mine[_ACKED], mine[_TIME], mine[_MARKS] = window, ack, time_ns, marks
    mine[_IS_FIRST_WINDOW] = 1 if flags & _SYN else 0
    if flags & _SYN:
        if not flags & _ACK:
            analysis[_SYN_TIME] = time_ns
    elif flags & _ACK and not analysis[_INITIAL_RTT] and analysis[_SYN_TIME] != NOT_KNOWN:
        analysis[_INITIAL_RTT] = time_ns - analysis[_SYN_TIME]
    return marks


@compiled
def _before_data(mine: Numbers, theirs: Numbers, seq: Any, ack: Any, flags: Any, window: Any, length: Any) -> Any:
    expected = mine[_NEXT_SEQ]
    if length == 1 and seq == expected and not theirs[_WINDOW]:
        return _PROBE
    marks = 0
    if flags & (_SYN | _FIN | _RST):
        return marks
    if not window:
        marks = _ZERO
    if length <= 1 and seq == (expected - 1) & _WORD:
        marks |= _KEEP_ALIVE
    if length or seq != expected or ack != mine[_ACKED]:
        return marks
    if window != mine[_WINDOW]:
        return marks | _UPDATE if window else marks
    if not window:
        return marks | _PROBE_ACK if theirs[_MARKS] & _PROBE else marks
    if theirs[_MARKS] & _KEEP_ALIVE:
        return marks | _KEEP_ALIVE_ACK
    mine[_EQUAL_ACKS] += 1
    return marks | _DUPLICATE


@compiled
def _again(analysis: Numbers, mine: Numbers, theirs: Numbers, seq: Any, length: Any, end: Any, time_ns: Any) -> Any:
    expected = mine[_NEXT_SEQ]
    is_below = expected != 0 and (seq - expected) & _WORD >= _HALF
    if length > 1 and (expected - 1) & _WORD == seq:
        is_below = False
    if length and theirs[_ACKED] and (theirs[_ACKED] - seq - length) & _WORD < _HALF:
        return _SPURIOUS
    if not is_below:
        return 0
    since = time_ns - theirs[_TIME]
    if (theirs[_EQUAL_ACKS] >= 2 or theirs[_IS_OUTRUN]) and theirs[_ACKED] == seq and 0 <= since < FAST_NS:
        return _FAST_AGAIN
    soon = analysis[_INITIAL_RTT] if analysis[_INITIAL_RTT] else LATE_NS
    if 0 <= time_ns - mine[_NEXT_TIME] < soon and expected != end:
        return _OUT_OF_ORDER
    return _AGAIN


@compiled
def wait(
    mine: Numbers, seq: Any, flags: Any, length: Any, time_ns: Any, number: Any, waiting: Numbers, pool: Numbers
) -> None:
    """Have a segment that was judged wait for its acknowledgment, where it takes up a number."""
    if not length and not flags & (_SYN | _FIN):
        return
    if not mine[_HAS_WAITING]:
        mine[_HAS_WAITING] = 1
        mine[_ORIGIN] = mine[_HIGHEST] = mine[_BASE]
        mine[_HEAD] = mine[_TAIL] = -1
    if mine[_HELD] >= MOST_SEGMENTS:
        return
    start = _position(seq, mine[_HIGHEST])
    end = start + length + (1 if flags & (_SYN | _FIN) else 0)
    place = pool[0]
    pool[0] = waiting[place, _BEHIND]
    pool[1] -= 1
    pool[2] -= 1
    here = waiting[place]
    here[_END], here[_FRAME], here[_START], here[_SENT_AT], here[_BEHIND] = end, number, start, time_ns, -1
    if mine[_HELD]:
        waiting[mine[_TAIL], _BEHIND] = place
        if start < mine[_HIGHEST]:
            mine[_IS_MIXED] = 1
            end = max(end, mine[_HIGHEST])
    else:
        mine[_HEAD], mine[_IS_MIXED] = place, 0
    mine[_TAIL], mine[_HIGHEST] = place, end
    mine[_HELD] += 1


@compiled
def acknowledge(theirs: Numbers, ack: Any, waiting: Numbers, pool: Numbers) -> Any:
    """Take out what a number acknowledges; return when that was sent which ends there, `NOT_KNOWN` for none."""
    found = NOT_KNOWN
    if not theirs[_HAS_WAITING] or not theirs[_HELD]:
        return found
    place = _position(ack, theirs[_HIGHEST])
    before, head = -1, theirs[_HEAD]
    for _ in range(theirs[_HELD]):
        here = waiting[head]
        behind = here[_BEHIND]
        if here[_END] > place:
            here[_START] = max(here[_START], place)
            before = head
            if not theirs[_IS_MIXED]:
                break
        else:
            if here[_END] == place and found == NOT_KNOWN:
                found = here[_SENT_AT]
            if before < 0:
                theirs[_HEAD] = behind
            else:
                waiting[before, _BEHIND] = behind
            if theirs[_TAIL] == head:
                theirs[_TAIL] = before
            theirs[_HELD] -= 1
            here[_BEHIND] = pool[0]
            pool[0] = head
            pool[2] += 1
        head = behind
    return found


@compiled
def give_up(mine: Numbers, waiting: Numbers, pool: Numbers) -> None:
    """Let no segment wait any more."""
    if mine[_HELD]:
        waiting[mine[_TAIL], _BEHIND] = pool[0]
        pool[0] = mine[_HEAD]
        pool[2] += mine[_HELD]
        mine[_HELD] = 0
