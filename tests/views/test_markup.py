"""Any text can stand inside XML, and characters that it has no way to write are spelt out."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from dissect.views.markup import escaped


@pytest.mark.parametrize(
    ("text", "read"), [("<a> & \"b\" 'c' é→", "<a> & \"b\" 'c' é→"), ("\0\x1f\x0b", "\\x00\\x1f\\x0b")]
)
def test_what_is_escaped_is_read_again(text: str, read: str) -> None:
    element = ElementTree.fromstring(f'<a b="{escaped(text)}">{escaped(text)}</a>')
    assert (element.text, element.get("b")) == (read, read)
