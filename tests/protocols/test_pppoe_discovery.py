from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import (
    VLAN,
    Ethernet,
    PPPoEConcentrator,
    PPPoEDiscovery,
    PPPoEHostUnique,
    PPPoEServiceName,
)
from tests.protocols.agreement import keeps_promises

QUESTION = PPPoEDiscovery(tags=[PPPoEServiceName(), PPPoEHostUnique(b"me")])


def test_a_host_asks() -> None:
    frame = Ethernet() / VLAN(id=7) / QUESTION
    assert bytes(frame)[16:].hex(" ") == "88 63 11 09 00 00 00 0a 01 01 00 00 01 03 00 02 6d 65"
    parsed = dissect.parse(bytes(frame).ljust(60, b"\0"))
    assert (parsed[PPPoEDiscovery], parsed[PPPoEDiscovery].payload, parsed.problems()) == (QUESTION, None, [])
    assert len(parsed[Ethernet].trailer) == 26


def test_a_concentrator_offers_itself() -> None:
    offer = PPPoEDiscovery(code="offer", tags=[PPPoEConcentrator("ac"), PPPoEServiceName("isp")])
    assert offer.info() == "Active Discovery Offer (PADO) AC-Name='ac'"


@pytest.mark.parametrize("code", ["initiation", "request"])
@pytest.mark.parametrize("services", [0, 2])
def test_a_host_names_one_service(code: str, services: int) -> None:
    packet = PPPoEDiscovery(code=code, tags=[PPPoEServiceName()] * services)
    assert [(problem.expected, problem.found) for problem in packet.problems()] == [("1", str(services))]
    assert not packet.replace(code="termination").problems()


def test_a_length_that_is_none() -> None:
    data = bytes(Ethernet() / QUESTION)
    for size in range(14, len(data)):
        frame = keeps_promises(data[:size], "ethernet")
        assert [problem.message for problem in frame.problems()] == ([] if size == 14 else ["is cut short"])
    longer = keeps_promises(data[:19] + b"\x0b" + data[20:], "ethernet")
    assert "is cut short" in [problem.message for problem in longer.problems()]


@given(st.binary(max_size=60))
def test_bytes_of_any_kind(data: bytes) -> None:
    keeps_promises(bytes(12) + b"\x88\x63" + data, "ethernet")
