"""Declarations that wait until somebody needs them, so that an import need not make every class there is.

Who looks something up and does not find it asks first for what may be declared under it: `declare_claimed` for a
number, `declare_named` for a display-filter name, and so on. Only those files are imported that may answer (`claims`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from importlib import import_module
from sys import modules
from typing import Any

from dissect.declaration.claims import Claims
from dissect.declaration.drawers import PROTOCOLS
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.selection import Guess

__all__ = [
    "PENDING",
    "OpenTable",
    "Waiting",
    "carriers_of",
    "declare_carrying",
    "declare_claimed",
    "declare_derived",
    "declare_exporting",
    "declare_filling",
    "declare_guessed",
    "declare_named",
    "declare_pending",
    "has_waited",
    "modules_naming",
    "pend",
    "pend_folder",
    "waiting_guesses",
    "waiting_numbers",
    "waiting_protocols",
]

PENDING: list[Callable[[], None]] = []
"""What waits, as functions that declare all of it; empty when all is declared, so that nobody need ask."""

_FOLDERS: dict[Callable[[], None], _Folder] = {}
"""Those that can be declared file by file."""
_EMPTY: dict[Callable[[], None], Callable[[], bool]] = {}
"""What tells of some that there is nothing to declare."""
_ASKED: set[tuple[object, ...]] = set()
"""Questions that need not be asked again; all are forgotten when something new waits, or when they are many."""
_MOST_ASKED = 1 << 16
_GUESSES: dict[type[Any], list[Guess | None]] = {}
"""What messages begin with that wait, by the class of what carries them; forgotten when one of them is declared."""


class Waiting(NamedTuple):
    """What waits under a number, or with messages that begin in some way."""

    names: frozenset[str]
    """The names of its protocols."""
    carries: bool
    """Whether these may carry what other files declare."""
    guess: Guess | None = None
    """What messages begin with that have no number; None where only the file itself tells."""
    modules: frozenset[str] = frozenset()
    """The modules that declare them."""

    def joined(self, other: Waiting) -> Waiting:
        """Return what waits under a number, given what two packages have there."""
        carries = self.carries or other.carries
        return Waiting(self.names | other.names, carries, modules=self.modules | other.modules)


class OpenTable(dict[Any, Any]):
    """A table that the files of other protocols fill, each at its left margin: `WITH_LENGTH[key] = ...`.

    It is given the name by which they do so, as only their text is looked at.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def find(self, key: Any) -> Any:
        """Return what stands under the key, None for nothing, once all that fills the table is declared."""
        if PENDING:
            declare_filling(self.name)
        return self.get(key)


_NOTHING = Waiting(frozenset(), False)


class _Folder:
    """The files of a package of protocols, which are imported one by one."""

    def __init__(self, package: str, folder: str) -> None:
        self.claims = Claims(folder)
        self.package = f"{package}."
        self._declared: set[str] = set()

    def declare(self, files: Collection[str]) -> bool:
        """Import files of the folder, and return whether one had not been asked for before."""
        new = [file for file in files if file not in self._declared]
        for file in new:
            # Where another thread is importing it, this waits.
            import_module(self.package + file)
        self._declared.update(new)
        if new:
            _GUESSES.clear()
        return bool(new)

    def waiting(self, files: Iterable[str]) -> list[str]:
        """Return those of the files that nobody has imported."""
        return [file for file in files if file not in self._declared and self.package + file not in modules]

    def told(self, files: Collection[str]) -> Waiting:
        """Return what the text of these files tells of what they declare."""
        modules = frozenset(self.package + file for file in files)
        return Waiting(self.claims.reached(files), any(map(self.claims.carries, files)), modules=modules)


def pend(declare: Callable[[], None], is_empty: Callable[[], bool] = lambda: False) -> None:
    """Keep a function that declares protocols; called more than once, it must do no harm.

    `is_empty` tells whether there is nothing to declare, where that is known sooner.
    """
    PENDING.append(declare)
    _EMPTY[declare] = is_empty
    _ASKED.clear()
    _GUESSES.clear()


def pend_folder(package: str, folder: str, declare: Callable[[], None]) -> None:
    """Keep a package of protocols whose files lie in a folder; `declare` imports them all."""
    PENDING.append(declare)
    _FOLDERS[declare] = _Folder(package, folder)
    _ASKED.clear()
    _GUESSES.clear()


def has_waited(module: str) -> bool:
    """Whether a module is of a package of protocols that are declared when somebody asks for them."""
    return any(module.startswith(folder.package) for folder in _FOLDERS.values())


def carriers_of(cls: type[Any]) -> tuple[str, ...]:
    """Return the names of a class and of those whose protocols it carries as well (`carries_like=`)."""
    names: list[str] = []
    carrier: Any = cls
    while carrier is not None:
        names.append(carrier.__name__)
        carrier = vars(carrier).get("_like")
    return tuple(names)


def waiting_numbers(cls: type[Any]) -> dict[int, Waiting] | None:
    """Return the numbers under which a header may carry what still waits; None where that may be any.

    A file of which its text does not tell is declared now.
    """
    found: dict[int, Waiting] = {}
    carriers = carriers_of(cls)
    for folder in _waiting():
        numbers = None if folder is None else folder.claims.numbers(carriers)
        if folder is None or numbers is None:
            return None
        folder.declare(folder.claims.unsure(carriers))
        # Many numbers stand for the protocols of one file.
        told_of: dict[tuple[str, ...], Waiting] = {}
        for number, files in numbers.items():
            waiting = tuple(folder.waiting(files))
            if waiting:
                if waiting not in told_of:
                    told_of[waiting] = folder.told(waiting)
                known, told = found.get(number, _NOTHING), told_of[waiting]
                found[number] = known.joined(told)
    return found


