"""The interfaces of a machine are described as `ip` describes them."""

from __future__ import annotations

import json
import sys

import pytest

from capture_samples.recorder.laboratory import Host, Laboratory
from dissect import InterfaceError, interfaces
from dissect.edges.interfaces import InterfaceDescription, chosen_interfaces


@pytest.fixture
def host(laboratory: Laboratory) -> Host:
    left, right = laboratory.host("left"), laboratory.host("right")
    laboratory.cable(left, right)
    left.ip("addr", "add", "10.0.0.1/24", "dev", "eth0")
    left.ip("link", "set", "eth0", "alias", "to the right")
    left.ip("link", "add", "br0", "address", "02:00:00:00:09:09", "type", "bridge")
    return left


def found(host: Host) -> dict[str, InterfaceDescription]:
    with host.entered():
        return {each.name: each for each in interfaces()}


def test_they_are_what_ip_says_they_are(host: Host) -> None:
    """Names, numbers, states, addresses and counters, held against `ip -json`."""
    told = json.loads(host.ask("ip", "-json", "-s", "-d", "addr"))
    known = found(host)
    assert list(known) == [each["ifname"] for each in told]
    for each in told:
        ours = known[each["ifname"]]
        assert ours.index == each["ifindex"]
        assert ours.state == each["operstate"].lower()
        assert ours.is_up == ("UP" in each["flags"])
        assert ours.mtu == each["mtu"]
        if ours.mac:
            assert ours.mac == each["address"]
        assert list(ours.addresses) == [f"{a['local']}/{a['prefixlen']}" for a in each["addr_info"]]
        assert ours.kind == each.get("linkinfo", {}).get("info_kind", "")
        assert ours.received.packets == each["stats64"]["rx"]["packets"]
        assert ours.sent.octets == each["stats64"]["tx"]["bytes"]


def test_what_ip_tells_in_other_words(host: Host) -> None:
    known = found(host)
    assert (known["eth0"].kind, known["eth0"].alias, known["eth0"].link_name) == ("veth", "to the right", "ethernet")
    assert (known["lo"].mac, known["lo"].addresses) == ("", ("127.0.0.1/8",))
    assert {"up", "loopback"} <= set(known["lo"].flags)
    assert not known["br0"].is_up


def test_words_choose_interfaces(host: Host) -> None:
    with host.entered():
        assert chosen_interfaces(["eth0", "lo", "eth0"]) == ["eth0", "lo"]
        assert chosen_interfaces(["any"]) == ["lo", "eth0"]
        assert chosen_interfaces(["eth0", "any"]) == ["eth0", "lo"]
        assert chosen_interfaces(["1"]) == ["lo"]
        # Whether it is there, is told where it is opened.
        assert chosen_interfaces(["nowhere0"]) == ["nowhere0"]
        with pytest.raises(InterfaceError, match=r"^there is no interface number 99, expected 1 to \d+$"):
            chosen_interfaces(["99"])
        host.ip("link", "set", "lo", "down")
        host.ip("link", "set", "eth0", "down")
        with pytest.raises(InterfaceError, match="no interface is up"):
            chosen_interfaces(["any"])


def test_other_systems_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(InterfaceError, match="interfaces are listed and captured on Linux alone"):
        interfaces()
