"""The queries of ICMP in the eyes of Wireshark."""

from __future__ import annotations

import pytest

from dissect.wireshark.columns import summarize
from dissect.wireshark.fields import texts
from tests.wireshark.carried import in_ipv4

HEAD = "0910 0000 0102 0708 0a000001 00000000"


@pytest.mark.parametrize(
    ("extensions", "is_whole"),
    [
        ("", True),
        ("00 00 00", True),
        ("1006 000000000000 1301 18", True),
        ("1004 00000000", False),
        ("1010 00000000", False),
        ("1305 0102", False),
        ("10", False),
        ("3005 0102", True),
    ],
)
def test_extensions_of_mobile_ip(extensions: str, is_whole: bool) -> None:
    line = summarize(in_ipv4(1, bytes.fromhex(HEAD + extensions))).info
    assert line == f"Mobile IP Advertisement (Does not route common traffic){'' if is_whole else '[Malformed Packet]'}"


def test_entries_of_another_size_are_data() -> None:
    assert texts(in_ipv4(1, bytes.fromhex(HEAD.replace("0102", "0103"))), "data.data") == ["0a00000100000000"]
    assert texts(in_ipv4(1, bytes.fromhex(HEAD)), "data.data") == []


def test_addresses_that_are_missing() -> None:
    assert summarize(in_ipv4(1, bytes.fromhex(HEAD.replace("0102", "0202")))).info.endswith("[Malformed Packet]")
