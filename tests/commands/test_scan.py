"""`dissect scan` beside nmap, of the kernel and of simulated hosts."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from capture_samples.recorder.laboratory import Laboratory
from capture_samples.recorder.topologies import routed, two_hosts
from dissect import TCP, read
from tests.commands.asked import FAR, need, simulated_routers
from tests.lab.driven import beside


def states(printed: str) -> dict[str, str]:
    """Return the states of ports that are listed, as nmap and we print them."""
    return dict(re.findall(r"^ *(\d+/(?:tcp|udp)) +(\S+)", printed, flags=re.M))


def test_open_closed_and_filtered_ports_are_those_of_nmap(
    laboratory: Laboratory, run: Callable[..., Any], tmp_path: Path
) -> None:
    need("nmap")
    net = routed(laboratory)
    net.server.configure_where_known(icmp_msgs_per_sec=1_000_000, icmp_msgs_burst=1_000_000)
    for port in (22, 80):
        net.server.tcp(port=port).listen()
    net.server.udp(port=53)
    net.server.rules(
        "table ip f { chain in { type filter hook input priority 0; tcp dport 23 drop\n"
        "tcp dport 25 reject with icmp admin-prohibited\n}\n}"
    )
    with net.client.entered():
        done = run("scan", net.server_address, "-p", "20-30,80", "-W", 0.3, "-w", tmp_path / "out.pcapng")
        datagrams = run("scan", net.server_address, "-U", "-p", "50-55", "-W", 0.3)
        many = run("scan", net.server_address, "-p", "1-200", "-W", 0.3)
    judged = net.client.ask(
        "nmap", "-n", "-Pn", "-sS", "-T5", "--max-retries", "1", "-p", "20-30,80", net.server_address
    )
    judged_datagrams = net.client.ask(
        "nmap", "-n", "-Pn", "-sU", "-T5", "--max-retries", "1", "-p", "50-55", net.server_address
    )
    assert (done.status, datagrams.status) == (0, 0)
    assert states(done.output) == states(judged)
    assert {port for port, state in states(done.output).items() if state == "filtered"} == {"23/tcp", "25/tcp"}
    assert states(datagrams.output) == states(judged_datagrams)
    assert states(datagrams.output)["53/udp"] == "open|filtered"
    assert "22/tcp    open          ssh" in done.output
    assert done.output.endswith("1 addresses asked, 1 answered\n")
    # Of many ports in one state the number is told, and the open ones are listed.
    assert "196 ports are closed" in many.output
    assert states(many.output) == {"22/tcp": "open", "80/tcp": "open", "23/tcp": "filtered", "25/tcp": "filtered"}
    # The silent one was asked twice.
    asked = [packet[TCP].dport for packet in read(tmp_path / "out.pcapng") if TCP in packet and packet[TCP].syn]
    assert (asked.count(23), asked.count(24)) == (2, 1)


@pytest.mark.usefixtures("tun")
def test_a_simulated_hosts_ports_are_those_of_nmap(laboratory: Laboratory, run: Callable[..., Any]) -> None:
    need("nmap")
    with simulated_routers(laboratory) as (namespace, lab, tap):

        def work() -> tuple[Any, str]:
            with namespace.entered():
                done = run("scan", FAR, "-p", "5-9,79-82", "-W", 20)
            return done, namespace.ask("nmap", "-n", "-Pn", "-sS", "-p", "5-9,79-82", FAR)

        done, judged = beside(lab, tap, work)
    assert states(done.output) == states(judged)
    assert {port for port, state in states(done.output).items() if state == "open"} == {"7/tcp", "80/tcp"}


def test_hosts_of_a_network_are_told_apart(laboratory: Laboratory, run: Callable[..., Any]) -> None:
    client, server = two_hosts(laboratory, arp=True)
    server.tcp(port=80).listen()
    with client.entered():
        done = run("scan", "10.0.0.2-5", "-p", "80,80,81", "-W", 0.1, "-r", 0)
        nobody = run("scan", "10.0.0.9", "-p", "80", "-W", 0.1)
        wrong = run("scan", "10.0.0.2", "-p", "http")
    assert done.status == 0
    assert done.errors == "dissect: asking 4 addresses with 8 packets\n"
    assert states(done.output) == {"80/tcp": "open", "81/tcp": "closed"}
    assert "no answer to ARP for 10.0.0.3 on eth0" in done.output
    assert done.output.endswith("4 addresses asked, 1 answered\n")
    assert nobody.status == 1
    assert (wrong.status, wrong.output) == (2, "")
    assert "names 'http', expected ports of 0 to 65535" in wrong.errors
