"""Reading packets with a display filter, which the room of captures knows nothing of."""

from __future__ import annotations

from collections.abc import Iterator

from dissect import captures
from dissect.captures.source import Source
from dissect.packet import Packet

__all__ = ["read"]


def read(source: Source, display_filter: str | None = None) -> Iterator[Packet]:
    """Return an iterator over the packets of a capture, those that the display filter lets through.

    `source` is a path, "-" for standard input, or a file open in binary mode, a pipe included; its
    format is told by its first bytes. Memory use does not grow with the file.

    Raises CaptureError where the file is none that can be read, now, or where it is damaged,
    after the last whole packet; OSError where it cannot be opened; FilterError for a
    filter that is wrong.
    """
    if display_filter is None:
        return captures.read(source)
    from dissect.filters import compile_filter
    from dissect.flows.reading import with_context

    passes = compile_filter(display_filter)
    # What a fragment completes, and which stream a segment belongs to, is a matter of the frames before.
    return filter(passes, with_context(captures.read(source)))
