"""The style sheets: each rule within its own scope, in the colours of both themes."""

from __future__ import annotations

import re

import pytest

from dissect.views.html_style import DIFFERENCES_STYLE, FRAME_STYLE, TABLE_STYLE, style


@pytest.mark.parametrize("rules", [FRAME_STYLE, TABLE_STYLE, DIFFERENCES_STYLE])
def test_every_rule_stays_within_its_scope(rules: str) -> None:
    scope = rules.split("\n")[0]
    sheet = style(rules).removeprefix("<style>").removesuffix("</style>")
    sheet = sheet.replace("@media(prefers-color-scheme:dark){", "").replace("}}", "}")
    selectors = re.findall(r"([^{}]+)\{", sheet)
    assert len(selectors) > 8
    for selector in selectors:
        flat = re.sub(r"\([^()]*\)", "", selector)
        assert all(scope in each for each in flat.split(",")), selector


@pytest.mark.parametrize("rules", [FRAME_STYLE, TABLE_STYLE, DIFFERENCES_STYLE])
def test_every_colour_is_known_in_both_themes(rules: str) -> None:
    sheet = style(rules)
    used = set(re.findall(r"var\((--\w+)\)", sheet))
    for theme in re.findall(r"\{(--[^{}]+)\}", sheet):
        assert used <= set(re.findall(r"(--\w+):", theme))


def test_more_rules_are_added() -> None:
    assert style(FRAME_STYLE, "x{y:z}").endswith("x{y:z!important}</style>")
