"""Reading packets with a display filter, and twice, which the room of captures knows nothing of."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

from dissect import captures
from dissect.captures.source import Source
from dissect.errors import CaptureError, DissectError
from dissect.packet import Packet

__all__ = ["first_pass", "read"]


def read(source: Source, display_filter: str | None = None, *, two_passes: bool = False) -> Iterator[Packet]:
    """Return an iterator over the packets of a capture, those that the display filter lets through.

    `source` is a path, "-" for standard input, or a file open in binary mode, a pipe included; its
    format is told by its first bytes. Memory use does not grow with the file.

    With a filter, packets know what depends on those before them ("tcp.stream", "frame.time_relative",
    what fragments carry together), as after `dissect.with_context`. With `two_passes` they also know
    what later ones say ("icmp.resp_in", "ip.reassembled_in"); the file is read twice for that.

    Raises CaptureError where the file is none that can be read, now, or where it is damaged,
    after the last whole packet; OSError where it cannot be opened; FilterError for a
    filter that is wrong; DissectError for two passes over what is no file.
    """
    if display_filter is None and not two_passes:
        return captures.read(source)
    passes = None
    if display_filter is not None:
        from dissect.filters import compile_filter

        passes = compile_filter(display_filter)
    from dissect.flows.reading import with_context

    before = first_pass(source) if two_passes else None
    packets = with_context(captures.read(source), before=before)
    return packets if passes is None else filter(passes, packets)


def first_pass(source: Source, count: int | None = None) -> Iterator[Packet]:
    """Return the first `count` packets for a pass in advance, up to a damage, which the second pass reports.

    Raises DissectError for what can be read only once.
    """
    is_path = isinstance(source, (str, os.PathLike)) and source != "-"
    if not is_path or (Path(source).exists() and not Path(source).is_file()):  # type: ignore[arg-type]
        name = source if isinstance(source, (str, os.PathLike)) else "a stream"
        raise DissectError(f"two passes read the capture twice, and {name} can be read once: save it to a file first")

    def whole() -> Iterator[Packet]:
        with suppress(CaptureError), captures.read(source) as reader:
            yield from islice(reader, count)

    return whole()
