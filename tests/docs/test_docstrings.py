"""What the reference makes of sources: examples as code, and attributes with the types of what fills them."""

from __future__ import annotations

from pathlib import Path

import pytest

griffe = pytest.importorskip("griffe", reason="the site's tools are not installed, 'make docs' brings them")

SOURCE = '''
class Shop:
    """Sells.

    >>> Shop("a", 3).name
    'a'
    """

    LIMIT = 5

    def __init__(self, name: str, stock: int) -> None:
        self.name = name
        self.shelves = stock
        self.counter = len(name)
        self.open: bool = bool(stock)
        self.till = 0
        """What was paid."""
'''


def test_attributes_have_types_and_no_lines_of_the_constructor(tmp_path: Path) -> None:
    from docs.site.docstrings import Examples, Types

    (tmp_path / "shop.py").write_text(SOURCE, encoding="utf-8")
    loaded = griffe.load("shop", search_paths=[tmp_path], extensions=griffe.Extensions(Examples(), Types()))
    members = loaded["Shop"].members
    assert "```pycon\n>>> Shop" in members["__init__"].parent.docstring.value
    told = {name: str(each.annotation) for name, each in members.items() if each.is_attribute}
    assert told == {"LIMIT": "None", "name": "str", "shelves": "int", "open": "bool", "till": "None"}
    assert {name for name in told if members[name].value is not None} == {"LIMIT"}
