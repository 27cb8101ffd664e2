"""The caching resolver: from the root down, by others, from memory, and what it does not believe."""

from __future__ import annotations

from typing import Any

import pytest

from dissect import DNS, ARecord, Host, NSRecord, Question
from dissect.errors import FieldError
from dissect.lab.applications.dns_asking import ask
from dissect.lab.applications.dns_resolver import DNSResolver
from dissect.lab.applications.dns_server import DNSServer
from dissect.lab.applications.dns_zone import Zone
from dissect.lab.program import RunsPrograms
from dissect.lab.udp_sockets import Datagram, UDPSocket
from tests.lab.applications.net import SECOND, Home

ROOT = Zone(".", {"com": {"NS": "ns.com"}, "ns.com": {"A": "192.168.1.11"}, "net": {"NS": "ns.example.com."}})
COM = Zone("com", {"example": {"NS": ["ns.example", "ns.elsewhere.net."]}, "ns.example": {"A": "192.168.1.12"},
                   "round": {"NS": "ns.square.com."}, "square": {"NS": "ns.round.com."}})  # fmt: skip
EXAMPLE = Zone("example.com", {"www": {"CNAME": "web"}, "web": {"A": {"value": "192.0.2.80", "ttl": 60}},
                               "far": {"CNAME": "host.example.net."}, "loop": {"CNAME": "loop"}})  # fmt: skip
NET = Zone("net", {"host.example": {"A": "192.0.2.99"}})


class World:
    """A resolver at 192.168.1.1, name servers of the root, of com and of example.com and net, and a client."""

    def __init__(self, **options: Any) -> None:
        self.home = Home()
        self.resolver = self.home.serve(DNSResolver(**({"roots": ["192.168.1.10"]} | options)))
        self.hosts = [self.home.host(f"ns{number}", f"192.168.1.{number}/24") for number in (10, 11, 12)]
        for host, zones in zip(self.hosts, ([ROOT], [COM], [EXAMPLE, NET]), strict=True):
            self.home.start(host, DNSServer(zones))
        self.client = self.home.host("client", "192.168.1.2/24", name_servers=["192.168.1.1"])

    def ask(self, name: str, kind: str = "A", **options: Any) -> DNS:
        async def main(host: RunsPrograms) -> object:
            return await ask(host, "192.168.1.1", Question(name, kind), host.randomness(name), **options)

        answer = self.home.do(self.client, main, 20 * SECOND)
        assert isinstance(answer, DNS), answer
        return answer

    def asked(self) -> list[tuple[str, str]]:
        """Whom the resolver asked for what since the last call."""
        packets = self.home.lab.recording.packets(["server-s"])
        queries = [packet for packet in packets if DNS in packet and not packet[DNS].is_response]
        found = [(str(each["ip.dst"]), each[DNS].questions[0].domain) for each in queries[getattr(self, "_seen", 0) :]]
        self._seen = len(queries)
        return [(ip, name) for ip, name in found if ip != "192.168.1.1"]


def test_it_goes_down_from_the_root_and_remembers_the_way() -> None:
    world = World()
    answer = world.ask("www.example.com")
    assert [record.summary() for record in answer.answers] == ["CNAME web.example.com", "A 192.0.2.80"]
    assert (answer.authoritative, answer.recursion_available) == (False, True)
    asked = world.asked()
    assert [ip for ip, _ in asked] == ["192.168.1.10", "192.168.1.11", "192.168.1.12"]
    again = world.ask("WWW.example.com")
    assert world.asked() == []
    assert again.answers[1].ttl < 60
    world.ask("web.example.com", "MX")
    assert world.asked() == [("192.168.1.12", "web.example.com")], "the servers of the zone are known"


def test_what_grew_old_is_asked_for_again() -> None:
    world = World()
    world.ask("web.example.com")
    world.home.run(61 * SECOND)
    world.asked()
    assert world.ask("web.example.com").answers[0].ttl == 60
    assert world.asked() == [("192.168.1.12", "web.example.com")]


def test_a_name_of_another_zone_is_followed_and_its_servers_are_found() -> None:
    world = World()
    answer = world.ask("far.example.com")
    assert [record.summary() for record in answer.answers] == ["CNAME host.example.net", "A 192.0.2.99"]


