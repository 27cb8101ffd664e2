"""ICMP in scripts."""

from __future__ import annotations

import pytest

from dissect.errors import ScenarioError
from dissect.lab.drill.exchange import Exchange
from dissect.lab.drill.icmp import error_message, is_wanted
from dissect.lab.drill.script import ICMPText
from dissect.lab.drill.tested import Side
from dissect.packets.packet import parse
from dissect.protocols.icmp_errors import DestinationUnreachable
from dissect.protocols.ipv4 import IPv4
from dissect.protocols.tcp import TCP


def test_an_error_quotes_what_the_tested_side_has_sent() -> None:
    exchange = Exchange(8080, 33000)
    exchange.tested_isn = 1000
    error = error_message(ICMPText("unreachable", "frag_needed", 1200, None, (1, 901)), exchange, Side())
    assert isinstance(error, DestinationUnreachable)
    assert (error.code, error.next_hop_mtu) == (4, 1200)
    read = parse(bytes(IPv4(src="192.0.2.1", dst="192.168.0.1", payload=error)), "raw")
    quoted = read[DestinationUnreachable].payload
    assert isinstance(quoted, IPv4)
    assert (str(quoted.src), quoted[TCP].sport, quoted[TCP].seq) == ("192.168.0.1", 8080, 1001)


def test_types_and_codes_have_names() -> None:
    message = DestinationUnreachable(code=3)
    assert is_wanted(ICMPText("unreachable", "port_unreachable"), message)
    assert is_wanted(ICMPText("3"), message)
    assert not is_wanted(ICMPText("unreachable", "net_unreachable"), message)
    assert not is_wanted(ICMPText("time_exceeded"), message)
    with pytest.raises(ScenarioError, match="icmp has no nonsense"):
        is_wanted(ICMPText("nonsense"), message)
