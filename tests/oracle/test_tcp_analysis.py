"""Connections over a bad line, drawn at random with a fixed seed: the analysis of each segment is that of tshark."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

import dissect
from dissect import TCP, Ethernet, IPv4, Packet
from dissect.flows.reading import with_context
from dissect.views.rows import compile_row
from tests.oracle.tshark import Tshark

ANALYSIS = """
    acks_frame ack_rtt initial_rtt bytes_in_flight push_bytes_sent rto rto_frame duplicate_ack duplicate_ack_num
    duplicate_ack_frame flags retransmission fast_retransmission spurious_retransmission out_of_order lost_segment
    ack_lost_segment window_update window_full keep_alive keep_alive_ack zero_window_probe zero_window
    zero_window_probe_ack reused_ports
""".split()
FIELDS = [
    *("tcp.stream", "tcp.seq", "tcp.ack", "tcp.completeness", "tcp.time_relative", "tcp.time_delta", "tcp.analysis"),
    *(f"tcp.analysis.{name}" for name in ANALYSIS),
    *("_ws.col.Info", "_ws.expert.message"),
]
CONNECTIONS = 60
MILLISECOND = 1_000_000


class Line:
    """What a capture holds of one connection whose segments get lost, come twice, late, or not at all."""

    def __init__(self, random: Random, port: int) -> None:
        self.random = random
        self.ports = port, 8000
        self.next = [random.choice((1000, 2**32 - 300, random.randrange(2**32))) for _ in self.ports]
        self.window = [500, 500]

    def segment(
        self, way: int, flags: str, data: bytes = b"", *, seq: int | None = None, ack: int | None = None
    ) -> TCP:
        return (
            TCP(
                sport=self.ports[way],
                dport=self.ports[1 - way],
                seq=(self.next[way] if seq is None else seq) % 2**32,
                ack=((self.next[1 - way] if ack is None else ack) % 2**32) if "A" in flags else 0,
                flags=flags,
                window=self.window[way],
            )
            / data
        )

    def opened(self) -> Iterator[TCP]:
        yield self.segment(0, "S")
        self.next[0] += 1
        yield self.segment(1, "SA")
        self.next[1] += 1
        yield self.segment(0, "A")

    def sent(self, way: int) -> Iterator[TCP]:
        """A few segments of data, and what the other end says to them."""
        random, first = self.random, self.next[way]
        pieces = []
        for _ in range(random.randrange(1, 6)):
            data = bytes(random.choice((1, 10, 40, 100)))
            pieces.append(self.segment(way, random.choice(("A", "PA")), data))
            self.next[way] += len(data)
        # The capture misses one, has one late, or has one twice.
        seen = [piece for piece in pieces if random.random() < 0.9]
        if random.random() < 0.3 and len(seen) > 1:
            place = random.randrange(len(seen) - 1)
            seen[place], seen[place + 1] = seen[place + 1], seen[place]
        if random.random() < 0.3 and seen:
            seen.append(random.choice(seen))
        yield from seen
        edges = [first, *(piece.seq + len(bytes(piece.payload or b"")) for piece in pieces)]
        acked = random.choice(edges)
        for _ in range(random.choice((0, 1, 1, 3, 4))):
            yield self.segment(1 - way, "A", ack=acked)
        if random.random() < 0.4:
            again = random.choice(pieces)
            yield again
        if random.random() < 0.2:
            self.window[1 - way] = random.choice((0, 100, 500))
        yield self.segment(1 - way, "A")
        if random.random() < 0.2:
            yield self.segment(way, "A", bytes(random.randrange(2)), seq=self.next[way] - 1)
            yield self.segment(1 - way, "A")

    def closed(self) -> Iterator[TCP]:
        for way in (0, 1):
            yield self.segment(way, "FA")
            self.next[way] += 1
        yield self.segment(0, "A")

    def segments(self) -> Iterator[TCP]:
        if self.random.random() < 0.8:
            yield from self.opened()
        for _ in range(self.random.randrange(1, 6)):
            yield from self.sent(self.random.randrange(2))
        if self.random.random() < 0.5:
            yield from self.closed()
        if self.random.random() < 0.2:
            self.next = [number + 5000 for number in self.next]
            yield from self.opened()


def packets() -> Iterator[Packet]:
    random, time, number = Random(12), 0, 0
    pauses = [MILLISECOND // 10, MILLISECOND, 4 * MILLISECOND, 25 * MILLISECOND, 300 * MILLISECOND]
    for port in range(40000, 40000 + CONNECTIONS):
        for segment in Line(random, port).segments():
            number, time = number + 1, time + random.choice(pauses)
            addresses = ("10.0.0.1", "10.0.0.2") if segment.dport == 8000 else ("10.0.0.2", "10.0.0.1")
            frame = Ethernet() / IPv4(src=addresses[0], dst=addresses[1]) / segment
            yield Packet(bytes(frame), number=number, time_ns=time)


@pytest.mark.parametrize("twice", [False, True], ids=["one pass", "two passes"])
def test_every_segment_is_judged_as_tshark_does(tshark: Tshark, tmp_path: Path, twice: bool) -> None:
    path = tmp_path / "lines.pcap"
    dissect.write(path, packets())
    row = compile_row(FIELDS)
    options = [part for name in FIELDS for part in ("-e", name)] + ["-2"] * twice
    theirs = tshark.ask(path, "-T", "fields", *options).output.splitlines()
    before = dissect.read(path) if twice else None
    ours = [row(packet) for packet in with_context(dissect.read(path), before=before)]
    differing = [
        f"{number} {field}: {mine!r}, tshark {other!r}"
        for number, (one, another) in enumerate(zip(ours, theirs, strict=True), 1)
        for field, mine, other in zip(FIELDS, one.split("\t"), another.split("\t"), strict=True)
        if mine != other
    ]
    assert differing == []
    said = "\n".join(theirs)
    assert all(mark in said for mark in ("Dup ACK", "Out-Of-Order", "Fast Retransmission", "Spurious", "unseen"))
