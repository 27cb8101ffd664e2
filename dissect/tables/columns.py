"""A column of a table: the type of its field, and its values as they are gathered, out of arrays or of objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from dissect.declaration.addresses import ipv4_bytes, ipv6_bytes, ipv6_text, mac_bytes
from dissect.declaration.header import Header
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.selection import changes
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.tables.program import LATEST
from dissect.wireshark.field_types import STRING, FieldType
from dissect.wireshark.fields import compile_field, compile_gathering, compile_values
from dissect.wireshark.frame import FRAME_FIELDS
from dissect.wireshark.sight import seen_layers
from dissect.wireshark.types import field_type

__all__ = ["MOMENTS", "Address", "Column", "column", "row_of"]

MOMENTS = frozenset({"frame.time", "frame.time_epoch"})
"""Fields that tell a moment, whatever Wireshark's type of them."""

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
    """A field as a column: its name, Wireshark's type, and how a value of an object becomes one of the column."""

    name: str
    type: FieldType
    dtype: Any
    """NumPy's type of the values while they are gathered, spans of time in nanoseconds; None for Python's objects."""
    address: Address | None

    @property
    def is_moment(self) -> bool:
        """Whether the values are moments, in nanoseconds since 1970."""
        return self.name in MOMENTS or self.type.family == "absolute_time"

    @property
    def is_wide(self) -> bool:
        """Whether a value takes two numbers."""
        return self.address is not None and self.address.size > 8

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

    >>> column("ip.ttl").dtype, column("ip.src").is_wide, column("ipv6.src").is_wide
    (<class 'numpy.uint8'>, False, True)
    """
    kind = field_type(name)
    if kind is None:
        # A column of the list has no type; a name that does not exist is told here.
        compile_field(name)
        kind = STRING
    address = _ADDRESSES.get(kind.family)
    if address is not None:
        dtype: Any = np.uint32 if address.size == 4 else np.uint64
        return Column(name, kind, dtype, address)
    if name == "frame.number":
        return Column(name, kind, np.uint64, None)
    if kind.is_number or kind.family == "none":
        bits = 8 if kind.family in ("boolean", "none") else max(8, 1 << (kind.bits - 1).bit_length())
        dtype = np.dtype(f"{'int' if kind.family == 'signed' else 'uint'}{bits}").type
        return Column(name, kind, dtype, None)
    if name in MOMENTS or kind.family in ("absolute_time", "relative_time"):
        return Column(name, kind, np.int64, None)
    return Column(name, kind, np.float64 if kind.family == "double" else None, None)
