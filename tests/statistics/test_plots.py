"""Plots of what was counted: what they say in words, and that they draw."""

from __future__ import annotations

from typing import Any

import pytest

from dissect import busiest_conversations
from tests.conftest import SAMPLES

pytest.importorskip("matplotlib")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("tcp", "Busiest conversations: 10.0.0.1:40000 – 10.0.1.1:80 932 bytes"),
        ("ip", "Busiest conversations: 10.0.0.1 – 10.0.1.1 932 bytes; 10.0.0.1 – 10.0.0.254 168 bytes"),
        ("ipv6", "Busiest conversations: none"),
    ],
)
def test_the_most_bytes_come_first(kind: str, words: str) -> None:
    figure: Any = busiest_conversations(SAMPLES / "web_request.pcap", kind)
    assert figure.alternative == words
    figure.canvas.draw()
