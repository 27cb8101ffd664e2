"""What files of protocols declare, read from their text: numbers, names, classes.

What is read is what stands in the lines of classes (`over=`, `variant=`, `number=`, `links=`, `name=`), and what is
filled in where a file is imported: `LINKS[113] = ...`, `GRE.carry(...)`. A number is written as such, as a constant
(`PORT`), or as a member of an enumeration (`EtherType.MPLS`). A file that says it in any other way is taken to claim
every number of its kind: so one may be imported in vain, but none is missed.
"""

from __future__ import annotations

import re
from _ast import AST, Attribute, BinOp, Call, Constant, Dict, Expression, Name, PyCF_ONLY_AST, Tuple
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from operator import index
from typing import Any, TypeAlias

from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.selection import Guess

__all__ = ["Summary", "summarize"]

Summary: TypeAlias = dict[str, Any]
"""Plain data, of which each part is told by `summarize`."""

_QUOTED = r"\"[^\"\n]*+\"|'[^'\n]*+'"
_INNER = rf"\((?:[^()\"']++|{_QUOTED}|\([^()]*+\))*+\)"
_CLASS = re.compile(rf"class (\w+)\(((?:[^()\"'#]++|{_QUOTED}|#[^\n]*+|\((?:[^()\"']++|{_QUOTED}|{_INNER})*+\))*+)\):")
"""A class and what stands in its brackets."""
_TELLING = re.compile(r"\b(finds|over|variant|links|number|malformed|unknown)\s*=")
_SUBTYPE = re.compile(r"\bsubtype\s*=")
_PLAIN_NUMBER = re.compile(r"\bnumber=(\d+)\s*(?:,|\Z)")
_BASES = re.compile(r"[\w.]+(?=\s*(?:,|\Z|\[))")
_KEYWORD = re.compile(r"\w+\s*=(?!=)")
_NAME = re.compile(r"\bname\s*=\s*([\"'])(.*?)\1")
_FORM_OF = re.compile(r"\bform_of\s*=\s*(\w+)")
_QUOTED_NAME = re.compile(r"\"([a-z][\w\-]*)\.\w")
_FILLED = re.compile(r" *([A-Z][A-Z_]+)\[([^\]\n]+)\] = ")
_WORD = re.compile(r"\w+")
_CARRYING = re.compile(
    r"\b((?:carries=(\w*))|carries_like=|network_version=|(?:quotes|transparent)=True|(?:Selector|Ports)\("
    r"|always_carries|NETWORKS\b|LINKS\b)"
)
"""The words of a file whose headers carry what other files declare."""
_CALLS = (".carry(", ".read_variant(", "._guess(")
"""What fills the tables of a header."""
_LONGEST_CALL = 1000
"""In how many characters the brackets of a call close."""
_MOST_DEEP = 8
"""So often a constant may be named after another one."""


class _Class(NamedTuple):
    file: str
    name: str
    bases: tuple[str, ...]
    protocol: str | None
    """The name that it gives a protocol; None for none."""
    numbers: tuple[int, ...] | None
    """The numbers of a form or an option; None for any."""


def summarize(texts: Mapping[str, str]) -> Summary:
    """Return what these files declare, given their texts by their names.

    - "over": by the name of a carrier, pairs of a file and the numbers that it claims, None for any;
    - "filled": the same by the name of a table that the file fills, as `LINKS`;
    - "guesses": by the name of a carrier, pairs of a file and what messages begin with that have no number: a
      tuple of the numbers in places, `begins`, `least` and `then`, as `Guess` has them, or None where only the file
      itself tells;
    - "derived": by the name of a class, pairs of a file with a class that inherits it and the numbers of that one;
    - "labels": the files by the first word of the display-filter names that they declare;
    - "protocols": the names of the protocols of each file;
    - "quoted": the files by the first words of names with a dot that stand between quotation marks;
    - "found": the names of the protocols that headers of each file look for by themselves (`finds=`);
    - "public": the files by their public names;
    - "carrying": the files of which something may carry what others declare;
    - "unsure": the files of which nothing is sure.
    """
    return _Reader(texts).summary()


