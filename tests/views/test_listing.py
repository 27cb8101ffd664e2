"""The list: aligned as tshark's, times in all its formats, nothing that steers a terminal."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import Packet, with_context
from dissect.views.listing import TIME_FORMATS, list_line, printable, time_text
from dissect.wireshark.frame import Clock
from tests.conftest import SAMPLES
from tests.oracle.tshark import Tshark
from tests.views.conftest import golden


def test_the_list_to_the_letter(packets: list[Packet]) -> None:
    clock, lines = Clock(), []
    for packet in packets:
        clock.advance(packet)
        lines.append(list_line(packet, clock))
    assert "\n".join(lines) + "\n" == golden("list.txt")


@pytest.fixture
def somewhere_else(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC-05:30")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("somewhere_else")
@pytest.mark.parametrize(
    ("time_format", "digits", "shown"),
    [
        ("r", 6, "3.000000"),
        ("r", 9, "3.000000001"),
        ("d", 9, "1.000000001"),
        ("dd", 9, "3.000000001"),
        ("e", 6, "1700000003.123456"),
        ("u", 6, "22:13:23.123456"),
        ("ud", 6, "2023-11-14 22:13:23.123456"),
        ("udoy", 6, "2023/318 22:13:23.123456"),
        ("a", 9, "03:43:23.123456001"),
        ("ad", 6, "2023-11-15 03:43:23.123456"),
        ("adoy", 6, "2023/319 03:43:23.123456"),
    ],
)
def test_formats_of_the_time(time_format: str, digits: int, shown: str) -> None:
    clock = Clock()
    first = 1_700_000_000_123_456_000
    for number, since in enumerate([0, 2 * 10**9, 3 * 10**9 + 1]):
        packet = Packet(b"", time_ns=first + since)
        clock.advance(packet)
        if number == 0:
            clock.show()
    assert time_text(packet, clock, time_format, digits) == shown


@given(st.integers(-(2**70), 2**70), st.sampled_from(list(TIME_FORMATS)), st.sampled_from([6, 9]))
def test_any_time_has_text(time_ns: int, time_format: str, digits: int) -> None:
    packet, clock = Packet(b"", time_ns=time_ns), Clock()
    clock.advance(packet)
    assert len(time_text(packet, clock, time_format, digits).partition(".")[2]) == digits


def test_no_time_is_no_text() -> None:
    assert [time_text(Packet(b""), Clock(), time_format) for time_format in TIME_FORMATS] == [""] * len(TIME_FORMATS)


@given(st.binary(max_size=120))
def test_any_packet_is_one_printable_line(data: bytes) -> None:
    assert list_line(Packet(data, time_ns=0), Clock()).isprintable()


def test_control_characters_are_escaped() -> None:
    assert printable("a\x1b]0;x\x07\n") == r"a\x1b]0;x\x07\n"


@pytest.mark.parametrize("name", ["first_ping.pcap", "pcapng_nanosecond.pcapng"])
@pytest.mark.parametrize("time_format", TIME_FORMATS)
def test_times_are_those_of_tshark(
    tshark: Tshark, name: str, time_format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"capture_samples/ lacks {name}: record it with 'make samples'.")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    clock, lines = Clock(), []
    for packet in with_context(dissect.read(path)):
        clock.advance(packet)
        lines.append(list_line(packet, clock, time_format, 9 if name.endswith("ng") else 6))
        clock.show()
    theirs = tshark.ask(path, "-t", time_format).output.splitlines()
    monkeypatch.undo()
    time.tzset()
    assert [line.rstrip() for line in lines] == [line.rstrip() for line in theirs]
