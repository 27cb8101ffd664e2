from __future__ import annotations

from docs.site.markdown import cell, code, example_blocks, examples_in, fenced, prose, table

DOCSTRING = """Return something (RFC 791).

    It has more to say.

    >>> something()
    'a thing'

    And an end.
    """


def test_code_keeps_backticks() -> None:
    assert code("ip.ttl") == "`ip.ttl`"
    assert code("a`b") == "``a`b``"
    assert code("") == ""


def test_a_cell_ends_at_its_border() -> None:
    assert cell("one |\n two") == "one \\| two"
    assert cell("`in|out` | ``a`|`b``") == "`in|out` \\| ``a`|`b``"


def test_a_table_has_no_empty_columns() -> None:
    assert table(("a", "b"), [("1", ""), ("2", "")]) == "| a |\n| --- |\n| 1 |\n| 2 |\n\n"
    assert table(("a", "b"), []) == ""


def test_prose_is_what_is_no_example_with_links() -> None:
    told = prose(DOCSTRING)
    assert "[RFC 791](https://www.rfc-editor.org/rfc/rfc791)" in told
    assert ">>>" not in told
    assert told.endswith("And an end.")


def test_examples_are_found_alone() -> None:
    assert examples_in(DOCSTRING) == ">>> something()\n'a thing'"
    assert examples_in(None) == ""


def test_examples_become_blocks() -> None:
    assert example_blocks("Text.\n\n>>> 1\n1\n\nMore.") == "Text.\n\n```pycon\n>>> 1\n1\n```\n\nMore."
    assert example_blocks(">>> 1\n1") == "```pycon\n>>> 1\n1\n```"


def test_a_block_ends_below_its_text() -> None:
    assert fenced("x\n\n", "pycon") == "```pycon\nx\n```\n\n"
