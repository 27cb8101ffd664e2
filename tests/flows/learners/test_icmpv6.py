"""Pings of IPv6: nobody has to answer a request to many."""

from __future__ import annotations

import pytest

from dissect import Ethernet, ICMPv6EchoRequest, IPv6
from tests.flows.learners.passed import after_passing


@pytest.mark.parametrize(("destination", "is_missed"), [("2001:db8::2", True), ("ff02::1", False)])
def test_a_request_that_nobody_answers(destination: str, is_missed: bool) -> None:
    request = Ethernet() / IPv6(src="2001:db8::1", dst=destination) / ICMPv6EchoRequest(id=1, seq=1)
    (packet,) = after_passing([request], twice=True)
    assert bool(packet.get("icmpv6.no_resp")) is is_missed
    assert bool(packet.frame[ICMPv6EchoRequest].learnt("to_many")) is not is_missed
