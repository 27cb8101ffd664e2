"""Lists of plain numbers: what TLS draws as a vector of numbers of one width (RFC 8446, section 3.4).

Each number is a record with one field, so that each has a place, a name in display filters and a line in the details.
People give the numbers, or their names, and read them in the `repr`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dissect.declare import Entry, RecordList

__all__ = ["NumberList"]


class NumberList(RecordList):
    """Records of one number each; a constructor takes the numbers, or their names, for the records."""

    def store(self, value: Any, width: int) -> bytes:
        if isinstance(value, Iterable) and not isinstance(value, (str, bytes, bytearray, memoryview, Entry)):
            number = self.family.layout[0].name
            value = [self.family(**{number: each}) if isinstance(each, (int, str)) else each for each in value]
        return super().store(value, width)

    def source(self, raw: bytes, base: int) -> str:
        return f"[{', '.join(map(self._source_of, self.load(raw)))}]"

    def _source_of(self, entry: Entry) -> str:
        """Return Python for an entry: its number or its name; bytes for what is no whole number."""
        if not isinstance(entry, self.family):
            return repr(bytes(entry))
        field = entry.layout[0]
        return field.kind.source(entry.raw(field), field.base)
