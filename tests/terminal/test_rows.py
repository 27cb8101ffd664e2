"""Rows are made once, are those of the listing, and are kept small."""

from __future__ import annotations

import pytest

from dissect import TCP, read, with_context
from dissect.flows.reading import ReadingPass
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.terminal.engine import Engine, Job, RestingSource
from dissect.terminal.rows import Row, RowStore, fill, row_alone
from dissect.views.listing import list_columns
from tests.conftest import SAMPLES


def text_of(number: int) -> str:
    """The row of a packet as `fill` adds it: columns, whether TCP is bad, and one added field."""
    return "\x1f".join(
        ["10.0.0.1", "10.0.0.2", "UDP", f"number {number}", "1,,," if number % 3 else ",,,", f"f{number}"]
    )


@pytest.mark.parametrize("count", [0, 1, 1023, 1024, 1025, 3000])
def test_every_row_is_there_from_the_moment_it_was_added(count: int) -> None:
    store = RowStore(["udp.port"])
    for number in range(1, count + 1):
        store.add(text_of(number))
        assert len(store) == number
    rows = [Row("10.0.0.1", "10.0.0.2", "UDP", f"number {number}", bool(number % 3), (f"f{number}",))
            for number in range(1, count + 1)]  # fmt: skip
    assert list(store.rows()) == rows
    assert [store.row(number) for number in (*range(1, count + 1, 97), count)] == [
        *rows[::97],
        rows[-1] if rows else None,
    ]
    assert store.row(0) is store.row(count + 1) is store.row(-5) is None


def test_rows_take_little_memory_and_few_blocks_stay_unpacked() -> None:
    store = RowStore()
    for _ in range(100 * 1024):
        store.add("10.0.0.1\x1f10.0.0.2\x1fUDP\x1f40000 → 53 Len=12\x1f,,,")
    assert store.size < 100 * 1024 * 2
    for number in range(1, 100 * 1024, 1024):
        assert store.row(number) is not None
    assert len(store._cache) == 64


def source(data: bytes) -> RestingSource:
    return RestingSource(Job(Engine(), "rows", 4), "capture", lambda size, at: data[at : at + size])


def test_rows_are_those_of_the_listing_with_the_added_fields() -> None:
    data = (SAMPLES / "tcp_loss.pcap").read_bytes()
    store, clock = RowStore(["ip.ttl", "tcp.port"]), Clock()
    assert fill(Job(Engine(), "rows", 4), source(data), store, ReadingPass(), clock) == ""
    packets = list(with_context(read(SAMPLES / "tcp_loss.pcap")))
    assert len(store) == len(packets)
    for packet, row in zip(packets, store.rows(), strict=True):
        columns = list_columns(packet)
        assert (row.source, row.protocol, row.info) == (columns.source, columns.protocol, columns.info)
        of_tcp = (str(packet["ip.ttl"]), f"{packet[TCP].sport},{packet[TCP].dport}") if TCP in packet else ("", "")
        assert row.fields == of_tcp
    assert any(row.is_bad_tcp for row in store.rows())


def test_damage_is_told_behind_the_rows_in_front_of_it() -> None:
    data = (SAMPLES / "web_request.pcap").read_bytes()[:-10]
    store = RowStore()
    assert "record 14" in fill(Job(Engine(), "rows", 4), source(data), store, ReadingPass(), Clock())
    assert len(store) == 13


def test_a_row_is_made_alone_and_nothing_in_it_steers_the_terminal() -> None:
    row = row_alone(Packet(b"\x1f\x1b[2J", link=147), ["frame.len", "frame.comment"])
    assert row.fields[0] == "5"
    assert all(text.isprintable() for text in (row.source, row.destination, row.protocol, row.info))
