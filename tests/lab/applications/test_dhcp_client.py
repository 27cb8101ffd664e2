"""The DHCP client gets an address, keeps it, loses it and gives it back."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from dissect import ARP, DHCP, Host, IPv4
from dissect.lab.applications.dhcp_client import DHCPClient
from dissect.lab.applications.dhcp_server import DHCPServer
from dissect.lab.program import Program
from dissect.lab.tcp_programs import Leave
from dissect.protocols.dhcp_options import DHCPMessageType, DHCPRequestedAddress, DHCPServerIdentifier
from tests.lab.applications.net import SECOND, Home

POOL = "192.168.1.100-192.168.1.110"
TOLD: dict[str, Any] = {"routers": ["192.168.1.1"], "name_servers": ["192.168.1.1"], "domain": "home.lan"}


def lent(**options: Any) -> tuple[Home, DHCPServer, Host]:
    home = Home()
    return home, home.serve(DHCPServer(POOL, **(TOLD | options))), home.host("client")


def kinds(home: Home) -> list[DHCPMessageType | None]:
    return [message.message_type for message in home.seen(DHCP)]


D = DHCPMessageType


def test_four_messages_give_an_address_routes_and_names() -> None:
    home, _, host = lent()
    client = home.start(host, DHCPClient(probes=False))
    home.run(5 * SECOND)
    assert kinds(home) == [D.DISCOVER, D.OFFER, D.REQUEST, D.ACK]
    assert {message.transaction_id for message in home.seen(DHCP)} == {home.seen(DHCP)[0].transaction_id}
    assert host.addresses() == ["192.168.1.100"]
    route = host.routing_table.lookup("9.9.9.9")
    assert route is not None
    assert route.gateway == "192.168.1.1"
    assert (host.resolver.servers, host.resolver.domain) == (["192.168.1.1"], "home.lan")
    assert client.bound.result() == "192.168.1.100"
    requests = [packet for packet in home.lab.recording.packets(["client-s"]) if DHCP in packet]
    assert {packet[IPv4].src for packet in requests if packet[DHCP].operation == 1} == {"0.0.0.0"}


def test_an_address_is_probed_before_it_is_used_and_announced_then() -> None:
    home, _, host = lent()
    home.start(host, DHCPClient())
    home.run(2 * SECOND)
    assert host.addresses() == []
    home.run(10 * SECOND)
    assert host.addresses() == ["192.168.1.100"]
    asked = [packet for packet in home.seen(ARP, host) if packet.target_ip == "192.168.1.100"]
    assert [packet.is_probe for packet in asked] == [True] * 3 + [False] * 2


def test_what_somebody_has_is_declined_and_another_is_got_ten_seconds_later() -> None:
    home, server, host = lent()
    home.host("squatter", "192.168.1.100/24")
    client = home.start(host, DHCPClient())
    home.run(30 * SECOND)
    assert kinds(home)[3:6] == [D.ACK, D.DECLINE, D.DISCOVER]
    assert host.addresses() == ["192.168.1.101"]
    assert "DHCPDECLINE of 192.168.1.100: somebody has it" in client.lines
    assert any("is somebody's already, says" in line for line in server.lines)


def test_half_of_the_time_over_it_asks_its_server_again() -> None:
    home, _, host = lent(lease_ns=1000 * SECOND)
    home.start(host, DHCPClient(probes=False))
    home.run(2300 * SECOND)
    assert kinds(home)[4:] == [D.REQUEST, D.ACK] * 4
    renewal = home.seen(DHCP)[4]
    assert (renewal.client_address, renewal.options[1].code) == ("192.168.1.100", 61), "neither 50 nor 54"
    asked = [packet for packet in home.lab.recording.packets(["client-s"]) if DHCP in packet][4]
    assert asked[IPv4].dst == "192.168.1.1"
    assert round((asked.time_ns or 0) / SECOND) == 500
    assert host.addresses() == ["192.168.1.100"]


def test_a_silent_server_is_asked_all_are_asked_and_the_address_is_given_up() -> None:
    home, _, host = lent(lease_ns=1000 * SECOND)
    client = home.start(host, DHCPClient(probes=False))
    home.run(SECOND)
    home.lab.start_program(home.server, Leave(), at_ns=home.lab.now_ns)
    home.server.udp.get(67).close()  # type: ignore[union-attr]
    home.run(997 * SECOND)
    assert host.addresses() == ["192.168.1.100"], "it is kept until the end"
    home.run(5 * SECOND)
    assert host.addresses() == []
    assert host.routing_table.lookup("9.9.9.9") is None
    assert host.resolver.servers == []
    asked = [line for line in client.lines if line.startswith("DHCPREQUEST for 192.168.1.100 to")]
    by_server = [line.endswith("to 192.168.1.1") for line in asked]
    # From T1, 500 s, to T2, 875 s: each wait is half of what is left, 60 s at least.
    assert (by_server.count(True), by_server.count(False)) == (4, 3)
    assert "the lease of 192.168.1.100 has expired" in client.lines
    assert client.lines[-1].startswith("DHCPDISCOVER")


def test_who_has_no_answer_asks_again_and_waits_longer_each_time() -> None:
    home = Home()
    host = home.host("client")
    home.start(host, DHCPClient())
    home.run(300 * SECOND)
    times = [(packet.time_ns or 0) / SECOND for packet in home.lab.recording.packets(["client-s"]) if DHCP in packet]
    waits = [round(later - former) for former, later in itertools.pairwise(times)]
    assert all(abs(wait - usual) <= 1 for wait, usual in zip(waits, [4, 8, 16, 32, 64, 64], strict=False))
    seconds = [message.seconds for message in home.seen(DHCP, host)]
    assert seconds == [int(time) for time in times]


def test_an_address_is_given_back() -> None:
    home, server, host = lent()
    client = home.start(host, DHCPClient(probes=False, release_after_ns=60 * SECOND, host_name="laptop"))
    home.run(100 * SECOND)
    assert client.finished
    assert kinds(home)[-1] is D.RELEASE
    assert host.addresses() == []
    assert server.lines[-1].startswith("gets 192.168.1.100 back from")


def test_who_wants_an_address_gets_it_and_a_refusal_begins_anew() -> None:
    home, server, host = lent(lease_ns=100 * SECOND)
    client = home.start(host, DHCPClient(probes=False, wanted="192.168.1.105", broadcast=True))
    home.run(10 * SECOND)
    assert host.addresses() == ["192.168.1.105"]
    assert all(packet[IPv4].dst == "255.255.255.255" for packet in home.lab.recording.packets() if DHCP in packet)
    server.leases.decline("192.168.1.105", home.lab.now_ns)
    home.run(60 * SECOND)
    assert "DHCPNAK from 192.168.1.1: 192.168.1.105 is not to be had" in client.lines
    assert host.addresses() == ["192.168.1.100"]


def test_who_was_switched_off_asks_for_its_old_address_at_once() -> None:
    home, _, host = lent()
    home.start(host, DHCPClient(probes=False, remembered="192.168.1.105"))
    home.run(5 * SECOND)
    assert kinds(home) == [D.REQUEST, D.ACK]
    asked = home.seen(DHCP)[0]
    # RFC 2131, table 5: the address is wanted, not used yet, and nobody is named who lent it.
    assert (asked.option(DHCPRequestedAddress), asked.client_address) == (
        DHCPRequestedAddress("192.168.1.105"),
        "0.0.0.0",
    )
    assert asked.option(DHCPServerIdentifier) is None
    assert host.addresses() == ["192.168.1.105"]


def test_who_came_to_another_network_is_refused_and_begins_anew() -> None:
    home, _, host = lent()
    client = home.start(host, DHCPClient(probes=False, remembered="10.9.9.9"))
    home.run(10 * SECOND)
    assert kinds(home) == [D.REQUEST, D.NAK, D.DISCOVER, D.OFFER, D.REQUEST, D.ACK]
    assert host.addresses() == ["192.168.1.100"]
    assert client.lines[:2] == [
        "DHCPREQUEST for 10.9.9.9, which was lent before",
        "DHCPNAK from 192.168.1.1: 10.9.9.9 is not to be had",
    ]


def test_where_nobody_knows_of_the_old_address_it_asks_whether_it_may_have_it() -> None:
    home, _, host = lent()
    # On the network, and none of the pool: another server's, perhaps, so that this one says nothing.
    home.start(host, DHCPClient(probes=False, remembered="192.168.1.50"))
    home.run(30 * SECOND)
    assert kinds(home) == [D.REQUEST, D.REQUEST, D.DISCOVER, D.OFFER, D.REQUEST, D.ACK]
    first, second, third = home.seen(DHCP)[:3]
    assert first.transaction_id == second.transaction_id
    assert (first.seconds, second.seconds > 0) == (0, True)
    assert third.option(DHCPRequestedAddress) == DHCPRequestedAddress("192.168.1.50")
    assert host.addresses() == ["192.168.1.100"]


def test_it_takes_what_it_can_use_alone() -> None:
    home, _, host = lent(routers=["10.9.9.9"])
    client = home.start(host, DHCPClient(probes=False))
    home.run(10 * SECOND)
    assert host.addresses() == ["192.168.1.100"]
    assert any("on none of its networks" in line for line in client.lines)


def test_an_interface_that_is_not_there_is_told() -> None:
    home = Home()
    host = home.host("client")
    client: Program = home.start(host, DHCPClient("eth9"))
    home.run()
    assert client.lines == ["client has no interface 'eth9', expected one of eth0"]


@pytest.mark.parametrize("seed", [1, 2])
def test_twenty_clients_at_once_get_twenty_addresses(seed: int) -> None:
    home = Home(seed)
    home.serve(DHCPServer("192.168.1.100-192.168.1.119", **TOLD))
    hosts = [home.host(f"h{number}", link={"loss": 0.05}) for number in range(20)]
    for host in hosts:
        home.start(host, DHCPClient())
    home.run(200 * SECOND)
    assert sorted(ip for host in hosts for ip in host.addresses()) == sorted(f"192.168.1.{100 + n}" for n in range(20))
