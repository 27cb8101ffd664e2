"""The lines of two captures that differ, each with the packet that it is about, and never more than can be shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from dissect import IPv4, read, write
from dissect.packets.packet import Packet
from dissect.terminal import compared as module
from dissect.terminal.compared import compare_with
from dissect.terminal.engine import Engine, Job
from tests.conftest import SAMPLES

WEB = SAMPLES / "web_request.pcap"


def job() -> Job:
    return Job(Engine(), "compare", 2)


@pytest.fixture
def other(tmp_path: Path) -> str:
    """The web request with another TTL in packets 8 and 9, and without packet 3."""
    packets = list(read(WEB))
    for packet in packets[7:9]:
        packet[IPv4].ttl = 9
    del packets[2]
    path = tmp_path / "other.pcap"
    write(path, packets)
    return str(path)


def test_lines_lead_to_the_packets_of_the_first_capture(other: str) -> None:
    compared = compare_with(job(), str(WEB), other)
    assert compared.title == "3 packets differ"
    assert {number for _, _, number in compared.lines} == {3, 8, 9}
    assert [(kind, number) for text, kind, number in compared.lines if "ip.ttl 64 -> 9" in text] == [("changed", 8)]
    assert [kind for _, kind, number in compared.lines if number == 3] == ["missing"]


def test_a_packet_that_only_the_second_has_leads_nowhere(other: str) -> None:
    compared = compare_with(job(), other, str(WEB))
    assert [number for _, kind, number in compared.lines if kind == "added"] == [0]


def test_one_packet_and_none(tmp_path: Path) -> None:
    path = tmp_path / "shorter.pcap"
    write(path, list(read(WEB))[:-1])
    assert compare_with(job(), str(WEB), str(path)).title == "1 packet differs"
    assert compare_with(job(), str(WEB), str(WEB)) == ("There is no difference", [])


def test_no_more_lines_than_are_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "empty.pcap"
    write(path, list[Packet]())
    monkeypatch.setattr(module, "MOST", 5)
    compared = compare_with(job(), str(WEB), str(path))
    assert (compared.title, len(compared.lines)) == ("the first 5 packets that differ", 5)


@pytest.mark.parametrize("name", ["nowhere.pcap", "\x1b[2J"])
def test_what_cannot_be_compared_is_told_without_steering_the_terminal(name: str, tmp_path: Path) -> None:
    title, lines = compare_with(job(), str(WEB), str(tmp_path / name))
    assert "No such file" in title
    assert title.isprintable()
    assert lines == []
