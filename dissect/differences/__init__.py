"""The difference between captures: which frames, which fields of them, from what to what, at which byte.

`compare` holds two captures against each other; `frame_differences` two frames.
"""

from __future__ import annotations

from dissect.differences.canonical import CANONICAL, Equality
from dissect.differences.comparison import Comparison, FrameDifference, compare
from dissect.differences.field_differences import FieldDifference, frame_differences

__all__ = [
    "CANONICAL",
    "Comparison",
    "Equality",
    "FieldDifference",
    "FrameDifference",
    "compare",
    "frame_differences",
]
