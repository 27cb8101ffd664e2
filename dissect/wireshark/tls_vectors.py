"""What Wireshark says of vectors that are longer than what they stand in: it cuts them, and reads them no further."""

from __future__ import annotations

from typing import Any

from dissect.wireshark.notices import MALFORMED
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import noted

__all__ = ["VectorSight"]

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
