"""The differences of two captures for notebooks: a table of the first ones."""

from __future__ import annotations

from html import escape
from itertools import islice

from dissect.differences.comparison import Comparison
from dissect.views.differences import html_rows, total
from dissect.views.html_style import DIFFERENCES_STYLE, style

__all__ = ["MOST", "comparison_html"]

MOST = 100
"""How many differences are shown."""
_COLUMNS = ("Frame", "What", "Before", "After", "Byte")


def comparison_html(comparison: Comparison) -> str:
    """Return the first hundred differences as HTML that stands alone, with a sentence about all of them."""
    kinds: dict[str, int] = {}
    rows = [row for difference in islice(comparison, MOST) for row in html_rows(difference)]
    for difference in comparison:
        kinds[difference.kind] = kinds.get(difference.kind, 0) + 1
    count = sum(kinds.values())
    heads = "".join(f'<th scope="col">{column}</th>' for column in _COLUMNS)
    more = f"<p>… and {count - MOST:,} more</p>" if count > MOST else ""
    return (
        f'<div class="dissect-differences">{style(DIFFERENCES_STYLE)}<table><caption>{escape(total(kinds))}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>{more}</div>"
    )
