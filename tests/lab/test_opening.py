from __future__ import annotations

from pathlib import Path

import pytest

from dissect import ARP, Ethernet, parse
from dissect.errors import FieldError, ScenarioError
from dissect.lab.opening import open_network

TWO_HOSTS = """
{outside}
[hosts.a]
ip = "10.0.0.1/24"
[hosts.b]
ip = "10.0.0.2/24"
[switches.s]
{more}
[[links]]
between = ["a", "s"]
"""
ASKED = bytes(
    Ethernet(src="02:00:00:00:00:99", dst="ff:ff:ff:ff:ff:ff") / ARP(sender_ip="10.0.0.9", target_ip="10.0.0.1")
)


def scenario(tmp_path: Path, outside: str = "", more: str = "") -> Path:
    path = tmp_path / "lab.toml"
    path.write_text(TWO_HOSTS.format(outside=outside, more=more), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("outside", "more", "at"),
    [('outside = ["s"]', "", None), ("", "", None), ("", "", "s"), ('outside = ["b"]', "", "s"), ("", "[hubs.h]", "s")],
)
def test_a_frame_finds_its_way_in_and_the_answer_out(tmp_path: Path, outside: str, more: str, at: str | None) -> None:
    network, port = open_network(scenario(tmp_path, outside, more), at)
    network.start(0)
    sent = network.receive(port, ASKED, 5)
    assert [(each.port, parse(each.frame)[ARP].opcode) for each in sent] == [(port, 2)]


def test_a_scenario_that_comes_with_dissect_is_opened_by_its_name() -> None:
    network, port = open_network("first_ping")
    assert network.ports[port].startswith("s")


def test_who_the_wire_leads_to_has_to_be_told_where_it_is_not_clear(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"of an outside: name the device .* with --at, one of a, b, s, h"):
        open_network(scenario(tmp_path, more="[hubs.h]"))
    with pytest.raises(FieldError, match="there is no device 'nobody', expected one of"):
        open_network(scenario(tmp_path), "nobody")
