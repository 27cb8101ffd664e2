"""Switches in files: every key becomes what it says."""

from __future__ import annotations

import inspect
from typing import Any

from dissect.lab.scenario import read_scenario
from dissect.lab.scenario_switches import SWITCH, SWITCH_PORT, switch_options
from dissect.lab.spanning_tree.bridge import TreePortSettings, TreeSettings
from dissect.lab.spanning_tree.messages import Role
from dissect.lab.switch import Switch
from dissect.lab.switch_port import ALL_VLANS, Accepted, SwitchPort, TagType

SECOND = 1_000_000_000


def read(values: dict[str, Any], keys: dict[str, Any] = SWITCH_PORT) -> dict[str, Any]:
    return {keys[key].option or key: keys[key].read(value) for key, value in values.items()}


def test_ports_of_every_kind() -> None:
    ports: dict[str, dict[str, Any]] = {
        "a": {"vlan": 10, "accepts": "untagged"},
        "b": {"trunk": "10,20-22", "native": 20, "tags_native": True},
        "c": {"trunk": [10], "native": False, "tag": "802.1ad", "accepts": "tagged"},
        "d": {"tunnel": 100},
        "e": {"trunk": "all"},
        "f": {},
    }
    made = switch_options({}, {name: read(table) for name, table in ports.items()})
    assert made.get("vlans") == {
        "a": SwitchPort.access(10, accepts=Accepted.UNTAGGED),
        "b": SwitchPort.trunk([10, 20, 21, 22], native=20, tags_native=True),
        "c": SwitchPort.trunk([10], native=None, tag=TagType.SERVICE, accepts=Accepted.TAGGED),
        "d": SwitchPort.tunnel(100),
        "e": SwitchPort.trunk(ALL_VLANS),
        "f": SwitchPort.access(1),
    }


def test_a_tree_and_its_ports() -> None:
    values = {"spanning_tree": "old", "priority": 4096, "hello": 1, "maximum_age": 6, "delay": "4 s", "limit": 5}
    ports = {"a": {"cost": 7, "priority": 16, "edge": True, "point_to_point": False}}
    made = switch_options(read(values, SWITCH), {name: read(table) for name, table in ports.items()})
    assert made == {
        "tree": TreeSettings(
            rapid=False, priority=4096, hello_ns=SECOND, maximum_age_ns=6 * SECOND, delay_ns=4 * SECOND
        ),
        "tree_ports": {"a": TreePortSettings(cost=7, priority=16, edge=True, point_to_point=False)},
        "limit": 5,
    }
    assert switch_options({"spanning_tree": None}, {}) == {"tree_ports": {}}


def test_bandwidths_are_costs_and_a_hub_is_shared() -> None:
    scenario = read_scenario(
        """
        until = "30 s"
        [switches.s1]
        spanning_tree = true
        [switches.s2]
        spanning_tree = true
        mac = "02:02:00:00:00:00"
        [switches.s3]
        spanning_tree = true
        [hubs.h]
        [[links]]
        between = ["s1", "s2"]
        bandwidth = "10 Mbit/s"
        [[links]]
        between = ["s1", "h"]
        [[links]]
        between = ["s2", "h"]
        [[links]]
        between = ["s3", "h"]
        """
    )
    scenario.run()
    switches = [scenario.network.device(name) for name in ("s1", "s2", "s3")]
    trees = [device.tree for device in switches if isinstance(device, Switch)]
    assert [tree.root for tree in trees if tree is not None] == ["32768.02:01:00:01:00:00"] * 3
    second = trees[1]
    assert second is not None
    assert [(second.cost(port), second.state(port).role) for port in (0, 1)] == [
        (2_000_000, Role.ALTERNATE), (20_000, Role.ROOT)
    ]  # fmt: skip
    # Nobody can agree on a hub, so that its designated port waits: twenty seconds, and twice the hello time.
    first = trees[0]
    assert first is not None
    assert first.state(1).forwarding


def test_every_key_becomes_an_option_of_what_it_describes() -> None:
    of_switch = set(inspect.signature(Switch).parameters) | set(inspect.signature(TreeSettings).parameters)
    assert {known.option or key for key, known in SWITCH.items()} - {"spanning_tree"} <= of_switch
    of_port = {*inspect.signature(SwitchPort).parameters, *inspect.signature(TreePortSettings).parameters}
    assert set(SWITCH_PORT) - {"vlan", "trunk", "tunnel"} <= of_port
