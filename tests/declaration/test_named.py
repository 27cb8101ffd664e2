"""Names of classes and functions are the same in every process, and never those of two."""

from __future__ import annotations

import sys

import pytest

from dissect import UDP
from dissect.declaration.named import Awaited, awaited_so_far, found, is_told, name_of, named
from dissect.declaration.references import UntellableError


def test_what_has_a_name_is_found_by_it() -> None:
    for each in (UDP, UDP.decode, int, type(None)):
        assert is_told(name_of(each))
        assert named(name_of(each)) is each


def test_classes_that_are_called_alike_have_two_names() -> None:
    def make() -> type:
        class Local:
            pass

        return Local

    one, other = make(), make()
    assert name_of(one) != name_of(other)
    assert not is_told(name_of(one))
    assert named(name_of(one)) is one
    assert named(name_of(other)) is other


def test_a_name_of_nothing_is_refused() -> None:
    with pytest.raises(UntellableError):
        named("dissect.errors:NoSuchThing")
    with pytest.raises(UntellableError):
        named("dissect.no_such_module:Thing")


def test_an_awaited_function_is_imported_when_it_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    function = Awaited(("colorsys", "rgb_to_hsv"))
    assert "colorsys" not in sys.modules
    assert function(0, 0, 0) == (0.0, 0.0, 0)
    assert "colorsys" in sys.modules
    assert found(function) is sys.modules["colorsys"].rgb_to_hsv
    assert found(len) is len


def test_what_was_awaited_is_itself_once_it_is_found() -> None:
    awaited = Awaited(("dissect.declaration.named", "name_of"))
    assert awaited_so_far(awaited) is awaited
    assert awaited(int) == name_of(int)
    assert awaited_so_far(awaited) is awaited_so_far(name_of) is name_of
