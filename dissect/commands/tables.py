"""Rows as a table on standard output, in colour where that is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from itertools import islice
from typing import Any

from dissect.views.listing import printable

__all__ = ["print_table"]

_WIDEST = 1 << 16
"""Characters in a line that goes to a file or a pipe: none is ever wrapped there."""


_MOST = 1000
"""So many rows are laid out together; those behind them are printed one by one, in columns as wide as these."""


def print_table(title: str, rows: Iterable[dict[str, Any]]) -> None:
    """Print rows, the values by the names of the columns, under a title; numbers stand at the right."""
    further = iter(rows)
    first = list(islice(further, _MOST))
    _print_first(title, first)
    if len(first) < _MOST:
        return
    names = [name.replace("_", " ") for name in first[0]]
    widths = [max(len(name), *map(len, column)) for name, column in zip(names, _columns(first), strict=True)]
    for row in further:
        cells = (
            cell.rjust(width) if isinstance(value, (int, float)) else cell.ljust(width)
            for cell, width, value in zip(map(_cell, row.values()), widths, row.values(), strict=True)
        )
        print("  " + "   ".join(cells))


def _columns(rows: list[dict[str, Any]]) -> Iterable[tuple[str, ...]]:
    return zip(*(map(_cell, row.values()) for row in rows), strict=True)


def _print_first(title: str, rows: list[dict[str, Any]]) -> None:
    # Loaded for those who look at tables.
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    # A title is not wrapped where the columns are narrower.
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold", min_width=len(title))
    for name, value in (rows[0] if rows else {"nothing": ""}).items():
        is_number = isinstance(value, (int, float))
        table.add_column(name.replace("_", " "), justify="right" if is_number else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(value)) for value in row.values()))
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else _WIDEST, highlight=False)
    console.print(table)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else printable(str(value))
