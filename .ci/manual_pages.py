"""Puts the manual pages into the wheel, made of the program's parsers while it is built."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ManualPages(BuildHookInterface):
    """A hook of hatchling: `share/man/man1` of an environment gets a page for each command."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the pages, and say where they go."""
        sys.path.insert(0, self.root)
        try:
            from docs.site.manual import write_manual

            pages = write_manual(Path(self.directory) / "man", self.metadata.version)
        finally:
            sys.path.remove(self.root)
        build_data["shared_data"].update({str(path): f"share/man/man1/{path.name}" for path in pages})
