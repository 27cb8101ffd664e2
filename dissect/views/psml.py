"""The list of packets as XML in tshark's shape (PSML): a section per column."""

from __future__ import annotations

from dissect.declaration.symbols import retold
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.views.listing import printable
from dissect.views.markup import escaped
from dissect.wireshark.columns import summarize
from dissect.wireshark.time_column import time_text

__all__ = ["PSML_FOOT", "PSML_HEAD", "psml_packet"]

_COLUMNS = ("No.", "Time", "Source", "Destination", "Protocol", "Length", "Info")


def _sections(texts: tuple[str, ...]) -> str:
    return "".join(f"<section>{retold(escaped, printable(text))}</section>\n" for text in texts)


PSML_HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>\n<psml version="0" creator="dissect">\n'
    f"<structure>\n{_sections(_COLUMNS)}</structure>\n\n"
)
"""What stands in front of the packets."""
PSML_FOOT = "</psml>\n"
"""What stands behind them."""


def psml_packet(packet: Packet, clock: Clock, time_format: str = "r", digits: int = 6) -> str:
    """Return the columns of a packet; the arguments are those of `list_line`."""
    columns = summarize(packet)
    time = time_text(packet, clock, time_format, digits)
    texts = (columns.number, time, columns.source, columns.destination)
    return f"<packet>\n{_sections((*texts, columns.protocol, columns.length, columns.info))}</packet>\n"
