"""Endpoints: what each sent and received."""

from __future__ import annotations

from dissect.packets.clock import Clock
from dissect.statistics.endpoints import EndpointCount, EndpointTable
from dissect.statistics.ends import Ends
from dissect.statistics.tap import Setting, tap_named, tapped
from tests.commands.conftest import packets


def test_rows() -> None:
    table = EndpointTable()
    table.add(Ends("a", 1, "b", 2), 10)
    table.add(Ends("c", 3, "b", 2), 20)
    assert table.rows() == [
        EndpointCount("b", 2, 2, 30, 0, 0, 2, 30),
        EndpointCount("a", 1, 1, 10, 1, 10, 0, 0),
        EndpointCount("c", 3, 1, 20, 1, 20, 0, 0),
    ]


def test_lines() -> None:
    clock = Clock()
    taps = [tap_named(name, Setting("", clock)) for name in ("endpoints,ip", "endpoints,udp,udp")]
    for _ in tapped(packets(), taps, clock):
        pass
    assert list(taps[0].lines())[1:5] == [
        "IPv4 Endpoints",
        "Filter:<No Filter>",
        "                       |  Packets  | |  Bytes  | | Tx Packets | | Tx Bytes | | Rx Packets | | Rx Bytes |",
        "10.0.0.1                       2            88          1              44           1              44   ",
    ]
    assert list(taps[1].lines())[4].startswith("10.0.0.1                      5          2            88          1  ")


def test_of_too_many_ends_the_first_are_counted() -> None:
    table = EndpointTable(most=2)
    for port in (1, 2, 1):
        table.add(Ends("10.0.0.1", port, "10.0.0.2", 9), 60)
    assert [(row.port, row.frames) for row in table.rows()] == [(9, 3), (1, 2)]
    assert table.left_out == 1
