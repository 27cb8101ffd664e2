"""Files of rows: what is written is read again by those who know the formats."""

from __future__ import annotations

import csv
import gc
import json
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import feather, parquet

from dissect import DissectError, scan
from dissect.tables.writing import format_of, write_rows

PING = "capture_samples/first_ping.pcap"
NAMES = ["frame.number", "frame.time", "ip.src", "eth.type", "data.data"]


def written(kind: str, folder: Path, **options: object) -> Path:
    rows = scan(PING, NAMES, **options)  # type: ignore[arg-type]
    path = folder / f"rows.{kind}"
    assert write_rows(path, rows.schema, rows, kind) == 8
    return path


def test_parquet_and_feather_are_the_table(tmp_path: Path) -> None:
    whole = scan(PING, NAMES).to_table()
    for found in (parquet.read_table(written("parquet", tmp_path)), feather.read_table(written("feather", tmp_path))):
        assert found.schema.names == NAMES
        for name in NAMES:
            kind = pa.string() if pa.types.is_dictionary(whole[name].type) else whole[name].type
            assert found[name].cast(kind) == whole[name].cast(kind)


def test_csv_has_moments_with_nine_decimals_and_bytes_in_hex(tmp_path: Path) -> None:
    with written("csv", tmp_path, occurrence="all").open(newline="") as file:
        first, *_, last = csv.DictReader(file)
    assert first["ip.src"] == ""
    assert last["frame.time"] == "2026-11-21 11:08:04.448244000"
    assert bytes.fromhex(last["data.data"])


def test_lines_of_json_leave_out_what_is_not_there(tmp_path: Path) -> None:
    first, *_, last = map(json.loads, written("jsonl", tmp_path).read_text().splitlines())
    assert "ip.src" not in first
    assert last["ip.src"] == "10.0.0.2"


def test_no_cell_of_csv_is_a_formula(tmp_path: Path) -> None:
    batch = pa.record_batch({"http.host": ["=1+1", "example.com", "-x", None]})
    write_rows(tmp_path / "cells.csv", batch.schema, [batch], "csv")
    assert (tmp_path / "cells.csv").read_text().split("\n")[1:4] == ["'=1+1", "example.com", "'-x"]


@pytest.mark.parametrize("kind", ["csv", "jsonl", "feather", "parquet"])
@pytest.mark.filterwarnings("error")
def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path, kind: str) -> None:
    old = tmp_path / f"old.{kind}"
    old.write_text("old")

    def failing() -> object:
        raise DissectError("nothing")
        yield

    with pytest.raises(DissectError):
        write_rows(old, pa.schema([("a", pa.int64())]), failing(), kind)  # type: ignore[arg-type]
    gc.collect()
    assert list(tmp_path.iterdir()) == [old]
    assert old.read_text() == "old"


def test_the_ending_says_the_format() -> None:
    assert format_of("a.b.PARQUET") == "parquet"
    with pytest.raises(DissectError, match=r"none of \.parquet"):
        format_of("rows.xlsx")
