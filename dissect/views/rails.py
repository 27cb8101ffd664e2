"""The lines of a ladder in text: one down for each of those who talk, and arrows between them."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["Rails"]

LEAST_WIDTH = 12


class Rails:
    """A column for each name, from left to right, with a line in its middle.

    >>> rails = Rails(["a", "b"])
    >>> for line in (rails.heading, rails.arrow("a", "b"), rails.arrow("b", "a", arrives=False), rails.mark("b")):
    ...     print(line.rstrip())
         a           b
          │──────────▶│
          │     ✗─────│
          │           •
    """

    def __init__(self, names: Sequence[str]) -> None:
        width = max([LEAST_WIDTH, *(len(name) + 3 for name in names)])
        self._centres = {name: number * width + width // 2 for number, name in enumerate(names)}
        self.heading = "".join(f"{name:^{width}}" for name in names).rstrip()
        """The line with the names."""
        rails = [" "] * (len(names) * width)
        for at in self._centres.values():
            rails[at] = "│"
        self._blank = "".join(rails)

    def mark(self, name: str) -> str:
        """Return the lines with a point at one of them."""
        at = self._centres[name]
        return f"{self._blank[:at]}•{self._blank[at + 1 :]}"

    def arrow(self, source: str, destination: str, *, arrives: bool = True) -> str:
        """Return the lines with an arrow between two; one that doesn't arrive ends in a cross on the way."""
        start, end = self._centres[source], self._centres[destination]
        left, right = sorted((start, end))
        if left == right:
            # Who talks to himself.
            return f"{self._blank[:left]}↺{self._blank[left + 1 :]}"
        if arrives:
            shaft = "─" * (right - left - 2)
            middle = f"{shaft}▶" if start < end else f"◀{shaft}"
        else:
            # The part that the frame got through, and a cross where it was lost.
            half = (right - left - 2) // 2
            rest = " " * (right - left - 2 - half)
            middle = f"{'─' * half}✗{rest}" if start < end else f"{rest}✗{'─' * half}"
        return f"{self._blank[: left + 1]}{middle}{self._blank[right:]}"
