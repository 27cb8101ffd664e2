"""`dissect read` beside tshark on ten captures of odd frames joined, output by output.

    make bench
    make bench DISSECT_BENCHMARK_ODD=one.pcap:other.pcap:...

The frames of ten captures (samples of this repository, or those named) come one after the other, and all of them again
until there are 20,000: "repeated" as they are, "moved" with other IPv4 addresses in each repetition, so that no
conversation goes on in the next one. Seconds of processor time, start included, tshark with names left unresolved.

Measured on two cores with ten other programs at once, CPython 3.11, tshark 4.0.17 with our protocols alone and
checksums verified, one round, captures repeated as they are; tshark's seconds by ours, and the ratio.

DNS, DHCP, TLS 1.3 over IPv6, an upload by HTTP, OSPFv3, TLS in PPPoE under two tags, fragments, SCTP, rapid spanning
trees, tagged frames; 16,950 frames, of 339 kinds:

    list          0.31 s by 2.54 s, 0.12 (0.09 before frames that can't be followed stopped to stop the others)
    12 fields     0.51 s by 1.18 s, 0.43 (0.28)
    details       0.74 s by 6.91 s, 0.11 (0.05)
    JSON          2.39 s by 7.76 s, 0.31 (0.19)

SMTP with TLS, FTP, Telnet, NTP, GRE in UDP, ICMP with its errors, TCP that is analysed, LLDP, HTTP with gzip, options
of IPv6; 16,350 frames, of 327 kinds:

    list          0.31 s by 2.50 s, 0.12 (0.11)
    12 fields     0.57 s by 1.58 s, 0.36 (0.39)
    details       0.75 s by 6.42 s, 0.12 (0.10)
    JSON          2.25 s by 6.59 s, 0.34 (0.28)

Tunnels, orders of tags, GRE, fragments, ICMP, DHCPv6, VRRP, SACK, mDNS, MPLS; 11,280 frames, of 94 kinds:

    list          0.27 s by 1.42 s, 0.19 (0.17)
    12 fields     0.39 s by 0.89 s, 0.44 (0.49)
    details       0.59 s by 3.90 s, 0.15 (0.09)
    JSON          1.37 s by 4.79 s, 0.29 (0.21)

The first of these four times over with other addresses in each repetition, 67,800 frames: list 0.51 s by 5.52 s, 0.09;
fields 1.41 s by 2.39 s, 0.59; details 2.20 s by 13.3 s, 0.17; JSON 7.30 s by 15.0 s, 0.49.

What is in brackets was measured with less other work, two hours before. Some half of the time goes for frames that are
the first of their kind: the ordinary code takes 1.0 ms for the details of one, 1.25 ms for its JSON, and to follow it
takes 3 ms. In the long run a frame takes some 55 us in a list, 20 to 40 for fields, 110 to 150 for details and JSON;
tshark's take 4, 17, 22 and 110. The samples of this repository have fewer kinds: their list takes 0.33 s by 1.60 s,
0.20, repeated as they are, and as long with other addresses each time.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.benchmarks import traffic
from tests.benchmarks.bench_commands import OUTPUTS, seconds
from tests.benchmarks.conftest import Figures
from tests.conftest import REPOSITORY

LEAST = 20_000
SAMPLES = (
    "dhcp dns fragmentation_needed geneve_ping gre_ping ip_options mpls_ping ping_4000 provider_ping tcp_chat"
).split()


@pytest.fixture(scope="module", params=["repeated", "moved"])
def odd(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The captures, joined as the parameter says."""
    named = os.environ.get("DISSECT_BENCHMARK_ODD")
    paths = [REPOSITORY / "capture_samples" / f"{name}.pcap" for name in SAMPLES]
    path = tmp_path_factory.mktemp("odd") / f"{request.param}.pcap"
    traffic.join(path, map(Path, named.split(os.pathsep)) if named else paths, LEAST, moves=request.param == "moved")
    return path


@pytest.mark.parametrize("output", OUTPUTS)
def test_output(output: str, odd: Path, figures: Figures) -> None:
    """One round."""
    tshark = shutil.which("tshark")
    if tshark is None:
        pytest.skip("tshark is not installed, which this is measured beside")
    programs = {"dissect": [sys.executable, "-m", "dissect", "read"], "tshark": [tshark, "-n", "-r"]}
    for program, command in programs.items():
        figure = seconds([*command, str(odd), *OUTPUTS[output]])
        figures.note(f"{output}, {odd.stem}", program, figure, "seconds")
