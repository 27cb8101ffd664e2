"""What the files of a folder of protocols declare: none is imported to know it, and few have to be.

It is read from their text (`dissect.declaration.claims_text`), and kept beside Python's own compiled files until one of
them changes, as reading takes as long as a start may.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from functools import cache
from marshal import dumps, loads
from os import scandir
from typing import Any

from dissect.declaration.beside_compiled import keep_beside, place_beside
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.selection import Guess

__all__ = ["Claims", "WaitingGuess"]

_VERSION = 5
"""Of what is kept; another one is read anew."""


class WaitingGuess(NamedTuple):
    """A protocol in a file that waits, and what its messages begin with; None where only the file itself tells."""

    file: str
    guess: Guess | None


class Claims:
    """What the files of a folder declare. The name of a file is that of its module, without the package's."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._told: dict[str, Any] | None = None

    def summary(self) -> dict[str, Any] | None:
        """Return what all files declare, as `claims_text.summarize` does; None where there is no text to read."""
        if self._told is None:
            try:
                self._told = self._kept() or {}
            except (OSError, UnicodeDecodeError):
                # An archive, or a folder of compiled files: all are imported as soon as one may be needed.
                self._told = {}
        return self._told or None

    def files(self) -> list[str] | None:
        """Return all files; None where they cannot be told."""
        told = self.summary()
        return None if told is None else told["files"]

    def unsure(self, carriers: Iterable[str]) -> list[str]:
        """Return the files that may claim any number of the classes of these names."""
        told = self.summary()
        if told is None:
            return []
        claims = (claim for carrier in carriers for claim in told["over"].get(carrier, ()))
        return [*told["unsure"], *(file for file, numbers in claims if numbers is None)]

    def numbers(self, carriers: Iterable[str]) -> dict[int, list[str]] | None:
        """Return the files by the numbers that they claim of the classes of these names, None where that may be any.

        Those that are `unsure` are not told.
        """
        told = self.summary()
        if told is None:
            return None
        found: dict[int, list[str]] = {}
        for carrier in carriers:
            for file, numbers in told["over"].get(carrier, ()):
                for number in numbers or ():
                    found.setdefault(number, []).append(file)
        return found

    def carried(self, carriers: Iterable[str], numbers: Collection[int]) -> list[str] | None:
        """Return the files that may declare what classes of these names carry under these numbers; None for any."""
        told = self.summary()
        if told is None:
            return None
        claims = (claim for carrier in carriers for claim in told["over"].get(carrier, ()))
        return _chosen(told, claims, numbers)

    def filling(self, table: str, number: int | None = None) -> list[str] | None:
        """Return the files that fill a table, as in `LINKS[113] = ...`, under this number; None for any file."""
        told = self.summary()
        if told is None:
            return None
        return _chosen(told, told["filled"].get(table, ()), None if number is None else (number,))

    def derived(self, name: str, number: int | None = None) -> list[str] | None:
        """Return the files of the classes that inherit one of this name and have the number; None for any file."""
        told = self.summary()
        if told is None:
            return None
        return _chosen(told, told["derived"].get(name, ()), None if number is None else (number,))

    def guesses(self, carriers: Iterable[str]) -> list[WaitingGuess] | None:
        """Return what classes of these names may carry under no number; None where nobody can tell."""
        told = self.summary()
        if told is None:
            return None
        stated = [claim for carrier in carriers for claim in told["guesses"].get(carrier, ())]
        return [WaitingGuess(file, None if how is None else _guess(*how)) for file, how in stated]

    def naming(self, label: str) -> list[str] | None:
        """Return the files that may declare display-filter names of which this is the first word; None for any."""
        told = self.summary()
        return None if told is None else [*told["unsure"], *told["labels"].get(label, ())]

    def quoting(self, label: str) -> list[str] | None:
        """Return the files in which quoted names with a dot have this first word; None where there is no text."""
        told = self.summary()
        return None if told is None else list(told["quoted"].get(label, ()))

    def exporting(self, name: str) -> list[str] | None:
        """Return the files that may have a public name; None for any."""
        told = self.summary()
        return None if told is None else [*told["unsure"], *told["public"].get(name, ())]

    def protocols(self, files: Iterable[str]) -> frozenset[str]:
        """Return the names that files give protocols."""
        told = self.summary() or {"protocols": {}}
        return frozenset(name for file in files for name in told["protocols"].get(file, ()))

    def reached(self, files: Iterable[str]) -> frozenset[str]:
        """Return these names, and those of protocols that such headers look for by themselves (`finds=`)."""
        told = self.summary() or {"protocols": {}, "found": {}}
        return frozenset(name for file in files for kind in ("protocols", "found") for name in told[kind].get(file, ()))

    def carries(self, file: str) -> bool:
        """Whether what a file declares may carry something that others declare."""
        told = self.summary()
        return told is None or file in told["carrying"] or file in told["unsure"]

    def _kept(self) -> dict[str, Any]:
        """Return the summary, kept from an earlier start if the files are as they were then."""
        stamps: list[tuple[str, int, int]] = []
        with scandir(self._folder) as entries:
            for entry in entries:
                if entry.name.endswith((".py", ".pyc", ".so", ".pyd")):
                    stat = entry.stat()
                    stamps.append((entry.name, stat.st_size, stat.st_mtime_ns))
        stamps.sort()
        if not all(name.endswith(".py") for name, *_ in stamps):
            raise FileNotFoundError(self._folder)
        place = place_beside(self._folder, "claims")
        with suppress(OSError, ValueError, EOFError, TypeError):
            with open(place, "rb") as kept:  # noqa: PTH123
                version, known, told = loads(kept.read())
            if version == _VERSION and known == stamps:
                return dict(told)
        # Only now, as hardly a start needs it.
        from dissect.declaration.claims_text import summarize

        texts = {}
        for name, *_ in stamps:
            if name != "__init__.py":
                with open(f"{self._folder}/{name}", encoding="utf-8") as source:  # noqa: PTH123
                    texts[name.removesuffix(".py")] = source.read()
        told = summarize(texts)
        keep_beside(place, dumps((_VERSION, stamps, told)))
        return told


def _chosen(
    told: dict[str, Any], claims: Iterable[tuple[str, Collection[int] | None]], numbers: Collection[int] | None
) -> list[str]:
    """Return the files among these claims that may claim one of the numbers, or that claim anything."""
    chosen = {
        file: None
        for file, claimed in claims
        if claimed is None or numbers is None or any(number in claimed for number in numbers)
    }
    return [*told["unsure"], *chosen]


@cache
def _guess(
    places: tuple[tuple[int, tuple[int, ...]], ...], begins: tuple[bytes, ...], least: int, then: tuple[bytes, ...]
) -> Guess:
    if begins:
        return Guess(begins=begins, least=least)
    if then:
        return Guess(first=places[0][1], then=then, least=least)
    return Guess(places=dict(places), least=least)
