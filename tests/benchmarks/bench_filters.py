"""Reading a large capture with a display filter that lets little through, beside tshark.

    make bench
    make bench DISSECT_BENCHMARK_CAPTURE=recorded.pcap DISSECT_BENCHMARK_BYTES=1000000000

Both read the same file in processes of their own, in turn, tshark with its default profile. Less
is better in seconds of processor time, start included; memory is the most that was resident, and
never less than the 70 MiB of the benchmark itself, which the processes are forked from.

Measured on two cores with CPython 3.11 and tshark 4.0.17, a recorded pcap of 1.03 GB, 1,215,064 frames
of a mean of 834 bytes, tshark's time by ours (each in the same run):

    ip.ttl == 1 && udp.port == 53                        8.7 s by 0.75 s, 11.6 (pcapng: 8.5 by 1.25, 6.8)
    udp && ip.ttl < 3, icmp.type == 3                    11.9, 10.6
    tcp.port == 1, eth.addr == ..., ip.addr == .../24    8.2, 8.3, 7.7
    tcp.flags.reset == 1 && tcp.window_size_value == 7   11.1
    ip.len > 1600                                        8.5
    arp (8 frames), ipv6 (48), !tcp && !udp (56)         5.6, 5.5, 5.5
    the first, gzip of 240 MB (uncompressing included)   3.7 s by 1.1 s, 3.4

In 28 MB of memory where tshark takes 728 MB. What the bytes of a frame do not tell goes the long
way: frame.len > 60000 takes two thirds of tshark's time.
"""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dissect.captures import read, write
from tests.benchmarks.conftest import Figures
from tests.conftest import REPOSITORY

ROUNDS = 2
BYTES = int(os.environ.get("DISSECT_BENCHMARK_BYTES", 100_000_000))
FILTERS = [
    "ip.ttl == 1 && udp.port == 53",
    "tcp.port == 1",
    "eth.addr == 00:11:22:33:44:55",
    "ip.addr == 192.168.7.0/24",
    "udp && ip.ttl < 3",
    "arp",
    "!tcp && !udp",
]


@pytest.fixture(scope="module")
def large(capture: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    """The capture's records over and over, as a pcap, a pcapng and compressed."""
    directory = tmp_path_factory.mktemp("large")
    found = {kind: directory / f"large.{kind}" for kind in ("pcap", "pcapng", "pcap.gz")}
    content = capture.read_bytes()
    with found["pcap"].open("wb") as stream:
        stream.write(content[:24])
        for _ in range(max(1, BYTES // len(content))):
            stream.write(content[24:])
    write(found["pcapng"], read(found["pcap"]))
    with found["pcap"].open("rb") as stream, gzip.open(found["pcap.gz"], "wb", compresslevel=1) as packed:
        shutil.copyfileobj(stream, packed)
    yield found
    shutil.rmtree(directory)


@pytest.mark.parametrize(
    ("kind", "text"),
    [("pcap", text) for text in FILTERS] + [("pcapng", FILTERS[0]), ("pcap.gz", FILTERS[0])],
)
def test_filter(figures: Figures, large: dict[str, Path], tmp_path: Path, kind: str, text: str) -> None:
    """The best of two rounds, the contestants in turn; they print as many lines."""
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not installed: 'apt-get install tshark'.")
    path = str(large[kind])
    commands = {
        "dissect": [sys.executable, "-m", "dissect", "read", path, "-Y", text],
        "tshark": ["tshark", "-n", "-r", path, "-Y", text],
    }
    best, most, lines = dict.fromkeys(commands, float("inf")), dict.fromkeys(commands, 0), dict.fromkeys(commands, 0)
    for _ in range(ROUNDS):
        for contestant, command in commands.items():
            seconds, memory, lines[contestant] = _run(command, tmp_path)
            best[contestant] = min(best[contestant], seconds)
            most[contestant] = max(most[contestant], memory)
    assert lines["dissect"] == lines["tshark"]
    for contestant in commands:
        figures.note(f"{kind}: {text}", contestant, best[contestant], "s")
        figures.note(f"{kind}: {text}, memory", contestant, most[contestant] / 1024, "MiB")


def _run(command: list[str], home: Path) -> tuple[float, int, int]:
    """Return the seconds of processor time, the most KiB in memory, and how many lines were printed."""
    environment = {key: value for key, value in os.environ.items() if key != "WIRESHARK_CONFIG_DIR"}
    environment |= {"HOME": str(home), "PYTHONPATH": str(REPOSITORY)}
    output = home / "output"
    with output.open("wb") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=subprocess.DEVNULL, env=environment, cwd=REPOSITORY)
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return used.ru_utime + used.ru_stime, used.ru_maxrss, output.read_bytes().count(b"\n")
