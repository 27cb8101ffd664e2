"""The extensions of ICMP messages as Wireshark sees them."""

from __future__ import annotations

from dissect.protocols.icmp_extensions import (
    LEAST,
    ExtensionClass,
    ExtensionObject,
    InterfaceInformation,
    MalformedExtension,
    UnknownExtension,
)
from dissect.wireshark.field_types import NONE, STRING, UINT8, UINT16, UINT24
from dissect.wireshark.sight import Sight
from dissect.wireshark.sight_fields import computed

__all__ = ["InterfaceSight", "MalformedSight", "ObjectSight", "UnknownSight"]


class ObjectSight(Sight, of=ExtensionObject):
    """All that an object has."""

    types = {
        "icmp.ext": NONE,
        "icmp.mpls.exp": UINT24,
        "icmp.int_info.role": UINT8,
        "icmp.int_info.name": STRING,
        "icmp.int_ident.name": STRING,
    }
    truths = {
        "icmp.int_info.": ("Present", "Not Present"),
        "icmp.int_info.ifindex": ("True", "False"),
    }


class UnknownSight(ObjectSight, of=UnknownExtension):
    """Of an object of labels of another type, the type is seen twice."""

    @computed("ext.ctype", UINT8, title="C-Type")
    def type_again(self, unknown: UnknownExtension) -> int | None:
        """The type once more."""
        return unknown.c_type if unknown.class_number == ExtensionClass.MPLS_LABEL_STACK else None


class MalformedSight(ObjectSight, of=MalformedExtension):
    """Of an object whose length is less than its head, length and class are seen, where the head is there."""

    @computed("ext.length", UINT16, title="Length")
    def length(self, malformed: MalformedExtension) -> int | None:
        """The length that is too small."""
        return int.from_bytes(malformed.data[:2], "big") if len(malformed) >= LEAST else None

    @computed("ext.class", UINT8, title="Class")
    def class_number(self, malformed: MalformedExtension) -> int | None:
        """The class of the object that is none."""
        return malformed.data[2] if len(malformed) >= LEAST else None


class InterfaceSight(ObjectSight, of=InterfaceInformation):
    """A name counts for a byte longer than it is, so that one at the end of its object is not seen."""

    hides = {"interface_name": lambda interface: sum(interface.span("interface_name")) // 8 == len(interface)}
