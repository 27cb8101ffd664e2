"""The usual life of a TCP connection over arrays: opened, used and closed by both ends, as compiled code.

It is what `dissect.flows.connection.Connection` does with such segments, and its comments say why; all others are left
to it. Tests hold both together.
"""

from __future__ import annotations

from typing import Any

from dissect.flows.states import State, Teardown
from dissect.protocols.tcp import TCPFlags
from dissect.tables.arrays import Numbers
from dissect.tables.compiling import compiled
from dissect.tables.flow_facts import CONNECTION, END, NOT_KNOWN

__all__ = ["STATES", "TEARDOWNS", "is_usual", "take_segment"]

STATES, TEARDOWNS = tuple(State), tuple(Teardown)
"""What the numbers of states and of teardowns stand for."""
_CLOSED, _LISTEN, _SYN_SENT, _SYN_RCVD, _ESTABLISHED, _FIN_WAIT_1, _FIN_WAIT_2, _CLOSE_WAIT, _CLOSING, _LAST_ACK = map(
    STATES.index, STATES[:-1]
)
_TIME_WAIT = STATES.index(State.TIME_WAIT)
_FOUR, _THREE, _SIMULTANEOUS = map(
    TEARDOWNS.index, (Teardown.FOUR_SEGMENTS, Teardown.THREE_SEGMENTS, Teardown.SIMULTANEOUS)
)
_OPENER, _IS_MIDSTREAM, _CLOSER, _RESETTER, _TEARDOWN, _WAS_OPEN, _CAME = range(len(CONNECTION))
_STATE, _WAS, _UNTIL, _FINS, _FIRST, _NEXT, _ACKED, _BEHIND_FIN = range(len(END))
_FIN, _SYN, _RST, _ACK = (int(flag) for flag in (TCPFlags.FIN, TCPFlags.SYN, TCPFlags.RST, TCPFlags.ACK))
_HALF, _WORD = 1 << 31, 0xFFFF_FFFF


@compiled
def is_usual(connection: Numbers, ends: Numbers, way: Any, seq: Any, ack: Any, flags: Any, time_ns: Any) -> bool:
    """Whether `take_segment` knows what a segment does."""
    mine, theirs = ends[way, _STATE], ends[1 - way, _STATE]
    if flags & _RST:
        return False
    if mine == _ESTABLISHED and theirs == _ESTABLISHED and not flags & (_SYN | _FIN):
        return True
    for each in range(2):
        if ends[each, _UNTIL] != NOT_KNOWN and ends[each, _UNTIL] <= time_ns:
            return False
    if flags & _SYN:
        if flags & _FIN:
            return False
        if not flags & _ACK:
            is_again = mine == _SYN_SENT and theirs == _LISTEN and ends[way, _FIRST] == seq
            return bool(connection[_OPENER] == NOT_KNOWN or is_again)
        is_again = mine == _SYN_RCVD and ends[way, _FIRST] == seq
        return bool(theirs == _SYN_SENT and (mine == _LISTEN or is_again))
    if connection[_OPENER] == NOT_KNOWN:
        return bool(flags & (_FIN | _ACK) == _ACK)
    if mine in (_CLOSED, _LISTEN) or (mine == _SYN_SENT and theirs != _SYN_RCVD):
        return False
    if not flags & _FIN:
        return True
    return bool(ends[way, _FINS] == 0 and mine in (_ESTABLISHED, _SYN_RCVD, _CLOSE_WAIT))


@compiled
def take_segment(
    connection: Numbers,
    ends: Numbers,
    way: Any,
    seq: Any,
    ack: Any,
    flags: Any,
    length: Any,
    time_ns: Any,
    time_wait: Any,
) -> bool:
    """Take a usual segment in, and return whether its sender comes into ESTABLISHED."""
    me, other = ends[way], ends[1 - way]
    if me[_STATE] == _ESTABLISHED and other[_STATE] == _ESTABLISHED and not flags & _FIN:
        if flags & _ACK:
            me[_ACKED] = ack
        _extend(me, (seq + length) & _WORD)
        return False
    connection[_CAME] = 0
    if flags & _SYN:
        _greet(connection, ends, way, seq, flags)
    elif connection[_OPENER] == NOT_KNOWN:
        connection[_OPENER], connection[_IS_MIDSTREAM] = way, 1
        for each in range(2):
            ends[each, _WAS], ends[each, _STATE] = ends[each, _STATE], _ESTABLISHED
        connection[_CAME] = 3
        me[_NEXT], other[_NEXT] = seq, ack
    end = (seq + length + (1 if flags & _SYN else 0) + (1 if flags & _FIN else 0)) & _WORD
    closes_late = me[_STATE] == _CLOSE_WAIT
    if flags & _ACK:
        _acknowledge(connection, ends, way, ack, time_ns + time_wait)
    if flags & _FIN:
        _finish(connection, ends, way, end, closes_late)
    elif other[_ACKED] != NOT_KNOWN and not flags & _SYN:
        _hear(connection, ends, way, NOT_KNOWN, other[_ACKED], time_ns + time_wait)
    if flags & _ACK:
        me[_ACKED] = ack
        _hear(connection, ends, 1 - way, seq, ack, time_ns + time_wait)
    _extend(me, end)
    return bool(connection[_CAME] >> way & 1)


