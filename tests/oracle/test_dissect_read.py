"""`dissect read` beside tshark 4.0: the same cells of every field that both know, the same lines of the list."""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path

from dissect.captures import read
from dissect.flows.reading import with_context
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.views.listing import list_line
from dissect.views.rows import compile_row
from dissect.wireshark.fields import names
from tests.oracle.tshark import Tshark

# Names that are looked at in no sample: tshark reads the octet of RFC 791's type of service in one of
# two ways and shows the newer; the protocols' own lines and local times are for people.
LEFT_OUT = (
    "_ws.expert*",
    "ip.tos.*",
    "frame.time",
    "_ws.col.*",
    "eth",
    "vlan",
    "arp",
    "ip",
    "icmp",
    "tcp",
    "udp",
    "data",
    "frame",
)


# What tshark says of the analysis of a connection, in front of a segment's ports.
ANALYSIS = re.compile(r"(\[TCP [^]]*\] )+(?=\d+ → )")


def rows_of(capture: Path, row: Callable[[Packet], str], clock: Clock) -> list[list[str]]:
    found = []
    with read(capture) as packets:
        for packet in with_context(packets):
            clock.advance(packet)
            found.append(row(packet).split("\t"))
            clock.show()
    return found


def test_every_field_that_both_know_of_every_sample(tshark: Tshark, sample_captures: list[Path]) -> None:
    wanted = [
        name for name in names() if name in tshark.types and not any(fnmatchcase(name, pattern) for pattern in LEFT_OUT)
    ]
    assert len(wanted) > 140
    differing, agreeing = [], 0
    for capture in sample_captures:
        if capture.suffix != ".pcap":
            continue
        clock = Clock()
        ours = rows_of(capture, compile_row(wanted, clock=clock), clock)
        theirs = tshark.fields(capture, wanted)
        assert len(ours) == len(theirs)
        for number, (our_row, their_row) in enumerate(zip(ours, theirs, strict=True), 1):
            for name, our_cell, their_cell in zip(wanted, our_row, their_row, strict=True):
                if our_cell == their_cell:
                    agreeing += bool(our_cell)
                else:
                    differing.append(f"{capture.name} {number} {name}: {our_cell!r}, tshark {their_cell!r}")
    assert differing == []
    assert agreeing > 20_000


def test_the_list_of_every_sample(tshark: Tshark, sample_captures: list[Path]) -> None:
    differing = []
    for capture in sample_captures:
        if capture.suffix != ".pcap":
            continue
        clock, lines = Clock(), []
        with read(capture) as packets:
            digits = 9 if "nanosecond" in capture.name else 6
            for packet in with_context(packets):
                clock.advance(packet)
                lines.append(list_line(packet, clock, digits=digits))
        theirs = [ANALYSIS.sub("", line) for line in tshark.summary(capture)]
        assert len(lines) == len(theirs)
        differing += [
            f"{capture.name}: {ours!r}, tshark {line!r}"
            for ours, line in zip(lines, theirs, strict=True)
            if ours != line
        ]
    assert differing == []
