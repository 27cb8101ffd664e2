"""A stateful firewall: its rules, what belongs to what has passed, and where it stands."""

from __future__ import annotations

import pytest

from dissect import TCP, UDP, DestinationUnreachable, EchoReply, EchoRequest, IPv4, Network, Ping, parse
from dissect.errors import FieldError
from dissect.lab.firewall import Firewall, read_rule

A, B = "10.0.0.1", "10.0.0.2"


def sent(datagram: IPv4) -> IPv4:
    found = parse(bytes(datagram), "raw")
    assert isinstance(found, IPv4)
    return found


def comes(wall: Firewall, carried: object, now_ns: int = 0, interface: str = "eth0") -> bool:
    datagram = sent(IPv4(src=B, dst=A) / carried)  # type: ignore[operator]
    return wall.arriving(datagram, interface, now_ns) is datagram


def goes(wall: Firewall, carried: object, now_ns: int = 0) -> bool:
    datagram = sent(IPv4(src=A, dst=B) / carried)  # type: ignore[operator]
    return wall.leaving(datagram, "eth0", now_ns) is datagram


def test_what_belongs_to_what_went_out_comes_in() -> None:
    wall = Firewall(["allow out"])
    assert not comes(wall, TCP(sport=80, dport=5000, flags="SA"))
    assert goes(wall, TCP(sport=5000, dport=80, flags="S"))
    assert comes(wall, TCP(sport=80, dport=5000, flags="SA"))
    assert not comes(wall, TCP(sport=80, dport=5001, flags="SA"))
    assert goes(wall, EchoRequest(id=4))
    assert comes(wall, EchoReply(id=4))
    assert not comes(wall, EchoReply(id=5))
    assert wall.refused == 3


def test_errors_about_what_has_passed_pass() -> None:
    wall = Firewall(["allow out"])
    question = IPv4(src=A, dst=B) / UDP(sport=5000, dport=53)
    error = DestinationUnreachable(code=3, payload=bytes(question)[:28])
    assert not comes(wall, error)
    assert goes(wall, UDP(sport=5000, dport=53))
    assert comes(wall, error)


def test_the_first_rule_that_applies_decides() -> None:
    wall = Firewall(["deny in from 10.0.0.2 tcp 22", "allow in tcp 20-25", "reject in udp"])
    assert not comes(wall, TCP(sport=1, dport=22, flags="S"))
    assert comes(wall, TCP(sport=1, dport=23, flags="S"))
    assert not comes(wall, TCP(sport=1, dport=24, flags="A")), "nothing begins in the middle"
    refused = wall.arriving(sent(IPv4(src=B, dst=A) / UDP(dport=9)), "eth0", 0)
    assert isinstance(refused, DestinationUnreachable)
    assert refused.code == 13
    assert not goes(wall, UDP(dport=9)), "without a rule, nothing begins"


def test_one_interface_may_be_meant() -> None:
    wall = Firewall([], interface="wan")
    assert comes(wall, TCP(flags="S"), interface="lan")
    assert not comes(wall, TCP(flags="S"), interface="wan")


def test_what_was_allowed_is_forgotten() -> None:
    wall = Firewall(["allow out"])
    assert goes(wall, UDP(sport=5000, dport=53))
    assert not comes(wall, UDP(sport=53, dport=5000), now_ns=31 * 10**9)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "allow",
        "permit in",
        "allow up",
        "allow in tcp 99999",
        "allow in tcp 5-x",
        "allow in from nowhere",
        "allow in on",
    ],
)
def test_a_rule_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(FieldError):
        read_rule(text)


def test_a_host_behind_one_pings_and_is_not_pinged() -> None:
    lab = Network()
    a = lab.host("a", f"{A}/24", filters=[Firewall(["allow out"])])
    b = lab.host("b", f"{B}/24")
    lab.link(a, b)
    out, back = Ping(B, count=1), Ping(A, count=1)
    a.run(out)
    b.run(back, at_ns=5 * 10**9)
    lab.run(20 * 10**9)
    assert (out.received, back.received) == (1, 0)
