"""A frame that was found in a text."""

from __future__ import annotations

__all__ = ["HexFrame", "shortened"]

from dissect.declaration.named_tuples import NamedTuple


class HexFrame(NamedTuple):
    """A frame found in text: its bytes and where they stood.

    `line` is the first line of its bytes, from 1. `caption` is what the text says above them
    (tcpdump's summary, the notes' headings), "" where nothing. `link` is the LINKTYPE number
    where the text gives it away, else None: tcpdump's -x and -X leave the link header out, and
    then an IPv4 or IPv6 packet stands under a caption that names IP (101, raw).
    """

    data: bytes
    line: int
    caption: str = ""
    link: int | None = None


def shortened(text: str) -> str:
    """Quote a piece of text for a message, its end left out where it is long."""
    return repr(text if len(text) <= 40 else text[:37] + "...")
