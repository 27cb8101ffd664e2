"""What a program does with a TCP connection, step by step, as people write it: "write hello", "read 10", "close"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from dissect.declaration.named_tuples import NamedTuple
from dissect.lab.quantities import nanoseconds
from dissect.lab.tcp.connection import TCPConnection
from dissect.lab.waiting import sleep

__all__ = ["EXPECTED", "Step", "read_steps", "take_steps"]

EXPECTED = (
    'steps as "write hello", "write 5000 bytes", "read", "read 10", "show 10", "read end", "sleep 1 s", "shutdown", '
    '"close", "abort" or "wait closed"'
)
_BYTES = re.compile(r"(\d{1,9}) bytes\Z")
_ALONE = frozenset({"shutdown", "close", "abort", "wait closed", "read", "read end"})


class Step(NamedTuple):
    """One step: what is done, and with how many bytes or nanoseconds, or which data."""

    verb: str
    number: int = 0
    data: bytes = b""


def read_steps(texts: Iterable[str]) -> list[Step]:
    """Return what the texts say; ValueError for one that says nothing known.

    >>> read_steps(["write hello", "read 10", "sleep 1 ms", "close"])[1:3]
    [Step(verb='read', number=10, data=b''), Step(verb='sleep', number=1000000, data=b'')]
    """
    return [_step(text.strip()) for text in texts]


def _step(text: str) -> Step:
    verb, _, rest = text.partition(" ")
    if text in _ALONE:
        return Step(text)
    if verb == "read" and rest.isdecimal() and 0 < int(rest) < 1 << 30:
        return Step("read", int(rest))
    if verb == "show" and rest.isdecimal() and 0 < int(rest) < 1 << 16:
        return Step("show", int(rest))
    if verb == "sleep":
        return Step("sleep", nanoseconds(rest))
    if verb == "write" and rest:
        counted = _BYTES.match(rest)
        # Each byte tells its place, so that the file that arrives can be looked at.
        return Step("write", data=(bytes(range(256)) * (int(counted[1]) // 256 + 1))[: int(counted[1])] if counted
                    else rest.encode())  # fmt: skip
    raise ValueError(EXPECTED)


async def take_steps(connection: TCPConnection, steps: Iterable[Step], say: Callable[[str], None]) -> None:
    """Do one step after the other, and say what came of each."""
    for verb, number, data in steps:
        if verb == "sleep":
            await sleep(number)
        elif verb == "write":
            await connection.write(data)
            say(f"sent {len(data)} bytes")
        elif verb == "read":
            got = await (connection.read_exactly(number) if number else connection.read())
            say(f"received {len(got)} bytes" if got else "the other side has closed")
        elif verb == "show":
            say(f"received {await connection.read_exactly(number)!r}")
        elif verb == "read end":
            count = 0
            while got := await connection.read():
                count += len(got)
            say(f"received {count} bytes, and the end")
        elif verb == "shutdown":
            connection.shutdown()
        elif verb == "close":
            connection.close()
        elif verb == "abort":
            connection.abort()
        else:
            await connection.closed()
            say(f"closed: {connection.state}")
