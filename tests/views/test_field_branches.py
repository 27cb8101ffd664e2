"""Branches: fields below the ones whose bits hold theirs, and which of them their own bytes tell."""

from __future__ import annotations

import pytest

import dissect
from dissect import TCP, Ethernet, Header, IPv4
from dissect.views.field_branches import Branch, branches


def outline(parts: tuple[Branch, ...]) -> dict[str, object]:
    return {part.field.name: outline(part.children) for part in parts}


def test_a_second_reading_holds_the_fields_below_it_and_a_third_is_left_out() -> None:
    known = outline(branches(IPv4))
    assert known["tos"] == {"dscp": {}, "ecn": {}}
    assert list(known["flags"]) == ["reserved_flag", "dont_fragment", "more_fragments"]  # type: ignore[call-overload]
    assert "precedence" not in str(known)


@pytest.mark.parametrize("cls", [Ethernet, IPv4, TCP, dissect.UDP, dissect.ARP, dissect.VLAN, dissect.ICMP])
def test_every_field_of_the_layout_has_its_branch(cls: type[Header]) -> None:
    def flat(parts: tuple[Branch, ...]) -> list[str]:
        return [name for part in parts for name in (part.field.name, *flat(part.children))]

    found = flat(branches(cls))
    assert len(found) == len(set(found))
    assert {field.name for field in cls.layout if field.width} <= set(found)


def test_what_other_bytes_tell_of_is_not_told_by_its_own() -> None:
    known = {branch.field.name: branch.is_kept for branch in branches(IPv4)}
    assert known["src"]
    assert known["flags"]
    assert not known["checksum"]
    assert not known["options"]


def test_the_bits_of_a_field_stand_in_its_bytes() -> None:
    offset = next(branch for branch in branches(TCP) if branch.field.name == "data_offset")
    assert (offset.first, offset.last) == (12, 13)
    assert len({branch.number for branch in (*branches(TCP), *branches(IPv4))}) == len(branches(TCP) + branches(IPv4))
