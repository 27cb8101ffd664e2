from __future__ import annotations

import pytest

from dissect import TCP, UDP
from dissect.declaration.header import Header
from dissect.wireshark.columns import summarize
from tests.wireshark.carried import in_ipv4


@pytest.mark.parametrize(("number", "name"), [(6, "TCP"), (17, "UDP")])
@pytest.mark.parametrize("size", range(5))
def test_without_ports_the_network_has_the_line(number: int, name: str, size: int) -> None:
    frame = in_ipv4(number, bytes(size))
    assert summarize(frame).protocol == (name if size >= 4 else "IPv4")


@pytest.mark.parametrize("header", [TCP.cut(b"\0"), UDP.cut(b"\0")])
def test_a_header_by_itself_has_the_line_anyway(header: Header) -> None:
    assert summarize(header).protocol == type(header).__name__
