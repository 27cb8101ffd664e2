"""Pieces of Markdown, as the generated pages put them together."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence

__all__ = ["anchor", "cell", "code", "example_blocks", "examples_in", "fenced", "prose", "table"]

_DOCTEST = re.compile(r"^>>> ")
_CODE_OR_BORDER = re.compile(r"(`+).+?\1|\|")
_RFC = re.compile(r"\bRFC (\d{1,4})\b")


def anchor(name: str) -> str:
    """Return a place that links can lead to."""
    return f'<a id="{name}"></a>'


def code(text: str) -> str:
    """Return text as code in a line or cell, whatever it holds."""
    ticks = "``" if "`" in text else "`"
    gap = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{gap}{text}{gap}{ticks}" if text else ""


def cell(text: str) -> str:
    """Return text as a cell of a table: in one line, without what would end it; in code nothing does."""
    return _CODE_OR_BORDER.sub(lambda found: found[0] if found[1] else "\\|", " ".join(text.split()))


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; "" where it has no rows. Columns that are empty in all rows are left out."""
    listed = [[cell(each) for each in row] for row in rows]
    kept = [place for place in range(len(titles)) if any(row[place] for row in listed)]
    if not listed:
        return ""
    lines = [
        [titles[place] for place in kept],
        ["---"] * len(kept),
        *([row[place] for place in kept] for row in listed),
    ]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines) + "\n"


def fenced(text: str, language: str = "text") -> str:
    """Return a block of code."""
    return f"```{language}\n{text.rstrip()}\n```\n\n"


def example_blocks(text: str) -> str:
    """Return a docstring as Markdown: its examples are blocks of code, which they are told from by `>>>`."""
    found: list[str] = []
    inside = False
    for line in text.splitlines():
        begins = bool(_DOCTEST.match(line.strip()))
        if begins and not inside:
            found.append("```pycon")
            inside = True
        elif inside and not line.strip():
            found.append("```")
            inside = False
        found.append(line)
    return "\n".join([*found, "```"] if inside else found)


def examples_in(docstring: str | None) -> str:
    """Return the examples of a docstring alone, "" where it has none."""
    found: list[str] = []
    inside = False
    for line in inspect.cleandoc(docstring or "").splitlines():
        begins = bool(_DOCTEST.match(line))
        inside = bool(line.strip()) and (inside or begins)
        if inside:
            found.append(line)
    return "\n".join(found)


def prose(docstring: str | None) -> str:
    """Return what a docstring says, without its examples, as Markdown with links to the RFCs that it names."""
    kept: list[str] = []
    inside = False
    for line in (docstring or "").splitlines():
        stripped = line.strip()
        inside = bool(stripped) and (inside or bool(_DOCTEST.match(stripped)))
        if not inside:
            kept.append(stripped)
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
    return _RFC.sub(r"[RFC \1](https://www.rfc-editor.org/rfc/rfc\1)", text)
