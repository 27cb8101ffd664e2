"""Cells: texts of a few bytes, such as addresses, which are made once for many frames."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["Cells"]

_MOST = 4096
"""So many texts are kept; then all of them are made anew."""


class Cells(dict[bytes, str]):
    r"""The texts that a function makes of bytes, by the bytes, formatted as an f-string does it.

    >>> texts = Cells(bytes.hex, ">6")
    >>> texts[b"\x0a\x0b"], len(texts)
    ('  0a0b', 1)
    """

    __slots__ = ("_function", "_specification")

    def __init__(self, function: Callable[[bytes], str], specification: str) -> None:
        super().__init__()
        self._function = function
        self._specification = specification

    def __missing__(self, octets: bytes) -> str:
        if len(self) >= _MOST:
            self.clear()
        text = self[octets] = format(self._function(octets), self._specification)
        return text
