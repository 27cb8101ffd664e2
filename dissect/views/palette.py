"""Colours that people with any kind of colour vision tell apart, behind dark text."""

from __future__ import annotations

__all__ = ["FILLS", "INK", "LINES"]

INK = "#16181d"
"""What is written on the fills."""

FILLS = ("#77aadd", "#eedd88", "#44bb99", "#ffaabb", "#bbcc33", "#99ddff", "#ee8866", "#dddddd")
"""Backgrounds, in an order in which neighbours differ most (Paul Tol's "light" scheme, made for labelled cells)."""

LINES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
"""Lines and marks on white (Okabe and Ito's scheme)."""
