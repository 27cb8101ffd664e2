"""Streams followed beside tshark: the same lines of each shape."""

from __future__ import annotations

from pathlib import Path

import pytest

from dissect.commands.main import main
from tests.conftest import SAMPLES
from tests.oracle.tshark import Tshark

FOLLOWED = {
    "tcp_loss.pcap": ("tcp,yaml,0", "tcp,hex,0,2-9"),
    "geneve_ping.pcap": ("udp,yaml,0", "udp,raw,0"),
    "udp_fragments.pcap": ("udp,hex,0", "tcp,raw,0", "udp,ascii,7"),
}


@pytest.mark.parametrize("name", FOLLOWED)
def test_follow(tshark: Tshark, capsys: pytest.CaptureFixture[str], name: str) -> None:
    capture: Path = SAMPLES / name
    options = [part for spec in FOLLOWED[name] for part in ("-z", f"follow,{spec}")]
    theirs = tshark.ask(capture, "-q", *options).output
    assert main(["read", "-q", str(capture), *options]) == 0
    assert capsys.readouterr().out == theirs
