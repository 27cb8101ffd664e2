"""No names of hosts, and what is said of wrong arguments."""

from __future__ import annotations

import pytest

from dissect import DissectError
from dissect.packets.clock import Clock
from dissect.statistics.tap import Setting, tap_named


def test_lines() -> None:
    lines = ["# TShark hosts output", "#", "# Host data gathered from a.pcap", ""]
    assert list(tap_named("hosts,ipv4", Setting("a.pcap", Clock())).lines()) == lines


def test_a_wrong_kind() -> None:
    with pytest.raises(DissectError, match="'x' is no kind of addresses"):
        tap_named("hosts,x", Setting("", Clock()))
