"""How a host finds the addresses of names."""

from __future__ import annotations

from typing import Any

import pytest

from dissect import DNS, Host
from dissect.errors import FieldError
from dissect.lab.applications.dns_server import DNSServer
from dissect.lab.applications.dns_zone import Zone
from dissect.lab.program import RunsPrograms
from tests.lab.applications.net import SECOND, Home

ZONE = Zone("home.lan", {"www": {"CNAME": "web"}, "web": {"A": ["192.0.2.80", "192.0.2.81"]}, "empty": {"TXT": "x"}})


def two(**options: Any) -> tuple[Home, Host]:
    home = Home()
    home.serve(DNSServer([ZONE]))
    return home, home.host("client", "192.168.1.2/24", **({"name_servers": ["192.168.1.1"]} | options))


def resolved(home: Home, client: Host, name: str) -> Any:
    async def main(host: RunsPrograms) -> object:
        return await host.resolve(name)

    return home.do(client, main)


def test_a_name_has_the_address_of_what_it_stands_for() -> None:
    home, client = two()
    assert resolved(home, client, "www.home.lan") == "192.0.2.80"
    assert resolved(home, client, "WWW.Home.Lan.") == "192.0.2.80"


def test_addresses_and_what_the_host_knows_itself_are_asked_nobody() -> None:
    home, client = two(names={"Printer": "192.168.1.7"})
    assert resolved(home, client, "10.1.2.3") == "10.1.2.3"
    assert resolved(home, client, "printer") == "192.168.1.7"
    assert home.seen(DNS) == []


def test_a_name_without_a_dot_is_looked_for_in_the_domain_first() -> None:
    home, client = two(domain="home.lan")
    assert resolved(home, client, "web") == "192.0.2.80"
    assert [message.questions[0].domain for message in home.seen(DNS)] == ["web.home.lan"] * 2


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nobody.home.lan", "there is no name nobody.home.lan, says 192.168.1.1"),
        ("empty.home.lan", "empty.home.lan has no address"),
        ("www.example.com", "nobody knows www.example.com: 192.168.1.1 says Refused"),
    ],
)
def test_a_name_that_is_not_found_is_told(name: str, sentence: str) -> None:
    home, client = two()
    assert resolved(home, client, name) == [sentence]


def test_servers_are_asked_in_turn_and_twice() -> None:
    home, client = two(name_servers=["192.168.1.77", "192.168.1.1"])
    assert resolved(home, client, "web.home.lan") == "192.0.2.80"
    home, client = two(name_servers=["192.168.1.77", "192.168.1.78"])
    client.arp_add("192.168.1.77", "02:00:00:00:00:77")
    client.arp_add("192.168.1.78", "02:00:00:00:00:78")
    begun_ns = home.lab.now_ns
    assert resolved(home, client, "a.b") == ["nobody knows a.b: no answer from 192.168.1.77, 192.168.1.78"]
    asked = [packet for packet in home.lab.recording.packets(["client-s"]) if DNS in packet]
    assert [((packet.time_ns or 0) - begun_ns) // SECOND for packet in asked] == [0, 5, 10, 15]


def test_a_host_without_servers_says_so() -> None:
    home, client = two(name_servers=[])
    assert resolved(home, client, "a.b") == ["nobody knows a.b: the host has no name server"]
    with pytest.raises(FieldError, match="the name server's IPv4 address is '300'"):
        client.resolver.learn(["300"], "")
