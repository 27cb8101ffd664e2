"""Tables whole and in batches, for Arrow, Polars, pandas, DuckDB and Parquet."""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from dissect import DissectError, FieldError, FilterError, MissingExtraError, read_table, scan

PING = "capture_samples/first_ping.pcap"
NAMES = ["frame.number", "ip.src", "ip.ttl"]


def test_several_captures_come_one_after_the_other() -> None:
    both = scan([PING, PING], NAMES).to_table()
    assert both.num_rows == 2 * read_table(PING, NAMES).num_rows
    assert both["frame.number"].to_pylist()[8] == 1


def test_a_pattern_names_captures() -> None:
    assert scan("capture_samples/first_p[i]ng.pcap", NAMES).to_table() == read_table(PING, NAMES)
    with pytest.raises(DissectError, match="no file has a name like none"):
        scan("none*.pcap", NAMES)


def test_columns_and_filters_are_changed_without_reading() -> None:
    some = scan(PING, NAMES, "icmp").filter("ip.src == 10.0.0.1").select("ip.dst")
    assert some.schema.names == ["ip.dst"]
    assert some.to_table().to_pylist() == [{"ip.dst": "10.0.0.2"}] * 3


def test_frames_of_polars_and_pandas() -> None:
    rows = scan(PING, NAMES)
    assert rows.to_polars()["ip.src"].to_list() == rows.to_table()["ip.src"].to_pylist()
    assert list(rows.to_pandas()["frame.number"]) == list(range(1, 9))
    assert pa.table(rows).num_rows == 8


def test_a_lazy_frame_reads_what_it_is_asked_for() -> None:
    import polars

    lazy = scan(PING, NAMES).to_lazy()
    assert lazy.select("ip.ttl").filter(polars.col("ip.ttl") == 64).collect().height == 6
    assert lazy.head(3).collect()["frame.number"].to_list() == [1, 2, 3]
    assert lazy.collect_schema().names() == NAMES


def test_a_table_of_duckdb() -> None:
    connection = scan(PING, NAMES).to_duckdb(name="pings")
    assert connection.execute('select count(*) from pings where "ip.ttl" = 64').fetchall() == [(6,)]


def test_parquet_in_one_file_and_in_parts(tmp_path: Path) -> None:
    rows = scan(PING, NAMES, "ip")
    assert rows.write_parquet(tmp_path / "ping.parquet") == 6
    assert parquet.read_table(tmp_path / "ping.parquet")["ip.ttl"].to_pylist() == [64] * 6
    assert rows.write_parquet(tmp_path / "parts", partition_by=["ip.src"]) == 6
    assert sorted(path.name for path in (tmp_path / "parts").iterdir()) == ["ip.src=10.0.0.1", "ip.src=10.0.0.2"]
    with pytest.raises(DissectError, match=r"partition_by names tcp\.len"):
        rows.write_parquet(tmp_path / "parts", partition_by=["tcp.len"])


def test_mistakes_are_told_before_anything_is_read() -> None:
    with pytest.raises(FieldError, match=r"ip\.sr"):
        scan("missing.pcap", ["ip.srx"])
    with pytest.raises(FilterError):
        scan("missing.pcap", NAMES, "ip.ttl >")
    with pytest.raises(DissectError, match="not a single one"):
        scan(PING, "ip.src")
    with pytest.raises(DissectError, match="needs columns"):
        scan(PING, [])


def test_what_is_not_installed_is_told_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(MissingExtraError, match=r"polars.*pip install 'dissect-workbench\[queries\]'"):
        scan(PING, NAMES).to_polars()
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"pyarrow.*pip install 'dissect-workbench\[tables\]'"):
        read_table(PING, NAMES)


def test_a_scan_is_read_once_by_who_makes_a_list_of_it() -> None:
    rows = scan(PING, NAMES)
    assert not hasattr(rows, "__len__")
    assert rows.count_rows() == sum(batch.num_rows for batch in rows) == 8
