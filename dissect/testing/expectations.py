"""How many packets pass a display filter, as an assertion that shows those that should not have, or did."""

from __future__ import annotations

from dissect.differences.sources import Comparable, as_packets
from dissect.errors import FieldError, FilterError
from dissect.filters.compiler import compile_filter
from dissect.flows.reading import with_context
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.testing.goldens import beside_test
from dissect.views.listing import list_line

__all__ = ["expect"]

SHOWN = 20
"""How many packets that pass are shown."""
SHOWN_OTHERS = 5
"""How many packets that do not pass are shown where too few do."""


def expect(
    packets: Comparable,
    display_filter: str,
    *,
    count: int | None = None,
    at_least: int | None = None,
    at_most: int | None = None,
) -> list[Packet]:
    """Return the packets that pass the display filter; AssertionError where they are not as many as expected.

    `packets` is what `dissect.compare` takes; a relative path is one from the test's directory. `count` is exact,
    `at_least` and `at_most` include the number;
    without any of them at least one is expected. What a filter asks of other packets ("tcp.stream") is known.
    Raises FilterError for a wrong filter, FieldError for numbers that no packets can meet.

    >>> from dissect import Ethernet, IPv4
    >>> frames = [Ethernet() / IPv4(ttl=ttl) for ttl in (1, 64, 64)]
    >>> len(expect(frames, "ip.ttl == 64", count=2))
    2
    """
    __tracebackhide__ = True
    least, most = _bounds(count, at_least, at_most)
    clock = Clock()
    try:
        passes = compile_filter(display_filter, clock=clock)
    except FilterError as error:
        # The traceback shows the line of the test and not those of this function.
        raise error.with_traceback(None) from None
    found: list[Packet] = []
    lines: list[str] = []
    others: list[str] = []
    total = 0
    for packet in with_context(as_packets(beside_test(packets))):
        clock.advance(packet)
        total += 1
        if passes(packet):
            found.append(packet)
            if len(lines) < SHOWN:
                lines.append(list_line(packet, clock).rstrip())
        elif len(others) < SHOWN_OTHERS:
            others.append(list_line(packet, clock).rstrip())
    if least <= len(found) and (most is None or len(found) <= most):
        return found
    passing = f"{len(found)} of {total} packet{'' if total == 1 else 's'} pass{'es' if len(found) == 1 else ''}"
    message = f"expected {_said(least, most)} for '{display_filter}', and {passing}"
    if lines:
        message += ":\n" + "\n".join(lines)
    if len(found) > len(lines):
        message += f"\n... and {len(found) - len(lines)} more"
    if len(found) < least and others:
        message += "\n" + "\n".join(["these do not:" if found else "there are:", *others])
        if (more := total - len(found) - len(others)) > 0:
            message += f"\n... and {more} more"
    raise AssertionError(message)


def _bounds(count: int | None, at_least: int | None, at_most: int | None) -> tuple[int, int | None]:
    if count is not None:
        if at_least is not None or at_most is not None:
            raise FieldError("count is exact: leave at_least and at_most out, or count")
        bounds: tuple[int, int | None] = count, count
    elif at_least is None and at_most is None:
        bounds = 1, None
    else:
        bounds = at_least or 0, at_most
    least, most = bounds
    if least < 0 or (most is not None and most < least):
        raise FieldError(f"{least} to {most} packets are expected, which no number of packets is")
    return bounds


def _said(least: int, most: int | None) -> str:
    if most is None:
        return f"at least {least} packet{'' if least == 1 else 's'}"
    if most == 0:
        return "no packet"
    if least == most:
        return f"{least} packet{'' if least == 1 else 's'}"
    return f"{f'{least} to' if least else 'at most'} {most} packet{'' if most == 1 else 's'}"
