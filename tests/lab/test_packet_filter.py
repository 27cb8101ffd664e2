"""When filters are asked, and in which order."""

from __future__ import annotations

from dissect import IPv4, Network, Ping
from dissect.lab.packet_filter import Verdict
from dissect.protocols.icmp import UnreachableCode
from dissect.protocols.icmp_errors import DestinationUnreachable


class Told:
    """Notes what it is asked; `refuses` is what it answers for datagrams that come."""

    def __init__(self, name: str, log: list[str], refuses: bool = False) -> None:
        self.name = name
        self.log = log
        self.refuses = refuses

    def arriving(self, datagram: IPv4, interface: str, now_ns: int) -> Verdict:
        self.log.append(f"{self.name} < {interface} ttl {datagram.ttl}")
        return DestinationUnreachable(code=UnreachableCode.PROHIBITED) if self.refuses else datagram

    def leaving(self, datagram: IPv4, interface: str, now_ns: int) -> Verdict:
        self.log.append(f"{self.name} > {interface} ttl {datagram.ttl}")
        return datagram


def net(log: list[str], refuses: bool = False) -> tuple[Network, Ping]:
    lab = Network()
    a = lab.host("a", "10.0.0.1/24", gateway="10.0.0.2")
    b = lab.host("b", "10.0.1.1/24", gateway="10.0.1.2")
    router = lab.router("r", "10.0.0.2/24", "10.0.1.2/24", filters=[Told("one", log), Told("two", log, refuses)])
    lab.link(a, router)
    lab.link(router, b)
    ping = Ping("10.0.1.1", count=1)
    a.run(ping)
    lab.run(20 * 10**9)
    return lab, ping


def test_a_router_asks_before_and_after_it_counts_the_time_to_live() -> None:
    log: list[str] = []
    _, ping = net(log)
    assert ping.received == 1
    assert log == [
        "one < eth0 ttl 64", "two < eth0 ttl 64", "two > eth1 ttl 63", "one > eth1 ttl 63",
        "one < eth1 ttl 64", "two < eth1 ttl 64", "two > eth0 ttl 63", "one > eth0 ttl 63",
    ]  # fmt: skip


def test_a_refusal_is_told_to_the_sender() -> None:
    log: list[str] = []
    _, ping = net(log, refuses=True)
    assert ping.received == 0
    assert "two > eth0 ttl 64" in log, "the error goes out by the filters as well"
