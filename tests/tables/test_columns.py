"""Columns: what is gathered of fields of each of Wireshark's types."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from dissect import FieldError
from dissect.tables.columns import column


@pytest.mark.parametrize(
    ("name", "values", "gathered"),
    [
        ("ip.ttl", [5], [5]),
        ("eth.src", ["02:00:00:00:00:01"], [0x02_00_00_00_00_01]),
        ("ipv6.src", ["2001:db8::1"], [(0x2001_0DB8 << 32, 1)]),
        ("frame.time_delta", [-5, 1 << 63], [-5]),
        ("tcp.analysis.retransmission", [None], [1]),
        ("data.data", [b"ab"], [b"ab"]),
    ],
)
def test_what_is_gathered_of_values(name: str, values: list[Any], gathered: list[Any]) -> None:
    assert column(name).gathered_of(values) == gathered


def test_a_name_that_does_not_exist_is_told_with_the_nearest() -> None:
    with pytest.raises(FieldError, match=r"ip\.ttx.*ip\.ttl"):
        column("ip.ttx")


def test_columns_that_are_counted_do_not_load_arrow() -> None:
    """A process that counts by columns has no use for it."""
    program = "import sys, dissect.statistics.column_counts; sys.exit('pyarrow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
