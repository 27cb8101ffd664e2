"""Plain rows from Python, of files and of packets."""

from __future__ import annotations

import pytest

import dissect
from dissect import (
    DissectError,
    count_conversations,
    count_endpoints,
    count_intervals,
    count_lengths,
    count_protocols,
    count_remarks,
)
from tests.conftest import SAMPLES

WEB = SAMPLES / "web_request.pcap"


def test_files_and_packets_give_the_same() -> None:
    for count in (count_conversations, count_endpoints, count_protocols, count_intervals, count_lengths, count_remarks):
        assert count(WEB) == count(dissect.read(WEB)) != []


def test_kinds_and_filters() -> None:
    assert [row.frames for row in count_conversations(WEB, "ip")] == [10, 2]
    assert [row.frames for row in count_conversations(WEB, "ip", display_filter="udp")] == [2]
    assert [row.port for row in count_endpoints(WEB, "udp")] == [40000, 53]
    assert [row.path[-1] for row in count_protocols(WEB, display_filter="arp")] == ["eth", "arp"]
    assert count_lengths(WEB, display_filter="arp")[0].frames == 2


def test_intervals_and_columns() -> None:
    assert [row.values for row in count_intervals(WEB, 0)] == [((14, 1184),)]
    assert [row.values for row in count_intervals(WEB, 0, "arp", "SUM(tcp.len)tcp.len")] == [((2, 84), 256)]


def test_severities() -> None:
    assert {remark.severity for remark in count_remarks(WEB, "note")} == {"Note"}
    assert next(remark.frames for remark in count_remarks(WEB) if "(SYN)" in remark.summary) == (5,)


def test_a_kind_that_does_not_exist() -> None:
    with pytest.raises(DissectError, match="conv,sctp"):
        count_conversations(WEB, "sctp")
