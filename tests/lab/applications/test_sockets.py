"""What applications need of a host: it has sockets and a clock, of the types that they are promised."""

from __future__ import annotations

from typing import get_type_hints

import pytest

from dissect.lab.applications.sockets import HasSockets
from dissect.lab.host import Host
from dissect.lab.interface import Interface

PROMISED = {name: member.fget for name, member in vars(HasSockets).items() if isinstance(member, property)}


@pytest.mark.parametrize("name", PROMISED)
def test_a_host_has_what_its_applications_are_promised(name: str) -> None:
    host = Host("a", Interface("eth0", "02:00:00:00:00:01", "192.168.0.1/24"))
    host.start(5_000)
    promised = get_type_hints(PROMISED[name])["return"]
    assert isinstance(getattr(host, name), promised)
    assert host.now_ns == 5_000


def test_there_are_two_kinds_of_sockets_and_a_clock() -> None:
    assert set(PROMISED) == {"udp", "tcp", "now_ns"}
