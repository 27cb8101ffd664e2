from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dissect
from dissect import UDP, Data, Ethernet, IPv4, IPv6
from dissect.protocols.mpls import MPLS
from dissect.protocols.vxlan_gpe import VXLANGPE
from tests.protocols.agreement import keeps_promises

OUTER = Ethernet() / IPv4(src="192.0.2.1", dst="192.0.2.2") / UDP(sport=49152)
INNER = IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=1, dport=2)


@pytest.mark.parametrize(
    ("carried", "number"),
    [(INNER, 1), (IPv6() / UDP(sport=1, dport=2), 2), (Ethernet() / INNER, 3), (MPLS() / INNER, 5)],
)
def test_the_number_says_what_is_carried(carried: Any, number: int) -> None:
    """draft-ietf-nvo3-vxlan-gpe-12, section 3.1: flags, 16 bits that are reserved, the number, the network."""
    frame = OUTER / VXLANGPE(vni=0x123456) / carried
    assert bytes(frame[VXLANGPE])[:8] == bytes.fromhex(f"0c0000{number:02x} 12345600")
    assert frame[UDP].dport == 4790
    parsed = dissect.parse(bytes(frame))
    assert parsed == frame
    assert not parsed.problems()


def test_what_nobody_knows_is_data() -> None:
    parsed = dissect.parse(bytes(OUTER / VXLANGPE(protocol=4) / b"abc"))
    assert type(parsed[VXLANGPE].payload) is Data


def test_an_unknown_version_is_told() -> None:
    (problem,) = VXLANGPE(version=1).own_problems()
    assert (problem.field, problem.severity) == ("version", "warning")


@given(st.binary(max_size=30))
def test_any_bytes_keep_the_promises(data: bytes) -> None:
    keeps_promises(bytes(OUTER / VXLANGPE())[:-8] + data, "ethernet")
