"""A walk fills rows of usual frames and of packets, in one order, and says which of them pass."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pytest

from dissect import UDP, Ethernet, IPv4, Packet, compile_filter, read, write
from dissect.captures.reader import CaptureReader
from dissect.packets.clock import Clock
from dissect.protocols.ipv4_options import IPv4NoOperation
from dissect.tables.arrays import Truths
from dissect.tables.columns import column
from dissect.tables.engines import VECTORS, Engine, compiled_engine
from dissect.tables.filtering import asked_for
from dissect.tables.program import Program
from dissect.tables.walking import Walking


class Noting(Walking):
    """Notes the ports of its rows, which were packets, and which are kept."""

    rows: list[Any]
    packets: list[int]
    kept: list[bool]

    def __init__(self, display_filter: str, engine: Engine) -> None:
        passes = compile_filter(display_filter) if display_filter else None
        asked = asked_for(passes) if passes is not None else ()
        super().__init__(
            [column("udp.dstport")], passes, asked or (), "first", engine, rows=0, once=False, clock=Clock()
        )
        self.told = column("udp.dstport").of_objects(self.clock)
        self.rows, self.packets, self.kept = [], [], []

    def put(self, row: int, packet: Packet) -> bool:
        self.packets.append(packet.number)
        self.sheet.put(row, [self.told(packet)])
        return self.passes is None or self.passes(packet)

    def filled(self, begin: int, end: int, unusual: Sequence[int], kept: Truths | None, program: Program) -> None:
        values, there = self.sheet.arrays("udp.dstport")
        self.rows += [value if is_there else None for value, is_there in zip(values[:end], there[:end], strict=True)]
        self.kept += [True] * (end - begin) if kept is None else kept.tolist()
        self.sheet.empty()


def frames() -> io.BytesIO:
    network = IPv4(src="10.0.0.1", dst="10.0.0.2")
    usual = [network / UDP(sport=1, dport=port) / b"data" for port in (5, 6)]
    # A network header with options is looked at as a packet.
    odd = IPv4(src="10.0.0.2", dst="10.0.0.1", options=[IPv4NoOperation()]) / UDP(sport=5, dport=7) / b"data"
    file = io.BytesIO()
    every = usual[0], odd, usual[1], odd, usual[0]
    write(file, [Packet(bytes(Ethernet() / each), time_ns=9) for each in every])
    file.seek(0)
    return file


@pytest.mark.parametrize("engine", [VECTORS, compiled_engine()], ids=["vectors", "compiled"])
@pytest.mark.parametrize(
    ("display_filter", "kept"),
    [
        ("", [True] * 5),
        ("udp.dstport == 5", [True, False, False, False, True]),
        ("ip.src == 10.0.0.2", [False, True, False, True, False]),
    ],
)
def test_usual_frames_and_packets_in_one_order(engine: Engine, display_filter: str, kept: list[bool]) -> None:
    walking = Noting(display_filter, engine)
    reader = read(frames())
    assert isinstance(reader, CaptureReader)
    reader.hand_over(walking.taker)
    for packet in reader:
        walking.observe(packet)
        raise AssertionError("all are taken")
    assert walking.rows == [5, 7, 6, 7, 5]
    assert walking.packets == [2, 4]
    assert walking.kept == kept


def test_a_link_of_which_nothing_is_known_has_no_taker() -> None:
    assert Noting("", VECTORS).taker(Packet(b"", link=147)) is None
