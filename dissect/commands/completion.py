"""What may stand where the cursor is at a Python prompt: fields, their values, options, layers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dissect.commands.quoted import behind_magic, inside_quotes
from dissect.declaration.fields import Field
from dissect.declaration.header import Header
from dissect.declaration.kinds import Boolean, Coded, FlagSet
from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.options import Option, OptionList
from dissect.declaration.record import Record
from dissect.packets.packet import Packet

__all__ = ["Completion", "complete"]

_OBJECT = r"([A-Za-z_]\w*(?:\[[A-Za-z_0-9]\w*\])*)"
"""A name, and layers or numbers in brackets behind it: what can be looked at without running anything."""
_SUBSCRIPT = re.compile(_OBJECT + r"\[([A-Za-z_]\w*|)$")
_ATTRIBUTE = re.compile(_OBJECT + r"\.(\w*)$")
_ASSIGNED = re.compile(_OBJECT + r"\.(\w+)\s*(?:=|==|!=)\s*(['\"]?)([\w +-]*)$")
_NAMED = re.compile(_OBJECT + r"\.(?:explain|bits)\(\s*['\"]([\w.]*)$")
_KEYWORD = re.compile(r"\s*(\w*)$")
_VALUE = re.compile(r"\s*(\w+)\s*=\s*(['\"]?)([\w +-]*)$")
_LISTED = re.compile(r"\s*(\w+)\s*=\s*\[(?:.*[,\s])?(\w*)$", re.DOTALL)
_CALLED = re.compile(r"([A-Za-z_][\w.]*(?:\[[A-Za-z_]\w*\](?:\.\w+)?)*)\s*$")


class Completion(NamedTuple):
    """Texts of which one may take the place of the last `length` characters in front of the cursor."""

    length: int
    texts: list[str]


def complete(text: str, names: Mapping[str, Any]) -> Completion | None:
    """Return what may stand at the end of `text`, Python typed so far; None where nothing is known of the place.

    `names` is what the prompt knows. Nothing is run: names are looked up, and layers of frames.

    >>> import dissect
    >>> complete("ARP(opcode='re", vars(dissect)).texts[:2]
    ['request', 'reply']
    """
    typed = behind_magic(text) or inside_quotes(text)
    if typed is not None:
        return Completion(len(typed[0]), typed[1])
    for pattern, found in (
        (_NAMED, _names_of_fields),
        (_ASSIGNED, _assigned),
        (_SUBSCRIPT, _layers),
        (_ATTRIBUTE, _attributes),
    ):
        match = pattern.search(text)
        if match is not None:
            thing = _look_up(match[1], names)
            texts = None if thing is None else found(thing, match)
            if texts:
                return _fitting(match[match.lastindex or 0], texts)
    return _argument(text, names)


def _fitting(fragment: str, texts: Iterable[str]) -> Completion:
    low = fragment.lower()
    return Completion(len(fragment), [text for text in texts if text.strip("'").lower().startswith(low)])


def _look_up(expression: str, names: Mapping[str, Any]) -> Any:
    """Return what a name, and layers in brackets, stand for; None where that is nothing."""
    first, *keys = re.split(r"[\[\]]+", expression.removesuffix("]"))
    thing = names.get(first)
    for key in keys:
        try:
            if isinstance(thing, (list, tuple)) and key.isdecimal():
                thing = thing[int(key)]
            elif isinstance(thing, (Header, Packet)) and isinstance(names.get(key), type):
                thing = thing[names[key]]
            else:
                return None
        except (KeyError, IndexError):
            return None
    return thing


def _layers(thing: Any, match: re.Match[str]) -> Iterable[str] | None:
    if not isinstance(thing, (Header, Packet)):
        return None
    return dict.fromkeys(type(layer).__name__ for layer in thing.layers())


def _attributes(thing: Any, match: re.Match[str]) -> Iterable[str] | None:
    # Python completes other names by itself, but not behind brackets.
    if isinstance(thing, (Record, Packet)) and not match[2].startswith("_"):
        fields = [field.name for field in (thing.frame if isinstance(thing, Packet) else thing).fields if field.name]
        own = [] if isinstance(thing, Packet) else fields
        if "[" not in match[1] and not any(name.startswith(match[2]) for name in own):
            return None
        return dict.fromkeys([*own, *(name for name in dir(thing) if not name.startswith("_"))])
    if "[" not in match[1]:
        return None
    return [name for name in dir(thing) if not name.startswith("_") or match[2].startswith("_")]


def _names_of_fields(thing: Any, match: re.Match[str]) -> Iterable[str] | None:
    if not isinstance(thing, (Header, Packet)):
        return None
    return dict.fromkeys(
        name for layer in thing.layers() for field in layer.fields for name in (field.name, field.label) if name
    )


def _assigned(thing: Any, match: re.Match[str]) -> Iterable[str] | None:
    field = type(thing).declares(match[2]) if isinstance(thing, Record) else None
    return None if field is None else list(_values(field, quoted=bool(match[3])))


def _argument(text: str, names: Mapping[str, Any]) -> Completion | None:
    """Complete in the brackets of a constructor, of `replace`, and of a list of options."""
    opened = _open_call(text)
    if opened is None:
        return None
    callee, argument = opened
    cls = _called(callee, names)
    if cls is None:
        return None
    listed = _LISTED.match(argument)
    if listed is not None:
        field = cls.declares(listed[1])
        if field is not None and isinstance(field.kind, OptionList):
            return _fitting(listed[2], _option_names(field.kind.family, names))
    value = _VALUE.match(argument)
    if value is not None:
        field = cls.declares(value[1])
        return None if field is None else _fitting(value[3], _values(field, quoted=bool(value[2])))
    keyword = _KEYWORD.match(argument)
    if keyword is not None:
        return _fitting(keyword[1], (f"{field.name}=" for field in cls.fields))
    return None


def _open_call(text: str) -> tuple[str, str] | None:
    """Return the innermost call that is still open: what is called, and the argument that has begun."""
    depth = 0
    comma: int | None = None
    for place in range(len(text) - 1, -1, -1):
        character = text[place]
        if character in ")]}":
            depth += 1
        elif character == "[" and depth == 0:
            comma = None  # the list as a whole is the argument
        elif character in "([{":
            if depth == 0:
                callee = _CALLED.search(text[:place])
                start = place + 1 if comma is None else comma + 1
                return None if callee is None or character != "(" else (callee[1], text[start:])
            depth -= 1
        elif character == "," and depth == 0 and comma is None:
            comma = place
    return None


def _called(callee: str, names: Mapping[str, Any]) -> type[Record] | None:
    """Return the class whose fields the call takes as keywords."""
    name, dot, method = callee.rpartition(".")
    if not dot:
        thing = names.get(callee)
    elif method == "replace":
        thing = type(_look_up(name, names))
    else:
        thing = getattr(names.get(name), method, None)
    return thing if isinstance(thing, type) and issubclass(thing, Record) else None


def _option_names(family: type[Option], names: Mapping[str, Any]) -> list[str]:
    return [name for name, thing in names.items() if isinstance(thing, type) and issubclass(thing, family)]


def _values(field: Field, *, quoted: bool) -> Iterator[str]:
    """Yield the values that have names, between quotes unless one is typed already."""
    kind = field.kind
    if isinstance(kind, Boolean):
        yield from () if quoted else ("True", "False")
        return
    words: list[str] = []
    if isinstance(kind, Coded):
        words = [member.word for member in kind.codes]
    elif isinstance(kind, FlagSet):
        words = list(kind.flags.letters())
    for word in words:
        yield word if quoted else repr(word)
