"""Rows of fields: tshark's separators, occurrences and quotes."""

from __future__ import annotations

import pytest

from dissect import FieldError, Packet
from dissect.views.rows import FieldOptions, compile_row, header_row

NAMES = ["ip.src", "udp.port", "tcp.port"]


@pytest.mark.parametrize(
    ("settings", "row"),
    [
        ([], "10.0.0.1\t40000,5003\t"),
        (["separator=,", "aggregator=/s"], "10.0.0.1,40000 5003,"),
        (["separator=/s", "occurrence=f"], "10.0.0.1 40000 "),
        (["occurrence=l"], "10.0.0.1\t5003\t"),
        (["quote=d", "separator=;"], '"10.0.0.1";"40000,5003";'),
        (["quote=s", "separator=/t"], "'10.0.0.1'\t'40000,5003'\t"),
    ],
)
def test_rows(packets: list[Packet], settings: list[str], row: str) -> None:
    assert compile_row(NAMES, FieldOptions.read(settings))(packets[1]) == row


def test_the_header_is_not_quoted() -> None:
    assert header_row(NAMES) == "ip.src\tudp.port\ttcp.port"
    assert header_row(NAMES[:2], FieldOptions(quote="d", separator=";")) == "ip.src;udp.port"


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("separator=", "needs one character"),
        ("separator=ab", "needs one character"),
        ("occurrence=x", "one of f, l, a"),
        ("header=yes", "one of y, n"),
        ("header", "is no option"),
        ("colour=y", "is no option"),
    ],
)
def test_settings_that_are_not_understood(setting: str, sentence: str) -> None:
    with pytest.raises(FieldError, match=sentence):
        FieldOptions.read([setting])