def test_that_there_is_none_is_remembered() -> None:
    world = World()
    for _ in range(2):
        answer = world.ask("nobody.example.com")
        assert (answer.response_code, [record.type.name for record in answer.authorities]) == (3, ["SOA"])
    assert len([name for _, name in world.asked() if name == "nobody.example.com"]) == 3
    world.ask("nobody.example.com", "MX")
    assert world.asked() == []


@pytest.mark.parametrize("name", ["loop.example.com", "www.round.com", "www.nowhere.org"])
def test_what_leads_nowhere_fails(name: str) -> None:
    answer = World().ask(name)
    assert answer.response_code == (3 if name.endswith("org") else 2)


def test_a_server_to_forward_to_is_asked_for_everything() -> None:
    world = World(roots=(), forward=["192.168.1.12"])
    assert world.ask("www.example.com").answers[1].summary() == "A 192.0.2.80"
    assert world.ask("x.example.com").response_code == 3
    assert world.ask("www.example.org").response_code == 2, "it refuses"
    assert {ip for ip, _ in world.asked()} == {"192.168.1.12"}


def test_clients_that_ask_for_the_same_wait_for_one_answer() -> None:
    world = World()

    async def main(host: RunsPrograms) -> None:
        for number in range(20):
            socket = host.udp.open()
            socket.send(bytes(DNS(id=number, questions=[Question("web.example.com")])), "192.168.1.1", 53)

    world.home.do(world.client, main, 5 * SECOND)
    assert len(world.asked()) == 3
    answers = [message for message in world.home.seen(DNS, world.client) if message.is_response]
    assert sorted(message.id for message in answers) == list(range(20))


def test_a_client_that_wants_nobody_asked_gets_what_is_known() -> None:
    world = World()
    assert world.ask("web.example.com", recursive=False).response_code == 2
    assert world.asked() == []
    world.ask("web.example.com")
    assert len(world.ask("web.example.com", recursive=False).answers) == 1


def test_a_server_that_does_not_answer_is_passed_over() -> None:
    world = World(roots=["192.168.1.77", "192.168.1.10"])
    assert world.ask("web.example.com", timeout_ns=15 * SECOND).answers[0].address == "192.0.2.80"


def test_what_a_server_tells_of_other_zones_is_not_believed() -> None:
    home = Home()
    home.serve(DNSResolver(roots=["192.168.1.10"]))
    liar: Host = home.host("liar", "192.168.1.10/24")
    client = home.host("client", "192.168.1.2/24", name_servers=["192.168.1.1"])
    evil = home.host("evil", "192.168.1.66/24")

    def delegate(socket: UDPSocket, datagram: Datagram) -> None:
        query: DNS = DNS.decode(datagram.data, 0, len(datagram.data), 0)
        name = query.questions[0].domain
        if name == "x.evil.org":
            extra = {"authorities": [NSRecord("evil.org", "ns.evil.org")],
                     "additionals": [ARecord("ns.evil.org", "192.168.1.66")]}  # fmt: skip
        else:
            extra = {"answers": [ARecord(name, "192.0.2.1")]}
        answer = DNS(id=query.id, is_response=True, questions=[Question(name)], **extra)  # type: ignore[arg-type]
        socket.send(bytes(answer), datagram.ip, datagram.port)

    def poison(socket: UDPSocket, datagram: Datagram) -> None:
        query: DNS = DNS.decode(datagram.data, 0, len(datagram.data), 0)
        name = query.questions[0].domain
        bank = ARecord("www.bank.com", "6.6.6.6")
        answer = DNS(id=query.id, is_response=True, authoritative=True, questions=[Question(name)],
                     answers=[ARecord(name, "192.0.2.66")], additionals=[bank])  # fmt: skip
        socket.send(bytes(answer), datagram.ip, datagram.port)

    liar.udp.open(53, delegate)
    evil.udp.open(53, poison)

    async def main(host: RunsPrograms) -> object:
        return [await host.resolve("x.evil.org"), await host.resolve("www.bank.com")]

    assert home.do(client, main) == ["192.0.2.66", "192.0.2.1"]


def test_nobody_to_ask_or_two_kinds_is_refused() -> None:
    options: Any
    for options in ({}, {"roots": ["1.1.1.1"], "forward": ["1.1.1.1"]}):
        with pytest.raises(FieldError, match="expected one of the two"):
            DNSResolver(**options)