class _Reader:
    def __init__(self, texts: Mapping[str, str]) -> None:
        # A line is told by what is in front of it.
        self._texts = {file: f"\n{text}\n" for file, text in texts.items()}
        self._over: dict[str, list[tuple[str, tuple[int, ...] | None]]] = {}
        self._filled: dict[str, list[tuple[str, tuple[int, ...] | None]]] = {}
        self._guesses: dict[str, list[tuple[str, Any]]] = {}
        self._finds: dict[str, list[str]] = {}
        """The classes that headers of a file look for by themselves."""
        self._unsure: set[str] = set()
        self._classes: list[_Class] = []
        self._inherit: dict[str, list[_Class]] = {}
        """The classes by the names of those that they inherit."""
        self._homes: dict[str, list[str]] = {}
        """The files of the classes by their names."""

    def summary(self) -> Summary:
        for file, text in self._texts.items():
            for place in _lines_with(text, "class "):
                if not text[_line_start(text, place) : place].strip(" "):
                    name = _WORD.match(text, place + len("class "))
                    self._homes.setdefault(name[0] if name else "", []).append(file)
        for file, text in self._texts.items():
            self._read_classes(file, text)
            self._read_tables(file, text)
        labels, protocols, found = self._names()
        return {
            "over": self._over,
            "filled": self._filled,
            "guesses": self._guesses,
            "derived": {
                name: [(each.file, each.numbers) for each in self._below(name)]
                for name in {base for each in self._classes for base in each.bases}
            },
            "labels": labels,
            "protocols": protocols,
            "found": found,
            "quoted": self._quoted(),
            "public": self._public(),
            "carrying": self._carrying(),
            "unsure": sorted(self._unsure),
            "files": list(self._texts),
        }

    def _carrying(self) -> list[str]:
        """Return the files of which something may carry what others declare, by itself, by its base, or by a form."""
        related: dict[str, set[str]] = {}
        for each in self._classes:
            for homes in (self._homes.get(base, ()) for base in each.bases):
                # Of a name that several files have, each means its own.
                for home in homes if each.file not in homes else ():
                    related.setdefault(home, set()).add(each.file)
                    related.setdefault(each.file, set()).add(home)
        found = dict.fromkeys(file for file, text in self._texts.items() if self._carries(file, text))
        waiting = list(found)
        for file in waiting:
            further = [each for each in sorted(related.get(file, ())) if each not in found]
            found.update(dict.fromkeys(further))
            waiting += further
        return [file for file in self._texts if file in found]

    def _carries(self, file: str, text: str) -> bool:
        """Whether the text says that what other files declare may stand behind a header of a file."""
        if "def other_payload" in text and file not in self._finds:
            return True
        told = (found[2] for found in _CARRYING.finditer(text))
        return any(always is None or file not in self._homes.get(always, ()) for always in told)

    def _read_classes(self, file: str, text: str) -> None:
        for place in _lines_with(text, "class "):
            if text[_line_start(text, place) : place].strip(" ") or "(" not in text[place : text.index("\n", place)]:
                # Words of a comment, or a class that inherits nothing.
                continue
            found = _CLASS.match(text, place)
            if found is None:
                self._unsure.add(file)
                continue
            name, inside = found.groups()
            first = _KEYWORD.search(inside)
            front = inside if first is None else inside[: first.start()]
            # A form of another class has its names.
            inherited = (*_BASES.findall(front), *_FORM_OF.findall(inside))
            bases = tuple(each.rpartition(".")[2] for each in inherited)
            stated = _NAME.search(inside)
            numbers = self._numbers_of(file, inside)
            known = _Class(file, name, bases, None if stated is None else stated[2], numbers)
            self._classes.append(known)
            for base in bases:
                self._inherit.setdefault(base, []).append(known)

    def _numbers_of(self, file: str, inside: str) -> tuple[int, ...] | None:
        """Return the numbers that a class states as its own, None for any, and take up what it claims."""
        telling = set(_TELLING.findall(inside))
        if not telling:
            # A form of an option has the number of the one that it inherits, which may stand in another file.
            return None if _SUBTYPE.search(inside) else ()
        # Options, of which there are many, are told sooner.
        if telling == {"number"} and (plain := _PLAIN_NUMBER.search(inside)) is not None:
            return (int(plain[1]),)
        return self._take(file, inside)

    def _take(self, file: str, inside: str) -> tuple[int, ...] | None:
        """Take up what the line of a class claims, and return its own numbers."""
        try:
            call: Any = _expression(f"_({inside}\n)")
        except SyntaxError:
            self._unsure.add(file)
            return None
        stated = {each.arg: each.value for each in call.keywords}
        if "links" in stated:
            self._filled.setdefault("LINKS", []).append((file, self._values(stated["links"], file)))
        if "over" in stated:
            self._take_over(stated["over"], file)
        if isinstance(found := stated.get("finds"), Tuple):
            names = (each.id if isinstance(each, Name) else each.value for each in found.elts)  # type: ignore[attr-defined]
            self._finds.setdefault(file, []).extend(names)
        if "unknown" in stated or "malformed" in stated or None in stated:
            return None
        return next((self._values(stated[key], file) for key in ("variant", "number") if key in stated), ())

    def _take_over(self, over: AST, file: str) -> None:
        if not isinstance(over, Dict) or not all(isinstance(key, (Name, Attribute)) for key in over.keys):
            self._unsure.add(file)
            return
        for key, value in zip(over.keys, over.values, strict=True):
            carrier = key.id if isinstance(key, Name) else key.attr  # type: ignore[union-attr]
            stated = self._written_out(value, file)
            for each in stated.elts if isinstance(stated, Tuple) else [stated]:
                each = self._written_out(each, file)
                numbers = self._values(each, file)
                if numbers is None:
                    guess = self._guess(each, file)
                    self._guesses.setdefault(carrier, []).append((file, guess))
                    is_function = isinstance(each, Name) and f"\ndef {each.id}(" in self._texts[file]
                    if guess is not None or is_function or _is_guess(each):
                        continue
                self._over.setdefault(carrier, []).append((file, numbers))

    def _written_out(self, node: AST, file: str) -> AST:
        """Return what a constant of the file is called for; anything else as it is."""
        if isinstance(node, Name):
            with suppress(LookupError, SyntaxError, ValueError):
                return self._definition(node.id, file)[0]
        return node

    def _guess(self, call: AST, file: str) -> tuple[Any, ...] | None:
        """Return what a declaration states of the messages' beginnings; None where its text does not tell."""
        if not _is_guess(call):
            return None
        try:
            stated: dict[str, Any] = {str(each.arg): self._value(each.value, file) for each in call.keywords}  # type: ignore[attr-defined]
            guess = Guess(**stated)
        except (LookupError, SyntaxError, TypeError, ValueError):
            return None
        looks = tuple((place, tuple(sorted(numbers))) for place, numbers in guess.looks)
        return looks, guess.begins, guess.least, guess.then

    def _below(self, name: str) -> list[_Class]:
        """Return the classes that inherit one of this name, by whatever way."""
        found: dict[_Class, None] = {}
        waiting: list[tuple[str, str | None]] = [(name, None)]
        for inherited, home in waiting:
            # Of a name that several files have, each means its own.
            homes = self._homes.get(inherited, ())
            for each in self._inherit.get(inherited, ()):
                if each not in found and (home is None or each.file == home or each.file not in homes):
                    found[each] = None
                    waiting.append((each.name, each.file))
        return list(found)

    def _read_tables(self, file: str, text: str) -> None:
        """Take up what is filled in where the file is imported."""
        for place in _lines_with(text, "] = "):
            filled = _FILLED.match(text, _line_start(text, place))
            if filled:
                try:
                    numbers = self._values(_expression(filled[2]), file)
                except SyntaxError:
                    numbers = None
                self._filled.setdefault(filled[1], []).append((file, numbers))
        for call in _CALLS:
            for place in _lines_with(text, call):
                owner = text[_line_start(text, place) : place].strip(" ")
                if owner.isidentifier() and owner not in ("self", "cls"):
                    self._take_call(owner, text[place + len(call) :], call, file)

    def _take_call(self, name: str, arguments: str, call: str, file: str) -> None:
        """Take up what a header carries, or which form it has, by a call: `GRE.carry(PPP, 0x880b)`."""
        turns = re.findall(rf"^ *for {name} in \(([\w, ]+)\):", self._texts[file], re.MULTILINE)
        owners = [each for turn in turns for each in _WORD.findall(turn)] or [name]
        if all(file in self._homes.get(owner, ()) for owner in owners):
            return
        numbers = self._values(number, file) if (number := _argument(arguments, 1)) is not None else None
        for owner in owners:
            if owner not in self._homes or numbers is None or call != _CALLS[0]:
                self._unsure.add(file)
            else:
                self._over.setdefault(owner, []).append((file, numbers))

    def _names(self) -> tuple[dict[str, list[str]], dict[str, list[str]], dict[str, list[str]]]:
        """Return the files by the first word of fields' names, and the names of what each declares and finds."""
        labels: dict[str, set[str]] = {}
        protocols: dict[str, set[str]] = {}
        found: dict[str, set[str]] = {}
        # Parts of headers have fields, but are no protocols.
        parts = [part for kind in ("Option", "Entry") for part in self._below(kind)]
        for each in self._classes:
            if each.protocol:
                if each not in parts:
                    protocols.setdefault(each.file, set()).add(each.protocol)
                files = labels.setdefault(each.protocol.partition(".")[0], set())
                files.update((each.file, *(below.file for below in self._below(each.name))))
        for file, names in self._finds.items():
            homes = {home for name in names for home in self._homes.get(name, ())}
            own = {each.protocol for each in self._classes if each.file in homes and each.name in names}
            found[file] = {name for name in (*own, *names) if name and name not in self._homes}
        for file, text in self._texts.items():
            for place in _lines_with(text, 'also="'):
                label, dot, _ = text[place + len('also="') : text.index("\n", place)].partition(".")
                if dot and '"' not in label:
                    labels.setdefault(label, set()).add(file)
        return _sorted(labels), _sorted(protocols), _sorted(found)

    def _quoted(self) -> dict[str, list[str]]:
        quoted: dict[str, set[str]] = {}
        for file, text in self._texts.items():
            for label in set(_QUOTED_NAME.findall(text)):
                quoted.setdefault(label, set()).add(file)
        return _sorted(quoted)

    def _public(self) -> dict[str, list[str]]:
        public: dict[str, set[str]] = {}
        for file, text in self._texts.items():
            for place in _lines_with(text, "\n__all__ = ["):
                for name in _WORD.findall(text, text.index("[", place), text.index("]", place)):
                    public.setdefault(name, set()).add(file)
        return _sorted(public)

    def _values(self, node: AST, file: str) -> tuple[int, ...] | None:
        """Return the number, or the numbers, that Python stands for; None where that can't be told."""
        try:
            value: Any = self._value(node, file)
            if isinstance(value, (bytes, str)):
                return None
            return (int(value),) if isinstance(value, int) else tuple(map(index, value))
        except (LookupError, SyntaxError, TypeError, ValueError):
            return None

    def _value(self, node: AST, file: str, depth: int = 0) -> Any:
        """Return what Python stands for; LookupError where that can't be told."""
        if depth > _MOST_DEEP:
            raise LookupError
        if isinstance(node, Constant):
            return node.value
        if isinstance(node, Tuple):
            return tuple(self._value(each, file, depth) for each in node.elts)
        if isinstance(node, Dict):
            names, values = (
                [self._value(each, file, depth) for each in part if each] for part in (node.keys, node.values)
            )
            return dict(zip(names, values, strict=True))
        if isinstance(node, Attribute) and isinstance(node.value, Name):
            return self._member(node.value.id, node.attr)
        if isinstance(node, Name):
            return self._constant(node.id, file, depth)
        if isinstance(node, Call) and isinstance(node.func, Name) and node.func.id == "range" and not node.keywords:
            return range(*(self._value(each, file, depth) for each in node.args))
        if isinstance(node, BinOp) and type(node.op).__name__ == "Add":
            return self._value(node.left, file, depth) + self._value(node.right, file, depth)
        raise LookupError

    def _constant(self, name: str, file: str, depth: int) -> Any:
        """Return the value of a constant of the file, or of one that has it."""
        node, where = self._definition(name, file)
        return self._value(node, where, depth + 1)

    def _definition(self, name: str, file: str) -> tuple[AST, str]:
        """Return the tree of what a constant stands for, and the file that defines it."""
        for where, text in ((file, self._texts[file]), *self._texts.items()):
            place = text.find(f"\n{name} = ")
            place = text.find(f"\n{name}: ") if place < 0 else place
            if place >= 0:
                return _first_expression(text, text.index(" = ", place) + len(" = ")), where
        raise LookupError(name)

    def _member(self, enumeration: str, member: str) -> int:
        for file in self._homes.get(enumeration, ()):
            text = self._texts[file]
            begin = text.index(f"class {enumeration}")
            place, end = text.find(f"\n    {member} = ", begin), text.find("\nclass ", begin)
            if place >= 0 and (end < 0 or place < end):
                value = self._value(_first_expression(text, text.index(" = ", place) + len(" = ")), file)
                return int(value[0] if isinstance(value, tuple) else value)
        raise LookupError(member)


