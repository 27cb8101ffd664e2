from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect import (
    ChecksumState,
    ExtensionObject,
    FieldAbsentError,
    FieldError,
    ICMPExtensions,
    InterfaceByAddress,
    InterfaceByIndex,
    InterfaceByName,
    InterfaceIdentification,
    InterfaceInformation,
    MalformedExtension,
    MPLSLabel,
    MPLSLabelStack,
    UnknownExtension,
)
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
    interface_name=st.none() | names,
    mtu=st.none() | st.integers(0, 0xFFFFFFFF),
)
stacks = st.lists(labels, max_size=4).map(lambda stack: MPLSLabelStack(labels=stack))
asked_for = (
    names.map(InterfaceByName)
    | st.integers(0, 0xFFFFFFFF).map(InterfaceByIndex)
    | addresses.map(InterfaceByAddress)
    | st.builds(InterfaceIdentification, c_type=st.integers(4, 255), data=st.binary(max_size=20))
)
unknown = st.builds(
    UnknownExtension, class_number=st.integers(4, 255), c_type=st.integers(0, 255), data=st.binary(max_size=20)
)
objects = stacks | interfaces | asked_for | unknown
ALL: dict[str, Any] = {
    cls.__name__: cls
    for cls in (
        ICMPExtensions,
        MPLSLabel,
        MalformedExtension,
        InterfaceByAddress,
        InterfaceByIndex,
        InterfaceByName,
        InterfaceIdentification,
        InterfaceInformation,
        MPLSLabelStack,
        UnknownExtension,
    )
}


def test_construct() -> None:
    label = MPLSLabel(label=102672, bottom=True, ttl=1)
    assert bytes(ICMPExtensions([MPLSLabelStack(labels=[label])])) == STRUCTURE


def test_deconstruct() -> None:
    found = ICMPExtensions.read(STRUCTURE)
    assert found is not None
    assert (found.version, found.reserved, found.checksum, found.rest) == (2, 0, 0xC4E4, None)
    (stack,) = found.objects
    assert isinstance(stack, MPLSLabelStack)
    assert (stack.length, stack.class_number, stack.c_type) == (8, 1, 1)
    assert stack.labels == (MPLSLabel(label=102672, bottom=True, ttl=1),)
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
    assert list(found.problems()) == ["holds MPLSLabelStack, which has 16 bytes of which 8 are there"]


@given(st.binary(max_size=60) | st.binary(max_size=60).map(lambda rest: b"\x20\0\0\0" + rest))
def test_bytes_are_given_back(data: bytes) -> None:
    found = ICMPExtensions.read(data)
    if len(data) < 4:
        assert found is None
        return
    assert found is not None
    assert bytes(found) == data
    assert eval(repr(found), dict(ALL)) == found
    list(found.problems())


def test_a_structure_of_another_version_is_not_read_further() -> None:
    found = ICMPExtensions.read(bytes.fromhex("3000 0000 0008 0101 1911 0101"))
    assert found is not None
    assert not found.objects
    assert found.rest == bytes.fromhex("0008 0101 1911 0101")
    assert list(found.problems()) == ["has version 3, expected 2"]


def test_a_structure_tells_of_a_wrong_checksum() -> None:
    found = ICMPExtensions.read(STRUCTURE[:-1] + b"\2")
    assert found is not None
    assert list(found.problems()) == ["has checksum 0xc4e4, expected 0xc4e3"]


@given(st.lists(objects, max_size=4))
def test_objects_are_read_as_they_were_written(written: list[ExtensionObject]) -> None:
    found = ICMPExtensions.read(bytes(ICMPExtensions(tuple(written))))
    assert found is not None
    assert list(found.objects) == written
    assert found.checksum_state in (ChecksumState.GOOD, ChecksumState.ABSENT)


