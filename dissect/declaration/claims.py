"""Which protocols of a folder may stand over a port, told from the text of their files: none is imported for it.

A capture has many ports that no protocol claims, and the first of them would otherwise import every protocol there
is. A file that says it in another way than `over={UDP: 4789}` may claim any number of the carriers that it names,
and one whose `over=` is no literal may claim anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from os import listdir

__all__ = ["Claims"]


class Claims:
    """The numbers that the files of a folder claim, by the names of the classes that carry them."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._numbers: dict[str, frozenset[int]] | None = None
        self._unknown: set[str] = set()
        self._anything = False

    def numbers(self, carrier: str) -> frozenset[int] | None:
        """Return the numbers of the class of this name under which files may declare protocols; None for any."""
        if self._numbers is None:
            self._read()
        if self._anything or carrier in self._unknown:
            return None
        return (self._numbers or {}).get(carrier, frozenset())

    def _read(self) -> None:
        found: dict[str, frozenset[int]] = {}
        try:
            for text in self._texts():
                place = text.find("over=")
                while place >= 0:
                    self._take(text, place, found)
                    place = text.find("over=", place + 1)
        except OSError:
            # Where the sources are not beside the package, nobody can tell.
            self._anything = True
        self._numbers = found

    def _texts(self) -> Iterator[str]:
        files = [file for file in listdir(self._folder) if file.endswith((".py", ".pyc", ".so"))]  # noqa: PTH208
        if not all(file.endswith(".py") for file in files):
            raise FileNotFoundError(self._folder)
        for file in files:
            with open(f"{self._folder}/{file}", encoding="utf-8") as source:  # noqa: PTH123
                yield source.read()

    def _take(self, text: str, place: int, found: dict[str, frozenset[int]]) -> None:
        start = place + len("over=")
        if text[place - 1] not in " (," or text[start] in "\"'":
            # Another word that ends so, or the field that an overlay reads.
            return
        stop = text.find("}", start)
        if text[start] != "{" or stop < 0 or "{" in text[start + 1 : stop]:
            self._anything = True
            return
        for carrier, stated in _entries(text[start + 1 : stop]):
            numbers = [_number(word, text) for word in stated]
            if None in numbers:
                self._unknown.add(carrier)
            found[carrier] = found.get(carrier, frozenset()) | {each for each in numbers if each is not None}


def _entries(inside: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each key of a dictionary as it is written, and the words of its value."""
    for entry in inside.split(":")[:-1]:
        carrier = entry.replace(",", " ").split()[-1]
        value = inside[inside.index(entry) + len(entry) + 1 :].lstrip()
        value = value[1 : value.find(")")] if value.startswith("(") else value.partition(",")[0]
        yield carrier, value.replace(",", " ").split()


def _number(word: str, text: str) -> int | None:
    """Return the number that a word of a declaration stands for: itself, or a constant of its file; None for others."""
    for constant in (f"\n{word} = ", f"\n{word}: int = ", f"\n{word}: Final = "):
        place = text.find(constant)
        if place >= 0:
            word = text[place + len(constant) :].split("\n", 1)[0]
            break
    try:
        return int(word, 0)
    except ValueError:
        return None
