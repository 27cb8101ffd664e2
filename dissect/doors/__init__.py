"""Doors to programs that bring their own interface: each gives them captures in the form that they ask for."""

from __future__ import annotations

__all__: list[str] = []