@given(interfaces)
def test_an_interface_fills_whole_words(interface: InterfaceInformation) -> None:
    assert len(bytes(interface)) % 4 == 0
    there = (interface.interface_index, interface.address, interface.interface_name, interface.mtu)
    assert interface.c_type & 15 == sum(8 >> place for place, value in enumerate(there) if value is not None)
    assert not list(interface.problems())


@pytest.mark.parametrize(
    ("told", "raw"),
    [
        (InterfaceInformation(), "0004 0200"),
        (InterfaceInformation(role=1, interface_index=7), "0008 0248 0000 0007"),
        (InterfaceInformation(address="192.0.2.9"), "000c 0204 0001 0000 c000 0209"),
        (InterfaceInformation(address="2001:db8::9"), "0018 0204 0002 0000 2001 0db8 0000 0000 0000 0000 0000 0009"),
        (InterfaceInformation(interface_name="eth0", mtu=1500), "0010 0203 0865 7468 3000 0000 0000 05dc"),
        (InterfaceInformation(interface_name="eth", mtu=1500), "000c 0203 0465 7468 0000 05dc"),
        (InterfaceByName("eth0"), "0008 0301 6574 6830"),
        (InterfaceByName("wlan0"), "000c 0301 776c 616e 3000 0000"),
        (InterfaceByIndex(7), "0008 0302 0000 0007"),
        (InterfaceByAddress("192.0.2.9"), "000c 0303 0001 0400 c000 0209"),
    ],
)
def test_objects_as_their_documents_draw_them(told: ExtensionObject, raw: str) -> None:
    assert bytes(told) == bytes.fromhex(raw)
    found = ICMPExtensions.read(bytes.fromhex("2000 0000") + bytes(told))
    assert found is not None
    assert found.objects == (told,)


def test_of_an_interface_cut_short_there_is_what_is_there() -> None:
    found = ICMPExtensions.read(bytes.fromhex("2000 0000 000a 020c 0000 0007 0001"))
    assert found is not None
    (interface,) = found.objects
    assert isinstance(interface, InterfaceInformation)
    assert (interface.interface_index, interface.family) == (7, 1)
    with pytest.raises(FieldAbsentError):
        interface.address  # noqa: B018 - asked for on purpose
    assert list(interface.problems()) == ["has 10 bytes, too few for what it tells of"]


def test_an_address_of_another_family_ends_what_is_read() -> None:
    found = ICMPExtensions.read(bytes.fromhex("2000 0000 0010 0205 0009 0000 0102 0304 0000 05dc"))
    assert found is not None
    (interface,) = found.objects
    assert isinstance(interface, InterfaceInformation)
    assert interface.family == 9
    assert not interface.has("mtu")


@pytest.mark.parametrize(
    ("cls", "values", "sentence"),
    [
        (MPLSLabel, {"label": 1 << 20}, "MPLSLabel.label is 1048576, expected 0 to 1048575"),
        (MPLSLabel, {"label": 1, "ttl": 256}, "MPLSLabel.ttl is 256, expected 0 to 255"),
        (InterfaceInformation, {"role": 4}, "InterfaceInformation.role is 4, expected 0 to 3"),
        (InterfaceInformation, {"interface_name": "x" * 64}, "expected at most 63 bytes"),
        (InterfaceInformation, {"address": "192.0.2.256"}, "InterfaceInformation.address is '192.0.2.256', expected"),
        (UnknownExtension, {"class_number": 256}, "UnknownExtension.class_number is 256, expected 0 to 255"),
        (ICMPExtensions, {"version": 16}, "ICMPExtensions.version is 16, expected 0 to 15"),
    ],
)
def test_values_that_do_not_fit_are_refused(cls: Any, values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(FieldError, match=sentence.replace(".", r"\.")):
        cls(**values)


def test_an_address_of_another_length_is_taken_in_the_digits_that_it_is_shown_in() -> None:
    field = InterfaceInformation.field("address")
    assert field.kind.load(b"\1\xab") == "01ab"
    assert field.kind.store("01ab", 0) == b"\1\xab"
