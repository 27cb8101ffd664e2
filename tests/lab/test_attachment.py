"""An interface at work: its ARP with the host behind it, its claims, and where its frames go."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from dissect import ARP, UDP, Ethernet, Host, Interface, IPv4, Network, OnStart, Padding, Ping, parse
from dissect.declaration.header import Header
from dissect.lab.attachment import ARPTimes, Attachment
from dissect.lab.router import Router

SECOND = 1_000_000_000
MINE, MY_MAC = "10.0.0.2", "02:00:00:00:00:02"
THEIRS, THEIR_MAC = "10.0.0.1", "02:00:00:00:00:01"
BROADCAST = "ff:ff:ff:ff:ff:ff"


def host(**options: Any) -> Host:
    return Host("b", Interface("eth0", MY_MAC, f"{MINE}/24"), **options)


def told(made: Host, arp: ARP, *, dst: str = MY_MAC, now_ns: int = 0, trailer: bytes = b"") -> list[Header]:
    frame = Ethernet(dst=dst, src=THEIR_MAC, payload=arp, trailer=trailer)
    return [parse(transmission.frame) for transmission in made.receive(0, bytes(frame), now_ns)]


def asking(**fields: Any) -> ARP:
    values: dict[str, Any] = {"sender_mac": THEIR_MAC, "sender_ip": THEIRS, "target_ip": MINE}
    return ARP(**(values | fields))


@pytest.mark.parametrize(
    ("padding", "trailer"),
    [(Padding.ZEROS, bytes(18)), (Padding.NONE, b""), (Padding.REQUEST_TAIL, b"t" * 18), (b"ab", b"ab" + bytes(16))],
)
def test_an_answer_is_padded_as_the_host_pads(padding: Padding | bytes, trailer: bytes) -> None:
    (answer,) = told(host(padding=padding), asking(), dst=BROADCAST, trailer=b"t" * 18)
    assert (answer[Ethernet].dst, answer.trailer) == (THEIR_MAC, trailer)


def test_a_probe_is_answered_and_one_for_another_address_is_not() -> None:
    made = host()
    assert len(told(made, asking(sender_ip="0.0.0.0"), dst=BROADCAST)) == 1
    assert told(made, asking(sender_ip="0.0.0.0", target_ip="10.0.0.3"), dst=BROADCAST) == []
    assert made.arp_table() == ""


def test_its_own_packets_and_wrong_ones_are_not_taken() -> None:
    made = host()
    for arp in (asking(sender_mac=MY_MAC), asking(opcode=3), asking(hardware_type=15)):
        assert told(made, arp, dst=BROADCAST) == []
    assert told(made, asking(), dst="02:00:00:00:00:09") == []
    assert made.arp_table() == ""


def test_who_says_that_it_has_this_hosts_address_is_noticed_and_not_believed() -> None:
    made = host()
    assert told(made, asking(sender_ip=MINE)) == []
    assert [event.text for event in made.events()] == [f"{THEIR_MAC} says that it has {MINE}, which is this host's own"]


def test_an_entry_that_changes_is_an_event() -> None:
    made = host()
    told(made, asking())
    told(made, asking(sender_mac="02:00:00:00:00:66", opcode=2))
    assert [event.text for event in made.events()] == [
        f"the ARP entry for {THEIRS} changed from {THEIR_MAC} to 02:00:00:00:00:66"
    ]


def test_an_address_is_not_used_before_it_is_known_to_be_free() -> None:
    made = host(on_start=OnStart.PROBE)
    assert [parse(sent.frame)[ARP].is_probe for sent in made.start(0)] == []
    assert made.addresses() == []
    assert told(made, asking(), dst=BROADCAST) == []
    while made.deadline is not None and made.addresses() == []:
        made.advance(made.deadline)
    assert made.addresses() == [MINE]
    made.advance(10 * SECOND)
    assert len(told(made, asking(), dst=BROADCAST, now_ns=10 * SECOND)) == 1


def test_two_hosts_with_one_address_do_not_both_use_it() -> None:
    lab = Network()
    one = lab.host("one", "10.0.0.1/24", on_start=OnStart.ANNOUNCE)
    other = lab.host("other", "10.0.0.1/24", on_start=OnStart.PROBE)
    lab.link(one, other)
    lab.run()
    assert (one.addresses(), other.addresses()) == (["10.0.0.1"], [])


def test_broadcasts_and_groups_need_no_answer_first() -> None:
    made = host()
    for dst, mac in (
        ("255.255.255.255", BROADCAST),
        ("10.0.0.255", BROADCAST),
        ("224.0.0.251", "01:00:5e:00:00:fb"),
    ):
        made.send(dst, UDP(dport=7))
        (sent,) = made.advance(0)
        assert (parse(sent.frame)[Ethernet].dst, parse(sent.frame)[IPv4].dst) == (mac, dst)


def test_times_are_the_hosts_to_choose() -> None:
    made = host(arp_times=ARPTimes(lifetime_ns=5, tries=2, interval_ns=7))
    told(made, asking(), now_ns=0)
    assert made.arp_table(4) != ""
    assert made.arp_table(5) == ""
    made.run(Ping("10.0.0.9"))
    assert [len(made.advance(now)) for now in (10, 17, 24)] == [1, 1, 0]


@pytest.mark.parametrize("on_start", [OnStart.NOTHING, OnStart.PROBE])
@pytest.mark.parametrize("is_proxy", [False, True])
@pytest.mark.parametrize("seed", range(8))
def test_requests_that_are_known_by_their_bytes_change_nothing(
    on_start: OnStart, is_proxy: bool, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host that takes such requests in by a short way is in every respect like one that parses each of them."""
    seen: list[list[object]] = []
    for is_short in (True, False):
        random = Random(seed)
        interfaces = [Interface("eth0", MY_MAC, f"{MINE}/24"), Interface("eth1", "02:00:00:00:09:01", "10.9.0.2/24")]
        times = ARPTimes(lifetime_ns=20 * SECOND)
        made = Router("b", interfaces, proxy_arp=["eth0"] if is_proxy else [], on_start=on_start, arp_times=times)
        now, noted = 0, [*made.start(0)]
        if on_start is OnStart.NOTHING:
            made.send("10.0.0.9", UDP(dport=1))
        if not is_short:
            monkeypatch.setattr(Attachment, "passes_over", lambda *_: False)
        for _ in range(80):
            now += random.choice([0, SECOND // 10, 12 * SECOND])
            arp = asking(
                opcode=random.choice([1, 1, 1, 2]),
                sender_mac=random.choice([THEIR_MAC] * 4 + [MY_MAC, "02:00:00:00:00:03", "03:00:00:00:00:03"]),
                sender_ip=random.choice([THEIRS] * 4 + [MINE, "10.0.0.3", "10.0.0.9", "0.0.0.0", "224.0.0.1"]),
                target_ip=random.choice([MINE, THEIRS, "10.0.0.3", "10.0.0.4", "10.9.0.1"]),
                hardware_type=random.choice([1, 1, 1, 6]),
            )
            frame = bytes(Ethernet(dst=BROADCAST, src=THEIR_MAC, payload=arp))
            noted += made.receive(0, frame[: random.choice([42, 42, 42, 41])], now)
            noted.append(made.arp_table(now_ns=now))  # type: ignore[arg-type]
        seen.append([noted, made.events(), made.deadline])
    assert seen[0] == seen[1]
