"""A column of a table: the type of its field in Arrow, and its values, gathered piece by piece in the file's order."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from dissect.declaration.addresses import ipv4_bytes, ipv6_bytes, ipv6_text, mac_bytes
from dissect.declaration.header import Header
from dissect.declaration.selection import changes
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.tables.program import LATEST, Occurrence
from dissect.wireshark.field_types import STRING, FieldType
from dissect.wireshark.fields import compile_field, compile_gathering, compile_values
from dissect.wireshark.frame import FRAME_FIELDS
from dissect.wireshark.sight import seen_layers
from dissect.wireshark.types import field_type

__all__ = ["MOMENTS", "Column", "Gathered", "column", "gathered", "lists_of", "row_of", "to_arrow"]

MOMENTS = frozenset({"frame.time", "frame.time_epoch"})
"""Fields that tell a moment, whatever Wireshark's type of them."""

_BILLION = 1_000_000_000
_TEXTS = frozenset({"protocol", "string"})
"""The families of fields whose values are text."""
_COLUMNS = "_ws.col."


class Address(NamedTuple):
    """How addresses of a kind are kept while they are gathered: as numbers of 64 bits, and as text in the end."""

    size: int
    to_bytes: Callable[[str], bytes]
    to_text: Callable[[bytes], str]


_ADDRESSES = {
    "ether": Address(6, mac_bytes, lambda raw: raw.hex(":")),
    "ipv4": Address(4, ipv4_bytes, lambda raw: ".".join(map(str, raw))),
    "ipv6": Address(16, ipv6_bytes, ipv6_text),
}


class Column(NamedTuple):
    """A field as a column: its name, Wireshark's type, Arrow's, and how a value of an object becomes one of either."""

    name: str
    type: FieldType
    arrow: pa.DataType
    dtype: Any
    """NumPy's type of the values while they are gathered, spans of time in nanoseconds; None for Python's objects."""
    address: Address | None

    @property
    def is_wide(self) -> bool:
        """Whether a value takes two numbers."""
        return self.address is not None and self.address.size > 8

    def arrow_in(self, occurrence: Occurrence) -> pa.DataType:
        """Return Arrow's type of the values, or of lists of them."""
        return pa.list_(self.arrow) if occurrence == "all" else self.arrow

    def of_objects(self, clock: Clock | None) -> Callable[[Packet], list[Any]]:
        """Return what gives a packet's values as they are gathered."""
        family = self.type.family
        if family in _TEXTS:
            return compile_field(self.name, clock)
        values = compile_values(self.name, clock)
        return lambda packet: self.gathered_of(values(packet))

    def gathered_of(self, values: list[Any]) -> list[Any]:
        """Return what is gathered of the values that attributes have."""
        if self.type.family == "none":
            return [1 for _ in values]
        convert = self._converting()
        return values if convert is None else [told for each in values if (told := convert(each)) is not None]

    def _converting(self) -> Callable[[Any], Any] | None:
        """Return what makes what is gathered of an attribute's value; None where nothing is gathered of it."""
        if self.address is not None:
            size, to_bytes = self.address.size, self.address.to_bytes

            def number(value: Any) -> Any:
                raw = to_bytes(value) if isinstance(value, str) else bytes(value)
                whole = int.from_bytes(raw, "big")
                return (whole >> 64, whole & 0xFFFF_FFFF_FFFF_FFFF) if size > 8 else whole

            return number
        if self.dtype is np.int64:
            # Whoever captured may tell times that no column holds.
            return lambda value: value if -LATEST <= value < LATEST else None
        if self.type.is_number:
            return int
        return bytes if self.type.family == "bytes" else None


@lru_cache(maxsize=1024)
def _gathering(name: str, change: int) -> Callable[[Iterable[Header]], list[Any]] | None:
    """Return what gives a field's values in headers, as long as these carry what they did after so many changes.

    What it has found out of a class of headers it needs not find out in the next capture.
    """
    return None if name in FRAME_FIELDS or name.startswith(_COLUMNS) else compile_gathering(name)


def row_of(columns: Sequence[Column], clock: Clock | None) -> Callable[[Packet], list[list[Any]]]:
    """Return what gives a packet's values of each column as they are gathered; the packet is gone through once."""
    change = changes()
    told = [None if each.type.family in _TEXTS else _gathering(each.name, change) for each in columns]
    others = [each.of_objects(clock) if of is None else None for each, of in zip(columns, told, strict=True)]
    every = list(zip(columns, told, others, strict=True))
    asks_headers = any(told)

    def row(packet: Packet) -> list[list[Any]]:
        headers = tuple(seen_layers(packet)) if asks_headers else ()
        return [
            each.gathered_of(of(headers)) if of is not None else other(packet)  # type: ignore[misc]  # there is one
            for each, of, other in every
        ]

    return row


def column(name: str) -> Column:
    """Return the column of a field; FieldError, naming the nearest right one, for a name that does not exist.

    Numbers keep Wireshark's width, truth values and marks are 0 and 1, addresses are text in a dictionary, moments
    nanoseconds since 1970, spans of time seconds, all else is text or bytes.

    >>> column("ip.ttl").arrow, column("ip.src").arrow
    (DataType(uint8), DictionaryType(dictionary<values=string, indices=int32, ordered=0>))
    """
    kind = field_type(name)
    if kind is None:
        # A column of the list has no type; a name that does not exist is told here.
        compile_field(name)
        kind = STRING
    address = _ADDRESSES.get(kind.family)
    if address is not None:
        dtype: Any = np.uint32 if address.size == 4 else np.uint64
        return Column(name, kind, pa.dictionary(pa.int32(), pa.string()), dtype, address)
    if name in MOMENTS:
        return Column(name, kind, pa.timestamp("ns"), np.int64, None)
    if name == "frame.number":
        return Column(name, kind, pa.uint64(), np.uint64, None)
    if kind.is_number or kind.family == "none":
        bits = 8 if kind.family in ("boolean", "none") else max(8, 1 << (kind.bits - 1).bit_length())
        dtype = np.dtype(f"{'int' if kind.family == 'signed' else 'uint'}{bits}").type
        return Column(name, kind, pa.from_numpy_dtype(dtype), dtype, None)
    if kind.family in ("double", "relative_time"):
        return Column(name, kind, pa.float64(), np.float64 if kind.family == "double" else np.int64, None)
    return Column(name, kind, pa.binary() if kind.family == "bytes" else pa.string(), None, None)


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
        return self.column.arrow_in("all" if self._as_lists else "first")

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
        return pa.array(map(_clean, values) if column.arrow == pa.string() else values, column.arrow)
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
    if column.type.family == "relative_time" and column.arrow == pa.float64():
        values = values / _BILLION
    if column.address is None:
        return _array_of(values, there, column.arrow)
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
