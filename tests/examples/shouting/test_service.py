from pathlib import Path

import pytest
from service import Shouting

from dissect import TCP, UDP, Header
from dissect.testing import CaptureSnapshot, expect, replay

RECORDED = Path(__file__).parent / "recorded"


def test_udp(capture_snapshot: CaptureSnapshot) -> None:
    assert replay(RECORDED / "udp.pcapng", Shouting()) == capture_snapshot


def test_tcp(capture_snapshot: CaptureSnapshot) -> None:
    assert replay(RECORDED / "tcp.pcapng", Shouting()) == capture_snapshot(canonical={"sequence-numbers"})


def test_a_connection_is_never_reset() -> None:
    answers = replay(RECORDED / "tcp.pcapng", Shouting())
    expect(answers, "tcp.flags.reset == 1", count=0)
    expect(answers, "tcp.flags.syn == 1", count=1)
    expect(answers, "tcp.flags.push == 1 and tcp.len > 0", at_least=3)


@pytest.mark.capture("recorded/udp.pcapng", display_filter="udp.length > 8")
def test_every_text_is_answered_by_one_as_long(capture_packet: Header) -> None:
    (answer,) = replay(capture_packet, Shouting())
    assert answer[UDP].length == capture_packet[UDP].length


@pytest.mark.capture("recorded/tcp.pcapng", display_filter="tcp.flags.syn == 0 and tcp.len == 0")
def test_strangers_get_no_answer(capture_packets: list[Header]) -> None:
    assert all(TCP in packet for packet in capture_packets)
    assert replay(capture_packets, Shouting()) == []
