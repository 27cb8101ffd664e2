"""The keys of switches and their ports in a network's description, and the options that they become."""

from __future__ import annotations

from typing import Any

from dissect.lab.quantities import nanoseconds
from dissect.lab.scenario_values import Key, read_number, read_tables, read_text, read_truth
from dissect.lab.spanning_tree.bridge import TreePortSettings, TreeSettings
from dissect.lab.switch import SwitchOptions
from dissect.lab.switch_port import Accepted, SwitchPort, TagType, vlan_numbers

__all__ = ["SWITCH", "SWITCH_PORT", "switch_options"]


def _read_tree(value: Any) -> str | None:
    if value is True or value == "rapid":
        return "rapid"
    if value is False:
        return None
    if value != "old":
        raise ValueError('"rapid", "old", true or false')
    return "old"


def _read_vlans(value: Any) -> frozenset[int]:
    if isinstance(value, list):
        value = ",".join(str(read_number(each)) for each in value)
    return vlan_numbers(read_text(value))


def _read_native(value: Any) -> int | None:
    if value is False:
        return None
    if value is True or not isinstance(value, int):
        raise ValueError("the number of a VLAN, or false for none")
    return value


def _read_tag(value: Any) -> TagType:
    try:
        return TagType(value)
    except ValueError:
        raise ValueError('"802.1Q", "802.1ad" or "0x9100"') from None


def _read_accepted(value: Any) -> Accepted:
    try:
        return Accepted(value)
    except ValueError:
        raise ValueError('"all", "untagged" or "tagged"') from None


SWITCH = {
    "lifetime": Key("how long it knows a silent address (300 s)", nanoseconds, "lifetime_ns"),
    "limit": Key("how many addresses it knows (8192)", read_number),
    "ports": Key('tables of what its ports do, by name; a link joins one as "s:NAME"', read_tables),
    "spanning_tree": Key('whether it takes part in a spanning tree: "rapid", "old" or false (false)', _read_tree),
    "priority": Key("in the spanning tree, 0 to 61440 in steps of 4096: the least is the root (32768)", read_number),
    "hello": Key("between two messages of the root (2 s)", nanoseconds, "hello_ns"),
    "maximum_age": Key("how long the root's word holds (20 s)", nanoseconds, "maximum_age_ns"),
    "delay": Key("how long a port waits where nobody agrees (15 s)", nanoseconds, "delay_ns"),
    "mac": Key("its MAC address in the spanning tree; without, 02:01:00:01:00:00 and so on", read_text),
}
_TREE = ("priority", "hello_ns", "maximum_age_ns", "delay_ns")
SWITCH_PORT = {
    "vlan": Key("the one VLAN of a port to a station", read_number),
    "trunk": Key('the VLANs of a port to another switch, as [10, 20], "10,20-29" or "all"', _read_vlans),
    "native": Key("the VLAN of a trunk whose frames have no tag, or false (1)", _read_native),
    "tags_native": Key("whether those leave with one all the same (false)", read_truth),
    "tunnel": Key("the provider's VLAN of a port to a customer, whose own tags stay (QinQ)", read_number),
    "tag": Key('which tags a trunk or tunnel has: "802.1Q", "802.1ad", "0x9100"', _read_tag),
    "accepts": Key('which frames it takes: "all", "untagged" or "tagged" ("all")', _read_accepted),
    "cost": Key("what its link adds to the way to the root", read_number),
    "priority": Key("of two ways as long, the lesser is taken: 0 to 240 in steps of 16 (128)", read_number),
    "edge": Key("whether there is a station, so that it forwards at once (false)", read_truth),
    "point_to_point": Key("whether there is one other end (so unless it is a hub)", read_truth),
}
_OF_TREE = ("cost", "priority", "edge", "point_to_point")
_KINDS = {
    "vlan": ("accepts",),
    "trunk": ("native", "tags_native", "tag", "accepts"),
    "tunnel": ("tag",),
}
"""What makes a port one of a kind, and the keys that such a port may have beside."""


def switch_options(options: dict[str, Any], ports: dict[str, dict[str, Any]]) -> SwitchOptions:
    """Return a switch's options from the values of its table and of those of its ports.

    Raises ValueError and FieldError, which say what does not fit.
    """
    made: SwitchOptions = {}
    tree = options.pop("spanning_tree", None)
    given = {key: options.pop(key) for key in _TREE if key in options}
    if tree is not None:
        made["tree"] = TreeSettings(rapid=tree == "rapid", **given)
    elif given:
        raise ValueError(f"{next(iter(given)).removesuffix('_ns')} is of a spanning tree, expected spanning_tree, too")
    vlans, tree_ports = {}, {}
    for name, table in ports.items():
        of_tree = {key: table.pop(key) for key in _OF_TREE if key in table}
        if of_tree and tree is None:
            raise ValueError(f"port {name} has {next(iter(of_tree))}, expected the switch to have spanning_tree, too")
        tree_ports[name] = TreePortSettings(**of_tree)
        if table:
            vlans[name] = _port(name, table)
    if vlans:
        made["vlans"] = {name: vlans.get(name, SwitchPort()) for name in ports}
    made["tree_ports"] = tree_ports
    return made | options  # type: ignore[return-value]


def _port(name: str, table: dict[str, Any]) -> SwitchPort:
    kinds = [kind for kind in _KINDS if kind in table]
    if len(kinds) != 1:
        raise ValueError(f"port {name} has {', '.join(kinds) or 'no kind'}, expected one of vlan, trunk and tunnel")
    (kind,) = kinds
    vlans = table.pop(kind)
    wrong = next((key for key in table if key not in _KINDS[kind]), None)
    if wrong is not None:
        raise ValueError(f"port {name} has {wrong}, which goes with a {_whose(wrong)}")
    makers = {"vlan": SwitchPort.access, "trunk": SwitchPort.trunk, "tunnel": SwitchPort.tunnel}
    port: SwitchPort = makers[kind](vlans, **table)  # type: ignore[operator]
    return port


def _whose(key: str) -> str:
    return " or ".join(kind for kind, keys in _KINDS.items() if key in keys)
