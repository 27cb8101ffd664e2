"""RARP: asking for one's own address, and telling it."""

from __future__ import annotations

import pytest

from dissect import ARP, Ethernet, Host, Interface, Network, parse
from dissect.errors import FieldError
from dissect.lab.ping import Ping
from dissect.lab.rarp import RARPClient, RARPServer

SECOND = 1_000_000_000
MY_MAC, SERVER_MAC = "02:00:00:00:00:02", "02:00:00:00:00:01"


def reply(ip: str, mac: str = MY_MAC) -> ARP:
    return ARP(opcode=4, sender_mac=SERVER_MAC, sender_ip="10.0.0.1", target_mac=mac, target_ip=ip)


def test_it_asks_until_it_is_answered_more_and_more_seldom() -> None:
    client = RARPClient(MY_MAC, 0)
    times: list[int] = []
    while len(times) < 9:
        assert client.deadline is not None
        times.append(client.deadline // SECOND)
        (request,) = client.advance(client.deadline)
        assert (request.opcode, request.sender_mac, request.target_mac) == (3, MY_MAC, MY_MAC)
    assert times == [0, 1, 3, 7, 15, 31, 63, 127, 191]


@pytest.mark.parametrize(
    ("ip", "expected"), [("10.1.2.3", "10.1.2.3/8"), ("172.16.0.1", "172.16.0.1/16"), ("192.168.0.9", "192.168.0.9/24")]
)
def test_the_address_gets_the_mask_of_its_class(ip: str, expected: str) -> None:
    client = RARPClient(MY_MAC, 0)
    assert client.receive(reply(ip)) == expected
    assert client.deadline is None
    assert RARPClient(MY_MAC, 0, prefix_length=20).receive(reply(ip)) == f"{ip}/20"


def test_replies_to_others_and_addresses_of_nobody_are_not_taken() -> None:
    client = RARPClient(MY_MAC, 0)
    for packet in (reply("10.0.0.9", SERVER_MAC), reply("224.0.0.1"), reply("10.0.0.9").replace(opcode=3)):
        assert client.receive(packet) is None


def test_the_server_answers_for_its_table_alone() -> None:
    server = RARPServer({MY_MAC.upper(): "10.0.0.9"})
    request = ARP(opcode=3, sender_mac=MY_MAC, target_mac=MY_MAC)
    answer = server.answer(request, SERVER_MAC, "10.0.0.1")
    assert answer == reply("10.0.0.9")
    assert server.answer(request.replace(target_mac=SERVER_MAC), SERVER_MAC, "10.0.0.1") is None
    assert server.answer(request.replace(opcode=1), SERVER_MAC, "10.0.0.1") is None
    with pytest.raises(FieldError, match="the RARP table's IPv4 address"):
        RARPServer({MY_MAC: "10.0.0"})


def test_a_host_without_an_address_gets_one_and_uses_it() -> None:
    lab = Network()
    lab.host("server", "192.168.0.1/24", rarp_table={"02:00:00:00:00:02": "192.168.0.9"})
    client = lab.host("client", mac="02:00:00:00:00:02", asks_rarp=True)
    lab.link("server", "client", delay_ns=1000)
    ping = lab.start_program("client", Ping("192.168.0.1"), at_ns=SECOND)
    lab.run()
    assert client.addresses() == ["192.168.0.9"]
    assert ping.received == 1
    assert "RARP gave the address 192.168.0.9/24" in [event.text for event in lab.events()]
    first = parse(lab.recording.passages[0].frame)
    assert isinstance(first, Ethernet)
    assert (first.type, first[ARP].opcode) == (0x8035, 3)


def test_an_address_that_cannot_be_used_is_told() -> None:
    client = Host("client", Interface("eth0", MY_MAC), asks_rarp=True)
    client.start(0)
    frame = Ethernet(dst=MY_MAC, src=SERVER_MAC, type=0x8035) / reply("192.168.0.0")
    assert client.receive(0, bytes(frame), 0) == []
    assert client.addresses() == []
    assert "cannot be used" in client.events()[-1].text
