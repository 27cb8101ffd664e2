"""The command line, run in this process or as a program of its own, and small captures for it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

import dissect
from dissect import ARP, UDP, Ethernet, IPv4, Packet
from dissect.commands.main import main

REPOSITORY = Path(__file__).resolve().parents[2]


class Outcome(NamedTuple):
    status: int
    output: str
    errors: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Run the program in this process."""

    def call(*arguments: object) -> Outcome:
        status = main([str(argument) for argument in arguments])
        return Outcome(status, *capsys.readouterr())

    return call


@pytest.fixture
def program() -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """Run the program as a process of its own."""

    def call(*arguments: object, stdin: bytes = b"", **variables: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "dissect", *map(str, arguments)],
            input=stdin,
            capture_output=True,
            cwd=REPOSITORY,
            env=os.environ | variables,
            timeout=60,
            check=False,
        )

    return call


def packets() -> list[Packet]:
    frames = [
        Ethernet(src="02:00:00:00:00:01", dst="ff:ff:ff:ff:ff:ff") / ARP(sender_ip="10.0.0.1", target_ip="10.0.0.2"),
        Ethernet(src="02:00:00:00:00:01") / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=5, dport=6) / b"hi",
        Ethernet(src="02:00:00:00:00:02") / IPv4(src="10.0.0.2", dst="10.0.0.1") / UDP(sport=6, dport=5) / b"ho",
    ]
    return [Packet(bytes(frame), time_ns=1_700_000_000 * 10**9 + n * 250_000_000) for n, frame in enumerate(frames)]


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    """Three packets, a quarter of a second apart."""
    path = tmp_path / "three.pcap"
    dissect.write(path, packets())
    return path


@pytest.fixture
def damaged(capture: Path) -> Path:
    """The same without its last 5 bytes."""
    path = capture.with_name("damaged.pcap")
    path.write_bytes(capture.read_bytes()[:-5])
    return path
