"""IGMP in the eyes of Wireshark."""

from __future__ import annotations

import pytest

from dissect.wireshark.columns import summarize
from dissect.wireshark.fields import texts, values
from tests.wireshark.carried import in_ipv4


@pytest.mark.parametrize(
    ("data", "protocol"),
    [
        ("02", "IGMPv0"),
        ("1108", "IGMPv2"),
        ("11", "IGMP"),
        ("12", "IGMPv1"),
        ("22", "IGMPv3"),
        ("1f", "IGMP"),
        ("40", "IGMP"),
    ],
)
def test_the_version_of_a_message_that_is_cut(data: str, protocol: str) -> None:
    assert summarize(in_ipv4("igmp", bytes.fromhex(data))).protocol == protocol


def test_nothing_is_shown_behind_a_message_of_another_protocol() -> None:
    assert values(in_ipv4("igmp", bytes.fromhex("13000000") + b"more"), "data.data") == []


def test_records_that_are_missing_end_a_report() -> None:
    report = bytes.fromhex("2200 0000 0000 0002 0400 0000 e0000116")
    assert summarize(in_ipv4("igmp", report)).info.endswith("[Malformed Packet]")
    assert texts(in_ipv4("igmp", report), "igmp.maddr") == ["224.0.1.22"]
