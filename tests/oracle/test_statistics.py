"""Every statistic of `dissect read -q -z` beside tshark's, over several captures in one run of each."""

from __future__ import annotations

import re
from difflib import unified_diff
from pathlib import Path

import pytest

from dissect.commands.main import main
from tests.conftest import SAMPLES
from tests.oracle.joined import join
from tests.oracle.tshark import Tshark

NAMES = """
conv,eth conv,ip conv,ipv6 conv,tcp conv,udp endpoints,eth endpoints,ip endpoints,ipv6 endpoints,tcp endpoints,udp
io,phs io,phs,tcp io,stat,0 io,stat,86400 io,stat,0,tcp,udp expert
io,stat,0,ip,SUM(tcp.len)tcp.len,MIN(ip.ttl)ip.ttl,MAX(ip.ttl)ip.ttl,AVG(ip.len)ip.len,COUNT(tcp.len)tcp.len
io,stat,0,LOAD(tcp.time_delta)tcp.time_delta,tcp.analysis.flags
flow,any,standard flow,any,network flow,tcp,network flow,icmp,network plen,tree ip_hosts,tree ip_srcdst,tree
ptype,tree dests,tree ipv6_hosts,tree ipv6_srcdst,tree ipv6_ptype,tree ipv6_dests,tree icmp,srt icmpv6,srt hosts
""".split()
JOINED = """
web_request traceroute first_ping tcp_loss tcp_short_connections udp_fragments vxlan_ping vlan_ping ping_snap_length
""".split()


def lines(text: str) -> list[str]:
    """Return the lines that say something, with single blanks."""
    return [re.sub(r"[ \t]+", " ", line).rstrip() for line in text.split("\n") if line.strip(" =-|")]


def test_statistics(tshark: Tshark, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = join([SAMPLES / f"{name}.pcap" for name in JOINED], tmp_path / "joined.pcap").path
    options = [part for name in [*NAMES, "conv,ip,ip.ttl > 60"] for part in ("-z", name)]
    expected = lines(tshark.ask(path, "-q", *options).output)
    assert main(["read", str(path), "-q", *options]) == 0
    found = lines(capsys.readouterr().out)
    assert list(unified_diff(expected, found, "tshark", "dissect", lineterm="", n=0)) == []
