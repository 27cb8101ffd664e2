"""`dissect trace` beside traceroute, over the kernel's routers and simulated ones."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from capture_samples.recorder.laboratory import Host, Laboratory
from capture_samples.recorder.topologies import routed
from tests.commands.asked import FAR, need, simulated_routers
from tests.lab.driven import beside

KINDS = {"UDP": ([], []), "ICMP": (["--icmp"], ["-I"]), "TCP": (["--tcp"], ["-T"])}
"""For each kind of packet the options of `dissect trace` and of traceroute."""


def hops(printed: str) -> list[tuple[str, str]]:
    """Return what is printed of each hop: who answered, and the marks of what hindered packets."""
    found = []
    for line in printed.splitlines()[1:]:
        addresses = dict.fromkeys(re.findall(r"\d+\.\d+\.\d+\.\d+", line))
        found.append((" ".join(addresses), " ".join(sorted(set(re.findall(r"!\w", line))))))
    return found


def without_limits(*hosts: Host) -> None:
    for host in hosts:
        host.configure_where_known(icmp_msgs_per_sec=1_000_000, icmp_msgs_burst=1_000_000)


@pytest.mark.parametrize("kind", KINDS)
def test_the_kernels_routers_are_those_that_traceroute_finds(
    kind: str, laboratory: Laboratory, run: Callable[..., Any]
) -> None:
    need("traceroute")
    net = routed(laboratory, routers=2)
    without_limits(net.server, *net.routers)
    ours, theirs = KINDS[kind]
    with net.client.entered():
        done = run("trace", net.server_address, *ours, "--ladder", "--rate", 500)
    judged = net.client.ask("traceroute", "-n", *theirs, net.server_address)
    report, _, ladder = done.output.partition("\n\n")
    assert done.status == 0
    assert report.startswith("trace to 10.0.2.1 (10.0.2.1), 30 hops max\n 1  10.0.0.254 (10.0.0.254)  ")
    assert hops(report) == hops(judged) == [("10.0.0.254", ""), ("10.0.1.254", ""), ("10.0.2.1", "")]
    assert ladder.split()[:4] == ["10.0.0.1", "10.0.0.254", "10.0.1.254", "10.0.2.1"]


@pytest.mark.usefixtures("tun")
@pytest.mark.parametrize("kind", KINDS)
def test_simulated_routers_are_those_that_traceroute_finds(
    kind: str, laboratory: Laboratory, run: Callable[..., Any]
) -> None:
    need("traceroute")
    ours, theirs = KINDS[kind]
    with simulated_routers(laboratory) as (namespace, lab, tap):

        def work() -> tuple[Any, str]:
            with namespace.entered():
                # One packet for each hop: simulated hosts limit their errors as Linux does.
                done = run("trace", FAR, *ours, "-W", 20, "-q", 1)
            return done, namespace.ask("traceroute", "-n", "-w", "20", "-N", "1", "-q", "1", *theirs, FAR)

        done, judged = beside(lab, tap, work)
    assert done.status == 0
    assert hops(done.output) == hops(judged) == [("10.1.0.1", ""), ("10.2.0.2", ""), (FAR, "")]


def test_where_it_goes_no_further_is_marked(laboratory: Laboratory, run: Callable[..., Any]) -> None:
    need("traceroute")
    net = routed(laboratory, routers=2)
    without_limits(*net.routers)
    net.routers[0].ip("route", "replace", "prohibit", "10.0.2.0/24")
    with net.client.entered():
        done = run("trace", "10.0.2.1", "-q", 1, "-W", 20)
        silent = run("trace", "10.0.0.77", "-m", 2, "-W", 0.1)
    judged = net.client.ask("traceroute", "-n", "-q", "1", "10.0.2.1")
    assert done.status == 1
    assert hops(done.output) == hops(judged) == [("10.0.0.254", "!X")]
    assert (silent.status, silent.output.splitlines()[1:]) == (
        1,
        ["no answer to ARP for 10.0.0.77 on eth0", " 1  * * *", " 2  * * *"],
    )


def test_hops_without_an_answer_are_stars(laboratory: Laboratory, run: Callable[..., Any]) -> None:
    net = routed(laboratory, routers=2)
    net.routers[0].rules("table ip quiet { chain out { type filter hook output priority 0; ip protocol icmp drop\n}\n}")
    with net.client.entered():
        done = run("trace", net.server_address, "-W", 0.3, "-q", 2, "--icmp")
    assert done.status == 0
    assert [line.split("(")[0] for line in done.output.splitlines()[1:]] == [
        " 1  * *",
        " 2  10.0.1.254 ",
        " 3  10.0.2.1 ",
    ]
