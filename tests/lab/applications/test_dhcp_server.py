"""The DHCP server answers as RFC 2131 has it: to whom, from where, and with what."""

from __future__ import annotations

from typing import Any

import pytest

from dissect import DHCP, UDP, Ethernet, IPv4, parse
from dissect.lab.applications.dhcp_server import DHCPServer
from dissect.protocols.dhcp_host_options import DHCPDomainName, DHCPDomainNameServers, DHCPRouters, DHCPSubnetMask
from dissect.protocols.dhcp_options import (
    DHCPClientIdentifier,
    DHCPErrorMessage,
    DHCPLeaseTime,
    DHCPMessageType,
    DHCPOption,
    DHCPRebindingTime,
    DHCPRenewalTime,
    DHCPRequestedAddress,
    DHCPServerIdentifier,
    MessageType,
)
from tests.lab.applications.net import SECOND, Home

MAC = "02:00:00:00:00:aa"
POOL = "192.168.1.100-192.168.1.110"


class Talk:
    """A client whose messages are written by hand."""

    def __init__(self, **options: Any) -> None:
        self.home = Home()
        self.program = self.home.serve(DHCPServer(POOL, **options))
        self.home.run()

    def say(
        self, kind: str, *options: DHCPOption, src: str = "0.0.0.0", dst: str = "255.255.255.255", **given: Any
    ) -> list[Any]:
        """Send a message, and return the frames that come back."""
        message = DHCP(client_mac=MAC, transaction_id=7, options=[MessageType(kind), *options], **given)
        frame = Ethernet(
            src=MAC, dst="ff:ff:ff:ff:ff:ff" if dst.endswith("255") else self.home.server.interfaces[0].mac
        )
        sent = self.home.server.receive(
            0, bytes(frame / IPv4(src=src, dst=dst) / UDP(sport=68, dport=67) / message), self.home.lab.now_ns
        )
        sent += self.home.server.advance(self.home.lab.now_ns)
        return [parse(each.frame) for each in sent]

    def ask(self, kind: str, *options: DHCPOption, **given: Any) -> tuple[Any, DHCP]:
        (frame,) = self.say(kind, *options, **given)
        return frame, frame[DHCP]


def test_an_offer_goes_to_who_asked_without_arp() -> None:
    talk = Talk(
        routers=["192.168.1.1"], name_servers=["192.168.1.1", "9.9.9.9"], domain="home.lan", lease_ns=600 * SECOND
    )
    frame, offer = talk.ask("discover", DHCPClientIdentifier(b"\x00me"))
    assert (frame[Ethernet].dst, frame[IPv4].src, frame[IPv4].dst) == (MAC, "192.168.1.1", "192.168.1.100")
    assert (frame[UDP].sport, frame[UDP].dport) == (67, 68)
    assert not frame.problems()
    assert (offer.message_type, offer.transaction_id, offer.your_address) == (DHCPMessageType.OFFER, 7, "192.168.1.100")
    told: dict[type[DHCPOption], Any] = {type(option): option for option in offer.options}
    assert told[DHCPSubnetMask].value == "255.255.255.0"
    assert list(told[DHCPRouters].values) == ["192.168.1.1"]
    assert list(told[DHCPDomainNameServers].values) == ["192.168.1.1", "9.9.9.9"]
    assert told[DHCPDomainName].value == "home.lan"
    times = [told[each].value for each in (DHCPLeaseTime, DHCPRenewalTime, DHCPRebindingTime)]
    assert times == [600, 300, 525]
    assert told[DHCPClientIdentifier].value == b"\x00me", "RFC 6842"
    assert len(bytes(offer)) >= 300


def test_who_can_hear_nothing_else_is_answered_by_a_broadcast() -> None:
    frame, _ = Talk().ask("discover", flags=0x8000)
    assert (frame[Ethernet].dst, frame[IPv4].dst) == ("ff:ff:ff:ff:ff:ff", "255.255.255.255")


