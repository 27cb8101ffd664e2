"""A golden as text, for those who review a change of it; nothing is ever compared with it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dissect.captures.output import Output
from dissect.flows.reading import with_context
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.views.details import details
from dissect.views.listing import list_line, printable
from dissect.wireshark.frame import frame_headline

__all__ = ["sidecar", "write_whole"]

DETAILED = 20
"""Of how many frames the details stand there as well; of more, nobody would read them all."""


def sidecar(packets: Sequence[Packet]) -> bytes:
    """Return a line for each frame, as `dissect read` lists it, and then the details of each where they are few."""
    clock = Clock()
    lines, parts = [], []
    for packet in with_context(packets):
        clock.advance(packet)
        lines.append(list_line(packet, clock).rstrip())
        if len(packets) > DETAILED:
            continue
        layers = "\n".join(printable(line) for line in details(packet.frame).splitlines())
        parts.append(f"\n{frame_headline(packet)}\n{layers}\n")
    return "".join([*(f"{line}\n" for line in lines), *parts]).encode(errors="backslashreplace")


def write_whole(path: Path, data: bytes) -> None:
    """Write a file beside the old one, and rename it."""
    output = Output(path)
    try:
        output.write(data)
        output.commit()
    except BaseException:
        output.discard()
        raise
