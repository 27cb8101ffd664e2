"""Bytes to trace, and what expressions over them mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dissect.declaration.gathering import Span
from dissect.declaration.symbols import Trace
from dissect.declaration.traced_bytes import TracedBuffer

__all__ = ["DATA", "NUMBERS", "buffer_of", "values_at"]

DATA = bytes(range(200, 232))
NUMBERS = {f"n{8 * place}_8": byte for place, byte in enumerate(DATA)}
"""What every byte is called, with its value."""


def buffer_of(trace: Trace) -> TracedBuffer:
    """Return the bytes, traced."""
    return TracedBuffer(trace, DATA, 0, len(DATA))


def values_at(places: Mapping[str, Span], data: bytes) -> dict[str, Any]:
    """Return what stands at these places of a frame, by their names."""
    whole = int.from_bytes(data, "big")
    found: dict[str, Any] = {"buffer": data, "base": 0, "size": len(data)}
    for name, span in places.items():
        end = span.bit + span.width
        number = whole >> 8 * len(data) - end & (1 << span.width) - 1
        found[name] = data[span.bit // 8 : end // 8] if span.is_octets else number
    return found
