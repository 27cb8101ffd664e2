"""Times and rates as people write them."""

from __future__ import annotations

import pytest

from dissect.lab.quantities import bits_per_second, nanoseconds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5 ns", 5),
        ("5us", 5_000),
        ("5 µs", 5_000),
        ("0.1 ms", 100_000),
        (" 2 s ", 2_000_000_000),
        ("20 min", 1_200_000_000_000),
        ("1h", 3_600_000_000_000),
        (3, 3_000_000_000),
        (0.25, 250_000_000),
        (0, 0),
    ],
)
def test_times(text: object, expected: int) -> None:
    assert nanoseconds(text) == expected


@pytest.mark.parametrize(
    "text", ["", "5", "ms", "-1 s", "1 day", "1,5 s", "0.1 ns", "1e3 s", -1, -0.5, True, None, [], 1e300, float("nan")]
)
def test_what_is_no_time(text: object) -> None:
    with pytest.raises(ValueError, match='a time as "10 ms": a number, and ns, us, ms, s, min or h'):
        nanoseconds(text)


def test_rates() -> None:
    assert [bits_per_second(text) for text in ("9600 bit/s", "56 kbit/s", "2.5 Gbit/s", 100)] == [
        9600,
        56_000,
        2_500_000_000,
        100,
    ]
    for text in ("100 Mbps", "100", 0, "fast"):
        with pytest.raises(ValueError, match="a rate"):
            bits_per_second(text)
