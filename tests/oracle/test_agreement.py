"""Tshark 4.0 as judge of every field that both know: the same values, printed the same, in every packet.

Through pyshark on a quarter of capture_samples (`make long` takes all; `test_dissect_read` asks tshark of all), and
directly on the corpus, both joined into a few captures. What tshark does
beyond one packet, or reads in another way of several that are right, is left out below: per packet, each with its
reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import compress
from pathlib import Path

import pytest

import dissect
from dissect import (
    UDP,
    Data,
    DissectError,
    Ethernet,
    IPv4,
    IPv6,
    Packet,
)
from dissect.flows.reading import with_context
from dissect.views.rows import compile_row
from dissect.wireshark.fields import names
from tests.conftest import PARTS
from tests.oracle import pyshark_judge
from tests.oracle.joined import UNEVEN, Joined
from tests.oracle.tshark import APPLICATIONS, Tshark

LEFT_OUT = {
    "frame.": "what surrounds a packet is judged where captures are read",
    "_ws.": "expert information is judged with the list",
    "data.": "tshark reads times in the data of echoes, and gives up data that are sent again",
    "http.request.line": "XML has no line ends in what pyshark reads",
    "http.response.line": "the same",
    "ip.tos.": "tshark reads the octet in one of two ways, and by default in the newer",
}
ARGUED = {
    tuple(line.split("\t")[:3])
    for line in (Path(__file__).parent / "argued.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
}
"""Cells in which tshark is wrong, or in which something else was decided: capture, frame or *, field."""
COLUMNS = ("_ws.col.Protocol", "_ws.col.Info")
TRANSPORT = ("icmp.", "tcp.", "udp.")
AGREEMENT_OF_APPLICATIONS = 0.995
"""The share of cells that agree at least in frames of protocols above the transport and beside the network."""


def fields_that_both_know(tshark: Tshark) -> list[str]:
    """Names that our declarations and tshark have."""
    return [name for name in names() if name in tshark.types and not name.startswith(tuple(LEFT_OUT))]


def test_most_fields_are_judged(tshark: Tshark) -> None:
    judged = fields_that_both_know(tshark)
    assert len(judged) > 180
    for protocol in ("eth", "vlan", "arp", "ip", "icmp", "tcp", "udp"):
        assert sum(name.startswith(f"{protocol}.") for name in judged) >= 4


def left_out(packet: Packet) -> Iterator[str]:
    """Beginnings of names of which tshark says something else about this packet, for a reason of its own."""
    frame = packet.frame
    if not isinstance(frame, Ethernet):
        # It calls bytes behind the payload Ethernet's padding whatever the link is.
        yield "eth."
    if IPv6 in frame:
        # It gives a version of its own to both.
        yield "ip.version"
    if frame.name == "null" and isinstance(frame.payload, Data):
        # It guesses more families than there are names for.
        yield from ("null.", "ip.", *TRANSPORT)
    for layer in frame.layers():
        if layer.is_cut:
            # It shows a header up to the field at which it found out, in an order of its own.
            yield f"{layer.name}."
            continue
        if layer.quotes:
            # It reads the time in an echo that is quoted, too.
            yield "icmp.data_time"
        if isinstance(layer, IPv4):
            yield from left_out_of_ipv4(layer)
        if isinstance(layer, UDP) and any(problem.field == "length" for problem in layer.problems()):
            # It leaves a datagram whose length lies.
            yield from ("udp.checksum", "udp.payload")


def left_out_of_ipv4(datagram: IPv4) -> Iterator[str]:
    """The same of an IPv4 header."""
    if datagram.is_fragment:
        # It does not end the data of a datagram in fragments by the length of UDP.
        yield "udp.payload"


def disagreements(
    capture: Path, wanted: Sequence[str], rows: list[list[str]], origins: Sequence[tuple[str, int]] = ()
) -> Iterator[str]:
    """A line for every cell that differs; of a joined capture, `origins` tells where its frames come from."""
    read = compile_row(wanted)
    count = 0
    with suppress(DissectError):
        for packet, row in zip(with_context(dissect.read(capture)), rows, strict=False):
            name, number = origins[count] if origins else (capture.name, packet.number)
            count += 1
            ours = read(packet).split("\t")
            if ours == row:
                continue
            excused = tuple(left_out(packet))
            for field, found, cell in zip(wanted, ours, row, strict=True):
                if found == cell or field.startswith(excused):
                    continue
                if not ARGUED & {(name, frame, field) for frame in (str(number), "*")}:
                    yield f"{name} packet {number} {field}: {found!r}, and tshark says {cell!r}"
    assert count == len(rows)


def without_custom_blocks(capture: Path, rows: list[list[str]]) -> list[list[str]]:
    return [row for row in rows if any(row)] if capture.name in UNEVEN else rows


@pytest.mark.parametrize("sample_part", [0], indirect=True)
def test_samples_through_pyshark(pyshark_tshark: Tshark, sample_part: Joined) -> None:
    wanted = fields_that_both_know(pyshark_tshark)
    rows = pyshark_judge.fields(pyshark_tshark, sample_part.path, wanted)
    assert rows
    assert list(disagreements(sample_part.path, wanted, rows, sample_part.origins)) == []


def applications_in(stacks: Sequence[str]) -> list[bool]:
    """Whether each frame has a protocol above the transport, or beside the network, by tshark's list of its layers."""
    return [not APPLICATIONS.isdisjoint(stack.split(":")) for stack in stacks]


