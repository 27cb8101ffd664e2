"""`dissect read` beside tshark on one capture, output by output.

    make bench
    make bench DISSECT_BENCHMARK_CAPTURE=recorded.pcap

Both read the same file in processes of their own, in turn, with names left unresolved. Less is better in seconds of
processor time, start included.

Measured on two busy cores with CPython 3.11 and tshark 4.0.17, the first 100,000 frames of recorded TCP and UDP of a
mean of 880 bytes, tshark with our protocols alone and checksums verified; tshark's time by ours:

    list                                   0.69 s by 1.29 s, 0.53 (all protocols, no checksums: 1.10 s, 0.88)
    list after a first pass (-2)           1.07 s by 1.50 s, 0.71
    12 fields                              2.20 s by 0.57 s, 3.8
    stream, numbers and window of TCP      1.94 s by 0.56 s, 3.5
    tcp.flags.syn == 1 && ip.ttl < 65      0.77 s by 0.51 s, 1.5
    JSON                                   20.9 s by 6.84 s, 3.1
    details                                3.52 s by 5.84 s, 0.60

Since then a line unpacks what it needs with one call, addresses are looked up as texts, and filters make no second test
on bytes. Two cores with twelve programs at once, best of three, tshark's time by ours (as before, all of one run):

    list                                   0.72 s by 1.03 s, 0.69 (all protocols, no checksums: 1.16 s by 1.04 s, 1.12)
    list after a first pass (-2)           1.05 s by 1.20 s, 0.88
    12 fields                              2.01 s by 0.46 s, 4.3
    stream, numbers and window of TCP      1.96 s by 0.52 s, 3.7
    tcp.flags.syn == 1 && ip.ttl < 65      0.80 s by 0.44 s, 1.8
    details (one round)                    3.36 s by 5.18 s, 0.65
    -z conv,tcp                            0.64 s by 0.40 s, 1.6
    -z io,phs                              0.73 s by 0.42 s, 1.7

Since then starts take less, chains of headers are found by what was written for them, frames that are not printed are
glanced past, a process ends without freeing its memory, and long texts are joined by the dozen. Two quiet cores of a
slower machine, best of three:

    list                                   0.74 s by 0.88 s, 0.84 (all protocols, no checksums: 1.08 s by 1.04 s, 1.03)
    list after a first pass (-2)           1.14 s by 1.21 s, 0.94
    12 fields                              2.15 s by 0.46 s, 4.7
    stream, numbers and window of TCP      2.13 s by 0.53 s, 4.0
    tcp.flags.syn == 1 && ip.ttl < 65      0.84 s by 0.40 s, 2.1
    JSON                                   18.3 s by 4.94 s, 3.7
    details                                4.11 s by 4.48 s, 0.92
    -z conv,tcp                            0.80 s by 0.43 s, 1.9
    -z io,phs                              0.91 s by 0.46 s, 2.0

A capture of a few frames takes 0.07 s now, with a filter 0.08 s; it took 0.12 s, with a filter 0.15 s, when a list of
the same frames in a pcapng took 1.09 s where that of the pcap took 1.02 s. Of a line, 1.2 us were its checksum.

Before records were dealt with in loops written out, the list took 1.67 s, the fields 1.19 s, the filter 1.17 s. Of a
line of the list (some 11 us) a third is the checksum, a fifth what TCP's analysis has to be told, a tenth the text. Of
the filter's half second two fifths are the start: 0.01 s for Python, 0.10 s for what a list needs, 0.08 s for the names
of all fields.

The same frames in a pcapng take as long (list 2.25 s, in the pcap 2.51 s; rows 1.18 and 1.49; filter 1.14 and 1.19).

Ten captures of odd frames joined and repeated (ARP, ICMP with its errors, VLAN tags, PPPoE under two of them, GRE,
options of IPv4 and IPv6, fragments, TCP with options), 41,080 frames, on two cores with ten programs at once:

    list                                   0.42 s by 3.42 s, 0.12
    list after a first pass (-2)           0.55 s by 4.94 s, 0.11
    12 fields                              1.08 s by 1.97 s, 0.55
    stream, numbers and window of TCP      0.97 s by 2.55 s, 0.38
    tcp.flags.syn == 1 && ip.ttl < 65      0.47 s by 2.50 s, 0.19
    JSON                                   6.53 s by 10.5 s, 0.62 (6.87 by 8.85 before TCP was analysed, 49.8 at first)
    details                                1.48 s by 9.85 s, 0.15 (1.59 by 7.66 before TCP was analysed, 47.5 at first)

Of these frames 97 % are made from what was compiled. What costs is that 58 % of them become packets: parsing and
observing take 35 us of some 85 for a line of the list. The ordinary code takes 1.4 ms for the details of such a frame.

Since frames of any chain of headers are taken in without packets, 1 % of such frames become some. 60,000 frames, two
busy cores, seconds before and after, and tshark's time by ours: list 4.1 and 3.7 s, 0.13; stream, numbers and window
of TCP 3.2 and 2.3 s, 0.55; JSON 13.2 and 13.9 s, 0.41; details 11.0 and 12.9 s, 0.15. JSON and details were measured
before forms were gone through branch by branch, and only with other work beside them. Of the 13 s of JSON 4 are 1,500
texts of the ordinary code and 131 traces; 7 are the texts themselves (24 us to ask what matters, 47 to fill 5 KB). With
TLS and HTTP declared the list takes 5.2 s: the learner is shown the segments of their ports.

Details and JSON are put together of parts since. Two mixtures of ten captures each (DNS, Telnet, OSPF, TLS in PPPoE;
FTP, SSH, TCP that is analysed), some 20,000 frames with other addresses in each repetition, seconds before and after,
beside other work: details 25.1 and 14.6, 38.3 and 13.0 (tshark 0.7); JSON 33.8 and 17.7, 47.3 and 24.0 (tshark 1.7).
What is left is the ordinary code: 1.8 ms for the details of a frame, most of it for DNS, for first sights of TCP's
facts, and for traces.

The capture above, at that load: list 0.51 (all protocols 0.94), after a first pass 0.62, details 0.67.

XML and documents for Elasticsearch were made the ordinary way until all else was compiled: 2.6 ms a frame. Of 20,000
frames of the capture above, beside five other programs: XML 2.3 s by 5.9 s, 0.38, documents 3.7 s by 2.35 s, 1.6.

Lists with bytes and in colours, documents with bytes and graphs were made of packets, one by one, 70 to 1,760 us for
each: 20,000 frames took 1.4 s with -x, 2.6 s with --color, 3.0 s with -V -x, 35 s with -T ek -x and 1.7 s with
-z flow. Compiled, on two busy cores, tshark's time by ours: 0.85, 1.06, 0.62, 2.7 and 0.86; documents 2.2, XML 0.46.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.conftest import Figures
from tests.conftest import REPOSITORY

ROUNDS = 2
NAMES = (
    "frame.number frame.time_epoch frame.len ip.src ip.dst ip.ttl tcp.srcport tcp.dstport tcp.flags tcp.len "
    "udp.srcport udp.length"
).split()
LEARNT = "tcp.stream tcp.seq tcp.ack tcp.window_size".split()
OUTPUTS = {
    "list": [],
    "list, two passes": ["-2"],
    "fields": ["-T", "fields", *(part for name in NAMES for part in ("-e", name))],
    "fields of streams": ["-T", "fields", *(part for name in LEARNT for part in ("-e", name))],
    "filter": ["-Y", "tcp.flags.syn == 1 && ip.ttl < 65"],
    "JSON": ["-T", "json"],
    "details": ["-V"],
    "XML": ["-T", "pdml"],
    "documents": ["-T", "ek"],
    "list with bytes": ["-x"],
    "list in colours": ["--color"],
    "details with bytes": ["-V", "-x"],
    "documents with bytes": ["-T", "ek", "-x"],
    "graph": ["-q", "-z", "flow,tcp,standard"],
}


def seconds(command: list[str]) -> float:
    """Return the processor time of a program and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


@pytest.fixture(scope="module")
def long(capture: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The capture's records ten times over."""
    path = tmp_path_factory.mktemp("long") / "long.pcap"
    content = capture.read_bytes()
    path.write_bytes(content[:24] + 10 * content[24:])
    return path


@pytest.mark.parametrize("output", OUTPUTS)
def test_output(output: str, long: Path, figures: Figures) -> None:
    """The better of two rounds."""
    tshark = shutil.which("tshark")
    if tshark is None:
        pytest.skip("tshark is not installed, which this is measured beside")
    programs = {"dissect": [sys.executable, "-m", "dissect", "read"], "tshark": [tshark, "-n", "-r"]}
    for program, command in programs.items():
        figure = min(seconds([*command, str(long), *OUTPUTS[output]]) for _ in range(ROUNDS))
        figures.note(output, program, figure, "seconds")
