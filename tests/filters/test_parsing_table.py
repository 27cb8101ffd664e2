"""The table is that of the grammar."""

from __future__ import annotations

import pytest

pytest.importorskip("lark", reason="lark is not installed, which makes the table.")

from tests.filters.parsing_table import MODULE, source


def test_the_table_is_that_of_the_grammar() -> None:
    told = "the grammar has changed, and its table not: python -m tests.filters.parsing_table makes it"
    assert MODULE.read_text(encoding="utf-8") == source(), told
