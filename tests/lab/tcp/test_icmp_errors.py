"""What ICMP errors do to connections."""

from __future__ import annotations

import pytest

from dissect import DestinationUnreachable, TimeExceeded
from dissect.lab.tcp.endpoint import Endpoint
from dissect.lab.tcp.icmp_errors import take_error
from dissect.lab.tcp.states import Failure
from dissect.protocols.icmp import ICMP


def connecting() -> Endpoint:
    end = Endpoint(isn=1000)
    end.connect(0)
    return end


@pytest.mark.parametrize(
    ("error", "hard", "soft"),
    [
        (DestinationUnreachable(code=3), Failure.REFUSED, None),
        (DestinationUnreachable(code=13), Failure.REFUSED, None),
        (DestinationUnreachable(code=1), None, Failure.UNREACHABLE),
        (TimeExceeded(), None, Failure.UNREACHABLE),
    ],
)
def test_hard_ones_end_a_handshake_and_soft_ones_are_remembered(
    error: ICMP, hard: Failure | None, soft: Failure | None
) -> None:
    end = connecting()
    take_error(end, error, 1000, 60, 0)
    assert (end.failure, end.block.soft_failure) == (hard, soft)


def test_an_old_router_that_tells_no_mtu_means_the_next_plateau() -> None:
    end = connecting()
    take_error(end, DestinationUnreachable(code=4), 1000, 1500, 0)
    assert end.block.mtu == 1492


def test_crumbs_are_not_believed() -> None:
    end = connecting()
    take_error(end, DestinationUnreachable(code=4, next_hop_mtu=68), 1000, 1500, 0)
    assert (end.block.mtu, end.block.is_fragmented) == (552, True)


def test_a_number_that_is_not_on_its_way_is_forged() -> None:
    end = connecting()
    take_error(end, DestinationUnreachable(code=4, next_hop_mtu=600), 999, 1500, 0)
    take_error(end, DestinationUnreachable(code=3), 5, 60, 0)
    assert (end.block.mtu, end.failure) == (1500, None)
