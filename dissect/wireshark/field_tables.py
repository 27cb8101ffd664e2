"""What Wireshark has of fields that their declarations don't say, by display-filter names: sights fill these tables."""

from __future__ import annotations

from collections.abc import Mapping

from dissect.wireshark.field_types import FieldType

__all__ = ["HOLDERS", "LEARNT", "OWN_WORDS", "TITLES", "TRUTHS", "TYPES", "VALUES"]

TYPES: dict[str, FieldType] = {}
"""Wireshark's types of fields, by display-filter name, where the declaration suggests another."""
VALUES: dict[str, Mapping[str, int] | str] = {}
"""What Wireshark calls values, by the field's name, where no enumeration says so; or the field that has the names."""
TRUTHS: dict[str, tuple[str, str]] = {"": ("True", "False"), "frame.packet_flags_": ("Set", "Not set")}
"""What Wireshark calls 1 and 0, by the beginning of the fields' names; the longest decides."""
TITLES: dict[str, str] = {}
"""What Wireshark calls fields, by their names, where it is not what the declarations say."""
OWN_WORDS: set[str] = set()
"""Fields whose lines have no title in front of their words."""
HOLDERS: dict[str, int] = {}
"""The bits of the number in which Wireshark looks for those of a field, by the beginning of names; else its own."""
LEARNT: dict[str, FieldType] = {}
"""Fields whose values a reading pass has to tell, with their types."""
