from __future__ import annotations

from pathlib import Path

import pytest

from tests.oracle import pyshark_judge
from tests.oracle.tshark import Tshark

NAMES = [
    "frame.number",
    "frame.time_epoch",
    "frame.protocols",
    "eth.addr",
    "eth.padding",
    "arp.isgratuitous",
    "arp.src.hw_mac",
    "ip.addr",
    "ip.flags.df",
    "ip.checksum",
    "udp.port",
    "udp.checksum.status",
    "udp.checksum.bad",
    "udp.payload",
    "data.data",
]


def test_cells_are_those_of_tshark(pyshark_tshark: Tshark, two_frames: Path) -> None:
    cells = pyshark_judge.fields(pyshark_tshark, two_frames, NAMES)
    assert cells == pyshark_tshark.fields(two_frames, NAMES)
    datagram = dict(zip(NAMES, cells[1], strict=True))
    assert datagram["ip.addr"] == "192.168.0.55,192.168.0.2"
    assert datagram["udp.checksum.bad"] == "1"
    assert datagram["udp.payload"] == "6869"


def test_display_filter_selects_rows(pyshark_tshark: Tshark, two_frames: Path) -> None:
    assert pyshark_judge.fields(pyshark_tshark, two_frames, ["frame.number"], display_filter="udp") == [["2"]]


def test_damaged_capture_gives_what_came_before(pyshark_tshark: Tshark, cut_short: Path) -> None:
    assert pyshark_judge.fields(pyshark_tshark, cut_short, ["frame.number"]) == [["1"]]


def test_columns_are_refused(pyshark_tshark: Tshark, two_frames: Path) -> None:
    with pytest.raises(ValueError, match="columns"):
        pyshark_judge.fields(pyshark_tshark, two_frames, ["_ws.col.Info"])
