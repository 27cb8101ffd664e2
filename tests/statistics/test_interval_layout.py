"""The table of intervals, as tshark 4.0 draws it."""

from __future__ import annotations

from time import gmtime
from typing import Any

import pytest

from dissect.statistics.interval_layout import Column, interval_lines

FRAMES = Column("", "", "", None, None)
DELTA = Column("MAX(tcp.time_delta)tcp.time_delta", "MAX", "time", None, None)


def lines(interval: int, duration: int, columns: list[Column], values: list[Any], time_format: str = "r") -> list[str]:
    cells = lambda start, step: values  # noqa: E731 - in one line
    return list(interval_lines(interval, duration, columns, cells, [0], time_format, 1_700_000_000))


def test_tenths() -> None:
    assert lines(100_000, 201_000, [FRAMES], [(3, 186)]) == [
        "",
        "===============================",
        "| IO Statistics               |",
        "|                             |",
        "| Duration: 0.2 secs          |",
        "| Interval: 0.1 secs          |",
        "|                             |",
        "| Col 1: Frames and bytes     |",
        "|-----------------------------|",
        "|            |1               |",
        "| Interval   | Frames | Bytes |",
        "|-----------------------------|",
        "| 0.0 <> 0.1 |      3 |   186 |",
        "| 0.1 <> 0.2 |      3 |   186 |",
        "| 0.2 <> 0.2 |      3 |   186 |",
        "===============================",
    ]


@pytest.mark.parametrize(
    ("interval", "duration", "said", "last"),
    [
        (1_000_000, 2_779_168, "| Duration: 2.779168 secs", "|  2 <> Dur|"),
        (600_000_000, 2_220_008_000, "| Duration: 2220.  8000 secs", "| 1800 <> Dur  |"),
        (0, 2_220_008_000, "| Duration: 2220.0 secs", "|    0.0 <> 2220.0 |"),
        (500_000, 2_779_168, "| Duration: 2.8 secs", "| 2.5 <> 2.8 |"),
        (0, 50_987, "| Duration: 0.051 secs", "| 0.000 <> 0.051 |"),
    ],
)
def test_durations(interval: int, duration: int, said: str, last: str) -> None:
    found = lines(interval, duration, [FRAMES], [(0, 0)])
    assert found[4].startswith(said)
    assert found[-2].startswith(last)


def test_columns_are_as_wide_as_their_values_and_long_filters_are_wrapped() -> None:
    found = lines(0, 50_987, [DELTA, FRAMES._replace(text="ip.ttl > 60 and " * 8 + "ip")], [93_000, (1, 12345678)])
    assert "|                |1         |2                  |" in found[11]
    assert "| Interval       |    MAX   | Frames |   Bytes  |" in found[12]
    assert "| 0.000 <> 0.051 | 0.000093 |      1 | 12345678 |" in found[14]
    assert found[8].startswith("|     2: ip.ttl > 60 and ip.ttl")
    assert found[9].startswith("|        ")
    assert {len(line) for line in found[1:]} == {102}


def test_times_of_day() -> None:
    assert lines(1_000_000, 1_500_000, [FRAMES], [(0, 0)], "ud")[-3].startswith("| 2023-11-14 22:13:20 |")


@pytest.mark.parametrize(
    ("time_format", "head", "row"),
    [
        ("ad", "| Date and time       | Frames |", "| 2023-11-14 22:13:20 |      3 |"),
        ("udoy", "| Date and time       | Frames |", "| 2023/318 22:13:20 |      3 |"),
        ("u", "| Time       | Frames |", "| 22:13:20 |      3 |"),
    ],
)
def test_dates_have_a_column_that_is_wide_enough(
    time_format: str, head: str, row: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A time of day may be shorter than the column, and what stands behind it moves to the left."""
    monkeypatch.setattr("dissect.statistics.interval_layout.local_time", gmtime)
    found = lines(100_000, 201_000, [FRAMES], [(3, 186)], time_format)
    assert {len(line) for line in found[1:12]} == {len(found[1])}
    assert found[10].startswith(head)
    assert found[12].startswith(row)
    assert found[12].endswith("186 |")