@compiled
def _extend(me: Numbers, number: Any) -> None:
    if me[_NEXT] == NOT_KNOWN or _reaches(number, me[_NEXT]):
        me[_NEXT] = number


@compiled
def _reaches(one: Any, other: Any) -> bool:
    return bool((one - other) & _WORD < _HALF)


@compiled
def _go(connection: Numbers, ends: Numbers, way: Any, state: Any, until: Any) -> None:
    """Bring an end into another state."""
    ends[way, _WAS], ends[way, _STATE] = ends[way, _STATE], state
    ends[way, _UNTIL] = until if state == _TIME_WAIT else NOT_KNOWN
    if state == _ESTABLISHED:
        connection[_WAS_OPEN] = 1
        connection[_CAME] |= 1 << way


@compiled
def _greet(connection: Numbers, ends: Numbers, way: Any, seq: Any, flags: Any) -> None:
    me = ends[way]
    if flags & _ACK:
        if me[_STATE] != _LISTEN:
            return
        state = _SYN_RCVD
    else:
        if connection[_OPENER] != NOT_KNOWN:
            return
        connection[_OPENER] = way
        _go(connection, ends, 1 - way, _LISTEN, NOT_KNOWN)
        state = _SYN_SENT
    if me[_FIRST] != seq:
        me[_FIRST], me[_NEXT] = seq, (seq + 1) & _WORD
        me[_ACKED] = me[_BEHIND_FIN] = NOT_KNOWN
    _go(connection, ends, way, state, NOT_KNOWN)


@compiled
def _acknowledge(connection: Numbers, ends: Numbers, way: Any, ack: Any, until: Any) -> None:
    me, other = ends[way], ends[1 - way]
    if me[_STATE] == _SYN_SENT and (other[_FIRST] == NOT_KNOWN or _reaches(ack, (other[_FIRST] + 1) & _WORD)):
        _go(connection, ends, way, _ESTABLISHED, until)
    if other[_BEHIND_FIN] == NOT_KNOWN or not _reaches(ack, other[_BEHIND_FIN]):
        return
    if me[_STATE] == _ESTABLISHED or me[_STATE] == _SYN_RCVD:
        _go(connection, ends, way, _CLOSE_WAIT, until)
    elif me[_STATE] == _FIN_WAIT_1:
        _go(connection, ends, way, _CLOSING, until)
    elif me[_STATE] == _FIN_WAIT_2:
        _go(connection, ends, way, _TIME_WAIT, until)


@compiled
def _finish(connection: Numbers, ends: Numbers, way: Any, end: Any, late: Any) -> None:
    me = ends[way]
    if me[_STATE] == _ESTABLISHED or me[_STATE] == _SYN_RCVD:
        _go(connection, ends, way, _FIN_WAIT_1, NOT_KNOWN)
    elif me[_STATE] == _CLOSE_WAIT:
        _go(connection, ends, way, _LAST_ACK, NOT_KNOWN)
    else:
        return
    me[_FINS] += 1
    if me[_BEHIND_FIN] != NOT_KNOWN:
        return
    me[_BEHIND_FIN] = end
    if connection[_CLOSER] == NOT_KNOWN:
        connection[_CLOSER] = way
    elif connection[_CLOSER] != way and connection[_TEARDOWN] == NOT_KNOWN:
        in_turn = _FOUR if late else _THREE
        connection[_TEARDOWN] = in_turn if me[_STATE] == _LAST_ACK else _SIMULTANEOUS


@compiled
def _hear(connection: Numbers, ends: Numbers, way: Any, seq: Any, ack: Any, until: Any) -> None:
    """Let an acknowledgment arrive at an end."""
    me, other = ends[way], ends[1 - way]
    if (
        me[_STATE] == _SYN_RCVD
        and me[_FIRST] != NOT_KNOWN
        and me[_NEXT] != NOT_KNOWN
        and _reaches(ack, (me[_FIRST] + 1) & _WORD)
        and _reaches(me[_NEXT], ack)
    ):
        _go(connection, ends, way, _ESTABLISHED, until)
    if me[_BEHIND_FIN] == NOT_KNOWN or not _reaches(ack, me[_BEHIND_FIN]):
        return
    if me[_STATE] == _FIN_WAIT_1:
        if other[_BEHIND_FIN] != NOT_KNOWN and other[_BEHIND_FIN] == seq:
            _go(connection, ends, way, _CLOSING, until)
            _go(connection, ends, way, _TIME_WAIT, until)
        else:
            _go(connection, ends, way, _FIN_WAIT_2, until)
    elif me[_STATE] == _CLOSING:
        _go(connection, ends, way, _TIME_WAIT, until)
    elif me[_STATE] == _LAST_ACK:
        _go(connection, ends, way, _CLOSED, until)
