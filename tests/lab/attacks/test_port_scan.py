"""Knocking at ports: open, closed and filtered ones are told apart."""

from __future__ import annotations

import pytest

from dissect import FieldError, Network
from dissect.lab.attacks.port_scan import PortScan
from dissect.lab.firewall import Firewall
from dissect.lab.tcp_programs import TCPServe


def test_what_is_open_closed_and_filtered() -> None:
    lab = Network()
    a = lab.host("a", "10.0.0.1/24")
    lab.host("b", "10.0.0.2/24", filters=[Firewall(["allow out", "allow in tcp 20", "allow in tcp 21"])])
    lab.link(a, "b", delay_ns=1_000)
    lab.start_program("b", TCPServe(21))
    scan = lab.start_program(a, PortScan("10.0.0.2", 20, 23))
    lab.run(10_000_000_000)
    assert scan.found == {"open": [21], "closed": [20], "filtered": [22, 23]}
    assert scan.lines == ["open: 21", "closed: 1 port", "filtered: 2 ports"]
    assert len(a.tcp.connections) <= 1, "what is given up is forgotten"


@pytest.mark.parametrize(("first", "last"), [(0, 5), (5, 4), (1, 65536), (1, 1025)])
def test_ports_that_are_none(first: int, last: int) -> None:
    with pytest.raises(FieldError, match="expected at most 1024 from 1 to 65535"):
        PortScan("10.0.0.2", first, last)
