"""`dissect capture`: files that tshark, capinfos and our reader agree on, whatever ends the program."""

from __future__ import annotations

import os
import signal
import stat
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from capture_samples.recorder.laboratory import Host, Laboratory, await_line
from dissect import UDP, Ethernet, IPv4, NetworkInterface, read
from tests.commands.conftest import Outcome
from tests.oracle.tshark import Tshark

REPOSITORY = Path(__file__).resolve().parents[2]
DATAGRAM = (
    Ethernet(src="02:00:00:00:00:aa", dst="02:00:00:00:00:04") / IPv4(src="10.0.0.1", dst="10.0.0.3") / UDP(dport=9)
)


@pytest.fixture
def left(laboratory: Laboratory) -> Host:
    return laboratory.host("left")


@pytest.fixture
def right(laboratory: Laboratory, left: Host) -> Host:
    right = laboratory.host("right")
    laboratory.cable(left, right)
    return right


@pytest.fixture
def send(left: Host, right: Host) -> Iterator[Callable[[int], None]]:
    """Send so many datagrams from the other end of the cable."""

    def send(count: int) -> None:
        for _ in range(count):
            opened.send(bytes(DATAGRAM))

    with left.entered():
        opened = NetworkInterface("eth0")
    with opened:
        yield send


def started(host: Host, *arguments: object, **options: Any) -> subprocess.Popen[bytes]:
    """Start the program in a namespace, and wait until it hears."""
    os.environ.setdefault("PYTHONPATH", str(REPOSITORY))
    process = host.start(sys.executable, "-m", "dissect", *map(str, arguments), **options)
    await_line(process, b"capturing on")
    return process


def ended(process: subprocess.Popen[bytes], number: int | None = signal.SIGINT) -> str:
    """End the program, which succeeds, and return what it said."""
    if number is not None:
        process.send_signal(number)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 0, said
    return said.decode()


def packets_of(path: Path) -> int:
    return len(list(read(path)))


