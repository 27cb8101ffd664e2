from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dissect import Header
from dissect.declaration.derived_fields import derived
from dissect.declaration.specifiers import bits, octets, overlay, u8


def declared(body: dict[str, Any], base: type[Any] = Header, /, **options: Any) -> Any:
    """Make a class of this body, as a declaration in a file would."""
    make: Any = type(base)
    return make("Mine", (base,), {"__module__": __name__, "__qualname__": "Mine", **body}, **options)


@pytest.mark.parametrize("name", ["info", "raw", "layers", "copy", "name", "source", "problems", "payload", "trailer"])
def test_a_field_hides_no_attribute_of_every_header(name: str) -> None:
    with pytest.raises(TypeError, match=rf"Mine\.{name} would hide"):
        declared({name: u8("x")}, name="mine")


def test_a_derived_field_may_say_more_than_that_of_the_class_above() -> None:
    above = declared({"a": u8("a"), "twice": derived("twice")(lambda record: 2 * record.a)}, name="above")
    below = declared({"twice": derived("twice")(lambda record: 3 * record.a)}, above)
    assert below(a=2).twice == 6
    with pytest.raises(TypeError, match=r"Mine\.a would hide"):
        declared({"a": derived("a")(lambda record: 1)}, above)
    with pytest.raises(TypeError, match="underscore"):
        declared({"_a": u8("a")})


@pytest.mark.parametrize(
    ("field", "message"),
    [
        (lambda: u8("n", default=300), "default 300, expected 0 to 255"),
        (lambda: octets("v", length="nobody"), "length='nobody', and there is no such field"),
        (lambda: octets("v", length=""), "has no length"),
        (lambda: bits(0, "v"), "has no length"),
        (lambda: overlay(1, "v", over="nobody"), "over='nobody'"),
        (lambda: u8("no name"), "display-filter name"),
    ],
)
def test_a_field_that_cannot_be_kept_is_refused_with_its_class(field: Callable[[], Any], message: str) -> None:
    with pytest.raises(TypeError, match=message) as told:
        declared({"it": field()}, name="mine")
    assert "Mine.it" in str(told.value)
