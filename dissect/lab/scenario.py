"""A network described in a TOML file: its devices, links and programs, and what of it is to be seen."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from dissect.errors import DissectError, FieldError, ScenarioError
from dissect.lab.attachment import ARPTimes
from dissect.lab.attacks.alteration import Alteration
from dissect.lab.firewall import Firewall
from dissect.lab.host import Host
from dissect.lab.interface import Interface
from dissect.lab.nat import NAT
from dissect.lab.network import Network
from dissect.lab.router import Router
from dissect.lab.scenario_attacks import WIRETAP, wiretap_options
from dissect.lab.scenario_keys import (
    ARP_TIMES,
    HOST,
    INTERFACE,
    LINK,
    NAT_KEYS,
    ROUTER,
    TOP,
)
from dissect.lab.scenario_programs import EXAMPLES, PROGRAM, PROGRAMS
from dissect.lab.scenario_switches import SWITCH, SWITCH_PORT, switch_options
from dissect.lab.scenario_values import Key
from dissect.lab.switch import Switch

__all__ = ["TABLES", "Scenario", "load_scenario", "read_scenario", "scenario_names", "scenario_text"]

FOLDER = "scenarios"
SUFFIX = ".toml"
LARGEST_FILE = 1 << 20

TABLES = ("arp", "nat", "route", "switch", "tcp", "tree")
"""What can be shown of a network when it has run."""


@dataclass(slots=True)
class Scenario:
    """A network that is ready to run: `network.run(until_ns)`.

    `text` says what it shows; `until_ns` when it ends, None for when nothing more happens; `captures` the
    links and ports whose frames are written when nobody asks for others; `shown` the tables that are
    printed at the end, as pairs of a device's name and one of `TABLES`.
    """

    name: str
    title: str
    text: str
    network: Network
    until_ns: int | None
    captures: list[str]
    shown: list[tuple[str, str]]

    def run(self) -> int:
        """Let everything happen, and return the time."""
        return self.network.run(self.until_ns)

    def tables(self) -> list[tuple[str, str]]:
        """Return the tables that are to be shown: what each is, and its text."""
        return [(f"{name}: {_TABLE_TITLES[kind]}", _table(self.network, name, kind)) for name, kind in self.shown]


_TABLE_TITLES = {
    "arp": "arp -a", "route": "route -n", "switch": "its table", "tree": "the spanning tree", "tcp": "ss -tan",
    "nat": "conntrack -L",
}  # fmt: skip


def scenario_names() -> list[str]:
    """Return the names of the scenarios that come with dissect."""
    return sorted(file.name.removesuffix(SUFFIX) for file in _shipped().iterdir() if file.name.endswith(SUFFIX))


def load_scenario(name: str | Path, *, seed: int | None = None) -> Scenario:
    """Return the scenario of a TOML file, by its path, or one that comes with dissect, by its name.

    Such a name may have its .toml, as long as there is no file of that name.

    `seed` takes the place of the file's. Raises ScenarioError for what the file says wrong, or a name that
    no scenario has; OSError where the file cannot be read.

    >>> load_scenario("first_ping").title
    'First ping across a switch'
    """
    return read_scenario(scenario_text(name), str(name), seed=seed)


def scenario_text(name: str | Path) -> str:
    """Return the text of a scenario's file; the errors are those of `load_scenario`."""
    path = Path(name)
    if not path.exists():
        known = scenario_names()
        if str(name).removesuffix(SUFFIX) in known:
            return (_shipped() / path.with_suffix(SUFFIX).name).read_text("utf-8")
        if path.suffix != SUFFIX:
            near = get_close_matches(str(name), known, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"they are {', '.join(known)}"
            raise ScenarioError(f"there is no scenario {str(name)!r}, and no file of that name; {hint}")
    with path.open("rb") as file:
        data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise ScenarioError(f"{path} has more than {LARGEST_FILE} bytes, expected the description of a network")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as reason:
        raise ScenarioError(f"{path} is no text: byte {reason.start} is not UTF-8") from None


def _shipped() -> Traversable:
    return files("dissect.lab") / FOLDER


def read_scenario(text: str, name: str = "the scenario", *, seed: int | None = None) -> Scenario:
    """Return the scenario that a TOML text describes; ScenarioError says in a sentence where it doesn't.

    `name` is the file's, for that sentence; `seed` takes the place of the file's.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as reason:
        raise ScenarioError(f"{name} is no TOML: {reason}") from None
    return _Reader(name).scenario(data, seed)


class _Reader:
    """Reads one file; every complaint names the file and the key."""

    def __init__(self, file: str) -> None:
        self.file = file

    def scenario(self, data: dict[str, Any], seed: int | None) -> Scenario:
        top = self.table(data, "", TOP)
        network = Network(Path(self.file).stem, seed=top.get("seed", 0) if seed is None else seed)
        for name, table in top.get("hosts", {}).items():
            with self.at(f"hosts.{name}"):
                self.host(network, name, table)
        for name, table in top.get("routers", {}).items():
            with self.at(f"routers.{name}"):
                self.router(network, name, table)
        for name, table in top.get("switches", {}).items():
            with self.at(f"switches.{name}"):
                self.switch(network, name, table)
        for name, table in top.get("hubs", {}).items():
            with self.at(f"hubs.{name}"):
                self.table(table, f"hubs.{name}", {})
                network.hub(name)
        for name, table in top.get("wiretaps", {}).items():
            with self.at(f"wiretaps.{name}"):
                network.wiretap(name, **wiretap_options(self.table(table, f"wiretaps.{name}", WIRETAP)))
        if not network.devices:
            raise self.error("", "describes no devices, expected tables as [hosts.a], [routers.r] or [switches.s]")
        for number, table in enumerate(top.get("links", []), 1):
            with self.at(f"links[{number}]"):
                self.link(network, f"links[{number}]", table)
        for name in top.get("outside", []):
            with self.at("outside"):
                network.lead_out(name)
        for number, table in enumerate(top.get("programs", []), 1):
            with self.at(f"programs[{number}]"):
                self.program(network, f"programs[{number}]", table)
        captures = top.get("capture", [])
        with self.at("capture"):
            network.recording.packets(captures)
        with self.at("show"):
            shown = [self.shown(network, each) for each in top.get("show", [])]
        title = top.get("title", network.name)
        return Scenario(network.name, title, top.get("text", ""), network, top.get("until"), captures, shown)

    def host(self, network: Network, name: str, table: object) -> None:
        where = f"hosts.{name}"
        options = self.table(table, where, HOST | INTERFACE)
        given = {key: options.pop(key) for key in INTERFACE if key in options}
        if "interfaces" not in options:
            interfaces = [self.interface(network, "eth0", given)]
        elif given:
            raise self.error(where, f"has {', '.join(given)} and interfaces, expected {', '.join(given)} in these")
        else:
            interfaces = self.interfaces(network, where, options.pop("interfaces"))
        self.node(Host, network, name, interfaces, options)

    def interfaces(self, network: Network, where: str, tables: dict[str, Any]) -> list[Interface]:
        found = []
        for each, described in tables.items():
            given = self.table(described, f"{where}.interfaces.{each}", INTERFACE)
            with self.at(f"{where}.interfaces.{each}"):
                found.append(self.interface(network, each, given))
        if not found:
            raise self.error(where, f"has no interfaces, expected tables as [{where}.interfaces.eth0]")
        return found

    def switch(self, network: Network, name: str, table: object) -> None:
        where = f"switches.{name}"
        options = self.table(table, where, SWITCH)
        ports = {
            each: self.table(described, f"{where}.ports.{each}", SWITCH_PORT)
            for each, described in options.pop("ports", {}).items()
        }
        network.switch(name, **switch_options(options, ports))

    def interface(self, network: Network, name: str, given: dict[str, Any]) -> Interface:
        return network.interface(name, given.get("ip", ()), mac=given.get("mac"), mtu=given.get("mtu", 1500))

    def router(self, network: Network, name: str, table: object) -> None:
        where = f"routers.{name}"
        options = self.table(table, where, HOST | ROUTER)
        interfaces = self.interfaces(network, where, options.pop("interfaces", {}))
        if "nat" in options:
            options["filters"] = [self.nat(network, f"{where}.nat", options.pop("nat"), interfaces)]
        self.node(Router, network, name, interfaces, options)

    def nat(self, network: Network, where: str, table: object, interfaces: list[Interface]) -> NAT:
        given = self.table(table, where, NAT_KEYS)
        for key in ("outside", "inside"):
            if key not in given:
                raise self.error(where, f"has no {key!r}, expected the interface outside and the networks inside")
        by_name = {interface.name: interface for interface in interfaces}
        outside = by_name.get(given["outside"])
        if outside is None or not outside.addresses:
            raise self.error(f"{where}.outside", f"is {given['outside']!r}, expected an interface with an address")
        inner = [
            next(iter(interface.addresses))
            for interface in interfaces
            if interface is not outside and interface.addresses
        ]
        if not inner:
            raise self.error(where, "has no other interface with an address, expected one to the networks inside")
        return NAT(
            outside.name,
            next(iter(outside.addresses)),
            given["inside"],
            inside_address=inner[0],
            forwards=given.get("forwards", ()),
            seed=network.seed,
        )

    def node(
        self, kind: type[Host], network: Network, name: str, interfaces: list[Interface], options: dict[str, Any]
    ) -> None:
        times = {key: options.pop(key) for key in list(options) if key in ARP_TIMES}
        neighbours = options.pop("arp", {})
        rules, walled = options.pop("firewall", None), options.pop("firewall_interface", None)
        if rules is not None:
            # Outermost: it sees what is on the wire.
            options["filters"] = [Firewall(rules, interface=walled), *options.get("filters", ())]
        if "alters" in options:
            options["filters"] = [*options.get("filters", ()), Alteration(options.pop("alters"))]
        if times:
            options["arp_times"] = ARPTimes(**{ARP_TIMES[key]: value for key, value in times.items()})
        made = kind(name, interfaces, **{"seed": network.seed} | options)
        for ip, mac in neighbours.items():
            made.arp_add(ip, mac)
        network.add(made)

    def link(self, network: Network, where: str, table: object) -> None:
        options = self.table(table, where, LINK)
        ends = options.pop("between", None)
        if ends is None:
            raise self.error(where, 'joins nothing, expected between = ["a", "s"]')
        if len(ends) != 2:
            raise self.error(f"{where}.between", f"is {ends}, expected two devices")
        changes = {key: options.pop(key) for key in ("cut", "mend") if key in options}
        link = len(network.links)
        network.link(*ends, **options)
        if "cut" in changes:
            network.cut(link, at_ns=changes["cut"])
        if "mend" in changes:
            network.mend(link, at_ns=changes["mend"])

    def program(self, network: Network, where: str, table: object) -> None:
        if not isinstance(table, dict):
            raise self.error(where, f"is {table!r}, expected a table")
        kind = table.get("run")
        if not isinstance(kind, str) or kind not in PROGRAMS:
            raise self.error(f"{where}.run", f"is {kind!r}, expected one of {', '.join(PROGRAMS)}")
        made, keys, needed = PROGRAMS[kind]
        options = self.table(table, where, keys | PROGRAM)
        for key in ("on", *needed):
            if key not in table:
                raise self.error(where, f"has no {key!r}, which {kind} needs, as in {EXAMPLES[key]}")
        del options["run"]
        on, at_ns = options.pop("on"), options.pop("at", 0)
        network.start_program(on, made(**options), at_ns=at_ns)

    def shown(self, network: Network, text: str) -> tuple[str, str]:
        kind, _, name = text.partition(" ")
        if kind not in TABLES or not name:
            raise self.error(
                "show",
                f'has {text!r}, expected a table and a device, as "arp a", "route r", "tcp a", "nat r", "switch s" or '
                '"tree s"',
            )
        _table(network, name, kind)
        return name, kind

    def table(self, table: object, where: str, keys: Mapping[str, Key]) -> dict[str, Any]:
        """Return the values of a table by the names of the options that they are."""
        if not isinstance(table, dict):
            raise self.error(where, f"is {table!r}, expected a table")
        found = {}
        for key, value in table.items():
            place = f"{where}.{key}" if where else key
            known = keys.get(key)
            if known is None:
                near = get_close_matches(key, keys, 1)
                hint = f"did you mean {near[0]!r}?" if near else f"expected {', '.join(keys) or 'none'}"
                raise self.error(place, f"is no key that is known here; {hint}")
            try:
                found[known.option or key] = known.read(value)
            except ValueError as reason:
                raise self.error(place, f"is {value!r}, expected {reason}") from None
        return found

    @contextmanager
    def at(self, where: str) -> Iterator[None]:
        """Put the file and the key in front of what the block complains of."""
        try:
            yield
        except ScenarioError:
            raise
        except (DissectError, ValueError) as reason:
            raise ScenarioError(f"{self.file}: {where}: {reason}") from None

    def error(self, where: str, message: str) -> ScenarioError:
        return ScenarioError(f"{self.file}: {where} {message}" if where else f"{self.file} {message}")


def _table(network: Network, name: str, kind: str) -> str:
    device = network.device(name)
    if kind == "switch" and isinstance(device, Switch):
        return device.table(network.now_ns)
    if kind == "tree" and isinstance(device, Switch):
        return device.tree_table()
    if kind == "arp" and isinstance(device, Host):
        return device.arp_table(network.now_ns) or "no entries"
    if kind == "route" and isinstance(device, Host):
        return device.route_table()
    if kind == "tcp" and isinstance(device, Host):
        return device.tcp.table()
    if kind == "nat" and isinstance(device, Host):
        tables = [each.text(network.now_ns) for each in device.filters if isinstance(each, NAT)]
        if tables:
            return "\n".join(filter(None, tables)) or "no entries"
        raise FieldError(f"{name} translates no addresses, expected a router with [routers.{name}.nat]")
    expected = "a switch" if kind in ("switch", "tree") else "a host or router"
    raise FieldError(f"{name} has no {kind} table, expected {expected}")
