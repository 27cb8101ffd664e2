"""Nothing that is declared is missing among the pages: every protocol, class, number and name has one."""

from __future__ import annotations

from dissect.declaration.entry import Entry
from dissect.declaration.enumerated import Code, Flags
from dissect.declaration.header import Header
from dissect.wireshark.types import field_names, header_classes
from docs.site.protocols import FRAME, every_protocol, public_classes


def test_each_protocol_has_a_page() -> None:
    # Tests declare headers of their own. What the two forms of PPPoE have in common is on the page of the first.
    ours = {cls.name for cls in header_classes() if cls.__module__.startswith("dissect.protocols.")} - {""}
    assert len(ours) > 60
    assert ours - every_protocol().keys() == {"pppoe"}


def test_each_name_of_filters_is_on_one_page() -> None:
    listed = [name for protocol in every_protocol().values() for name in protocol.names]
    assert sorted(listed) == sorted(field_names())


def test_each_public_class_is_on_one_page() -> None:
    listed = [cls for each in every_protocol().values() for cls in (*each.headers, *each.entries, *each.enumerations)]
    assert len(listed) == len(set(listed))
    public = {cls for base in (Header, Entry, Code, Flags) for cls in public_classes(base)}
    assert {cls for cls in public if getattr(cls, "name", "") or not issubclass(cls, Header)} <= set(listed)


def test_what_no_protocol_declares_is_the_last_page() -> None:
    assert list(every_protocol())[-1] == FRAME
    assert "frame.len" in every_protocol()[FRAME].names


def test_numbers_stand_where_they_are_used() -> None:
    places = {cls.__name__: each.name for each in every_protocol().values() for cls in each.enumerations}
    assert places["ARPOperation"] == "arp"
    assert places["RoutingType"] == "ipv6.routing"
    assert places["IPProtocol"] == "ip"
