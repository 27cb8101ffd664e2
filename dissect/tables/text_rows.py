"""Rows of text of whole captures, as fields of packets are printed: of usual frames by their columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from dissect.declaration.fields import Field
from dissect.declaration.kinds import IPv4Address, IPv6Address, Kind, MacAddress, Signed
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.times import seconds_text
from dissect.filters.compiler import CompiledFilter
from dissect.flows.reading import ReadingPass
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.tables import filtering
from dissect.tables.arrays import Truths
from dissect.tables.columns import Column, column
from dissect.tables.engines import compiled_engine
from dissect.tables.frames import AT_ONCE
from dissect.tables.program import Program
from dissect.tables.text_kernels import (
    CELL,
    DECIMAL,
    DOTTED,
    HEX,
    PAIRS,
    SECONDS,
    TEXT,
    WIDTHS,
    compose,
    place_of,
)
from dissect.tables.walking import Walking
from dissect.wireshark.frame import FRAME_FIELDS
from dissect.wireshark.types import declared_fields

__all__ = ["TextRows", "text_rows"]

_MOST_TEXTS = 1 << 14
"""Values of which the texts are known at a time, at most, for those forms that are looked up."""
_LONGEST = 63
"""Bytes of such a text."""


class _Form(NamedTuple):
    """How a column's numbers are written: a form of `text_kernels`, and its digits or bytes."""

    form: int
    digits: int
    load: Callable[[bytes], str] | None = None
    """What makes the text of 16 bytes, where it is looked up."""


def _form(each: Column) -> _Form | None:
    """Return how a column's values are written; None where that is not known of all of them."""
    of_frame = FRAME_FIELDS.get(each.name)
    if of_frame is not None:
        form = {str: DECIMAL, seconds_text: SECONDS}.get(of_frame.text)
        return None if form is None else _Form(form, 0)
    forms = {_form_of_field(field) for field in declared_fields(each.name)}
    return forms.pop() if len(forms) == 1 else None


def _form_of_field(field: Field) -> _Form | None:
    kind = field.kind
    if kind is IPv4Address:
        return _Form(DOTTED, 0)
    if kind is MacAddress:
        return _Form(PAIRS, 6)
    if kind is IPv6Address:
        return _Form(TEXT, 0, IPv6Address.load)
    if type(kind).text is Kind.text and not isinstance(kind, Signed):
        return _Form(HEX, field.digits) if field.base == 16 else _Form(DECIMAL, 0)
    return None


class TextRows(Walking):
    """Gives the text of each row to `add`, without its end; many rows of usual frames are one text, with ends between.

    `row` makes that of a packet, which `reading` has observed. Made by `text_rows`.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        forms: Sequence[_Form],
        passes: CompiledFilter | None,
        asked: Sequence[str],
        separator: str,
        row: Callable[[Packet], str],
        reading: ReadingPass,
        clock: Clock,
        add: Callable[[str], None],
    ) -> None:
        engine = compiled_engine()
        super().__init__(columns, passes, asked, "first", engine, rows=0, once=True, clock=clock, reading=reading)
        self._row = row
        self._add = add
        self._separator = ord(separator)
        self._texts: dict[int, str] = {}
        self._forms = forms
        spots = [self.sheet.spot(each.name) for each in columns]
        cells = [(each.form, each.digits, *spot) for each, spot in zip(forms, spots, strict=True)]
        self._cells = np.array(cells, np.int64).reshape(-1, CELL).ravel()
        widest = sum(WIDTHS.get(each.form, _LONGEST) + 1 for each in forms)
        self._out = np.empty(AT_ONCE * widest, np.uint8)
        self._every = np.ones(AT_ONCE, np.bool_)
        self._forget()

    def _forget(self) -> None:
        """Forget the texts of all values."""
        self._keys = np.zeros((2 * _MOST_TEXTS, 3), np.uint64)
        self._known = np.zeros((2 * _MOST_TEXTS, _LONGEST + 1), np.uint8)
        self._count = 0

    def put(self, row: int, packet: Packet) -> bool:
        if self.passes is not None and not self.passes(packet):
            return False
        self._texts[row] = self._row(packet)
        return True

    def filled(self, begin: int, end: int, unusual: Sequence[int], kept: Truths | None, program: Program) -> None:
        wanted = self._every if kept is None else kept
        row = begin
        for place in unusual:
            self._write(row, begin + place, wanted[row - begin :])
            text = self._texts.pop(begin + place, None)
            if text is not None:
                self._add(text)
            row = begin + place + 1
        self._write(row, end, wanted[row - begin :])
        self.sheet.empty()

    def _write(self, row: int, end: int, wanted: Truths) -> None:
        """Write the rows from one to before another, of which some are wanted."""
        sheet, separator = self.sheet, self._separator
        arrays = sheet.octets, sheet.pairs, sheet.words, sheet.longs, sheet.valid
        first = row
        while row < end:
            tables = self._keys, self._known, self._out
            row, cell, size = compose(row, end, wanted[row - first :], self._cells, separator, *arrays, *tables)
            if size:
                self._add(self._out[: size - 1].tobytes().decode("ascii"))
            if cell >= 0:
                self._look_up(row, cell)

    def _look_up(self, row: int, cell: int) -> None:
        """Make the text of a value known."""
        if self._count >= _MOST_TEXTS:
            self._forget()
        values, _ = self.sheet.arrays(self.columns[cell].name)
        high, low = (int(each) for each in values[row])
        load = self._forms[cell].load
        text = (load(high.to_bytes(8, "big") + low.to_bytes(8, "big")) if load is not None else "").encode("ascii")
        place = place_of(self._keys, cell, np.uint64(high), np.uint64(low))
        self._keys[place] = cell + 1, high, low
        self._known[place, 0] = len(text)
        self._known[place, 1 : len(text) + 1] = np.frombuffer(text, np.uint8)
        self._count += 1


def text_rows(
    names: Sequence[str],
    passes: CompiledFilter | None,
    separator: str,
    row: Callable[[Packet], str],
    reading: ReadingPass,
    clock: Clock,
    add: Callable[[str], None],
) -> TextRows | None:
    """Return what gives the rows of fields to `add`, by columns; None where one of the fields, or the filter, is none.

    `separator` stands between cells, a character of ASCII. ImportError where Numba is not installed.
    """
    asked = () if passes is None else filtering.asked_for(passes)
    if asked is None or not separator.isascii():
        return None
    columns = [column(name) for name in names]
    forms = [_form(each) for each in columns if each.dtype is not None and each.dtype is not np.float64]
    known = [form for form in forms if form is not None]
    if len(known) < len(columns) or len(set(names)) < len(names):
        return None
    return TextRows(columns, known, passes, asked, separator, row, reading, clock, add)
