"""What takes more than one frame to see: fragments put together, datagrams on their way, conversations.

The room has the name of what most of its users want of it, `dissect.flows(source)`, so that it can be called.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any


class _Room(ModuleType):
    def __call__(self, *arguments: Any, **options: Any) -> Iterator[dict[str, Any]]:
        """Yield a row for each conversation: see `dissect.flows.flow_rows.flows`."""
        # Loaded for those who call.
        from dissect.flows.flow_rows import flows

        return flows(*arguments, **options)


sys.modules[__name__].__class__ = _Room
