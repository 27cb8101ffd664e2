"""What takes more than one frame to see: fragments put together, datagrams on their way, conversations.

The room has the name of what most of its users want of it, `dissect.flows(source)`, so that it can be called.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

from dissect.declaration.drawers import CALLED


class _Room(ModuleType):
    def __call__(self, *arguments: Any, **options: Any) -> Iterator[dict[str, Any]]:
        """Yield a row for each conversation: see what the roof has by this name."""
        rows: Iterator[dict[str, Any]] = import_module(CALLED["flows"]).flows(*arguments, **options)
        return rows


sys.modules[__name__].__class__ = _Room