def awaited(path: Path, count: int) -> None:
    """Wait until a file that grows has so many packets."""
    until = time.monotonic() + 20
    while packets_of(path) < count:
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_file_that_everybody_agrees_on(
    right: Host, send: Callable[[int], None], tmp_path: Path, tshark: Tshark
) -> None:
    path = tmp_path / "a.pcapng"
    process = started(right, "capture", "-i", "eth0", "-i", "lo", "-f", "udp port 9", "-w", path)
    send(50)
    with right.entered(), NetworkInterface("lo") as loopback:
        loopback.send(bytes(DATAGRAM))
    # It is there while the program runs.
    awaited(path, 51)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    said = ended(process)
    assert said.splitlines() == [
        "51 packets captured",
        "eth0: 50 received by filter, 0 dropped by kernel",
        "lo: 1 received by filter, 0 dropped by kernel",
    ]
    names = ["frame.time_epoch", "frame.interface_name", "frame.len"]
    rows = subprocess.run(
        [tshark.program, "-r", path, "-T", "fields", *(word for name in names for word in ("-e", name))],
        capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    ours = [
        f"{(packet.time_ns or 0) // 10**9}.{(packet.time_ns or 0) % 10**9:09d}\t{packet.interface_name}\t42"
        for packet in read(path)
    ]
    assert rows == ours
    told = subprocess.run(["capinfos", path], capture_output=True, text=True, check=True).stdout
    for sentence in (
        "Number of packets:   51\n",
        "Strict time order:   True",
        "Capture application: dissect",
        "Number of interfaces in file: 2",
        "Name = lo",
        "Filter string = udp port 9",
        "Time precision = nanoseconds (9)",
        "Number of stat entries = 1",
    ):
        assert sentence in told


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_at_once_and_well(right: Host, tmp_path: Path, number: int) -> None:
    process = started(right, "capture", "-i", "eth0", "-w", tmp_path / "a.pcapng")
    assert "0 packets captured" in ended(process, number)
    assert packets_of(tmp_path / "a.pcapng") == 0


def test_a_killed_program_leaves_what_it_saw(right: Host, send: Callable[[int], None], tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    process = started(right, "capture", "-i", "eth0", "-w", path)
    send(20)
    awaited(path, 20)
    # The program is the only child of `ip netns exec`, which has become it.
    process.kill()
    process.wait()
    assert packets_of(path) == 20


def test_a_ring_of_files_has_the_last_ones_and_each_is_whole(
    right: Host, send: Callable[[int], None], tmp_path: Path
) -> None:
    process = started(
        right, "capture", "-i", "eth0", "-w", tmp_path / "t.pcapng", "-b", "packets:10", "-b", "files:2", "-c", 35
    )
    send(40)
    said = ended(process, None)
    assert said.splitlines()[0] == "35 packets captured"
    names = sorted(path.name for path in tmp_path.iterdir())
    assert [name[:8] for name in names] == ["t_00003_", "t_00004_"]
    assert all(len(name) == len("t_00003_20261129045203.pcapng") for name in names)
    assert [packets_of(tmp_path / name) for name in names] == [10, 5]
    for name in names:
        assert blocks(tmp_path / name)[:2] == [0x0A0D0D0A, 1]
        assert blocks(tmp_path / name)[-1] == 5
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def blocks(path: Path) -> list[int]:
    """Return the types of a file's blocks."""
    data, at, found = path.read_bytes(), 0, []
    while at < len(data):
        kind, size = struct.unpack_from("<II", data, at)
        found.append(kind)
        at += size
    return found


def test_standard_output_takes_it_and_a_reader_that_goes_ends_it(
    right: Host, send: Callable[[int], None], tmp_path: Path
) -> None:
    path = tmp_path / "a"
    with path.open("wb") as output:
        process = started(right, "capture", "-i", "eth0", "-w", "-", "-c", 3, stdout=output)
        send(5)
        ended(process, None)
    assert packets_of(path) == 3
    process = started(right, "capture", "-i", "eth0", "-w", "-", stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    send(5)
    assert process.wait(30) == 0


def test_a_pcap_by_its_name_and_the_filter_behind_the_options(
    right: Host, send: Callable[[int], None], tmp_path: Path
) -> None:
    path = tmp_path / "a.pcap"
    process = started(right, "capture", "-i", "eth0", "-s", 20, "-c", 2, "-w", path, "udp", "port", "9")
    send(2)
    ended(process, None)
    found = list(read(path))
    assert [(len(packet.data), packet.original_length) for packet in found] == [(20, 42)] * 2


def test_a_removed_interface_ends_it_with_a_sentence(right: Host, send: Callable[[int], None], tmp_path: Path) -> None:
    process = started(right, "capture", "-i", "eth0", "-w", tmp_path / "a.pcapng")
    send(3)
    right.ip("link", "delete", "eth0")
    _, said = process.communicate(timeout=30)
    assert process.returncode == 2
    assert said.decode().splitlines() == [
        "3 packets captured",
        "eth0: 3 received by filter, 0 dropped by kernel",
        "dissect: eth0 is gone: its device was removed",
    ]
    assert packets_of(tmp_path / "a.pcapng") == 3


def test_any_is_all_that_is_up_and_what_comes_up(
    left: Host, right: Host, send: Callable[[int], None], tmp_path: Path
) -> None:
    path = tmp_path / "a.pcapng"
    process = started(right, "capture", "-i", "any", "-f", "udp", "-w", path)
    right.laboratory.cable(left, right)
    assert process.stderr is not None
    assert process.stderr.readline().decode() == "dissect: eth1 came up and is captured, too\n"
    with left.entered(), NetworkInterface("eth1") as second:
        second.send(bytes(DATAGRAM))
    send(1)
    awaited(path, 2)
    assert "eth1: 1 received by filter" in ended(process)
    assert {packet.interface_name for packet in read(path)} == {"eth0", "eth1"}


WRONG = [
    (["-w", "a", "-i", "nowhere0"], "there is no interface 'nowhere0'"),
    (["-w", "a", "-i", "lo", "-f", "tcp port"], "the capture filter 'tcp port' cannot be used: "),
    (["-w", "a", "-i", "lo", "-f", "tcp", "udp"], "two capture filters are given, 'tcp' behind -f and 'udp'"),
    (["-w", "a", "-i", "lo", "-b", "files:2"], "-b files:N keeps the last N files: say when another begins"),
    (["-w", "-", "-i", "lo", "-b", "packets:2"], "-b makes several files, and -w - is one stream"),
    (["-w", "a", "-i", "lo", "-a", "files:2"], "-a files:N ends after N files, and there is one"),
    (["-w", "nowhere/a", "-i", "lo", "-a", "duration:1"], "nowhere/a: No such file or directory"),
    (
        ["-w", "a.pcap", "-i", "lo", "-i", "tun0"],
        "a pcap holds frames of one link type, and these are",
    ),
]


def test_what_cannot_be_is_one_sentence_and_makes_no_file(
    run: Callable[..., Outcome], laboratory: Laboratory, tun: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = laboratory.host("left")
    host.ip("tuntap", "add", "dev", "tun0", "mode", "tun")
    host.ip("link", "set", "tun0", "up")
    monkeypatch.chdir(tmp_path)
    with host.entered():
        for arguments, sentence in WRONG:
            outcome = run("capture", *arguments)
            assert outcome.status == 2, arguments
            assert sentence in outcome.errors.splitlines()[-1]
            assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [["-b", "foo:2"], ["-b", "packets:0"], ["-a", "duration:0"], ["-a", "duration:x"], ["-s", "300000"], ["-Q", "up"]],
)
def test_wrong_options_are_told(run: Callable[..., Outcome], arguments: list[str]) -> None:
    outcome = run("capture", "-w", "a", *arguments)
    assert outcome.status == 2
    assert outcome.errors.startswith("dissect capture: argument -")


@pytest.mark.long
@pytest.mark.parametrize(
    "options",
    [
        ("-b", "packets:7", "-b", "files:3", "-c", "40"),
        ("-b", "packets:7", "-a", "files:2"),
        ("-b", "packets:20", "-c", "40"),
        ("-c", "33"),
        ("-a", "packets:12"),
    ],
)
def test_rings_are_those_of_dumpcap(
    right: Host, send: Callable[[int], None], tmp_path: Path, tshark: Tshark, options: tuple[str, ...]
) -> None:
    """Of the same packets the same files, with the same numbers and as many packets, for each option in turn."""
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    ours.mkdir()
    theirs.mkdir()
    judge = right.start("dumpcap", "-i", "eth0", "-w", str(theirs / "t.pcapng"), *options)
    await_line(judge, b"File: ")
    process = started(right, "capture", "-i", "eth0", "-w", ours / "t.pcapng", *options)
    send(40)
    ended(process, None)
    assert judge.wait(30) == 0

    def told(directory: Path) -> list[tuple[str, int]]:
        return [(path.name[:8], packets_of(path)) for path in sorted(directory.iterdir())]

    assert told(ours) == told(theirs)
