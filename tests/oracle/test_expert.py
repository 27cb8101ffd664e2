"""Expert items beside tshark 4.0: the same words in the same order, but for what it says of whole conversations."""

from __future__ import annotations

from pathlib import Path

import dissect
from dissect import GRE, TCP, UDP, Ethernet, IPv6, Packet
from dissect.declaration.checksum import verifying
from dissect.flows.reading import with_context
from dissect.views.rows import FieldOptions, compile_row
from tests.conftest import SAMPLES
from tests.oracle.test_rare_fields import FRAMES, IP, IP6, LINK, segment
from tests.oracle.tshark import Tshark

NAMES = ["_ws.expert.message", "_ws.expert.severity", "_ws.expert.group", "_ws.malformed"]
CELLS = FieldOptions(aggregator="|")
MORE = [
    segment(bytes.fromhex(octets), flags="S")
    for octets in ("0200 0101", "01010102", "030103 00", "99090000", "0809 0000000000 0101", "01010101 01010101")
]
MORE += [segment(flags=flags, ack=5, urgent_pointer=3) for flags in ("F", "R", "S", "SA", "SFR")]
MORE += [LINK / IP / UDP(dport=port, length=length) / b"x" for port in (33435, 33464) for length in (9, 90)]
MORE += [LINK / IP / GRE(has_checksum=True, checksum=1) / b"x", IP6.replace() / UDP(checksum=1)]
MORE += [Ethernet() / IPv6(payload_length=length) / TCP(flags="S") for length in (0, 20, 90)]
# tshark gives up the whole header where an option is wrong in some ways, and has an order of its own for an MSS.
LEFT_OUT = ("icmp.ext.checksum_bad icmp.ext.checksum.status", "tcp.option.len.invalid")


def said(cells: list[str]) -> tuple[list[tuple[str, ...]], str]:
    """Return the items of a row, and what is malformed."""
    columns = [cell.split("|") if cell else [] for cell in cells[:3]]
    return list(zip(*columns, strict=True)), cells[3]


def judged(tshark: Tshark, capture: Path) -> tuple[list[str], int]:
    """Return where the items differ, and how many rows have some and agree."""
    options = [part for name in NAMES for part in ("-e", name)]
    theirs = tshark.ask(capture, "-T", "fields", "-E", "aggregator=|", *options).output.splitlines()
    row = compile_row(NAMES, CELLS)
    with verifying(dict.fromkeys(("ip", "tcp", "udp"), True)):
        ours = [row(packet) for packet in with_context(dissect.read(capture))]
    pairs = [(said(one.split("\t")), said(other.split("\t"))) for one, other in zip(ours, theirs, strict=True)]
    differing = [
        f"{capture.name} {n}: {one}, tshark {other}" for n, (one, other) in enumerate(pairs, 1) if one != other
    ]
    return differing, sum(1 for one, other in pairs if one == other and one[0])


def test_frames_that_are_remarkable(tshark: Tshark, tmp_path: Path) -> None:
    frames = [frame for made_for, frame in FRAMES.items() if made_for not in LEFT_OUT] + MORE
    frames += [dissect.parse(bytes(MORE[7])[:size]) for size in (12, 30, 36, 48, 52)]
    path = tmp_path / "remarkable.pcap"
    dissect.write(path, [Packet(bytes(frame), number=n, time_ns=n) for n, frame in enumerate(frames, 1)])
    differing, agreed = judged(tshark, path)
    assert differing == []
    assert agreed > 50


def test_samples(tshark: Tshark) -> None:
    found = [judged(tshark, SAMPLES / f"{name}.pcap") for name in ("tcp_echo", "tcp_urgent", "ping_ttl", "udp_chat")
             if (SAMPLES / f"{name}.pcap").exists()]  # fmt: skip
    assert [differing for differing, _ in found if differing] == []
    assert sum(agreed for _, agreed in found) > 6