def waiting_guesses(cls: type[Any]) -> list[Waiting] | None:
    """Return what such a header may carry under no number and still waits; None where nobody can tell.

    A file of which its text does not tell is declared now.
    """
    found: list[Waiting] = []
    carriers = carriers_of(cls)
    for folder in _waiting():
        guesses = None if folder is None else folder.claims.guesses(carriers)
        if folder is None or guesses is None:
            return None
        folder.declare(folder.claims.unsure(carriers))
        for each in guesses:
            if folder.waiting([each.file]):
                found.append(folder.told([each.file])._replace(guess=each.guess))
    return found


def waiting_protocols() -> frozenset[str] | None:
    """Return the names of the protocols that wait; None where nobody can tell."""
    found: frozenset[str] = frozenset()
    for folder in _waiting():
        files = None if folder is None else folder.claims.files()
        if folder is None or files is None:
            return None
        found |= folder.claims.protocols(folder.waiting(files))
    return found


def modules_naming(label: str) -> frozenset[str] | None:
    """Return the modules of packages of protocols that may declare names of which this is the first word.

    None where that may be any. What has been declared is told as well.
    """
    found: set[str] = set()
    for folder in _FOLDERS.values():
        files = folder.claims.naming(label)
        if files is None:
            return None
        found.update(folder.package + file for file in files)
    return frozenset(found)


def _waiting() -> Iterator[_Folder | None]:
    """Yield what waits; None for what is declared as a whole."""
    for declare in tuple(PENDING):
        folder = _FOLDERS.get(declare)
        if folder is not None:
            yield folder
        elif not _EMPTY[declare]():
            yield None


def declare_claimed(cls: type[Any], *numbers: int) -> bool:
    """Declare what waits and may stand in headers of a class under one of these numbers; return whether any did."""
    return _declare(lambda claims: claims.carried(carriers_of(cls), numbers), cls, *numbers)


def declare_guessed(cls: type[Any], buffer: bytes, start: int, end: int) -> bool:
    """Declare what waits, has no number, and may be what such a header carries in `buffer[start:end]`."""
    guesses = _GUESSES.get(cls)
    if guesses is None:
        told = waiting_guesses(cls)
        # Where nobody can tell, any bytes may be those of a message.
        guesses = _GUESSES[cls] = [None] if told is None else [each.guess for each in told]
    for guess in guesses:
        if guess is None or guess.is_likely(buffer, start, end):
            break
    else:
        return False

    def likely(claims: Claims) -> list[str] | None:
        found = claims.guesses(carriers_of(cls))
        if found is None:
            return None
        return [each.file for each in found if each.guess is None or each.guess.is_likely(buffer, start, end)]

    return _declare(likely)


def declare_carrying() -> bool:
    """Declare what waits and may carry what others declare: then all that waits tells by its numbers where it ends."""

    def carrying(claims: Claims) -> list[str] | None:
        files = claims.files()
        return None if files is None else list(filter(claims.carries, files))

    return _declare(carrying, "carrying")


def declare_derived(cls: type[Any], number: int | None = None) -> bool:
    """Declare the forms of a header, or the options of a family, that wait: those of a number, or all."""
    return _declare(lambda claims: claims.derived(cls.__name__, number), "derived", cls, number)


def declare_filling(table: str, number: int | None = None) -> bool:
    """Declare what waits and fills a table of this name, as in `LINKS[113] = ...`, under this number or any."""
    return _declare(lambda claims: claims.filling(table, number), "filling", table, number)


def declare_named(label: str) -> bool:
    """Declare what waits and may have display-filter names of which this is the first word."""
    return _declare(lambda claims: claims.naming(label), "naming", label)


def declare_exporting(name: str) -> bool:
    """Declare what waits and may have this public name."""
    return _declare(lambda claims: claims.exporting(name), "exporting", name)


def _declare(choose: Callable[[Claims], list[str] | None], *question: object) -> bool:
    """Declare what one chooses; a question is not asked twice."""
    if question in _ASKED:
        return False
    declared = False
    _find_packages()
    for declare in tuple(PENDING):
        folder = _FOLDERS.get(declare)
        if folder is not None:
            files = choose(folder.claims)
            if files is None:
                _declare_whole(declare)
                declared = True
            elif folder.declare(files):
                declared = True
        elif not _EMPTY[declare]():
            _declare_whole(declare)
            declared = True
    if question:
        if len(_ASKED) >= _MOST_ASKED:
            _ASKED.clear()
        _ASKED.add(question)
    return declared


def declare_pending(*, module: str = "") -> bool:
    """Declare all that waits, and return whether anything did.

    What waits is taken away when it is there, so that another thread does not believe it too early.
    `module` is the one that asks: for a module of a package of protocols, or of this one, nothing is declared,
    because it is being imported itself.
    """
    if module and module.startswith(tuple(f"{package}." for package in (__package__, *PROTOCOLS))):
        return False
    _find_packages()
    if not PENDING:
        return False
    for declare in tuple(PENDING):
        _declare_whole(declare)
    return True


def _declare_whole(declare: Callable[[], None]) -> None:
    declare()
    if declare in PENDING:
        PENDING.remove(declare)


def _find_packages() -> None:
    for package in PROTOCOLS:
        if package not in modules:
            # Its own import says what of it waits.
            import_module(package)