def _is_guess(node: AST) -> bool:
    return isinstance(node, Call) and isinstance(node.func, Name) and node.func.id == Guess.__name__


def _sorted(found: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    return {name: sorted(files) for name, files in found.items()}


def _lines_with(text: str, sought: str) -> Iterator[int]:
    """Yield the places of some characters in the text."""
    place = text.find(sought)
    while place >= 0:
        yield place
        place = text.find(sought, place + 1)


def _line_start(text: str, place: int) -> int:
    return text.rfind("\n", 0, place) + 1


def _expression(text: str) -> AST:
    """Return the tree of a Python expression."""
    tree: Any = compile(text, "", "eval", PyCF_ONLY_AST)
    assert isinstance(tree, Expression)
    return tree.body


def _argument(arguments: str, place: int) -> AST | None:
    """Return the tree of an argument of a call, given the text behind its bracket; None where it is not there."""
    end = arguments.find(")")
    while 0 <= end < _LONGEST_CALL:
        try:
            call: Any = _expression(f"_({arguments[: end + 1]}")
        except SyntaxError:
            end = arguments.find(")", end + 1)
            continue
        return call.args[place] if isinstance(call, Call) and len(call.args) > place else None
    return None


def _first_expression(text: str, place: int) -> AST:
    """Return the tree of the expression that begins here, which may take several lines up to a closing bracket."""
    try:
        return _expression(text[place : text.index("\n", place)])
    except SyntaxError:
        return _expression(text[place : text.index("\n)", place) + 2])
