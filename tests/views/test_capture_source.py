"""Every view of many packets takes the path of a capture, and shows what it shows of the packets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import dissect
from dissect import (
    CaptureError,
    fragment_strips,
    packet_sizes,
    packets_over_time,
    protocol_hierarchy,
    sequence_ladder,
    time_sequence,
)
from dissect.views.capture_source import packets_of
from tests.declared import SAMPLES

_PING, _CHAT = SAMPLES / "ping_4000.pcap", SAMPLES / "tcp_chat.pcap"


@pytest.mark.parametrize("view", [sequence_ladder, fragment_strips])
def test_a_view_takes_a_path(view: Callable[[Any], object]) -> None:
    expected = str(view(list(dissect.read(_PING))))
    assert expected
    assert str(view(_PING)) == str(view(str(_PING))) == expected


@pytest.mark.parametrize("plot", [packet_sizes, packets_over_time, protocol_hierarchy, time_sequence])
def test_a_plot_takes_a_path(plot: Callable[[Any], Any]) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed: 'make test' installs it.")
    assert plot(str(_CHAT)).alternative == plot(list(dissect.read(_CHAT))).alternative


def test_what_is_no_capture_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(packets_of(tmp_path / "missing.pcap"))
    (tmp_path / "text").write_text("no capture")
    with pytest.raises(CaptureError, match="is no capture but text"):
        list(packets_of(tmp_path / "text"))


def test_packets_are_what_they_were() -> None:
    packets = list(dissect.read(_CHAT))
    assert all(one is other for one, other in zip(packets_of(packets), packets, strict=True))
