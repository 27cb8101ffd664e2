"""Vectors as Wireshark shows them: a mark where they have entries, and a word where they are too long.

It cuts a vector that is longer than what it stands in, and reads it no further.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dissect.wireshark.field_types import NONE
from dissect.wireshark.notices import MALFORMED
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed, noted

__all__ = ["VectorSight", "marked"]

_TITLE = "Malformed message, not enough data is available"


class VectorSight(Sight):
    """A record with fields whose lengths others tell."""

    @noted("malformed.buffer_too_small", _TITLE, "Error", MALFORMED)
    def too_small(self, record: Any) -> str | None:
        """The first vector that is longer than what is left, or whose length is not there."""
        for field in record.layout:
            measure = record.declares(field.length) if isinstance(field.length, str) else None
            if measure is None or (measure.when is not None and not measure.is_there(record)):
                continue
            if not record.reaches(measure):
                return f"No more room for vector of length {measure.width // 8}"
            first, width = record.span(measure)
            left = record.own_size - (first + width) // 8
            if record.raw(measure) > left:
                return f"Vector length {record.raw(measure)} is too large, truncating it to {left}"
        return None


def marked(label: str, title: str, name: str) -> Any:
    """Declare a mark that is there where the list of this name in the class has entries."""

    def is_there(sight: Any, record: Any) -> int | None:
        return 1 if getattr(record, name) else None

    is_there.__doc__ = f"1 where {title} are listed."
    declare: Callable[[Any], Any] = computed(label, NONE, title=title)
    return declare(is_there)
