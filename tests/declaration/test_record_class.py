"""Classes of records: fields become properties, and the constructor tells what it takes."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from dissect import TCP, UDP, Ethernet, FieldError, IPv4
from dissect.declaration.specifiers import u8, u16
from dissect.protocols.tcp_options import MSS
from tests.declaration.test_checks import declared


def test_the_signature_shows_the_defaults_that_people_read() -> None:
    assert str(inspect.signature(UDP)) == (
        "(*, sport=0, dport=AUTOMATIC, length=AUTOMATIC, checksum=AUTOMATIC, payload=None, trailer=b'')"
    )
    assert inspect.signature(Ethernet).parameters["dst"].default == "00:00:00:00:00:00"
    assert str(inspect.signature(MSS)) == "(value=1460, *, kind=AUTOMATIC, length=AUTOMATIC)"


def test_the_signature_takes_what_the_constructor_takes() -> None:
    classes: tuple[Any, ...] = UDP, Ethernet, IPv4, MSS
    for cls in classes:
        given = inspect.signature(cls).parameters
        with pytest.raises(FieldError, match="no field 'nobody'"):
            cls(nobody=1)
        # The defaults that it tells are those that it takes.
        told = {name: parameter.default for name, parameter in given.items()}
        assert bytes(cls(**told)) == bytes(cls())


def test_fields_are_properties_and_records_take_no_other_attributes() -> None:
    header = IPv4()
    assert isinstance(vars(IPv4)["ttl"], property)
    with pytest.raises(AttributeError):
        header.tll = 3  # type: ignore[attr-defined]
    assert not hasattr(header, "__dict__")


def test_derived_fields_are_properties_that_cannot_be_set() -> None:
    with pytest.raises(AttributeError):
        TCP().segment_length = 5


def test_a_class_below_has_the_fields_above_first() -> None:
    above = declared({"a": u8("a", default=1)}, name="mine.record")
    below = declared({"b": u16("b", default=2)}, above)
    assert [field.name for field in below.fields] == ["a", "b"]
    assert bytes(below()) == b"\1\0\2"
    assert "a" not in vars(below)
