"""The lines of a packet's details, and where their bytes lie, also in what was put together of several packets."""

from __future__ import annotations

import pytest

from dissect import read, with_context
from dissect.terminal.looked import Looked, looked_at
from tests.conftest import SAMPLES


def looked(name: str, number: int) -> Looked:
    packets = {packet.number: packet for packet in with_context(read(SAMPLES / name))}
    return looked_at(packets[number], in_context=True)


def test_bytes_of_lines() -> None:
    found = looked("web_request.pcap", 8)
    (row,) = [row for row in found.rows if row.node.label == "http.request.uri"]
    assert found.sources[row.source].data[row.start : (row.start or 0) + row.length] == b"/index.html"
    assert found.rows_at(0, row.start or 0)[-1] == found.rows.index(row)
    assert [row.depth for row in found.rows][:2] == [0, 1]


@pytest.mark.parametrize(("name", "number", "label"), [("ping_4000.pcap", 3, "icmp"), ("udp_fragments.pcap", 4, "udp")])
def test_what_was_put_together_has_a_source_of_its_own(name: str, number: int, label: str) -> None:
    found = looked(name, number)
    assert [source.name for source in found.sources] == ["Frame", "Reassembled IPv4"]
    (row,) = [row for row in found.rows if row.node.label == label and row.depth == 0]
    assert (row.source, row.start, row.length) == (1, 0, 8)
    data = [row for row in found.rows if row.node.label == "data.data"]
    assert [(row.source, row.start, row.length) for row in data] == [
        (1, row.start, len(found.sources[1].data) - (row.start or 0)) for row in data
    ]
    # Nothing of it is taken for bytes of the frame.
    assert all(row.source == 1 for row in found.rows if row.start is not None and row.node.label.startswith(label))


def test_every_line_has_its_own_bytes() -> None:
    """A field that is bytes is spelt out on its line, so that the place can be tried."""
    for path in sorted(SAMPLES.glob("*.pcap*"))[::4]:
        for packet in with_context(read(path)):
            found = looked_at(packet, in_context=True)
            for row in found.rows:
                if row.start is not None and row.node.data and row.node.kind == "field":
                    octets = found.sources[row.source].data[row.start : row.start + row.length]
                    assert octets[: len(row.node.data)] == row.node.data[: len(octets)], (path, packet.number, row.text)
