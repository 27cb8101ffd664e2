"""Streams followed beside tshark: the same lines of each shape, and the bytes of every stream."""

from __future__ import annotations

from pathlib import Path

import pytest

import dissect
from dissect.commands.main import main
from tests.conftest import SAMPLES
from tests.flows.segments import segments
from tests.oracle.joined import join
from tests.oracle.tshark import Tshark

FOLLOWED = {
    "tcp_loss.pcap": ("tcp,yaml,0", "tcp,hex,0,2-9"),
    "geneve_ping.pcap": ("udp,yaml,0", "udp,raw,0"),
    "udp_fragments.pcap": ("udp,hex,0", "tcp,raw,0", "udp,ascii,7"),
}
JOINED = """
file_download tcp_chat tcp_close_four tcp_close_reset tcp_fast_open tcp_half_close tcp_keep_alive tcp_length_prefixed
tcp_loss tcp_loss_receiver tcp_short_connections tcp_simultaneous_open tcp_urgent tcp_zero_window traceroute vxlan_ping
""".split()


@pytest.mark.parametrize("name", FOLLOWED)
def test_follow(tshark: Tshark, capsys: pytest.CaptureFixture[str], name: str) -> None:
    capture: Path = SAMPLES / name
    options = [part for spec in FOLLOWED[name] for part in ("-z", f"follow,{spec}")]
    theirs = tshark.ask(capture, "-q", *options).output
    assert main(["read", "-q", str(capture), *options]) == 0
    assert capsys.readouterr().out == theirs


def assert_all_alike(tshark: Tshark, capsys: pytest.CaptureFixture[str], capture: Path, shape: str) -> None:
    """Follow each stream of a capture in a run of its own; tshark follows all in one, and prints the last one first."""
    packets = list(dissect.with_context(dissect.read(capture)))
    for protocol in ("tcp", "udp"):
        count = max((number + 1 for packet in packets for number in packet.get(f"{protocol}.stream")), default=0)
        options = [["-z", f"follow,{protocol},{shape},{number}"] for number in range(count)]
        theirs = tshark.ask(capture, "-q", *[part for option in options for part in option]).output
        ours = []
        for option in options:
            assert main(["read", "-q", str(capture), *option]) == 0
            ours.append(capsys.readouterr().out)
        assert "".join(reversed(ours)) == theirs


def test_every_stream_of_samples(tshark: Tshark, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    joined = join([SAMPLES / f"{name}.pcap" for name in JOINED], tmp_path / "joined.pcap")
    assert_all_alike(tshark, capsys, joined.path, "raw")


def test_data_that_were_acknowledged_before_they_came(
    tshark: Tshark, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    handshake = "> S 99,< SA 499 100,> A 100 500,"
    said = [
        # Acknowledged before; a hole that comes late, that never comes, and that is acknowledged first.
        "< A 500 104,> PA 100 500 4,> PA 104 500 4",
        "> A 100 500 4,> A 108 500 4,> A 104 500 4,< A 500 112",
        "> A 100 500 4,> A 108 500 4,< A 500 112,> A 112 500 1",
        "> A 100 500 4,> A 108 500 4,< A 500 112,> A 104 500 4,> A 112 500 1",
        # Others overlap a hole on both sides, go beyond, and repeat what is there.
        "> A 100 500 4,> A 108 500 4,> A 112 500 4,> A 102 500 8,> A 100 500 20,< FA 500 120,> FA 120 501",
        "> A 100 500 4,> R 104 0 3,> A 104 500 3",
    ]
    capture = tmp_path / "late.pcap"
    packets = [
        packet
        for number, text in enumerate(said)
        for packet in segments(handshake + text, client=f"10.0.0.1:{4000 + number}", start=10 * number, lettered=True)
    ]
    dissect.write(capture, packets)
    assert_all_alike(tshark, capsys, capture, "hex")
