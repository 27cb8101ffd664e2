"""Colours are told apart by every kind of colour vision, and text on them is read."""

from __future__ import annotations

from itertools import pairwise

import pytest

from dissect.views.palette import FILLS, INK, LINES

# Full dichromacy: Viénot, Brettel and Mollon 1999, matrices on linear RGB.
_DICHROMACY = {
    "none": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "red": ((0.11238, 0.88762, 0), (0.11238, 0.88762, 0), (0.00401, -0.00401, 1)),
    "green": ((0.29275, 0.70725, 0), (0.29275, 0.70725, 0), (-0.02234, 0.02234, 1)),
}


def _linear(colour: str) -> tuple[float, ...]:
    return tuple(
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (part / 255 for part in bytes.fromhex(colour[1:]))
    )


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _seen(colour: str, vision: str) -> tuple[float, ...]:
    seen = [sum(row[i] * part for i, part in enumerate(_linear(colour))) for row in _DICHROMACY[vision]]
    return tuple(max(part, 0) ** (1 / 2.4) for part in seen)


@pytest.mark.parametrize("fill", FILLS)
def test_text_is_read_on_every_fill(fill: str) -> None:
    assert _contrast(fill, INK) >= 7  # WCAG 2.2, criterion 1.4.6


@pytest.mark.parametrize("vision", sorted(_DICHROMACY))
def test_neighbouring_fills_differ_to_every_eye(vision: str) -> None:
    for one, other in pairwise((*FILLS, FILLS[0])):
        difference = sum((a - b) ** 2 for a, b in zip(_seen(one, vision), _seen(other, vision), strict=True)) ** 0.5
        assert difference > 0.1, (one, other)


@pytest.mark.parametrize("vision", sorted(_DICHROMACY))
def test_lines_differ_to_every_eye(vision: str) -> None:
    for number, one in enumerate(LINES):
        for other in LINES[:number]:
            difference = sum((a - b) ** 2 for a, b in zip(_seen(one, vision), _seen(other, vision), strict=True)) ** 0.5
            assert difference > 0.1, (one, other)
