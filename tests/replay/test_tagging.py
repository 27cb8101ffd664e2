"""VLAN tags that are put on, taken off and changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import ARP, VLAN, Ethernet, FieldError, ServiceTag
from dissect.replay.tagging import Tag, Tagging

LINK = Ethernet(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")


def test_tags_are_put_in_front_of_those_that_are_there() -> None:
    added = Tagging(added=[Tag(100, priority=5, dei=True, type=0x88A8), Tag(7)])
    frame = dissect.parse(added(bytes(LINK / VLAN(id=3) / ARP())))
    assert frame == LINK / ServiceTag(id=100, priority=5, dei=True) / VLAN(id=7) / VLAN(id=3) / ARP()


def test_numbers_priorities_and_types_are_changed_at_every_level() -> None:
    frame = bytes(LINK / ServiceTag(id=100, priority=1) / VLAN(id=3, priority=1, dei=True) / ARP())
    changed = dissect.parse(Tagging(ids={3: 4}, priorities={1: 6}, types={0x88A8: 0x8100})(frame))
    assert changed == LINK / VLAN(id=100, priority=6) / VLAN(id=4, priority=6, dei=True) / ARP()


def test_tags_are_taken_off_and_put_on_what_has_none() -> None:
    tagging = Tagging(ids={3: None, None: 9})
    assert dissect.parse(tagging(bytes(LINK / VLAN(id=3) / ARP()))) == LINK / ARP()
    assert dissect.parse(tagging(bytes(LINK / ARP()))) == LINK / VLAN(id=9) / ARP()
    assert not Tagging()
    assert tagging


@given(st.binary(max_size=40))
def test_nothing_to_change_changes_nothing(data: bytes) -> None:
    assert Tagging(ids={4095: 4095})(data) == data


@pytest.mark.parametrize(
    ("text", "words"), [("x", "id is 'x'"), ("1,priority=8", "0 to 7"), ("1,colour=2", "priority=")]
)
def test_what_is_no_tag_is_refused(text: str, words: str) -> None:
    with pytest.raises(FieldError, match=words):
        Tag.read(text)


def test_a_tag_as_text() -> None:
    assert Tag.read("100,priority=5,dei,type=0x9100") == Tag(100, 5, True, 0x9100)
