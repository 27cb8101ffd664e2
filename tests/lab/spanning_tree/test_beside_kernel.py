"""A simulated bridge and one of Linux, joined by two cables: they agree on the root, and one cable stays shut."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack

import pytest

from capture_samples.recorder.laboratory import Host as Namespace
from capture_samples.recorder.laboratory import Laboratory
from dissect import Switch, Tap
from dissect.edges.edge import wait_readable
from dissect.lab.device import Transmission
from dissect.lab.spanning_tree.bridge import TreeSettings
from dissect.lab.spanning_tree.messages import Role

SECONDS = 1.5
SECOND = 1_000_000_000
TIMES = {"hello_ns": SECOND, "maximum_age_ns": 6 * SECOND, "delay_ns": 4 * SECOND}
KERNEL = "02:00:00:00:0b:00"


def kernel_says(namespace: Namespace, ports: list[str]) -> tuple[str, list[str]]:
    """Return the root as the kernel's ports name it, and the states of these."""
    told = []
    for name in ports:
        (port,) = json.loads(namespace.ask("ip", "-d", "-j", "link", "show", name))
        told.append(port["linkinfo"]["info_slave_data"])
    (root,) = {each["root_id"] for each in told}
    return root, [each["state"] for each in told]


def carry(switch: Switch, taps: list[Tap], seconds: float) -> None:
    """Carry frames between the switch and the kernel for a time."""
    end = time.monotonic() + seconds

    def send(going: list[Transmission]) -> None:
        for sent in going:
            taps[sent.port].send(sent.frame)

    send(switch.start(time.monotonic_ns()))
    while time.monotonic() < end:
        for port, tap in enumerate(taps):
            packet = tap.receive(0)
            if packet is not None:
                send(switch.receive(port, packet.data, time.monotonic_ns()))
        send(switch.advance(time.monotonic_ns()))
        wait_readable(taps[0].fileno(), 0.02)


@pytest.mark.parametrize("priority", [4096, 61440], ids=["simulated root", "kernel's root"])
def test_they_agree_on_the_root_and_one_cable_stays_shut(laboratory: Laboratory, priority: int) -> None:
    namespace = laboratory.host("bridge")
    switch = Switch("s", ["1", "2"], tree=TreeSettings(priority=priority, rapid=False, **TIMES))
    with ExitStack() as stack:
        with namespace.entered():
            taps = [stack.enter_context(Tap(f"tap{number}")) for number in range(2)]
        namespace.ip("link", "add", "br0", "address", KERNEL, "type", "bridge", "stp_state", "1")
        namespace.ip(
            "link", "set", "br0", "type", "bridge", "hello_time", "100", "max_age", "600", "forward_delay", "400"
        )
        for tap in taps:
            namespace.ip("link", "set", tap.name, "master", "br0")
        namespace.ip("link", "set", "br0", "up")
        carry(switch, taps, SECONDS)
        root, states = kernel_says(namespace, [tap.name for tap in taps])
    tree = switch.tree
    assert tree is not None
    rank, address = tree.root.split(".")
    # Linux writes the priority in hexadecimal, and addresses without leading zeros.
    assert root == f"{int(rank):04x}.{':'.join(f'{int(part, 16):x}' for part in address.split(':'))}"
    assert tree.is_root is (priority == 4096)
    ours = [tree.state(port).role for port in range(2)]
    if tree.is_root:
        assert ours == [Role.DESIGNATED, Role.DESIGNATED]
        assert states.count("blocking") == 1
    else:
        assert ours == [Role.ROOT, Role.ALTERNATE]
        assert "blocking" not in states
