"""Differences in a notebook: each in a row, hostile frames as text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dissect import UDP, Ethernet, IPv4, compare
from dissect.views.comparison_html import MOST, comparison_html
from tests.declared import any_bytes
from tests.views.markup import Markup

_FRAME = Ethernet() / IPv4(ttl=64) / UDP() / b"<script>alert(1)</script>"


def test_a_changed_field_is_a_row_and_what_follows_from_it_another() -> None:
    changed = _FRAME.copy()
    changed[IPv4].ttl = 63
    html = comparison_html(compare([_FRAME], [changed]))
    markup = Markup(html)
    assert markup.balanced
    assert "ip.ttl" in markup.text
    assert html == compare([_FRAME], [changed])._repr_html_()
    assert '<td class="before">64</td><td class="after">63</td>' in html


def test_no_difference_is_said() -> None:
    markup = Markup(comparison_html(compare([_FRAME], [_FRAME])))
    assert markup.text.strip()
    assert "<tbody></tbody>" in comparison_html(compare([_FRAME], [_FRAME]))


def test_more_than_are_shown_are_counted() -> None:
    html = comparison_html(compare([], [_FRAME.replace(src=number) for number in range(MOST + 7)]))
    assert "… and 7 more" in html


@given(st.lists(any_bytes, max_size=3), st.lists(any_bytes, max_size=3))
def test_any_frames_are_text(before: list[bytes], after: list[bytes]) -> None:
    markup = Markup(comparison_html(compare(before, after)))
    assert markup.balanced
    assert markup.tags <= {
        *("div", "style", "table", "caption", "thead", "tbody", "tr", "th", "td", "pre", "span", "mark", "p"),
    }
