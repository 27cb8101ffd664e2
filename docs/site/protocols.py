"""What is declared, by protocol: headers, what they list, their numbers, and every name that filters have."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from types import ModuleType
from typing import Any

import dissect.protocols
from dissect.declaration.entry import Entry
from dissect.declaration.enumerated import Code, Flags
from dissect.declaration.fields import Field
from dissect.declaration.header import Data, Header
from dissect.declaration.kinds import Coded, FlagSet
from dissect.declaration.record import FIELDS, Record
from dissect.wireshark.types import field_names, header_classes, protocol_of

__all__ = ["FRAME", "Protocol", "enumeration_of", "every_protocol", "public_classes"]

FRAME = "frame"
"""The page of names that no protocol declares: those of a frame, of expert items, and of what is malformed."""
_Enumeration = type[Code] | type[Flags]


@dataclass
class Protocol:
    """What is declared under one name: headers and what they list, public ones, in the order of their files."""

    name: str
    headers: list[type[Header]] = field(default_factory=list)
    entries: list[type[Entry]] = field(default_factory=list)
    enumerations: list[_Enumeration] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    """All that filters may ask for of it."""

    @property
    def title(self) -> str:
        """What the details of a frame call it."""
        return next((cls.title for cls in self.headers if cls.title), self.name)

    @property
    def page(self) -> str:
        """The name of its page's file."""
        return f"{self.name}.md"

    def records(self) -> Iterator[type[Record]]:
        """Yield all classes that have fields."""
        yield from self.headers
        yield from self.entries


@cache
def _modules() -> list[ModuleType]:
    header_classes()
    return list(dissect.protocols.modules())


def public_classes(base: type) -> Iterator[type]:
    """Yield the public classes of the protocols' files that inherit a class, and `Data`, which has none."""
    if issubclass(Data, base):
        yield Data
    for module in _modules():
        for name in module.__all__:
            found = getattr(module, name)
            if inspect.isclass(found) and issubclass(found, base) and found.__module__ == module.__name__:
                yield found


@cache
def _protocols_of_files() -> dict[str, str]:
    """Return the protocol that each file is about: that of its first header, or of the file whose name it extends."""
    told: dict[str, str] = {}
    for cls in public_classes(Header):
        if cls.name:  # type: ignore[attr-defined]
            told.setdefault(cls.__module__.rpartition(".")[2], cls.name)  # type: ignore[attr-defined]
    for module in _modules():
        file = module.__name__.rpartition(".")[2]
        parts = file.split("_")
        fronts = ("_".join(parts[:count]) for count in range(len(parts), 0, -1))
        home = next((told[front] for front in fronts if front in told), "")
        if home:
            told.setdefault(file, home)
    return told


@cache
def _names() -> frozenset[str]:
    return frozenset(each.name for each in header_classes())


def _home_of(cls: type) -> str:
    """Return the protocol on whose page a class stands that is no header."""
    name = getattr(cls, "name", "")
    if name and name in _names():
        return str(name)
    return _protocols_of_files().get(cls.__module__.rpartition(".")[2], "")


def enumeration_of(each: Field) -> _Enumeration | None:
    """Return the names of a field's numbers; None where they have none."""
    if isinstance(each.kind, Coded):
        return each.kind.codes
    return each.kind.flags if isinstance(each.kind, FlagSet) else None


@cache
def every_protocol() -> dict[str, Protocol]:
    """Return all protocols by their names, those of the frame itself last."""
    found: dict[str, Protocol] = {}
    for cls in public_classes(Header):
        name: str = cls.name  # type: ignore[attr-defined]
        if name:
            found.setdefault(name, Protocol(name)).headers.append(cls)
    for cls in public_classes(Entry):
        found[_home_of(cls)].entries.append(cls)
    for label in sorted(field_names()):
        home = protocol_of(label)
        home = next((each for each in (home, _owner(label)) if each in found), FRAME)
        found.setdefault(home, Protocol(home)).names.append(label)
    _place_enumerations(found)
    return dict(sorted(found.items(), key=lambda pair: (pair[0] == FRAME, pair[0])))


def _owner(label: str) -> str:
    """Return the protocol that declares a name which begins with none's."""
    owners = (each.owner for each in FIELDS.get(label, ()) if each.owner is not None)
    return next((owner.name for owner in owners if owner.name), "")


def _place_enumerations(found: dict[str, Protocol]) -> None:
    """Put each enumeration on one page: that of the only protocol that uses it, of its file, or the first that does."""
    used: dict[type, dict[str, None]] = {}
    for protocol in sorted(found.values(), key=lambda each: each.name):
        for record in protocol.records():
            for each in record.fields:
                enumeration = enumeration_of(each)
                if enumeration is not None:
                    used.setdefault(enumeration, {})[protocol.name] = None
    listed: list[Any] = [*public_classes(Code), *public_classes(Flags), *used]
    for enumeration in dict.fromkeys(listed):
        users = list(used.get(enumeration, ()))
        homes = [*users, _home_of(enumeration)] if len(users) == 1 else [_home_of(enumeration), *users, FRAME]
        found[next(filter(None, homes))].enumerations.append(enumeration)
