"""Text as it stands inside XML."""

from __future__ import annotations

import re

__all__ = ["escaped"]

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})
# In XML 1.0 there is no way to write these (section 2.2).
_ESCAPES.update({number: f"\\x{number:02x}" for number in range(32) if number not in (9, 10, 13)})
_ESCAPES.update({number: f"\\u{number:04x}" for number in (0xFFFE, 0xFFFF)})

_ESCAPED = re.compile(f"[{re.escape(''.join(map(chr, _ESCAPES)))}]")


def escaped(text: str) -> str:
    r"""Return a text for an element or a quoted attribute; what XML has no room for is spelt out.

    >>> escaped("a < b & 'c'\x01")
    'a &lt; b &amp; &#x27;c&#x27;\\x01'
    """
    # Few texts hold any of these.
    return text.translate(_ESCAPES) if _ESCAPED.search(text) else text
