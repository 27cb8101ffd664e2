"""Questions in SQL: captures as tables, fields as columns."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from dissect import CaptureError, DissectError, FieldError, MissingExtraError, sql

PING = "capture_samples/first_ping.pcap"


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        (f"select count(*) from '{PING}' where ip.ttl = 64", [(6,)]),
        (f"select count(*) from '{PING}' where \"ip.ttl\" = 64 -- ip.nothing, from 'elsewhere'", [(6,)]),
        (f"select max(a.ip.ttl + b.ip.ttl) from '{PING}' as a, '{PING}' as b", [(128,)]),
        (f"with told as (select ip.src as who from '{PING}') select count(distinct told.who) from told", [(2,)]),
        (f"select 'from ip.src', 1.5 from '{PING}' limit 1", [("from ip.src", 1.5)]),
        (f"with data as (select ip.src as who from '{PING}') select count(data.who) from data", [(6,)]),
        (f"select count(*) from '{PING}' x join '{PING}' y on x.frame.number = y.frame.number", [(8,)]),
    ],
)
def test_answers(query: str, answer: list[tuple[object, ...]]) -> None:
    found = [
        tuple(float(each) if not isinstance(each, (str, int)) else each for each in row)
        for row in sql(query).fetchall()
    ]
    assert found == answer


def test_a_question_without_columns_has_the_usual_ones() -> None:
    assert "ip.src" in sql(f"select * from '{PING}'").columns


def test_mistakes_are_one_sentence() -> None:
    with pytest.raises(FieldError, match=r"ip\.srx.*ip\.src"):
        sql(f"select ip.srx from '{PING}'")
    with pytest.raises(DissectError, match="the question is not understood"):
        sql("selekt")


def test_what_a_capture_lacks_is_told_as_by_those_who_read_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"nothing\.pcap"):
        sql("select count(*) from 'nothing.pcap'")
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(Path(PING).read_bytes()[:-1])
    with pytest.raises(CaptureError, match=r"cut\.pcap: record 8"):
        sql(f"select count(*) from '{cut}'")


def test_what_is_not_installed_is_told_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(MissingExtraError, match="pip install"):
        sql("select 1")
