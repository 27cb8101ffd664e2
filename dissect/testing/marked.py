"""Packets for tests that name a capture: `@pytest.mark.capture("login.pcapng", display_filter="tcp.port == 22")`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dissect.errors import DissectError
from dissect.filters.applied import read
from dissect.packets.packet import Packet

__all__ = ["packets_for", "parametrise"]


def packets_for(item: pytest.Item) -> list[Packet]:
    """Return the packets that the test's nearest marker names; the test fails with a sentence where that is wrong."""
    return _read(item.get_closest_marker("capture"), item.path, item.name, "capture_packets")


def parametrise(metafunc: pytest.Metafunc) -> None:
    """Run the test once for each packet; the collection fails with a sentence where there is none."""
    marker = metafunc.definition.get_closest_marker("capture")
    packets = _read(marker, metafunc.definition.path, metafunc.function.__name__, "capture_packet")
    if not packets:
        assert marker is not None
        path, display_filter = _arguments(marker, metafunc.function.__name__)
        through = f" passes '{display_filter}'" if display_filter else " is there"
        pytest.fail(f"no packet of {path}{through}, so {metafunc.function.__name__} would never run", pytrace=False)
    metafunc.parametrize("capture_packet", packets, ids=[f"#{packet.number}" for packet in packets])


def _read(marker: pytest.Mark | None, test_file: Path, test: str, fixture: str) -> list[Packet]:
    if marker is None:
        pytest.fail(f'{test}: {fixture} needs to know a capture: @pytest.mark.capture("some.pcapng")', pytrace=False)
    path, display_filter = _arguments(marker, test)
    try:
        return list(read(test_file.parent / path, display_filter=display_filter))
    except DissectError as error:
        reason = str(error)
    except OSError as error:
        reason = f"{test_file.parent / path}: {error.strerror or error}"
    # Outside the handlers, for pytest shows the exception that another is raised beneath.
    pytest.fail(f"{test}: the marker capture: {reason}", pytrace=False)


def _arguments(marker: pytest.Mark, test: str) -> tuple[str, str | None]:
    """Return the path and the filter that the marker gives."""

    def read_as(path: Any, display_filter: str | None = None) -> tuple[str, str | None]:
        return str(path), display_filter

    try:
        return read_as(*marker.args, **marker.kwargs)
    except TypeError:
        pass
    pytest.fail(f"{test}: the marker capture takes a path and display_filter=..., and nothing else", pytrace=False)
