"""Docstrings as the reference shows them: their examples become blocks of code."""

from __future__ import annotations

from typing import Any

import griffe

from docs.site.markdown import example_blocks

__all__ = ["Examples"]


class Examples(griffe.Extension):
    """Marks the examples of each docstring as code, which is Markdown's without that."""

    def on_instance(self, *, obj: griffe.Object, **_: Any) -> None:
        """Change the docstring of what was read."""
        if obj.docstring is not None:
            obj.docstring.value = example_blocks(obj.docstring.value)
