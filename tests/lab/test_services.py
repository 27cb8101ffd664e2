"""What a host does for its parts: it has every service, and what may be left out means the same for both."""

from __future__ import annotations

import inspect

import pytest

from dissect.lab import services
from dissect.lab.host import Host
from dissect.lab.interface import Interface

HOST = Host("a", Interface("eth0", "02:00:00:00:00:01", "192.168.0.1/24"))
PROMISED = [
    (service, name)
    for service in services.__all__
    for name, member in vars(getattr(services, service)).items()
    if not name.startswith("_") and (callable(member) or isinstance(member, property))
]


@pytest.mark.parametrize(("service", "name"), PROMISED)
def test_a_host_has_what_its_parts_are_promised(service: str, name: str) -> None:
    promised = vars(getattr(services, service))[name]
    if isinstance(promised, property):
        assert hasattr(HOST, name)
        return
    given = inspect.signature(getattr(Host, name)).parameters
    for parameter in inspect.signature(promised).parameters.values():
        # A value that is left out by a part is left out by the host: mypy compares types alone.
        assert (given[parameter.name].default, given[parameter.name].kind) == (parameter.default, parameter.kind)


def test_there_are_services() -> None:
    assert {service for service, _ in PROMISED} == set(services.__all__)
