"""Captures as columns beside dpkt, tshark, pcaptoparquet and nfstream.

    make bench
    make bench DISSECT_BENCHMARK_CAPTURE=recorded.pcap DISSECT_BENCHMARK_PYTHON=elsewhere/bin/python

The table is read warm, in this process, as dpkt reads the same fields frame by frame; tshark prints them. The others
are processes of their own, start included: `dissect table` and pcaptoparquet, which write Parquet. Flows are counted
warm as well, beside nfstream without its start and its look into payloads. pcaptoparquet tells what applications say,
too, which no column here does.
Less is better in seconds of processor time, and in kilobytes written. pcaptoparquet and nfstream bring many packages
along, and may be installed for another Python, which DISSECT_BENCHMARK_PYTHON names.

Measured on two cores with eight programs at once, CPython 3.11, nfstream 6.6.0, pcaptoparquet 0.2.20260924:

    14 columns, 240,000 frames             0.19 s; dpkt 2.98 s, 16 times; tshark 7.20 s, 39 times
    the same, Parquet                      2.36 s, 609 kB; pcaptoparquet 19.6 s, 955 kB
    14 columns of recorded TCP and UDP, 815,641 frames, of which hardly any is unusual: 0.23 s; dpkt 35 times

Since a long file is read by two threads, 305,659 frames of recorded TCP (a mean of 838 bytes) take 0.16 s of the thread
that asks and 0.13 s of the one that reads ahead, beside ten other programs; dpkt takes 8.0 s in the same run: 49 times
as much as the first, 28 times as much as both.

Flows of recorded TCP and UDP, beside six programs, without starts: of 100,000 frames, which have 1,192 flows, 0.075 s;
nfstream 0.36 s, 4.8 times, tshark 2.5 s, 33 times. Of 1,100,000, with 12,500 flows, 0.71 s; nfstream 3.7 s, 5.2 times,
tshark 24.6 s, 35 times. A third is for the rows, a seventh for the kernel that counts, a third for reading the file.

What is counted of 1,100,000 and of 100,000 of these frames, dissect and tshark, beside as many, with starts:

    -z io,stat,1                           0.89 s by 8.63 s, 9.7; 0.19 s by 1.34 s, 7
    -z io,phs                              1.41 s by 8.84 s, 6.3; 0.41 s by 1.15 s, 2.8
    -z conv,tcp                            1.46 s by 7.5 s, 5.1; 0.40 s by 1.06 s, 2.7
    twelve fields                          2.28 s by 22.1 s, 9.7; 0.41 s by 2.48 s, 6

Of conversations, protocols and fields, which go by columns there, 0.6 s are the start.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest

from dissect import flows, read_table
from tests.benchmarks.conftest import Figures
from tests.conftest import REPOSITORY

PEERS = os.environ.get("DISSECT_BENCHMARK_PYTHON", sys.executable)
"""The Python that has pcaptoparquet and nfstream."""
ROUNDS = 3
TIMES = 40
"""How often the records of the capture stand in the file."""
COLUMNS = (
    "frame.time_epoch frame.len eth.type ip.src ip.dst ip.proto ip.ttl ip.len tcp.srcport tcp.dstport tcp.seq_raw "
    "tcp.flags udp.srcport udp.dstport"
).split()
FLOWS = """
import resource, sys
from nfstream import NFStreamer
def seconds():
    every = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in every)
begin = seconds()
for flow in NFStreamer(source=sys.argv[1], n_dissections=0, statistical_analysis=False, n_meters=1):
    pass
print(seconds() - begin)
"""
OF_FLOWS = (
    "tcp.stream udp.stream eth.src eth.dst ip.proto ip.src ip.dst tcp.srcport tcp.dstport udp.srcport udp.dstport "
    "frame.number frame.time_epoch frame.len tcp.flags tcp.len udp.length tcp.analysis.retransmission "
    "tcp.analysis.initial_rtt tcp.analysis.ack_rtt"
).split()
"""What rows of flows are made of."""


@pytest.fixture(scope="module")
def long(capture: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The capture's records many times over."""
    path = tmp_path_factory.mktemp("long") / "long.pcap"
    content = capture.read_bytes()
    path.write_bytes(content[:24] + TIMES * content[24:])
    return path


