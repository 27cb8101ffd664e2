"""Tuples with named items are what `typing.NamedTuple` makes of the same class body."""

from __future__ import annotations

import copy
import inspect
import pickle
import types
import typing
from typing import Any

import pytest

from dissect.declaration import named_tuples


class Place(named_tuples.NamedTuple):
    """A place with a default."""

    start: int
    end: int
    label: str = "here"

    @property
    def size(self) -> int:
        return self.end - self.start

    @classmethod
    def empty(cls) -> Place:
        return cls(0, 0)


class TypedPlace(typing.NamedTuple):
    """The same, of the standard library."""

    start: int
    end: int
    label: str = "here"


class Inner(Place):
    """A class below one with names; its annotations are no items."""

    __slots__ = ()
    other: int = 3


class Alone(named_tuples.NamedTuple):
    """One item."""

    item: str


def test_items_have_names_and_places() -> None:
    place = Place(1, end=4)
    assert place == (1, 4, "here")
    assert (place.start, place.end, place.label, place.size) == (1, 4, "here", 3)
    assert Place.empty() == (0, 0, "here")
    assert Alone("a") == ("a",)
    assert isinstance(place, tuple)
    assert hash(place) == hash((1, 4, "here"))


@pytest.mark.parametrize("name", ["_fields", "_field_defaults", "__match_args__", "__slots__", "__doc__"])
def test_a_class_tells_what_that_of_the_standard_library_does(name: str) -> None:
    expected = getattr(TypedPlace, name)
    assert getattr(Place, name) == (Place.__doc__ if name == "__doc__" else expected)


def test_a_tuple_does_what_that_of_the_standard_library_does() -> None:
    ours: Any = Place(1, 2)
    theirs: Any = TypedPlace(1, 2)
    assert ours._asdict() == theirs._asdict()
    assert repr(ours) == repr(theirs).removeprefix("Typed")
    assert ours._replace(end=5) == theirs._replace(end=5) == (1, 5, "here")
    assert Place._make([1, 2, "there"]) == (1, 2, "there")
    assert list(inspect.signature(Place).parameters) == list(inspect.signature(TypedPlace).parameters)
    assert typing.get_type_hints(Place) == typing.get_type_hints(TypedPlace)
    assert not hasattr(ours, "__dict__")
    match ours:
        case Place(start, end):
            assert (start, end) == (1, 2)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda cls: cls(1),
        lambda cls: cls(1, 2, "a", "b"),
        lambda cls: cls(1, 2, start=1),
        lambda cls: cls(1, 2, middle=1),
        lambda cls: cls._make([1, 2]),
        lambda cls: cls(1, 2)._replace(middle=1),
        lambda cls: setattr(cls(1, 2), "start", 3),
        lambda cls: setattr(cls(1, 2), "middle", 3),
    ],
)
def test_what_does_not_fit_is_refused_in_the_same_words(wrong: Any) -> None:
    with pytest.raises((TypeError, ValueError, AttributeError)) as theirs:
        wrong(TypedPlace)
    with pytest.raises(theirs.type) as ours:
        wrong(Place)
    assert str(ours.value) == str(theirs.value).replace("Typed", "")


def test_copies_and_pickles_are_equal_and_of_the_class() -> None:
    place = Place(1, 2, "there")
    for other in (copy.copy(place), copy.deepcopy(place), pickle.loads(pickle.dumps(place))):
        assert other == place
        assert type(other) is Place


def test_a_class_below_one_with_names_has_the_same_items() -> None:
    inner = Inner(1, 2)
    assert inner == (1, 2, "here")
    assert inner.other == 3
    assert Inner._fields == Place._fields
    assert type(inner._replace(end=3)) is Inner


def test_an_item_without_a_default_may_not_follow_one_with_a_default() -> None:
    body = {"__annotations__": {"first": "int", "second": "int"}, "first": 1, "__module__": __name__}
    with pytest.raises(TypeError, match="without a default"):
        types.new_class("Wrong", (named_tuples.NamedTuple,), exec_body=lambda namespace: namespace.update(body))


def test_classes_with_as_many_items_share_no_names() -> None:
    class Other(named_tuples.NamedTuple):
        first: int
        second: int = 2
        third: int = 3

    assert Other(first=1) == (1, 2, 3)
    assert Place(start=1, end=2) == (1, 2, "here")


def test_items_may_be_called_as_what_a_constructor_is_given() -> None:
    class Odd(named_tuples.NamedTuple):
        cls: int
        self: int
        new: int
        items: int = 4

    odd = Odd(cls=1, self=2, new=3)
    assert odd == (1, 2, 3, 4)
    assert odd._replace(cls=5, self=6, items=7) == (5, 6, 3, 7)
    assert Odd._make([1, 2, 3, 4]) == odd
    assert odd._asdict() == {"cls": 1, "self": 2, "new": 3, "items": 4}
