from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dissect import TCP, UDP, Data, Ethernet, Header, IPv4, Option, parse
from dissect.declaration import decoder
from dissect.declaration.automatic import Selector
from dissect.declaration.derived_fields import derived
from dissect.declaration.record import FIELDS
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


def test_numbers_and_names_belong_to_one_protocol() -> None:
    known = set(FIELDS)
    for options, message in (
        ({"name": "mine", "over": {Ethernet: 0x0800}}, "0x800, which IPv4 has"),
        ({"name": "mine", "over": {IPv4: 1}}, "0x1, which ICMP has"),
        ({"name": "mine", "over": {IPv4: 256}}, "expected 0 to 255"),
        ({"name": "mine", "over": {Data: 5}}, "no field that says what it carries"),
        ({"name": "mine", "carries": {5: UDP}}, "no field that selects"),
        ({"name": "mine", "variant": 5}, "no field with"),
        ({"name": "mine", "links": (1,)}, "links=1"),
        ({"name": "udp"}, "which UDP has"),
        ({"name": "frame"}, "which every frame has"),
        ({"name": "Mine!"}, "lower-case"),
        ({"over": {IPv4: 253}}, "no name"),
        ({"nmae": "mine"}, "unknown options nmae"),
    ):
        with pytest.raises(TypeError, match=message):
            declared({"a": u8("a")}, **options)
    with pytest.raises(TypeError, match="unknown options"):
        declared({}, Option, nonsense=1)
    assert [type(each) for each in parse(bytes(Ethernet() / IPv4() / UDP())).layers()] == [Ethernet, IPv4, UDP]
    assert set(FIELDS) == known


def test_a_protocol_may_take_the_place_of_another() -> None:
    carrier = declared({"kind": u8("kind", factory=Selector())}, name="mine.carrier")
    first = declared({"a": u8("a")}, name="mine.first", over={carrier: 7})
    assert type(carrier.decode(b"\7\1", 0, 2, 0).payload) is first
    second = declared({"b": u8("b")}, name="mine.second", over={carrier: 7}, replaces=True)
    assert type(carrier.decode(b"\7\1", 0, 2, 0).payload) is second
    assert bytes(carrier() / second(b=5)) == b"\7\5"
    assert TCP in parse(bytes(Ethernet() / IPv4() / TCP()))
    assert decoder.field_of_role(carrier, Selector) is not None
