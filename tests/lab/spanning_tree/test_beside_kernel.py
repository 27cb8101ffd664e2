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

SLICE_SECONDS = 0.5
SLICES = 20
"""How often the kernel is asked whether it agrees, at most."""
SECOND = 1_000_000_000
TIMES = {"hello_ns": SECOND, "maximum_age_ns": 6 * SECOND, "delay_ns": 4 * SECOND}
KERNEL = "02:00:00:00:0b:00"


def said(namespace: Namespace, switch: Switch) -> tuple[set[str], int, list[Role]]:
    """Return the roots that the kernel's ports name, how many of these are shut, and the simulated roles."""
    told = []
    for name in ("tap0", "tap1"):
        (port,) = json.loads(namespace.ask("ip", "-d", "-j", "link", "show", name))
        told.append(port["linkinfo"]["info_slave_data"])
    assert switch.tree is not None
    shut = sum(each["state"] == "blocking" for each in told)
    return {each["root_id"] for each in told}, shut, [switch.tree.state(port).role for port in range(2)]


def expected(mac: str, priority: int) -> tuple[set[str], int, list[Role]]:
    """Return the same where both agree, of a simulated bridge with this priority."""
    is_root = priority < 32768
    address = mac if is_root else KERNEL
    # Linux writes the priority in hexadecimal, and addresses without leading zeros.
    root = f"{min(priority, 32768):04x}.{':'.join(f'{int(part, 16):x}' for part in address.split(':'))}"
    return {root}, int(is_root), [Role.DESIGNATED, Role.DESIGNATED] if is_root else [Role.ROOT, Role.ALTERNATE]


def send(going: list[Transmission], taps: list[Tap]) -> None:
    for sent in going:
        taps[sent.port].send(sent.frame)


def carry(switch: Switch, taps: list[Tap], seconds: float) -> None:
    """Carry frames between the switch and the kernel for a time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for port, tap in enumerate(taps):
            packet = tap.receive(0)
            if packet is not None:
                send(switch.receive(port, packet.data, time.monotonic_ns()), taps)
        send(switch.advance(time.monotonic_ns()), taps)
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
        send(switch.start(time.monotonic_ns()), taps)
        for _ in range(SLICES):
            carry(switch, taps, SLICE_SECONDS)
            found = said(namespace, switch)
            if found == expected(switch.mac, priority):
                break
    assert found == expected(switch.mac, priority)
