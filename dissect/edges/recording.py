"""What passes at interfaces, written to files until it is enough."""

from __future__ import annotations

import time
from collections.abc import Callable

from dissect.captures.live_file import LiveFormat
from dissect.captures.ring_files import LiveFiles
from dissect.declaration.named_tuples import NamedTuple
from dissect.edges.capturing import Capture
from dissect.edges.ring import DELAY

__all__ = ["Enough", "record"]

_TURN = 0.2
"""Seconds after which it is looked at the clock."""
_LATE_NS = int(3 * DELAY * 1_000_000_000)
"""Nanoseconds after which no frame comes any more that was there before."""


class Enough(NamedTuple):
    """When a capture ends: with so many packets, seconds after its beginning, or bytes of its file; None for never."""

    packets: int | None = None
    seconds: float | None = None
    octets: int | None = None


def record(
    capture: Capture,
    form: LiveFormat,
    files: LiveFiles,
    enough: Enough | None = None,
    *,
    seen: Callable[[int], None] | None = None,
) -> None:
    """Write what comes to `files`, in their form, until the capture is stopped or it is enough.

    `seen` is told from time to time how many packets were written. Files stay open. Raises InterfaceError where the
    last interface was removed, and OSError where a file cannot be written; what came before is in the files.
    """
    enough = enough or Enough()
    until = None if enough.seconds is None else time.monotonic() + enough.seconds
    shapes = [form.shape(number) for number in range(len(form.interfaces))]
    while not capture.is_over:
        left = _TURN if until is None else min(until - time.monotonic(), _TURN)
        if left <= 0:
            capture.stop()
        for interface in capture.newcomers():
            files.describe(form.description(interface))
            shapes.append(form.shape(len(shapes)))
        times, records = capture.take(shapes, max(left, 0.0))
        is_last = False
        if enough.packets is not None and files.packets + len(records) >= enough.packets:
            wanted = enough.packets - files.packets
            times, records, is_last = times[:wanted], records[:wanted], True
        if enough.octets is not None:
            octets = files.octets
            for place, each in enumerate(records):
                octets += len(each)
                if octets >= enough.octets:
                    times, records, is_last = times[: place + 1], records[: place + 1], True
                    break
        files.write(times, records, is_last=is_last)
        if seen is not None:
            seen(files.packets)
        if is_last or files.is_full:
            return
        files.look_at_clock(time.time_ns() - _LATE_NS)
