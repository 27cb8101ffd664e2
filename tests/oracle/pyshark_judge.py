"""Pyshark as judge: the same cells as `Tshark.fields`, taken out of tshark's PDML by pyshark's parser."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from tests.oracle.tshark import Tshark


def fields(
    tshark: Tshark, capture: Path, names: Sequence[str], *, display_filter: str | None = None
) -> list[list[str]]:
    """One row a frame, one cell a field: the values that pyshark shows, joined by commas, empty where absent.

    Columns (`_ws.col.Info`) are not in PDML, so they cannot be asked for here; damage in the capture ends
    the rows quietly, as pyshark ends them.
    """
    if columns := [name for name in names if name.startswith("_ws.col.")]:
        raise ValueError(f"PDML holds no columns, and {columns} were asked for")
    types = [(name, tshark.types[name]) for name in names]
    rows = []
    with _packets(tshark, capture, display_filter) as packets:
        for packet in packets:
            shown = _shown(packet)
            rows.append([",".join(_texts(shown.get(name, ()), type_name)) for name, type_name in types])
    return rows


def _shown(packet: Any) -> dict[str, list[Any]]:
    """Return all fields of a packet by their names, those of a name in the order of the layers."""
    found: dict[str, list[Any]] = {}
    for layer in [packet.frame_info, *packet.layers]:
        # `get_field` also finds names that only look alike once dots became underscores.
        for name, container in layer._all_fields.items():
            found.setdefault(name, []).extend(container.all_fields)
    return found


def _texts(fields: Iterable[Any], type_name: str) -> Iterator[str]:
    """Yield every value of a field, as `-T fields` prints its type."""
    for field in fields:
        if type_name == "FT_NONE":
            yield "1"
        elif type_name == "FT_BYTES":
            yield field.raw_value or ""
        else:
            yield field.show


@contextmanager
def _packets(tshark: Tshark, capture: Path, display_filter: str | None) -> Iterator[Any]:
    """Open a capture with pyshark, on an event loop of its own that is closed afterwards.

    Given a loop, pyshark 0.6 neither asks for the current one, which is deprecated since Python 3.12, nor
    sets a child watcher. It starts tshark with this process's environment, hence the patch.
    """
    import pyshark

    class Capture(pyshark.FileCapture):  # type: ignore[misc] # pyshark has no types
        async def _cleanup_subprocess(self, process: asyncio.subprocess.Process) -> None:
            """Let tshark end by itself once everything was read.

            Pyshark kills it at that moment, loses its exit status when it had just ended, and then
            reports a crash. It also takes the exit status of a damaged capture for a crash.
            """
            if not self._eof_reached:
                process.kill()
            await process.wait()

    loop = asyncio.new_event_loop()
    try:
        with (
            mock.patch.dict(os.environ, tshark.environment),
            Capture(str(capture), keep_packets=False, display_filter=display_filter, eventloop=loop) as packets,
        ):
            yield packets
    finally:
        loop.close()
