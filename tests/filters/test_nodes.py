"""The nodes of a filter: what is equal, and that they stay as they were made."""

from __future__ import annotations

import pytest

from dissect.filters.nodes import Existence, Name, Negative, Not, Place, Range

PLACE = Place(0, 3)


def test_nodes_are_equal_where_their_class_and_all_parts_are() -> None:
    assert Name(PLACE, "tcp") == Name(PLACE, "tcp", ()) != Name(PLACE, "tcp", (Range(1, 1),))
    name = Name(PLACE, "tcp")
    assert Existence(PLACE, name) != Negative(PLACE, name)
    assert len({Existence(PLACE, name), Existence(PLACE, name), Not(PLACE, Existence(PLACE, name))}) == 2


def test_nodes_do_not_change() -> None:
    name = Name(PLACE, "tcp")
    with pytest.raises(AttributeError, match="a Name cannot be changed"):
        name.text = "udp"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        name.other = 1


def test_nodes_take_their_parts_in_order_and_no_others() -> None:
    with pytest.raises(ValueError, match="zip"):
        Not(PLACE)  # type: ignore[call-arg]
    assert repr(Name(PLACE, "tcp")) == "Name(place=Place(start=0, end=3), text='tcp', layers=())"
