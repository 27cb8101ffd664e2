from __future__ import annotations

from pathlib import Path

import pytest

from dissect import FieldError, FilterError
from dissect.testing import expect

SAMPLES = Path(__file__).parents[2] / "capture_samples"
PINGS = SAMPLES / "first_ping.pcap"


def test_the_packets_that_pass_are_returned() -> None:
    assert [packet.number for packet in expect(PINGS, "icmp.type == 8", count=3)] == [3, 5, 7]
    assert len(expect(PINGS, "icmp")) == 6
    assert expect(PINGS, "tcp.flags.reset == 1", count=0) == []
    assert len(expect(PINGS, "icmp", at_least=2, at_most=6)) == 6


@pytest.mark.parametrize(
    ("display_filter", "bounds", "sentence"),
    [
        ("icmp.type == 8", {"count": 0}, "no packet for 'icmp.type == 8', and 3 of 8 packets pass:"),
        ("icmp.type == 8", {"count": 1}, "1 packet for 'icmp.type == 8', and 3 of 8 packets pass:"),
        ("icmp.type == 8", {"at_most": 2}, "at most 2 packets for 'icmp.type == 8', and 3 of 8 packets pass:"),
        ("icmp.type == 8", {"at_least": 4}, "at least 4 packets for 'icmp.type == 8', and 3 of 8 packets pass:"),
        ("arp.opcode == 1", {"count": 2}, "2 packets for 'arp.opcode == 1', and 1 of 8 packets passes:"),
        ("arp", {"at_least": 3, "at_most": 4}, "3 to 4 packets for 'arp', and 2 of 8 packets pass:"),
        ("tcp", {}, "at least 1 packet for 'tcp', and 0 of 8 packets pass"),
    ],
)  # fmt: skip
def test_what_broke_it_is_shown(display_filter: str, bounds: dict[str, int], sentence: str) -> None:
    with pytest.raises(AssertionError) as raised:
        expect(PINGS, display_filter, **bounds)
    lines = str(raised.value).splitlines()
    assert lines[0] == f"expected {sentence}"
    if display_filter.startswith("icmp"):
        assert [line.split()[0] for line in lines[1:]] == ["3", "5", "7"] + (
            ["these", "1", "2", "4", "6", "8"] if "at_least" in bounds else []
        )
        assert "Echo (ping) request" in lines[1]


def test_where_too_few_pass_others_are_shown() -> None:
    with pytest.raises(AssertionError) as raised:
        expect(PINGS, "icmp.type == 8", count=4)
    lines = str(raised.value).splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["3", "5", "7", "these", "1", "2", "4", "6", "8"]
    with pytest.raises(AssertionError, match=r"0 of 8 packets pass\nthere are:\n +1 (.*\n)+\.\.\. and 3 more$"):
        expect(PINGS, "tcp")


def test_many_are_counted() -> None:
    with pytest.raises(AssertionError, match=r"\.\.\. and \d+ more$"):
        expect(SAMPLES / "tcp_loss.pcap", "tcp", count=0)


def test_what_other_packets_tell_can_be_asked() -> None:
    assert expect(SAMPLES / "ping_4000.pcap", "ip.fragment.count == 3")
    assert expect(SAMPLES / "tcp_keep_alive.pcap", "frame.time_relative > 1 and tcp.stream == 0")


def test_contradictions_are_refused() -> None:
    with pytest.raises(FieldError, match="count is exact"):
        expect(PINGS, "icmp", count=1, at_least=1)
    with pytest.raises(FieldError, match="3 to 2 packets"):
        expect(PINGS, "icmp", at_least=3, at_most=2)
    with pytest.raises(FilterError):
        expect(PINGS, "icmp.tpye == 8", count=0)
