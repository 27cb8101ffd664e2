from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import ChecksumState, ExtensionObject, FieldError, ICMPExtensions, InterfaceInformation, MPLSLabel
from dissect.declaration.addresses import ipv4_text, ipv6_text

# RFC 4950: one label, 102672, at the bottom of the stack, with its last hop.
STRUCTURE = bytes.fromhex("2000 c4e4 0008 0101 1911 0101")

labels = st.builds(
    MPLSLabel,
    label=st.integers(0, 0xFFFFF),
    traffic_class=st.integers(0, 7),
    bottom=st.booleans(),
    ttl=st.integers(0, 255),
)
addresses = st.binary(min_size=4, max_size=4).map(ipv4_text) | st.binary(min_size=16, max_size=16).map(ipv6_text)
names = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=63)
interfaces = st.builds(
    InterfaceInformation,
    role=st.integers(0, 3),
    interface_index=st.none() | st.integers(0, 0xFFFFFFFF),
    address=st.none() | addresses,
    name=st.none() | names,
    mtu=st.none() | st.integers(0, 0xFFFFFFFF),
)
objects = (
    st.lists(labels, max_size=4).map(lambda stack: ExtensionObject.mpls(*stack))
    | interfaces.map(ExtensionObject.about)
    | st.builds(ExtensionObject, st.integers(0, 255), st.integers(0, 255), st.binary(max_size=20), length=st.none())
)


def test_construct() -> None:
    label = MPLSLabel(label=102672, bottom=True, ttl=1)
    assert bytes(ICMPExtensions((ExtensionObject.mpls(label),))) == STRUCTURE


def test_deconstruct() -> None:
    found = ICMPExtensions.read(STRUCTURE)
    assert found is not None
    assert (found.version, found.reserved, found.checksum, found.rest) == (2, 0, 0xC4E4, b"")
    assert found.objects[0].labels == (MPLSLabel(label=102672, bottom=True, ttl=1),)
    assert found.objects[0].interface is None
    assert found.checksum_state is ChecksumState.GOOD
    assert list(found.problems()) == []


@pytest.mark.parametrize("length", range(len(STRUCTURE)))
def test_impossible_length(length: int) -> None:
    found = ICMPExtensions.read(STRUCTURE[:length])
    if length < 4:
        assert found is None
        return
    assert found is not None
    assert bytes(found) == STRUCTURE[:length]
    assert list(found.problems())


def test_zero_checksum_is_none() -> None:
    found = ICMPExtensions.read(bytes(STRUCTURE[:2]) + b"\0\0" + STRUCTURE[4:])
    assert found is not None
    assert found.checksum_state is ChecksumState.ABSENT
    assert list(found.problems()) == []


def test_an_object_that_is_longer_than_the_rest_is_reported() -> None:
    found = ICMPExtensions.read(bytes.fromhex("2000 0000 0010 0101 1911 0101"))
    assert found is not None
    assert list(found.problems()) == ["has an object of 16 bytes of which 8 are there"]


@given(st.binary(max_size=60) | st.binary(max_size=60).map(lambda rest: b"\x20\0\0\0" + rest))
def test_bytes_are_given_back(data: bytes) -> None:
    found = ICMPExtensions.read(data)
    if len(data) < 4:
        assert found is None
        return
    assert found is not None
    assert bytes(found) == data
    assert eval(repr(found)) == found
    list(found.problems())
    for each in found.objects:
        assert isinstance(each.labels, tuple)
        assert repr(each.interface)


@given(st.lists(objects, max_size=4))
def test_objects_are_read_as_they_were_written(written: list[ExtensionObject]) -> None:
    found = ICMPExtensions.read(bytes(ICMPExtensions(tuple(written))))
    assert found is not None
    assert list(found.objects) == written
    assert found.checksum_state in (ChecksumState.GOOD, ChecksumState.ABSENT)


@given(st.lists(labels, max_size=5))
def test_labels_are_read_as_they_were_written(stack: list[MPLSLabel]) -> None:
    assert ExtensionObject.mpls(*stack).labels == tuple(stack)


@given(interfaces)
def test_interfaces_are_read_as_they_were_written(interface: InterfaceInformation) -> None:
    assert ExtensionObject.about(interface).interface == interface
    assert len(bytes(interface)) % 4 == 0


@given(st.integers(0, 255), st.binary(max_size=40))
def test_any_object_tells_of_some_interface(c_type: int, data: bytes) -> None:
    interface = ExtensionObject(2, c_type, data).interface
    assert interface is not None
    assert interface.role == c_type >> 6


@pytest.mark.parametrize(
    ("cls", "values", "sentence"),
    [
        (MPLSLabel, {"label": 1 << 20}, "MPLSLabel.label is 1048576, expected 0 to 1048575"),
        (MPLSLabel, {"label": 1, "ttl": 256}, "MPLSLabel.ttl is 256, expected 0 to 255"),
        (InterfaceInformation, {"role": 4}, "InterfaceInformation.role is 4, expected 0 to 3"),
        (InterfaceInformation, {"name": "x" * 64}, "expected at most 63 bytes"),
        (InterfaceInformation, {"address": "192.0.2.256"}, "InterfaceInformation.address is '192.0.2.256', expected"),
        (ExtensionObject, {"class_number": 256, "c_type": 1}, "ExtensionObject.class_number is 256, expected 0 to 255"),
        (ICMPExtensions, {"version": 16}, "ICMPExtensions.version is 16, expected 0 to 15"),
    ],
)
def test_values_that_do_not_fit_are_refused(cls: Any, values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(FieldError, match=sentence.replace(".", r"\.")):
        cls(**values)
