"""Columns as arrays of Arrow: the types that fields have there, and their values, piece by piece."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from dissect.declaration.times import BILLION
from dissect.tables.columns import Address, Column
from dissect.tables.program import Occurrence

__all__ = ["Gathered", "arrow_in", "arrow_of", "gathered", "lists_of", "to_arrow"]


def arrow_of(column: Column) -> pa.DataType:
    """Return Arrow's type of the values of a column."""
    if column.address is not None:
        return pa.dictionary(pa.int32(), pa.string())
    if column.is_moment:
        return pa.timestamp("ns")
    if column.dtype is None:
        return pa.binary() if column.type.family == "bytes" else pa.string()
    return pa.float64() if column.type.family == "relative_time" else pa.from_numpy_dtype(column.dtype)


def arrow_in(column: Column, occurrence: Occurrence) -> pa.DataType:
    """Return Arrow's type of the values, or of lists of them."""
    kind = arrow_of(column)
    return pa.list_(kind) if occurrence == "all" else kind


def gathered(columns: Iterable[Column], occurrence: Occurrence) -> list[Gathered]:
    """Return what gathers the values of each column."""
    return [Gathered(each, as_lists=occurrence == "all") for each in columns]


class Gathered:
    """The values of a column so far, row after row, as objects have them."""

    def __init__(self, column: Column, *, as_lists: bool) -> None:
        self.column = column
        self._as_lists = as_lists
        self._rows: list[list[Any]] = []

    @property
    def type(self) -> pa.DataType:
        """Arrow's type of the column."""
        return arrow_in(self.column, "all" if self._as_lists else "first")

    def append(self, values: list[Any]) -> None:
        """Add a row: all values that a packet has of the field."""
        self._rows.append(values if self._as_lists else values[:1])

    def finish(self) -> pa.Array:
        """Return the rows as an array, and begin anew."""
        rows, self._rows = self._rows, []
        counts = np.fromiter(map(len, rows), np.int32, len(rows))
        inner = _array(self.column, [value for row in rows for value in row])
        if self._as_lists:
            return _in_lists(counts, inner)
        return inner.take(pa.array(np.cumsum(counts) - 1, mask=counts == 0))


def _array(column: Column, values: list[Any]) -> pa.Array:
    """Return values of objects as Arrow's array."""
    if column.dtype is None:
        kind = arrow_of(column)
        return pa.array(map(_clean, values) if kind == pa.string() else values, kind)
    return to_arrow(column, _numbers(column, values), None)


def _numbers(column: Column, values: list[Any]) -> Any:
    return np.array(values, column.dtype).reshape((len(values), 2) if column.is_wide else (len(values),))


def _in_lists(counts: Any, inner: pa.Array) -> pa.Array:
    offsets = np.zeros(len(counts) + 1, np.int32)
    np.cumsum(counts, out=offsets[1:])
    return pa.ListArray.from_arrays(pa.array(offsets), inner)


def lists_of(column: Column, values: Any, there: Any, others: Mapping[int, list[Any]]) -> pa.Array:
    """Return a list for each row: of one value or none, and in the rows of `others` of these, by ascending row."""
    counts = there.astype(np.int32)
    pieces, begin = [], 0
    for row, found in others.items():
        pieces += [values[begin:row][there[begin:row]], _numbers(column, found)]
        counts[row] = len(found)
        begin = row + 1
    pieces.append(values[begin:][there[begin:]])
    return _in_lists(counts, to_arrow(column, np.concatenate(pieces), None))


def to_arrow(column: Column, values: Any, there: Any) -> pa.Array:
    """Return numbers as the column's array, with nulls where they are not there; None says that all are."""
    if column.type.family == "relative_time" and arrow_of(column) == pa.float64():
        values = values / BILLION
    if column.address is None:
        return _array_of(values, there, arrow_of(column))
    return _texts(values, there, column.address)


def _clean(text: str) -> str:
    """Return text that UTF-8 has: of bytes that are none, each becomes a replacement character."""
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _array_of(values: Any, valid: Any, kind: pa.DataType) -> pa.Array:
    """Return NumPy's array as Arrow's; no value is copied."""
    missing = 0 if valid is None else len(valid) - int(np.count_nonzero(valid))
    mask = pa.py_buffer(np.packbits(valid, bitorder="little")) if missing else None
    return pa.Array.from_buffers(kind, len(values), [mask, pa.py_buffer(np.ascontiguousarray(values))], missing)


def _texts(values: Any, valid: Any, address: Address) -> pa.Array:
    """Return addresses as text in a dictionary."""
    if "numba" in sys.modules:
        indices, raw = _coded(values, valid, address)
    elif address.size > 8:
        encoded = _array_of(values.astype(">u8"), valid, pa.binary(address.size)).dictionary_encode()
        indices, raw = encoded.indices, encoded.dictionary.to_pylist()
    else:
        encoded = _array_of(values, valid, pa.from_numpy_dtype(values.dtype)).dictionary_encode()
        indices = encoded.indices
        raw = [number.to_bytes(address.size, "big") for number in encoded.dictionary.to_pylist()]
    return pa.DictionaryArray.from_arrays(indices, _strings([address.to_text(each) for each in raw]))


def _strings(texts: list[str]) -> pa.Array:
    """Return texts of ASCII as an array; `pyarrow.array` would load pandas, where it is installed."""
    ends = np.zeros(len(texts) + 1, np.int32)
    np.cumsum(np.fromiter(map(len, texts), np.int32, len(texts)), out=ends[1:])
    return pa.StringArray.from_buffers(len(texts), pa.py_buffer(ends), pa.py_buffer("".join(texts).encode("ascii")))


def _coded(values: Any, valid: Any, address: Address) -> tuple[pa.Array, list[bytes]]:
    """Return the places of addresses in a dictionary, and the bytes that it has, by compiled code."""
    from dissect.tables.dictionary_kernels import encode

    rows, is_wide = len(values), address.size > 8
    words = np.ascontiguousarray(values.astype(np.uint64, copy=False)).ravel()
    there = np.ones(rows, np.uint8) if valid is None else np.ascontiguousarray(valid).view(np.uint8)
    places, known = np.empty(rows, np.int32), np.empty(len(words), np.uint64)
    count = encode(words, is_wide, there, places, known, np.zeros(1 << rows.bit_length(), np.int32))
    size = address.size
    raw = known[: 2 * count if is_wide else count].astype(">u8").tobytes()
    whole = max(size, 8)
    each = [raw[end - size : end] for end in range(whole, len(raw) + 1, whole)]
    return _array_of(places, valid, pa.int32()), each
