"""The rows of the list: made once, in the order of the capture and in the light of the packets before, and kept small.

The texts are those of `dissect read`, made the quick way (`dissect.views.compiled`), and are compressed by the
thousand, so that a million of them take some ten megabytes and any of them is there at once.
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence

from dissect import captures
from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import CaptureError
from dissect.flows.reading import ReadingPass
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.terminal.engine import Job, RestingSource
from dissect.views.compiled import CompiledText
from dissect.views.listing import list_columns, printable
from dissect.views.rows import FieldOptions, compile_row

__all__ = ["Row", "RowStore", "fill", "row_alone"]

_TOGETHER = 1024
"""Rows that are compressed together."""
_CACHED = 64
_GAP = "\x1f"
"""Stands between the columns of a row, in which no control character stands."""
_BAD_TCP = (
    "tcp.analysis.flags",
    "tcp.analysis.window_update",
    "tcp.analysis.keep_alive",
    "tcp.analysis.keep_alive_ack",
)
"""What tells, beside the packet itself, in which colour its row is: of the rule "Bad TCP" in `views.colouring`."""


class Row(NamedTuple):
    """The columns of a packet that take a look into it; `fields` are those that the user added."""

    source: str
    destination: str
    protocol: str
    info: str
    is_bad_tcp: bool = False
    fields: tuple[str, ...] = ()


class RowStore:
    """The rows of packets 1, 2, 3 and so on, as far as they were made; `fields` names the columns that were added.

    One thread may add rows while others look at them.
    """

    def __init__(self, fields: Sequence[str] = ()) -> None:
        self.fields = tuple(fields)
        self._blocks: list[bytes] = []
        self._last: list[str] = []
        self._cache: OrderedDict[int, list[str]] = OrderedDict()

    def __len__(self) -> int:
        # In this order: what is compressed goes into the blocks before it goes out of the list.
        last, blocks = self._last, len(self._blocks)
        return blocks * _TOGETHER + len(last) % _TOGETHER

    @property
    def size(self) -> int:
        """How many bytes the compressed rows take."""
        return sum(map(len, self._blocks))

    def add(self, text: str) -> None:
        """Add the next row, a text that `text_of` made."""
        self._last.append(text)
        if len(self._last) == _TOGETHER:
            self._blocks.append(zlib.compress("\n".join(self._last).encode(), 1))
            self._last = []

    def row(self, number: int) -> Row | None:
        """Return the row of the packet of this number; None where it was not made yet."""
        last = self._last
        block, place = divmod(number - 1, _TOGETHER)
        if number < 1:
            return None
        if block < len(self._blocks):
            return _row(self._texts(block)[place])
        return _row(last[place]) if block == len(self._blocks) and place < len(last) < _TOGETHER else None

    def rows(self) -> Iterator[Row]:
        """Yield all rows that there are, in their order."""
        block = 0
        while block < len(self._blocks):
            yield from map(_row, zlib.decompress(self._blocks[block]).decode().split("\n"))
            block += 1
        yield from map(_row, list(self._last))

    def _texts(self, block: int) -> list[str]:
        known = self._cache.get(block)
        if known is None:
            known = self._cache[block] = zlib.decompress(self._blocks[block]).decode().split("\n")
            if len(self._cache) > _CACHED:
                self._cache.popitem(last=False)
        return known


def _row(text: str) -> Row:
    source, destination, protocol, info, bad, *fields = text.split(_GAP)
    return Row(source, destination, protocol, info, bad == "1,,,", tuple(fields))


def _maker(fields: Sequence[str]) -> Callable[[Clock], Callable[[Packet], str]]:
    """Return what gives the function that makes a packet's row as a text."""

    def make(clock: Clock) -> Callable[[Packet], str]:
        bad = compile_row(_BAD_TCP, FieldOptions(separator=",", occurrence="f"), clock)
        added = [compile_row([name], clock=clock) for name in fields]

        def text(packet: Packet) -> str:
            columns = list_columns(packet)
            texts = (columns.source, columns.destination, columns.protocol, columns.info)
            return _GAP.join([*map(printable, texts), bad(packet), *(printable(field(packet)) for field in added)])

        return text

    return make


def row_alone(packet: Packet, fields: Sequence[str] = ()) -> Row:
    """Return the row of a packet that is looked at without those before it."""
    return _row(_maker(fields)(Clock())(packet))


def fill(job: Job, source: RestingSource, store: RowStore, reading: ReadingPass, clock: Clock) -> str:
    """Make the rows of a capture, as a job; return "", or why the capture ends before its time.

    `reading` is the pass whose light they are made in, which goes by `clock`.
    """
    text = CompiledText(_maker(store.fields), clock)
    try:
        with captures.read(source) as reader:
            reader.hand_over(lambda pattern: text.taker(pattern, reading, store.add))
            for packet in reader:
                reading.observe(packet)
                clock.show()
                store.add(text(packet))
    except CaptureError as error:
        return str(error)
    return ""
