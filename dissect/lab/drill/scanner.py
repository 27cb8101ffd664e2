"""The text of a script and a place in it: what stands there is taken piece by piece."""

from __future__ import annotations

import re

from dissect.errors import ScenarioError

__all__ = ["Scanner"]

_BLANK = re.compile(r"(?:\s+|//[^\n]*|/\*.*?\*/)+", re.DOTALL)


class Scanner:
    r"""Takes what stands at a place of a text, behind blanks and comments (`// ...` and `/* ... */`).

    >>> scanner = Scanner("first.pkt", "0  // the beginning\n close(3)")
    >>> scanner.take(r"\d+"), scanner.take(r"\w+"), scanner.line
    ('0', 'close', 2)
    >>> scanner.expect(r"=", "'='")
    Traceback (most recent call last):
    dissect.errors.ScenarioError: first.pkt:2: expected '=' at '(3)'
    """

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.place = 0
        self._patterns: dict[str, re.Pattern[str]] = {}

    @property
    def line(self) -> int:
        """The line of what was taken last, from 1."""
        return self.text.count("\n", 0, self.place) + 1

    def skip(self) -> None:
        """Pass blanks and comments."""
        found = _BLANK.match(self.text, self.place)
        if found:
            self.place = found.end()

    def _found(self, pattern: str) -> re.Match[str] | None:
        self.skip()
        compiled = self._patterns.get(pattern)
        if compiled is None:
            compiled = self._patterns[pattern] = re.compile(pattern, re.DOTALL)
        return compiled.match(self.text, self.place)

    def sees(self, pattern: str) -> bool:
        """Whether a pattern stands at the place."""
        return self._found(pattern) is not None

    def take(self, pattern: str) -> str | None:
        """Take what a pattern matches: its first group, if it has one; None where it does not match."""
        found = self._found(pattern)
        if found is None:
            return None
        self.place = found.end()
        return found[1] if found.re.groups else found[0]

    def expect(self, pattern: str, what: str) -> str:
        """Take what a pattern matches; ScenarioError, which says `what` was expected, where it does not match."""
        taken = self.take(pattern)
        if taken is None:
            raise self.wrong(f"expected {what}")
        return taken

    def number(self, what: str) -> int:
        """Take a whole number, decimal or hexadecimal."""
        digits = self.expect(r"0[xX][0-9a-fA-F]+|\d+", what)
        return int(digits, 16 if digits[:2] in ("0x", "0X") else 10)

    @property
    def is_over(self) -> bool:
        """Whether nothing follows but blanks and comments."""
        self.skip()
        return self.place == len(self.text)

    def wrong(self, sentence: str) -> ScenarioError:
        """Return an error with file and line, and what stands at the place."""
        self.skip()
        rest = self.text[self.place :].split("\n", 1)[0].strip()
        return ScenarioError(
            f"{self.name}:{self.line}: {sentence} at {rest[:40]!r}"
            if rest
            else f"{self.name}:{self.line}: {sentence} at the end of the script"
        )
