"""`dissect ping` beside the kernel and simulated routers."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from capture_samples.recorder.laboratory import Laboratory
from capture_samples.recorder.topologies import routed, two_hosts, two_hosts_of_ipv6
from dissect import EchoReply, read
from tests.commands.asked import FAR, simulated_routers
from tests.lab.driven import beside

REPOSITORY = Path(__file__).resolve().parents[2]


def test_a_host_answers_and_the_capture_has_it(laboratory: Laboratory, run: Callable[..., Any], tmp_path: Path) -> None:
    net = routed(laboratory)
    with net.client.entered():
        done = run(
            "ping", "-c", 3, "-i", 0.05, "-s", 3000, net.server_address, "-w", tmp_path / "out.pcapng", "--ladder"
        )
    lines = done.output.splitlines()
    assert done.status == 0
    assert lines[0] == "PING 10.0.1.1 (10.0.1.1) 3000 bytes of data."
    for number in (1, 2, 3):
        assert re.fullmatch(rf"3008 bytes from 10\.0\.1\.1: icmp_seq={number} ttl=63 time=[\d.]+ ms", lines[number])
    assert re.fullmatch(r"3 packets transmitted, 3 received, 0% packet loss, time \d+ms", lines[5])
    assert re.fullmatch(r"rtt min/avg/max/mdev = [\d./]+ ms", lines[6])
    # In the ladder are ARP, three fragments for each request, and answers as a whole.
    assert lines[8].split() == ["10.0.0.1", "10.0.0.254", "10.0.1.1"]
    assert len(lines) == 9 + 2 + 3 * (3 + 1)
    packets = list(read(tmp_path / "out.pcapng"))
    assert [packet[EchoReply].seq for packet in packets if EchoReply in packet] == [1, 2, 3]
    assert sum(packet.get("ip.flags.mf") == [True] for packet in packets) == 6


def test_what_hinders_a_request_is_told(laboratory: Laboratory, run: Callable[..., Any]) -> None:
    net = routed(laboratory)
    with net.client.entered():
        exceeded = run("ping", "-c", 1, "-t", 1, "-W", 0.2, net.server_address)
        nobody = run("ping", "-c", 2, "-i", 0.05, "-W", 0.1, "10.0.0.77")
        too_large = run("ping", "-c", 1, "-M", "-s", 3000, "-W", 0.1, net.server_address)
        unknown = run("ping", "-I", "eth7", "10.0.0.254")
    assert exceeded.status == 1
    assert "From 10.0.0.254 icmp_seq=1 Time-to-live exceeded" in exceeded.output
    assert (nobody.status, nobody.output.splitlines()[1]) == (1, "no answer to ARP for 10.0.0.77 on eth0")
    assert "2 packets transmitted, 0 received, 100% packet loss" in nobody.output
    assert too_large.status == 1
    assert "DF set, and the link takes 1500" in too_large.output
    assert (unknown.status, unknown.errors) == (
        2,
        "dissect: there is no interface 'eth7', expected one of those that the machine has: eth0, lo\n",
    )


def test_each_host_of_a_network_is_asked_once(laboratory: Laboratory, run: Callable[..., Any]) -> None:
    client, _ = two_hosts(laboratory, arp=True)
    with client.entered():
        done = run("ping", "10.0.0.0/29", "-W", 0.1)
        refused = run("ping", "10.0.0.0/16")
        everybody = run("ping", "10.0.0.255", "-c", 1)
    assert done.status == 0
    assert done.errors == "dissect: asking 6 addresses with 6 packets\n"
    assert [line.split(":")[0] for line in done.output.splitlines() if "icmp_seq=1" in line] == [
        "64 bytes from 10.0.0.1",
        "64 bytes from 10.0.0.2",
    ]
    assert "no answer to ARP for 10.0.0.3 on eth0" in done.output
    for each in (refused, everybody):
        assert (each.status, each.output) == (2, "")
        assert each.errors.endswith("dissect: nothing was sent: --yes says that so many are meant\n")


def test_ipv6_is_asked_as_well(laboratory: Laboratory, run: Callable[..., Any]) -> None:
    client, _ = two_hosts_of_ipv6(laboratory)
    with client.entered():
        done = run("ping", "-c", 1, "2001:db8::2")
        nobody = run("ping", "-c", 1, "-W", 0.1, "2001:db8::9")
    assert done.status == 0
    assert "64 bytes from 2001:db8::2: icmp_seq=1 ttl=64 time=" in done.output
    assert nobody.output.splitlines()[1] == "no answer to neighbour solicitations for 2001:db8::9 on eth0"


@pytest.mark.usefixtures("tun")
def test_a_simulated_host_answers_behind_simulated_routers(laboratory: Laboratory, run: Callable[..., Any]) -> None:
    with simulated_routers(laboratory) as (namespace, lab, tap):

        def work() -> Any:
            with namespace.entered():
                return run("ping", "-c", 2, "-i", 0.05, FAR, "-W", 20)

        done = beside(lab, tap, work)
    assert done.status == 0
    assert f"64 bytes from {FAR}: icmp_seq=2 ttl=62 time=" in done.output


def test_ctrl_c_ends_the_asking_and_the_answers_are_counted(laboratory: Laboratory) -> None:
    client, _ = two_hosts(laboratory)
    started = subprocess.Popen(
        ["ip", "netns", "exec", client.namespace, sys.executable, "-m", "dissect", "ping", "-i", "0.05", "10.0.0.2"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=REPOSITORY,
    )  # fmt: skip
    assert started.stdout is not None
    lines = [started.stdout.readline() for _ in range(4)]
    started.send_signal(signal.SIGINT)
    rest, errors = started.communicate(timeout=60)
    assert (started.returncode, errors) == (0, "")
    assert "icmp_seq=3" in lines[3]
    assert re.search(r"--- 10\.0\.0\.2 ping statistics ---\n\d+ packets transmitted, \d+ received", rest)
