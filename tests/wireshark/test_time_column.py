"""The time column: all its formats, local time, decimals as tshark prints them."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import Ethernet, IPv4, Packet, compile_filter, with_context
from dissect.declaration.times import moment_text, seconds_text
from dissect.packets.clock import Clock
from dissect.views.listing import list_line
from dissect.wireshark.fields import compile_field
from dissect.wireshark.time_column import TIME_FORMATS, time_text
from tests.conftest import SAMPLES
from tests.oracle.tshark import Tshark


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


@pytest.mark.parametrize("time_format", TIME_FORMATS)
def test_the_column_as_a_field_is_that_of_the_list(time_format: str) -> None:
    clock = Clock(time_format)
    clock.digits = lambda packet: 6
    column = compile_field("_ws.col.Time", clock)
    for since in (0, 5, -1, 2_000_000_000):
        packet = Packet(bytes(Ethernet() / IPv4()), time_ns=1_700_000_000_123_456_000 + since)
        clock.advance(packet)
        assert column(packet) == [time_text(packet, clock, time_format, 6)]
        clock.show()


@pytest.mark.parametrize(
    ("nanoseconds", "digits", "text"),
    [(-1, 6, "0.000000"), (-1, 0, "0"), (-999_999_999, 0, "0"), (-1_000, 6, "-0.000001"), (-(10**9), 0, "-1")],
)
def test_what_is_nearer_to_zero_than_the_last_decimal_has_no_sign(nanoseconds: int, digits: int, text: str) -> None:
    assert seconds_text(nanoseconds, digits) == text


@pytest.mark.parametrize(
    ("zone", "moment", "text"),
    [
        ("UTC", 1_795_258_780, "Nov 21, 2026 10:59:40.000000007 UTC"),
        ("IST-05:30", 1_795_258_780, "Nov 21, 2026 16:29:40.000000007 IST"),
        ("<+04>-4", 1_795_258_780, "Nov 21, 2026 14:59:40.000000007 +04"),
        # The hour that comes twice when summer time ends.
        ("CET-1CEST,M3.5.0,M10.5.0/3", 1_792_888_200, "Oct 25, 2026 02:30:00.000000007 CEST"),
        ("CET-1CEST,M3.5.0,M10.5.0/3", 1_792_891_800, "Oct 25, 2026 02:30:00.000000007 CET"),
        ("UTC", -(10**12), "-1000000000000.000000007 seconds since the epoch"),
    ],
)
def test_moments_are_local_and_are_found_by_what_is_printed(
    zone: str, moment: int, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    sign = -1 if moment < 0 else 1
    time_ns = moment * 10**9 + sign * 7
    assert moment_text(time_ns) == text
    if moment > 0:
        packet = Packet(bytes(Ethernet()), time_ns=time_ns)
        assert compile_filter(f'frame.time == "{text}"')(packet)
        assert not compile_filter(f'frame.time == "{text.replace(":00.", ":01.").replace(":40.", ":41.")}"')(packet)
    monkeypatch.undo()
    time.tzset()
