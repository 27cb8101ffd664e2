"""What a view of many packets is given: packets, or the file that holds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from dissect import captures
from dissect.packets.packet import Packet

__all__ = ["packets_of"]

Each = TypeVar("Each")


def packets_of(source: str | Path | Iterable[Each]) -> Iterator[Each | Packet]:
    """Yield the packets of a capture file, by its path, or else what is given.

    Raises CaptureError for what is no capture and where it is damaged, OSError for a file that cannot be opened.
    """
    if isinstance(source, (str, Path)):
        with captures.read(source) as reader:
            yield from reader
    else:
        yield from source
