"""Tables of what is counted, and the filters of their rows."""

from __future__ import annotations

import pytest

from dissect.captures import read as read_all
from dissect.filters.applied import read
from dissect.flows.reading import with_context
from dissect.packets.clock import Clock
from dissect.statistics.tap import Setting, tap_named
from dissect.terminal.counted import KINDS, TREES, Table, statistic
from tests.conftest import SAMPLES


def counted(what: str, kind: str = "", name: str = "web_request.pcap", display_filter: str = "") -> Table:
    wanted = statistic(what, kind, display_filter)
    tap = tap_named(wanted.tap, Setting(name, Clock()))
    for packet in with_context(read_all(SAMPLES / name)):
        tap.take(packet)
    return wanted.table(tap)


@pytest.mark.parametrize("what", ["conversations", "endpoints"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_row_filters_as_many_packets_as_it_counts(what: str, kind: str) -> None:
    table = counted(what, kind)
    frames = table.columns.index("Frames")
    for row in table.rows:
        passed = [packet.number for packet in read(SAMPLES / "web_request.pcap", row.filter)]
        assert f"{len(passed):,}" == row.cells[frames], row


def test_remarks_name_their_frames() -> None:
    table = counted("expert")
    assert table.rows
    for row in table.rows:
        passed = [packet.number for packet in read(SAMPLES / "web_request.pcap", row.filter)]
        assert tuple(passed) == row.frames


def test_the_hierarchy_filters_by_protocol() -> None:
    table = counted("hierarchy")
    assert [row.filter for row in table.rows][:3] == ["eth", "arp", "ip"]


def test_a_filter_limits_what_is_counted() -> None:
    assert len(counted("conversations", "ip", display_filter="udp").rows) == 1


@pytest.mark.parametrize("name", TREES)
def test_trees(name: str) -> None:
    table = counted(name)
    assert all(len(row.cells) == len(table.columns) == len(row.keys) for row in table.rows)


def test_what_is_not_counted_is_refused() -> None:
    with pytest.raises(KeyError):
        statistic("weather")


def test_what_is_left_out_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert counted("ip_hosts").note == counted("expert").note == ""
    monkeypatch.setattr("dissect.statistics.trees.MOST_NODES", 3)
    monkeypatch.setattr("dissect.statistics.expert.MOST_BYTES", 1200)
    assert counted("ip_hosts").note.endswith(" counts have no row: there are too many different names")
    assert counted("expert").note.endswith(" remarks have no row: there are too many different ones")