def test_an_offer_is_taken_renewed_and_given_back() -> None:
    talk = Talk()
    talk.ask("discover")
    named = DHCPServerIdentifier("192.168.1.1")
    _, answer = talk.ask("request", DHCPRequestedAddress("192.168.1.100"), named)
    assert (answer.message_type, answer.your_address) == (DHCPMessageType.ACK, "192.168.1.100")
    talk.home.server.arp_add("192.168.1.100", MAC)
    own = {"client_address": "192.168.1.100", "src": "192.168.1.100"}
    frame, answer = talk.ask("request", DHCPLeaseTime(60), dst="192.168.1.1", **own)
    assert (answer.message_type, answer.option(DHCPLeaseTime)) == (DHCPMessageType.ACK, DHCPLeaseTime(60))
    assert (frame[IPv4].dst, frame[UDP].sport) == ("192.168.1.100", 67)
    assert talk.say("release", named, dst="192.168.1.1", **own) == []
    assert talk.program.lines[-1] == f"gets 192.168.1.100 back from {MAC}"


def test_a_request_for_another_server_takes_the_offer_back() -> None:
    talk = Talk()
    talk.ask("discover")
    assert talk.say("request", DHCPRequestedAddress("192.168.1.100"), DHCPServerIdentifier("192.168.1.9")) == []
    assert [lease.is_taken for lease in talk.program.leases] == [False]
    assert next(iter(talk.program.leases)).expires_ns == talk.home.lab.now_ns


@pytest.mark.parametrize("asked", ["10.0.0.5", "192.168.1.1"])
def test_what_can_not_be_had_is_refused_by_a_broadcast_without_terms(asked: str) -> None:
    talk = Talk()
    given = [] if asked == "10.0.0.5" else [DHCPServerIdentifier("192.168.1.1")]
    frame, answer = talk.ask("request", DHCPRequestedAddress(asked), *given)
    assert (frame[Ethernet].dst, frame[IPv4].dst) == ("ff:ff:ff:ff:ff:ff", "255.255.255.255")
    assert (answer.message_type, answer.your_address) == (DHCPMessageType.NAK, "0.0.0.0")
    assert answer.option(DHCPLeaseTime) is None
    assert answer.option(DHCPErrorMessage) == DHCPErrorMessage(f"{asked} is not to be had")


def test_an_address_of_the_network_that_is_none_of_the_pool_may_be_another_servers() -> None:
    assert Talk().say("request", DHCPRequestedAddress("192.168.1.50")) == []


def test_who_has_an_address_learns_the_rest() -> None:
    talk = Talk(domain="home.lan")
    talk.home.server.arp_add("192.168.1.77", MAC)
    frame, answer = talk.ask("inform", client_address="192.168.1.77", src="192.168.1.77")
    assert (answer.your_address, answer.option(DHCPLeaseTime)) == ("0.0.0.0", None)
    assert answer.option(DHCPDomainName) == DHCPDomainName("home.lan")
    assert frame[IPv4].dst == "192.168.1.77"


def test_an_address_that_answers_a_probe_is_not_offered() -> None:
    home = Home()
    home.host("squatter", "192.168.1.100/24")
    program = home.serve(DHCPServer(POOL, probes=True))
    client = home.host("client")
    home.run()
    message = DHCP(client_mac=MAC, options=[MessageType("discover")])
    client.send("255.255.255.255", UDP(sport=68, dport=67, payload=message), src="0.0.0.0")
    home.run(5 * SECOND)
    assert program.lines == ["192.168.1.100 is somebody's already", f"offers 192.168.1.101 to {MAC}"]


def test_what_is_no_question_of_a_client_is_not_answered() -> None:
    talk = Talk()
    assert talk.say("discover", hardware_type=6) == []
    assert talk.say("discover", relay_address="10.0.0.1") == []
    assert talk.say("offer") == []
    assert talk.say("discover", operation=2) == []


def test_a_server_that_is_not_on_the_network_of_its_pool_says_so() -> None:
    home = Home()
    program = home.serve(DHCPServer("10.0.0.1-10.0.0.5"))
    home.run()
    assert program.finished
    assert program.lines == ["the pool begins with 10.0.0.1, which is on none of the networks of the server"]


def test_an_empty_pool_offers_nothing() -> None:
    home = Home()
    program = home.serve(DHCPServer("192.168.1.1"))
    client = home.host("client")
    home.run()
    client.send(
        "255.255.255.255",
        UDP(sport=68, dport=67, payload=DHCP(client_mac=MAC, options=[MessageType(1)])),
        src="0.0.0.0",
    )
    home.run()
    assert program.lines == [f"no address is left for {MAC}"]
