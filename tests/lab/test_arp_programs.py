"""Programs on ARP: the list, deleting, and a lie."""

from __future__ import annotations

import pytest

from dissect import ARP, Network, Ping, parse
from dissect.errors import FieldError
from dissect.lab.arp_programs import ARPDelete, ARPList, ARPSpoof

SECOND = 1_000_000_000


def three_on_a_hub() -> Network:
    network = Network()
    network.hub("h")
    for number, name in enumerate("abc", 1):
        network.host(name, f"10.0.0.{number}/24")
        network.link(name, "h")
    return network


def test_the_list_is_that_of_arp_a() -> None:
    network = three_on_a_hub()
    before = network.start_program("a", ARPList())
    network.start_program("a", Ping("10.0.0.2"))
    after = network.start_program("a", ARPList(), at_ns=SECOND)
    network.run()
    assert before.lines == ["arp: no entries"]
    assert after.lines == ["? (10.0.0.2) at 02:00:00:00:00:02 [ether] on eth0"]


def test_who_is_deleted_is_asked_for_again() -> None:
    network = three_on_a_hub()
    network.start_program("a", Ping("10.0.0.2"))
    network.start_program("a", ARPDelete("10.0.0.2"), at_ns=SECOND)
    network.start_program("a", Ping("10.0.0.2", identifier=2), at_ns=2 * SECOND)
    network.run()
    asked = [
        passage.sent_ns // SECOND
        for passage in network.recording.passages
        if passage.sender.name == "a" and ARP in parse(passage.frame) and parse(passage.frame)[ARP].opcode == 1
    ]
    assert asked == [0, 2]


def test_a_lie_is_believed_of_those_who_are_known() -> None:
    network = three_on_a_hub()
    network.start_program("a", Ping("10.0.0.2"))
    spoof = network.start_program("c", ARPSpoof("10.0.0.2", "10.0.0.1", "02:00:00:00:00:01", count=3), at_ns=SECOND)
    listed = network.start_program("a", ARPList(), at_ns=10 * SECOND)
    network.run()
    assert listed.lines == ["? (10.0.0.2) at 02:00:00:00:00:03 [ether] on eth0"]
    assert spoof.lines == ["02:00:00:00:00:03 told 02:00:00:00:00:01: 10.0.0.2 is at 02:00:00:00:00:03"] * 3
    times = [passage.sent_ns // SECOND for passage in network.recording.passages if passage.sender.name == "c"]
    assert times == [1, 3, 5]


def test_addresses_that_nobody_has_are_refused() -> None:
    with pytest.raises(FieldError, match="the victim's MAC address"):
        ARPSpoof("10.0.0.2", "10.0.0.1", "ff:ff:ff:ff:ff:ff")
    with pytest.raises(FieldError, match="arp -d's IPv4 address"):
        ARPDelete("10.0.0")
