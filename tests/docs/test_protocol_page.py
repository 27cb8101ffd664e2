"""Every field, option and number is told on its protocol's page."""

from __future__ import annotations

import re

from dissect import ARP, MSS, IPProtocol, IPv4
from docs.site.markdown import anchor
from docs.site.protocol_page import home_of, page
from docs.site.protocols import every_protocol


def test_nothing_is_left_out() -> None:
    for protocol in every_protocol().values():
        text = page(protocol)
        places = re.findall(r'<a id="([^"]+)"></a>|\{#([^}]+)\}', text)
        found = [first or second for first, second in places]
        assert len(found) == len(set(found)), protocol.name
        classes = [*protocol.headers, *protocol.entries, *protocol.enumerations]
        assert {*protocol.names, *(cls.__name__ for cls in classes)} <= set(found)
        for record in protocol.records():
            for field in record.layout:
                assert f"| `{field.name}` |" in text, field
        assert "## Example" in text or not protocol.headers


def test_a_row_tells_all_of_a_field() -> None:
    text = page(every_protocol()["ip"])
    row = f"| `ttl` | {anchor('ip.ttl')}`ip.ttl` | number, 1 byte | 0 to 255 | `64` | Time to Live; Routers that"
    assert row in text
    assert "| computed | Header Checksum" in text
    assert "[`IPProtocol`](#IPProtocol), 1 byte" in text


def test_what_carries_it_and_what_it_carries() -> None:
    text = page(every_protocol()["udp"])
    assert "[`IPv4`](ip.md#IPv4) (17)" in text
    # As details print the field that says so.
    assert "[`Ethernet`](eth.md#Ethernet) (0x0800)" in page(every_protocol()["ip"])
    assert "[dns](dns.md)" in text


def test_its_diagram_and_its_problems() -> None:
    text = page(every_protocol()["vxlan"])
    assert str(IPv4.diagram()).splitlines()[0] in text
    assert "a network number that is not valid: its flag must be set" in text


def test_where_a_class_stands() -> None:
    assert [home_of(cls) for cls in (ARP, MSS, IPProtocol, int)] == ["arp", "tcp", "ip", ""]
