"""Extensions of ICMP messages in the eyes of Wireshark, in ICMP and ICMPv6 alike."""

from __future__ import annotations

import pytest

import dissect
from dissect import (
    UDP,
    Ethernet,
    ExtensionObject,
    ICMPv6TimeExceeded,
    InterfaceByIndex,
    InterfaceInformation,
    IPv4,
    IPv6,
    MPLSLabel,
    MPLSLabelStack,
    TimeExceeded,
    UnknownExtension,
)
from dissect.declaration.header import Header
from dissect.views.node import Node
from dissect.views.tree import tree
from dissect.wireshark.fields import texts


def carried(*objects: ExtensionObject) -> Header:
    quoted = IPv4(src="10.0.0.1") / UDP(sport=7, dport=9) / bytes(8)
    return dissect.parse(bytes(Ethernet() / IPv4() / TimeExceeded(payload=quoted).with_extensions(*objects)))


def carried_6(*objects: ExtensionObject) -> Header:
    quoted = IPv6(src="2001:db8::1") / UDP(sport=7, dport=9) / bytes(8)
    return dissect.parse(bytes(Ethernet() / IPv6() / ICMPv6TimeExceeded(payload=quoted).with_extensions(*objects)))


def test_fields_have_the_same_names_in_both() -> None:
    stack = MPLSLabelStack(labels=[MPLSLabel(label=100), MPLSLabel(label=7, bottom=True)])
    for frame in (carried(stack), carried_6(stack)):
        assert texts(frame, "icmp.ext") == ["1"]
        assert texts(frame, "icmp.ext.version") == ["2"]
        assert texts(frame, "icmp.ext.checksum.status") == ["1"]
        assert texts(frame, "icmp.mpls.label") == ["100", "7"]
        assert texts(frame, "icmp.mpls.s") == ["0", "1"]
    assert texts(carried(stack), "icmp.length") == ["32"]
    assert texts(carried_6(stack), "icmpv6.length") == ["16"]


def test_a_type_of_labels_that_nobody_knows_is_seen_twice() -> None:
    assert texts(carried(UnknownExtension(class_number=1, c_type=85, data=b"x")), "icmp.ext.ctype") == ["85", "85"]
    assert texts(carried(UnknownExtension(class_number=9, c_type=85, data=b"x")), "icmp.ext.ctype") == ["85"]


@pytest.mark.parametrize(("mtu", "names"), [(None, []), (1500, ["eth0"])])
def test_a_name_at_the_end_of_its_object_is_not_seen(mtu: int | None, names: list[str]) -> None:
    frame = carried(InterfaceInformation(interface_name="eth0", mtu=mtu))
    assert texts(frame, "icmp.int_info.name") == names
    assert texts(frame, "icmp.int_info.name_length") == ["8"]


def test_of_an_object_with_too_small_a_length_head_alone_is_seen() -> None:
    data = bytes(carried(UnknownExtension(class_number=9, c_type=4, data=b"abcd")))
    frame = dissect.parse(data.replace(bytes.fromhex("0008 0904"), bytes.fromhex("0003 0904")))
    assert texts(frame, "icmp.ext.length") == ["3"]
    assert texts(frame, "icmp.ext.class") == ["9"]
    assert texts(frame, "icmp.ext.ctype") == texts(frame, "icmp.ext.data") == []


def test_every_part_has_its_bytes_in_the_details() -> None:
    frame = carried(InterfaceByIndex(7))
    (found,) = [node for node in _all(tree(frame)) if node.label == "icmp.int_ident.index"]
    assert found.start is not None
    assert bytes(frame)[found.start : found.start + found.length] == bytes.fromhex("00000007")


def _all(nodes: list[Node]) -> list[Node]:
    return [each for node in nodes for each in (node, *_all(node.children))]