def told_here(part: Joined, asked: Sequence[str], rows: list[list[str]]) -> list[bool]:
    """Which fields are looked for in a part: those of protocols that one of us finds there, and a share of the others.

    For each cell we walk through the packet, and most are of protocols that no frame of the part has. Of these, each
    part looks for some, so that together they look for all.
    """
    labels = {name.partition(".")[0] for row in rows for name, cell in zip(asked, row, strict=True) if cell}
    for packet in dissect.read(part.path):
        labels |= {header.name for header in packet.frame.layers()}
    share = int(part.path.stem)
    return [
        name.partition(".")[0] in labels or place % PARTS["corpus_part"] == share for place, name in enumerate(asked)
    ]


def test_corpus(tshark: Tshark, corpus_part: Joined) -> None:
    asked = [*fields_that_both_know(tshark), *COLUMNS]
    rows = tshark.fields(corpus_part.path, [*asked, "frame.protocols"])
    are_applications = applications_in([row.pop() for row in rows])
    told = told_here(corpus_part, asked, rows)
    wanted, rows = list(compress(asked, told)), [list(compress(row, told)) for row in rows]
    places = dict(zip(corpus_part.origins, are_applications, strict=True))
    plain: list[str] = []
    others: list[str] = []
    for line in disagreements(corpus_part.path, wanted, rows, corpus_part.origins):
        name, _, rest = line.partition(" packet ")
        (others if places[name, int(rest.split(" ", 1)[0])] else plain).append(line)
    assert plain == []
    cells = sum(bool(cell) for row, is_one in zip(rows, are_applications, strict=True) if is_one for cell in row)
    assert len(others) <= (1 - AGREEMENT_OF_APPLICATIONS) * cells, "\n".join(others)


def test_captures_that_cannot_be_joined(tshark: Tshark, captures_apart: list[Path]) -> None:
    wanted = fields_that_both_know(tshark)
    for capture in captures_apart:
        rows = without_custom_blocks(capture, tshark.fields(capture, wanted))
        assert list(disagreements(capture, wanted, rows)) == []


@pytest.mark.long
def test_every_capture_for_itself(tshark: Tshark, corpus_capture: Path) -> None:
    wanted = fields_that_both_know(tshark)
    rows = without_custom_blocks(corpus_capture, tshark.fields(corpus_capture, wanted))
    assert list(disagreements(corpus_capture, wanted, rows)) == []


@pytest.mark.long
def test_every_sample_through_pyshark(pyshark_tshark: Tshark, sample_capture: Path) -> None:
    wanted = fields_that_both_know(pyshark_tshark)
    rows = pyshark_judge.fields(pyshark_tshark, sample_capture, wanted)
    assert list(disagreements(sample_capture, wanted, rows)) == []


def test_a_wrong_value_is_seen(tshark: Tshark, two_frames: Path) -> None:
    """The comparison itself: one bit of one address, of one length, of one type."""
    wanted = fields_that_both_know(tshark)
    rows = tshark.fields(two_frames, wanted)
    assert list(disagreements(two_frames, wanted, rows)) == []
    data = bytearray(two_frames.read_bytes())
    for place, name in ((40 + 12 + 1, "eth.type"), (40 + 28 + 3, "arp.src.proto_ipv4"), (-10, "udp.srcport")):
        damaged = bytearray(data)
        damaged[place] ^= 1
        two_frames.write_bytes(damaged)
        found = list(disagreements(two_frames, wanted, rows))
        assert any(f" {name}: " in line for line in found), (name, found)
