"""Remarks: how often each was made, of which frames, and which severities are asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dissect import DestinationUnreachable, Ethernet, Header, IPv4, Packet, quotation, with_context, write
from dissect.captures import read
from dissect.packets.clock import Clock
from dissect.statistics.expert import MOST_FRAMES, RemarkTable, remarks_in
from dissect.statistics.tap import Setting, tap_named, tapped
from tests.conftest import SAMPLES

LATE = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2", ttl=1)
BAD = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2", checksum=1)


def lines(text: str, *frames: Header) -> list[str]:
    clock = Clock()
    tap: Any = tap_named(text, Setting("", clock))
    packets = [Packet(bytes(frame), number=number, comments=("Hm",)) for number, frame in enumerate(frames, 1)]
    for _ in tapped(packets, [tap], clock):
        pass
    return list(tap.lines())


def test_the_worst_comes_first() -> None:
    found = lines("expert", LATE, BAD, LATE)
    assert [line for line in found if line.endswith(")")] == ["Errors (1)", "Notes (2)", "Comments (3)"]
    assert found[6:10] == [
        "Notes (2)",
        "=============",
        "   Frequency      Group           Protocol  Summary",
        '           2   Sequence               IPv4  "Time To Live" only 1',
    ]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("expert,error", ["Errors (1)"]),
        ("expert,note", ["Errors (1)", "Notes (1)"]),
        ("expert,warn,ip.ttl == 1", []),
        ("expert,ip.ttl == 1", ["Notes (1)", "Comments (1)"]),
    ],
)
def test_severities_and_filters(text: str, titles: list[str]) -> None:
    assert [line for line in lines(text, LATE, BAD) if line.endswith(")")] == titles


def test_what_an_error_quotes_is_not_remarked_upon() -> None:
    outer = Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2")
    frame = outer / DestinationUnreachable() / quotation(IPv4(src="10.0.0.2", dst="10.0.0.1", ttl=1) / bytes(8))
    assert list(remarks_in(Packet(bytes(frame)))) == []


@pytest.mark.parametrize("name", ["tcp_loss", "tcp_zero_window", "udp_fragments", "web_request", "traceroute"])
def test_what_is_counted_is_what_is_remarked_about_each_packet(tmp_path: Path, name: str) -> None:
    counted: Any = tap_named("expert", Setting("", clock := Clock()))
    # The same frames again and again, so that most are counted without a packet.
    packets = [packet for _ in range(6) for packet in read(SAMPLES / f"{name}.pcap")]
    path = tmp_path / "again.pcap"
    write(path, packets)
    with read(path) as reader:
        for _ in tapped(reader, [counted], clock, reader=reader):
            pass
    each: dict[tuple[str, ...], list[int]] = {}
    for packet in with_context(read(path)):
        for protocol, item in remarks_in(packet):
            each.setdefault((item.severity, item.group, protocol, item.message), []).append(packet.number)
    assert {row[:4]: list(row.frames) for row in counted.rows()} == each
    assert all(row.frequency == len(row.frames) for row in counted.rows())


def test_frames_are_listed_up_to_a_limit() -> None:
    table = RemarkTable()
    for number in range(MOST_FRAMES + 5):
        table.add(("Note", "Sequence", "IPv4", "low"), number)
    (row,) = table.rows()
    assert (row.frequency, row.frames) == (MOST_FRAMES + 5, tuple(range(MOST_FRAMES)))


def test_of_too_many_different_remarks_the_first_have_rows_and_all_are_counted() -> None:
    table = RemarkTable(most_bytes=2000)
    for number in range(10):
        table.add(("Chat" if number % 2 else "Note", "Sequence", "TCP", f"port {number}"), number)
    assert [(row.severity, row.summary) for row in table.rows()] == [
        ("Note", "port 0"), ("Note", "port 2"), ("Chat", "port 1"),
    ]  # fmt: skip
    assert table.left_out == {"Chat": 4, "Note": 3}
    table.add(("Chat", "Sequence", "TCP", "port 1"), 11)
    assert table.rows()[-1].frequency == 2


def test_remarks_that_are_left_out_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dissect.statistics.expert.MOST_BYTES", 600)
    found = lines("expert", BAD, LATE, LATE)
    assert [line for line in found if line.endswith(")")] == ["Errors (1)", "Notes (2)", "Comments (3)"]
    assert [line.split()[0] for line in found if "are left out" in line] == ["1", "2"]
    assert [line.split()[0] for line in lines("expert,error", LATE, BAD) if "are left out" in line] == ["1"]
