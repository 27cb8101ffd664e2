"""The display filters of Wireshark 4.0, compiled to functions of packets.

`compile_filter(text)` gives a function that says whether a packet passes; its `prefilter` tells most
of those that don't from their bytes alone.
"""

from __future__ import annotations

from dissect.filters.compiler import CompiledFilter, compile_filter
from dissect.filters.values import Context

__all__ = ["CompiledFilter", "Context", "compile_filter"]
