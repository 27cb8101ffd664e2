"""`dissect arping` beside the kernel."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from capture_samples.recorder.laboratory import Laboratory
from capture_samples.recorder.topologies import routed, two_hosts, two_hosts_of_ipv6
from dissect import ARP, read


def test_neighbours_tell_their_mac_addresses(laboratory: Laboratory, run: Callable[..., Any], tmp_path: Path) -> None:
    client, server = two_hosts(laboratory, arp=True)
    with client.entered():
        done = run("arping", "10.0.0.2", "-c", 2, "-i", 0.02, "-w", tmp_path / "out.pcap")
        network = run("arping", "10.0.0.0/29", "-i", 0.02, "-W", 0.1)
        taken, free = run("arping", "-D", "10.0.0.2"), run("arping", "-D", "10.0.0.9", "-W", 0.05)
    mac = f"02:00:00:00:00:{server.number:02x}"
    lines = done.output.splitlines()
    assert done.status == 0
    assert all(re.fullmatch(rf"reply from 10\.0\.0\.2 \[{mac}\]  [\d.]+ms", line) for line in lines[:2])
    assert lines[2:] == ["Sent 2 requests, 2 answered, by 1 hosts"]
    assert [int(packet[ARP].opcode) for packet in read(tmp_path / "out.pcap")] == [1, 2, 1, 2]
    # Of a network the machine's own address is left out, also of what is told first.
    assert network.errors == "dissect: asking 5 addresses with 5 packets\n"
    assert network.output.splitlines()[-1] == "Sent 5 requests, 1 answered, by 1 hosts"
    assert (taken.status, free.status) == (1, 0)
    assert f"[{mac}]" in taken.output


def test_two_with_one_address_are_told(laboratory: Laboratory, run: Callable[..., Any]) -> None:
    from capture_samples.recorder.topologies import bridged

    one, other, third = bridged(laboratory, "one", "other", "third")
    third.ip("address", "add", "10.0.0.2/24", "dev", "eth0")
    with one.entered():
        done = run("arping", "10.0.0.2", "-W", 0.3)
    macs = sorted(f"02:00:00:00:00:{host.number:02x}" for host in (other, third))
    assert done.status == 0
    assert done.output.splitlines()[-1] == f"10.0.0.2 is at 2 MAC addresses: {', '.join(macs)}"


def test_who_is_no_neighbour_is_not_asked(laboratory: Laboratory, run: Callable[..., Any]) -> None:
    net = routed(laboratory)
    with net.client.entered():
        far, own = run("arping", net.server_address), run("arping", "10.0.0.1")
        elsewhere = run("arping", net.server_address, "-I", "eth0", "-W", 0.05)
    assert (far.status, own.status) == (2, 2)
    assert far.errors == (
        "dissect: 10.0.1.1 is no neighbour: it is reached by 10.0.0.254; -I names the interface that it is to be on\n"
    )
    assert "it is a local address" in own.errors
    assert (elsewhere.status, elsewhere.errors) == (2, far.errors)


def test_neighbours_of_ipv6_are_solicited(laboratory: Laboratory, run: Callable[..., Any]) -> None:
    client, server = two_hosts_of_ipv6(laboratory)
    with client.entered():
        done = run("arping", "2001:db8::2")
    assert done.status == 0
    assert f"reply from 2001:db8::2 [02:00:00:00:00:{server.number:02x}]" in done.output
