"""Plots: what they count, their words, and that they are the same bytes each time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any

import pytest

import dissect
from dissect import MissingExtraError, Packet, packet_sizes, packets_over_time, protocol_hierarchy
from tests.declared import SAMPLES

_PING = SAMPLES / "first_ping.pcap"


@pytest.fixture(autouse=True)
def _matplotlib() -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed: 'make test' installs it.")


def test_a_hierarchy_counts_packets_and_bytes() -> None:
    figure: Any = protocol_hierarchy(dissect.read(_PING))
    assert figure.alternative == (
        "Protocol hierarchy: Ethernet 8 packets, 672 bytes; ARP in Ethernet 2 packets, 84 bytes; "
        "IPv4 in Ethernet 6 packets, 588 bytes; ICMP in IPv4 in Ethernet 6 packets, 588 bytes; "
        "Data in ICMP in IPv4 in Ethernet 6 packets, 588 bytes"
    )
    assert [bar.get_width() for bar in figure.axes[0].patches] == [8, 2, 6, 6, 6]


def test_packets_over_time_count_in_intervals() -> None:
    packets = [Packet(bytes(60), time_ns=time * 10**8) for time in (0, 1, 2, 15, 31)]
    figure: Any = packets_over_time([*packets, Packet(bytes(60))], interval=1)
    assert [bar.get_height() for bar in figure.axes[0].patches] == [3, 1, 0, 1]
    assert figure.alternative == "Packets over time: 5 packets in 3.1 s; most, 3, from 0 s on"
    assert "0 packets" in packets_over_time([]).alternative  # type: ignore[attr-defined]


def test_sizes_are_those_on_the_wire() -> None:
    packets = [Packet(bytes(60), original_length=size) for size in (60, 79, 80, 1514, 9000)]
    figure: Any = packet_sizes(packets)
    assert (
        figure.alternative
        == "Packet sizes: 2 of 40–79 bytes, 1 of 80–159 bytes, 1 of 1280–2559 bytes, 1 of 5120– bytes"
    )


@pytest.mark.parametrize("plot", [protocol_hierarchy, packets_over_time, packet_sizes])
def test_a_plot_is_the_same_picture_each_time_and_has_words(plot: Callable[[Iterable[Packet]], Any]) -> None:
    (one, words), (other, _) = (plot(dissect.read(_PING))._repr_mimebundle_() for _ in range(2))
    assert one == other
    assert one["text/plain"] == words["image/png"]["alt"]
    assert plot([]).alternative


def test_without_matplotlib_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dissect.views.figure", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'dissect-workbench\[notebooks\]'"):
        packet_sizes([])
