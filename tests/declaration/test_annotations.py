"""The types of fields for type checkers: an annotation says of every declared field what it gives."""

from __future__ import annotations

import sys
from types import GenericAlias, UnionType
from typing import Any, get_args, get_origin

from dissect.declaration.annotations import Address, Coding, Flagging, Listing
from dissect.declaration.enumerated import Code, Flags
from dissect.declaration.lines import Lines, NamedLines
from tests.declared import RECORDS, of_each

GIVEN: dict[Any, type[Any]] = {Address: str, Coding: Code, Flagging: Flags, Listing: tuple, Lines: NamedLines}


def annotated(cls: type[Any]) -> list[tuple[str, Any, Any]]:
    """The fields that the class declares: name, the type that it is annotated with, and what stands in brackets."""
    names = vars(sys.modules[cls.__module__])
    found = []
    for name, text in vars(cls).get("__annotations__", {}).items():
        if name in cls._by_name:
            hint = eval(text, names)
            if isinstance(hint, UnionType):
                # None stands for a field that is not there. Type checkers know of no descriptor in such a union.
                (hint,) = (each for each in get_args(hint) if each is not type(None))
                assert (get_origin(hint) or hint) not in GIVEN, (
                    f"{cls.__name__}.{name} says {text}, expected what it gives"
                )
            found.append((name, get_origin(hint) or hint, (*get_args(hint), None)[0]))
    return found


@of_each([cls for cls in RECORDS if annotated(cls)])
def test_a_field_gives_what_its_annotation_says(cls: type[Any]) -> None:
    for name, kind, argument in annotated(cls):
        value = getattr(cls(), name)
        # A field that is there only if others say so may not be.
        if value is None or kind is Any:
            continue
        expected = GIVEN.get(kind, kind)
        assert isinstance(value, expected), f"{name} is annotated with {kind} and gives {value!r}"
        if expected in (int, str, bytes):
            # An enumeration or a flag would say more of itself.
            assert type(value) is expected, f"{name} is annotated with {kind} and gives {value!r}"
        if kind in (Coding, Flagging) and not isinstance(argument, GenericAlias):
            assert isinstance(value, argument), f"{name} is annotated with {argument} and gives {value!r}"
