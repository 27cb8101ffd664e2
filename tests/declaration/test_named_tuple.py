from __future__ import annotations

import inspect
import os
import pickle
import subprocess
import sys
import typing
from collections.abc import Callable
from copy import copy
from typing import Any

import pytest

from dissect.declaration.named_tuple import NamedTuple


class Ours(NamedTuple):
    """A place on the wire."""

    first: int
    width: int = 8
    name: str = ""

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.first + self.width


class Known(typing.NamedTuple):
    """A place on the wire."""

    first: int
    width: int = 8
    name: str = ""

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.first + self.width


class Below(Ours):
    """A class below one that declares fields."""

    __slots__ = ()


WAYS: list[Callable[[Any], Any]] = [
    lambda cls: cls(1),
    lambda cls: cls(1, 2, "x"),
    lambda cls: cls(name="x", first=3),
    lambda cls: cls(1).end,
    lambda cls: cls(1)._replace(width=3),
    lambda cls: cls._make([1, 2, "x"]),
    lambda cls: cls(1)._asdict(),
    lambda cls: cls(1) == (1, 8, ""),
    lambda cls: hash(cls(1)),
    lambda cls: [*cls(1)],
    lambda cls: copy(cls(1)),
    lambda cls: pickle.loads(pickle.dumps(cls(1, name="x"))),
    lambda cls: cls._fields,
    lambda cls: cls._field_defaults,
    lambda cls: cls.__match_args__,
    lambda cls: cls.__doc__,
    lambda cls: cls.first.__doc__,
    lambda cls: isinstance(cls(1), tuple),
    lambda cls: [*inspect.signature(cls).parameters],
    lambda cls: [each.default for each in inspect.signature(cls).parameters.values()],
    lambda cls: typing.get_type_hints(cls),
    lambda cls: hasattr(cls(1), "__dict__"),
]


@pytest.mark.parametrize("way", WAYS)
def test_it_is_as_typing_has_it(way: Callable[[Any], Any]) -> None:
    assert repr(way(Ours)) == repr(way(Known)).replace("Known", "Ours")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda cls: cls(),
        lambda cls: cls(1, 2, "x", 4),
        lambda cls: cls(1, other=2),
        lambda cls: cls._make([1]),
        lambda cls: cls(1)._replace(other=2),
        lambda cls: setattr(cls(1), "first", 2),
        lambda cls: setattr(cls(1), "other", 2),
    ],
)
def test_what_typing_refuses_is_refused(wrong: Callable[[Any], Any]) -> None:
    with pytest.raises((TypeError, ValueError, AttributeError)) as expected:
        wrong(Known)
    with pytest.raises(expected.type) as found:
        wrong(Ours)
    assert str(found.value) == str(expected.value).replace("Known", "Ours")


def test_a_signature_is_known_before_a_tuple_was_made() -> None:
    class New(NamedTuple):
        first: int

    assert [*inspect.signature(New).parameters] == ["first"]
    assert New(1).first == 1


def test_a_class_below_has_the_same_fields() -> None:
    below = Below(1)
    assert (below, type(below), below._replace(width=2)) == ((1, 8, ""), Below, (1, 2, ""))
    assert repr(below) == "Below(first=1, width=8, name='')"
    assert Ours(2) == (2, 8, "")


def test_fields_can_be_matched() -> None:
    match Ours(1, 2, "x"):
        case Ours(first, width, name=name):
            assert (first, width, name) == (1, 2, "x")


def test_no_fields_are_fields_too() -> None:
    class Empty(NamedTuple):
        pass

    assert Empty() == ()


def test_what_can_not_be_made_is_refused() -> None:
    with pytest.raises(TypeError, match="its defaults come last"):

        class Wrong(NamedTuple):
            first: int = 1
            second: int  # type: ignore[misc]  # that is the test

    with pytest.raises(TypeError, match="no other class above it"):

        class Several(NamedTuple, dict[str, str]):  # type: ignore[misc]  # that is the test
            first: int


def test_no_start_has_typing_make_a_class() -> None:
    program = (
        "import sys, typing\n"
        "made = typing.NamedTupleMeta.__new__\n"
        "def noted(cls, name, bases, body, **options):\n"
        "    print(name)\n"
        "    return made(cls, name, bases, body, **options)\n"
        "typing.NamedTupleMeta.__new__ = noted\n"
        "from dissect.commands.main import main\n"
        "main(['read', sys.argv[1], '-q', '-Y', 'ip', '-w', sys.argv[2]])\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", program, "capture_samples/first_ping.pcap", os.devnull],
        capture_output=True,
        text=True,
        check=True,
    )
    assert (told.stdout, told.stderr) == ("", "")


def test_a_field_may_be_called_as_a_class_is() -> None:
    class Walk(NamedTuple):
        """What is done with headers."""

        cls: type
        values: int = 0

    assert Walk(cls=int, values=3) == Walk(int, 3) == (int, 3)
    assert Walk(cls=str)._replace(cls=int).cls is int


def test_fields_have_any_name_and_are_given_by_it_in_the_first_tuple_already() -> None:
    class Odd(NamedTuple):
        cls: int
        values: int
        named: int
        owner: int

    assert Odd(cls=1, values=2, named=3, owner=4) == (1, 2, 3, 4)
    assert Odd(5, 6, named=7, owner=8)._replace(cls=9) == (9, 6, 7, 8)
