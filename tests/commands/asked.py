"""Networks that ping, trace, arping and scan ask, of the kernel and of the lab, and the judges beside them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from capture_samples.recorder.laboratory import Host, Laboratory
from dissect import Network, Tap

__all__ = ["need", "simulated_routers"]

FAR = "10.3.0.2"
"""The simulated host behind two simulated routers."""


def need(program: str) -> None:
    """Skip the test where a judge is missing."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is the judge, which is missing: install it.")


@contextmanager
def simulated_routers(laboratory: Laboratory) -> Iterator[tuple[Host, Network, Tap]]:
    """Give a namespace with a TAP device, and the lab behind it: two routers, and a host with open ports."""
    namespace = laboratory.host("asking")
    lab = Network(seed=1)
    lab.router("near", "10.1.0.1/24", "10.2.0.1/24", routes=[("10.3.0.0/24", "10.2.0.2")])
    lab.router("far", "10.2.0.2/24", "10.3.0.1/24", gateway="10.2.0.1")
    host = lab.host("host", f"{FAR}/24", gateway="10.3.0.1")
    lab.lead_out("near:eth0")
    lab.link("near:eth1", "far:eth0")
    lab.link("far:eth1", host)
    lab.recording.stop()
    for port in (7, 80):
        host.tcp.listen(port)
    host.udp.open(9)
    with namespace.entered():
        tap = Tap("tap0", address="10.1.0.9/24")
    with tap:
        namespace.ip("route", "add", "default", "via", "10.1.0.1")
        yield namespace, lab, tap
