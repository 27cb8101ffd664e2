"""The colours of rows: Wireshark's on a light screen, and on a dark one the same hues, which stay readable."""

from __future__ import annotations

from colorsys import rgb_to_hsv
from itertools import pairwise

import pytest
from rich.style import Style
from textual.color import Color

from dissect.terminal.colours import CLIENT, DARK, LIGHT, SERVER, row_style
from dissect.views.colouring import RULES, Rule

ONE_RULE_EACH = [rule for rule, _ in RULES]


def colours(style: Style) -> tuple[Color, Color]:
    """The colour of the letters, and that of their ground."""
    assert style.color is not None
    assert style.bgcolor is not None
    return Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor)


def contrast(first: Color, second: Color) -> float:
    """The contrast of two colours, from 1 to 21 (WCAG 2.1, "contrast ratio")."""

    def luminance(colour: Color) -> float:
        linear = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in (each / 255 for each in colour.rgb)
        ]
        return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("rule", ONE_RULE_EACH, ids=lambda rule: rule.name)
def test_a_light_screen_has_the_colours_of_the_rule(rule: Rule) -> None:
    assert [each.hex.lower() for each in colours(row_style(rule, dark=False))] == [rule.foreground, rule.background]


@pytest.mark.parametrize("rule", ONE_RULE_EACH, ids=lambda rule: rule.name)
def test_rows_can_be_read_on_a_dark_screen_which_stays_dark(rule: Rule) -> None:
    letters, ground = colours(row_style(rule, dark=True))
    # WCAG 2.1 asks for 4.5 of small letters.
    assert contrast(letters, ground) >= 4.5
    assert ground.brightness < 0.35
    light = Color.parse(rule.background if letters.hex.lower() == rule.background else rule.foreground)
    assert rgb_to_hsv(*letters.normalized)[0] == pytest.approx(rgb_to_hsv(*light.normalized)[0])


def test_rows_that_no_rule_fits_have_no_colours() -> None:
    assert row_style(None, dark=True) == row_style(None, dark=False) == Style()


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_what_two_ends_say_can_be_read_and_told_apart(theme: object) -> None:
    assert theme in (DARK, LIGHT)
    dark = theme is DARK
    ground = Color.parse((DARK if dark else LIGHT).surface or "")
    ends = [Color.parse(CLIENT[dark]), Color.parse(SERVER[dark])]
    assert all(contrast(each, ground) >= 4.5 for each in ends)
    # The client is the red one, the server the blue one.
    assert all(first.r > second.r and first.b < second.b for first, second in pairwise(ends))
