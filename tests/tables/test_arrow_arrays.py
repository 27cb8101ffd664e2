"""Columns in Arrow: its type for each of Wireshark's, and rows put together from arrays and single values."""

from __future__ import annotations

import pyarrow as pa
import pytest

from dissect.tables.arrow_arrays import arrow_in, arrow_of, gathered
from dissect.tables.columns import column


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ip.ttl", "uint8"),
        ("tcp.seq_raw", "uint32"),
        ("tcp.flags.syn", "uint8"),
        ("frame.number", "uint64"),
        ("frame.time", "timestamp[ns]"),
        ("ntp.xmt", "timestamp[ns]"),
        ("frame.time_delta", "double"),
        ("ipv6.src", "dictionary<values=string, indices=int32, ordered=0>"),
        ("data.data", "binary"),
        ("http.host", "string"),
        ("tcp", "string"),
        ("tcp.analysis.retransmission", "uint8"),
        ("_ws.col.Info", "string"),
    ],
)
def test_types(name: str, kind: str) -> None:
    assert str(arrow_of(column(name))) == kind


def test_types_of_lists() -> None:
    assert str(arrow_in(column("ip.ttl"), "all")) == "list<item: uint8>"
    assert str(arrow_in(column("ip.ttl"), "first")) == "uint8"


def test_rows_have_the_first_value_or_all() -> None:
    for occurrence, expected in (("first", [5, None, 7]), ("all", [[5, 6], [], [7]])):
        (rows,) = gathered([column("ip.ttl")], occurrence)  # type: ignore[arg-type]  # it is one of the two
        for values in ([5, 6], [], [7]):
            rows.append(values)
        assert rows.finish().to_pylist() == expected
        assert rows.finish().to_pylist() == []


def test_addresses_are_text_in_a_dictionary() -> None:
    wide, ether = gathered([column("ipv6.src"), column("eth.src")], "first")
    wide.append([(0x20010DB8 << 32, 1)])
    wide.append([])
    wide.append([(0x20010DB8 << 32, 1)])
    ether.append([0x020000000001])
    found = wide.finish()
    assert found.to_pylist() == ["2001:db8::1", None, "2001:db8::1"]
    assert found.dictionary.to_pylist() == ["2001:db8::1"]
    assert ether.finish().to_pylist() == ["02:00:00:00:00:01"]


def test_text_that_is_no_utf_8_is_replaced() -> None:
    (rows,) = gathered([column("http.host")], "first")
    rows.append([b"a\xff".decode("utf-8", "surrogateescape")])
    rows.append([])
    assert rows.finish() == pa.array(["a\ufffd", None])
