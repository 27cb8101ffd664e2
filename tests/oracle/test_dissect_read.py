"""`dissect read` beside tshark 4.0: the same cells of every field that both know, the same lines of the list."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path

from dissect.captures import read
from dissect.captures.pcapng_blocks import Interface
from dissect.flows.reading import with_context
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.views.listing import list_line
from dissect.views.rows import compile_row
from dissect.wireshark.fields import names
from tests.oracle.joined import Joined
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


def rows_of(capture: Path, row: Callable[[Packet], str], clock: Clock) -> list[list[str]]:
    found = []
    with read(capture) as packets:
        for packet in with_context(packets):
            clock.advance(packet)
            found.append(row(packet).split("\t"))
            clock.show()
    return found


def test_every_field_that_both_know_of_every_sample(tshark: Tshark, sample_part: Joined) -> None:
    wanted = [
        name for name in names() if name in tshark.types and not any(fnmatchcase(name, pattern) for pattern in LEFT_OUT)
    ]
    assert len(wanted) > 140
    clock = Clock()
    ours = rows_of(sample_part.path, compile_row(wanted, clock=clock), clock)
    theirs = tshark.fields(sample_part.path, wanted)
    differing, agreeing = [], 0
    for (capture, number), our_row, their_row in zip(sample_part.origins, ours, theirs, strict=True):
        for name, our_cell, their_cell in zip(wanted, our_row, their_row, strict=True):
            if our_cell == their_cell:
                agreeing += bool(our_cell)
            else:
                differing.append(f"{capture} {number} {name}: {our_cell!r}, tshark {their_cell!r}")
    assert differing == []
    assert agreeing > 5_000


def test_the_list_of_every_sample(tshark: Tshark, sample_part: Joined) -> None:
    clock, lines = Clock(), []
    with read(sample_part.path) as packets:
        for packet in with_context(packets):
            clock.advance(packet)
            interface = getattr(packet, "capture_interface", None)
            assert isinstance(interface, Interface)
            lines.append(list_line(packet, clock, digits=interface.digits))
    theirs = tshark.summary(sample_part.path)
    assert [
        f"{capture} {number}: {ours!r}, tshark {line!r}"
        for (capture, number), ours, line in zip(sample_part.origins, lines, theirs, strict=True)
        if ours != line
    ] == []
