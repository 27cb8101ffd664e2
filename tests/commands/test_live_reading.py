"""`dissect read -i`: what passes at interfaces, in any way of printing, while it passes."""

from __future__ import annotations

import json
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from capture_samples.recorder.laboratory import Host, Laboratory, await_line
from dissect import TCP, UDP, Ethernet, IPv4, NetworkInterface, read
from tests.commands.conftest import Outcome

LINK = Ethernet(src="02:00:00:00:00:aa", dst="02:00:00:00:00:04")
DATAGRAM = LINK / IPv4(src="10.0.0.1", dst="10.0.0.3") / UDP(sport=7, dport=9)
SYN = LINK / IPv4(src="10.0.0.1", dst="10.0.0.3") / TCP(sport=1, dport=80, seq=1000, flags="S")
NEXT = LINK / IPv4(src="10.0.0.1", dst="10.0.0.3") / TCP(sport=1, dport=80, seq=1001, flags="A")


def started(host: Host, *arguments: object) -> subprocess.Popen[bytes]:
    process = host.start(sys.executable, "-m", "dissect", "read", *map(str, arguments), stdout=subprocess.PIPE)
    await_line(process, b"capturing on")
    return process


def finished(process: subprocess.Popen[bytes]) -> tuple[list[str], list[str]]:
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors
    return output.decode().splitlines(), errors.decode().splitlines()


def test_lines_come_as_packets_do_and_ctrl_c_ends_it_well(cable: tuple[Host, Host], sender: NetworkInterface) -> None:
    process = started(cable[1], "-i", "eth0")
    sender.send(DATAGRAM)
    assert process.stdout is not None
    # A pipe, and the line is there without another one behind it.
    assert process.stdout.readline().decode().split()[2:8] == ["10.0.0.1", "→", "10.0.0.3", "UDP", "42", "7"]
    process.send_signal(signal.SIGINT)
    output, errors = finished(process)
    assert output == []
    assert errors == ["1 packet captured", "eth0: 1 received by filter, 0 dropped by kernel"]


def test_filters_context_and_counts(cable: tuple[Host, Host], sender: NetworkInterface) -> None:
    process = started(
        cable[1], "-i", "eth0", "-f", "tcp", "-Y", "tcp.flags.ack == 1", "-c", 2, "-T", "fields", "-e", "frame.number",
        "-e", "tcp.seq", "-e", "frame.interface_name",
    )  # fmt: skip
    for frame in (DATAGRAM, SYN, NEXT, NEXT):
        sender.send(frame)
    output, errors = finished(process)
    assert output == ["2\t1\teth0"]
    assert errors[0] == "2 packets captured"


def test_json_and_statistics_end_in_time(cable: tuple[Host, Host], sender: NetworkInterface) -> None:
    process = started(cable[1], "-i", "eth0", "-T", "json", "-e", "udp.srcport", "-z", "io,phs", "-a", "duration:0.5")
    sender.send(DATAGRAM)
    output, _ = finished(process)
    end = output.index("]")
    (packet,) = json.loads("\n".join(output[: end + 1]))
    assert packet["_source"]["layers"] == {"udp.srcport": ["7"]}
    assert "eth                                      frames:1 bytes:42" in output[end:]


def test_a_file_beside_the_list_can_be_followed_and_has_statistics(
    cable: tuple[Host, Host], sender: NetworkInterface, tmp_path: Path
) -> None:
    path = tmp_path / "a.pcapng"
    process = started(cable[1], "-i", "eth0", "-w", path, "-P", "-Y", "udp", "udp", "or", "tcp")
    sender.send(SYN)
    sender.send(DATAGRAM)
    assert process.stdout is not None
    assert b"UDP" in process.stdout.readline()
    # It is written right behind that.
    until = time.monotonic() + 20
    while not (found := list(read(path))) and time.monotonic() < until:
        time.sleep(0.001)
    assert [packet[UDP].sport for packet in found] == [7]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    process.send_signal(signal.SIGINT)
    finished(process)
    reader: Any = read(path)
    assert len(list(reader)) == 1
    (interface,) = reader.interfaces
    assert (interface.name, interface.filter) == ("eth0", "udp or tcp")
    assert {option.name: option.value for option in interface.statistics}["received"] == 2


def test_a_reader_that_goes_ends_it(cable: tuple[Host, Host], sender: NetworkInterface) -> None:
    process = started(cable[1], "-i", "eth0")
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    sender.send(DATAGRAM)
    assert process.wait(30) == 0


WRONG = [
    (["-i", "nowhere0"], "there is no interface 'nowhere0'"),
    (["-i", "lo", "-2"], "an interface gives each frame once: leave -2 out"),
    (["-i", "lo", "-r", "x.pcap"], "-i reads from interfaces, and -r from x.pcap: leave one of them out"),
    (["-i", "lo", "-w", "a.pcapng.gz"], "would be compressed, and then nobody can follow it"),
    (["-i", "lo", "-a", "filesize:3"], "dissect capture has it"),
    (["x.pcap", "-Q", "in"], "-Q says how an interface is heard: add -i NAME, or leave it out"),
    (["x.pcap", "-p"], "-p says how an interface is heard"),
    (["x.pcap", "-s", "20"], "-s says how an interface is heard"),
    (["x.pcap", "-B", "20"], "-B says how an interface is heard"),
]


def test_what_cannot_be_is_one_sentence(run: Callable[..., Outcome], laboratory: Laboratory) -> None:
    with laboratory.host("left").entered():
        for arguments, sentence in WRONG:
            outcome = run("read", *arguments)
            assert outcome.status == 2, arguments
            assert sentence in outcome.errors
