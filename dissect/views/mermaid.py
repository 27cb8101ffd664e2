"""Text for Mermaid, which documents and notebooks draw: https://mermaid.js.org."""

from __future__ import annotations

from dissect.declaration.header import Header
from dissect.declaration.record import Record
from dissect.packets.packet import Packet
from dissect.views.boxes import ROW
from dissect.views.diagram import sections
from dissect.views.text import Picture

__all__ = ["MIME", "plain", "to_mermaid"]

MIME = "text/vnd.mermaid"
"""The media type that JupyterLab draws."""


def to_mermaid(drawn: Header | Packet | Record | type[Record]) -> Picture:
    """Return the boxes of a class, or of a frame or option with its values, as a `packet` diagram.

    A layer begins at the next multiple of 32 bits, so that its rows are those of its RFC; its name
    stands in front of its first field.

    >>> from dissect import UDP
    >>> print(to_mermaid(UDP(sport=4000, dport=53)))
    packet-beta
    title User Datagram Protocol
    0-15: "Source Port: 4000"
    16-31: "Destination Port: 53"
    32-47: "Length: 8"
    48-63: "Checksum: 0x0000"
    """
    found = list(sections(drawn))
    title = ", ".join(plain(section.title) for section in found) or "Nothing"
    lines = ["packet-beta", f"title {title}"]
    bit = 0
    for section in found:
        if bit % ROW:
            lines.append(_line(bit, ROW - bit % ROW, " "))
            bit += ROW - bit % ROW
        for number, cell in enumerate(section.cells):
            width = cell.width or ROW - bit % ROW
            label = cell.titles[0]
            if cell.values:
                label = f"{label.removesuffix(' ...')}: {cell.values[0]}"
            if number == 0 and len(found) > 1:
                label = f"{section.title} | {label}"
            lines.append(_line(bit, width, label))
            bit += width
    return Picture("\n".join(lines), MIME, f"A Mermaid diagram of {title}")


def _line(bit: int, width: int, label: str) -> str:
    place = f"{bit}" if width == 1 else f"{bit}-{bit + width - 1}"
    return f'{place}: "{plain(label)}"'


def plain(text: str) -> str:
    """Return the text without what Mermaid would take for its own: quotes, brackets of markup, entities, line feeds."""
    return "".join(
        each if each.isprintable() and each not in '"<>&;#`\\{}%' else "'" if each in '"`' else " " for each in text
    )