def of_children(command: list[str]) -> float:
    """Return the processor time of a program and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def own(work: Callable[[], object]) -> float:
    """Return the processor time that some work takes here."""
    begin = process_time()
    work()
    return process_time() - begin


def installed(name: str) -> None:
    """Pass over a test whose peer is not there."""
    if subprocess.run([PEERS, "-c", f"import {name}"], capture_output=True, check=False).returncode:
        pytest.skip(f"{name} is not installed, which this is measured beside: pip install {name}")


def with_dpkt(path: Path) -> int:
    """Read some of the fields, frame by frame."""
    import dpkt

    total = 0
    with path.open("rb") as stream:
        for _, data in dpkt.pcap.Reader(stream):
            network = dpkt.ethernet.Ethernet(data).data
            if type(network) is dpkt.ip.IP:
                total += network.ttl + network.len
                segment = network.data
                if type(segment) is dpkt.tcp.TCP:
                    total += segment.sport + segment.dport + segment.seq + segment.flags
                elif type(segment) is dpkt.udp.UDP:
                    total += segment.sport + segment.dport
    return total


def test_columns(long: Path, figures: Figures) -> None:
    """Once the code is compiled."""
    read_table(long, COLUMNS)
    figures.note("columns", "dissect", min(own(lambda: read_table(long, COLUMNS)) for _ in range(ROUNDS)), "seconds")
    figures.note("columns", "dpkt", own(lambda: with_dpkt(long)), "seconds")
    tshark = shutil.which("tshark")
    if tshark is not None:
        chosen = [word for name in COLUMNS for word in ("-e", name)]
        figures.note(
            "columns", "tshark", of_children([tshark, "-n", "-r", str(long), "-T", "fields", *chosen]), "seconds"
        )


def test_parquet(long: Path, tmp_path: Path, figures: Figures) -> None:
    """Whole processes, and what they write."""
    installed("pcaptoparquet")
    chosen = [word for name in COLUMNS for word in ("-e", name)]
    ours, theirs = tmp_path / "ours.parquet", tmp_path / "theirs.parquet"
    programs = {
        "dissect": [sys.executable, "-m", "dissect", "table", str(long), *chosen, "-o", str(ours)],
        "pcaptoparquet": [str(Path(PEERS).with_name("pcaptoparquet")), "-i", str(long), "-o", str(theirs)],
    }
    for program, command in programs.items():
        figures.note("Parquet", program, of_children(command), "seconds")
    for program, path in (("dissect", ours), ("pcaptoparquet", theirs)):
        figures.note("written", program, path.stat().st_size / 1000, "kB")


@pytest.mark.parametrize("counted", ["conv,tcp", "io,phs", "io,stat,1"])
def test_counts(counted: str, long: Path, figures: Figures) -> None:
    """Whole processes."""
    tshark = shutil.which("tshark")
    if tshark is None:
        pytest.skip("tshark is not installed, which this is measured beside")
    programs = {"dissect": [sys.executable, "-m", "dissect", "read"], "tshark": [tshark, "-n", "-r"]}
    for program, command in programs.items():
        figures.note(counted, program, of_children([*command, str(long), "-q", "-z", counted]), "seconds")


def test_flows(long: Path, figures: Figures) -> None:
    """Without starts; nfstream's meters are processes, tshark tells what the rows are made of."""

    def count() -> None:
        deque(flows(long), maxlen=0)

    count()
    figures.note("flows", "dissect", min(own(count) for _ in range(ROUNDS)), "seconds")
    tshark = shutil.which("tshark")
    if tshark is not None:
        chosen = [word for name in OF_FLOWS for word in ("-e", name)]
        figures.note(
            "flows", "tshark", of_children([tshark, "-n", "-r", str(long), "-T", "fields", *chosen]), "seconds"
        )
    installed("nfstream")
    told = subprocess.run([PEERS, "-c", FLOWS, str(long)], capture_output=True, text=True, check=True)
    figures.note("flows", "nfstream", float(told.stdout), "seconds")
