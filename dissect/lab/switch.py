"""A switch: learns behind which port a MAC address is, and sends frames there alone (IEEE 802.1Q, clause 8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypedDict

from dissect.declaration.addresses import mac_bytes
from dissect.errors import FieldError
from dissect.lab.device import Device, Transmission
from dissect.lab.mac_table import LIFETIME_NS, MOST_ADDRESSES, MACTable
from dissect.lab.spanning_tree.bridge import TreePortSettings, TreeSettings
from dissect.lab.spanning_tree.messages import Message, Role, frame_of, message_of
from dissect.lab.spanning_tree.protocol import SpanningTree
from dissect.lab.switch_port import ADDRESSES, Arrived, SwitchPort, TagType
from dissect.protocols.ethernet import Ethernet

__all__ = ["Switch", "SwitchOptions"]

RESERVED = bytes.fromhex("0180c20000")
"""What the 16 group addresses begin with whose frames no bridge forwards (IEEE 802.1Q, table 8-1)."""
OF_CUSTOMERS = range(0x10)
OF_PROVIDERS = range(0x01, 0x0B)
"""Those that a provider's bridges keep to themselves: its customers' spanning tree is not among them (table 8-2)."""
BRIDGES = bytes.fromhex("0180c2000000")
"""Whom bridges tell of their tree."""
PROVIDERS_BRIDGES = bytes.fromhex("0180c2000008")
"""Whom those of providers tell of theirs."""
USUAL_MAC = "02:01:00:01:00:00"
_MAC = 6
_NO_VLAN = 0


class SwitchOptions(TypedDict, total=False):
    """The options of `Switch`, for whoever hands them on; each may be left out."""

    lifetime_ns: int
    limit: int
    vlans: Mapping[str, SwitchPort]
    tree: TreeSettings | None
    tree_ports: Mapping[str, TreePortSettings]
    mac: str


class Switch(Device):
    """Forwards frames by their destination, and learns from their sources.

    A frame for an address that is known goes out of its port, or nowhere if it came from there;
    broadcasts, multicasts and frames for unknown addresses go out of every other port. An address is
    forgotten `lifetime_ns` after it last sent (5 minutes); at most `limit` are known, and for a new one the oldest
    goes: see `MACTable`. Frames of fewer than the 14 bytes of a header are dropped.

    `vlans` says what ports do with VLAN tags, by their names; ports that are not named are in VLAN 1, without tags.
    Each VLAN is a network of its own. Without `vlans` tags are not looked at: all ports are one network.

    With a `tree` the switch takes part in a spanning tree (RSTP, or with `rapid=False` the old STP), one for all
    VLANs: of links in a circle some stay shut until they are needed. `tree_ports` says what is set up of
    ports, by their names; `mac` is the bridge's, its ports have the numbers that follow. Customers' ports (tunnels)
    take no part.

    >>> switch = Switch("s", ["1", "2", "3"])
    >>> there = Ethernet(dst="02:00:00:00:00:02", src="02:00:00:00:00:01")
    >>> back = Ethernet(dst="02:00:00:00:00:01", src="02:00:00:00:00:02")
    >>> [sent.port for sent in switch.receive(0, bytes(there), now_ns=0)]
    [1, 2]
    >>> [sent.port for sent in switch.receive(1, bytes(back), now_ns=1_000_000_000)]
    [0]
    >>> print(switch.table(now_ns=3_000_000_000))
    port  mac address        age
    1     02:00:00:00:00:01  3.0 s
    2     02:00:00:00:00:02  2.0 s
    >>> vlans = {"1": SwitchPort.access(10), "2": SwitchPort.access(20), "3": SwitchPort.trunk([10, 20])}
    >>> [sent.port for sent in Switch("s", ["1", "2", "3"], vlans=vlans).receive(0, bytes(there), now_ns=0)]
    [2]
    """

    def __init__(
        self,
        name: str,
        ports: list[str],
        *,
        lifetime_ns: int = LIFETIME_NS,
        limit: int = MOST_ADDRESSES,
        vlans: Mapping[str, SwitchPort] | None = None,
        tree: TreeSettings | None = None,
        tree_ports: Mapping[str, TreePortSettings] | None = None,
        mac: str = USUAL_MAC,
    ) -> None:
        super().__init__(name, [])
        self.addresses = MACTable(lifetime_ns=lifetime_ns, limit=limit)
        self._described = None if vlans is None else dict(vlans)
        self._rules: list[SwitchPort | None] = []
        # The ports of each VLAN, as far as anybody asked.
        self._members: dict[int, list[int]] = {}
        self.mac = mac
        self.tree = None if tree is None else SpanningTree(tree, mac)
        """What the switch knows of the spanning tree, if it takes part in one."""
        self.never_rests = tree is not None
        self._tree_ports = dict(tree_ports or {})
        # What ports do, by their numbers, where there is a tree.
        self._learning: set[int] = set()
        self._forwarding: set[int] = set()
        self._roles: dict[int, tuple[Role, str]] = {}
        self._root = ""
        for each in ports:
            self.add_port(each)

    def add_port(self, name: str | None = None) -> int:
        """Give the switch another port, and return its number; without a name it gets the next number for one."""
        if name is None:
            name = next(each for each in map(str, range(len(self.ports) + 1, 1 << 30)) if each not in self.ports)
        elif name in self.ports:
            raise FieldError(f"{self.name} has a port {name!r} already, expected a name of its own for each")
        self.ports.append(name)
        self._rules.append(None if self._described is None else self._described.get(name, SwitchPort()))
        self._members.clear()
        number = len(self.ports) - 1
        if self.tree is not None and self._takes_part(number):
            self.tree.add_port(number, self._port_mac(number), self._tree_ports.get(name))
        return number

    def __len__(self) -> int:
        """Return how many addresses are known, those included that nobody has noticed to be too old."""
        return len(self.addresses)

    def receive(self, port: int, frame: bytes, now_ns: int) -> list[Transmission]:
        """Return the frame for the port that its destination is behind, or for every other one of its VLAN."""
        if len(frame) < Ethernet.least_size:
            return []
        rule = self._rules[port]
        if self.tree is not None and self._takes_part(port):
            if frame[:_MAC] == self._group(port):
                message = message_of(frame)
                return [] if message is None else self._told(self.tree.receive(port, message, now_ns), now_ns)
            if port not in self._learning:
                return []
        arrived = Arrived(_NO_VLAN, 0, frame) if rule is None else rule.arrives(frame)
        if arrived is None:
            return []
        if self.tree is not None and self._takes_part(port) and port not in self._forwarding:
            self._learn(arrived.vlan, frame[_MAC:ADDRESSES], port, now_ns)
            return []
        destination, source = frame[:_MAC], frame[_MAC:ADDRESSES]
        if not source[0] & 1:
            self._learn(arrived.vlan, source, port, now_ns)
        if destination[0] & 1:
            if _is_reserved(destination, rule):
                return []
            known = None
        else:
            known = self.addresses.find(arrived.vlan, destination, now_ns)
        members = self._ports_of(arrived.vlan)
        if known is not None:
            others = [known] if known != port and known in members else []
        else:
            others = [other for other in members if other != port]
        if rule is None:
            return [Transmission(other, frame) for other in others]
        return [Transmission(other, self._leaving(other, arrived)) for other in others]

    def _leaving(self, port: int, arrived: Arrived) -> bytes:
        rule = self._rules[port]
        return arrived.frame if rule is None else rule.leaves(arrived)

    def _ports_of(self, vlan: int) -> list[int]:
        """Return the ports that a VLAN's frames may leave at."""
        found = self._members.get(vlan)
        if found is None:
            found = self._members[vlan] = [
                port
                for port, rule in enumerate(self._rules)
                if (rule is None or vlan in rule.members)
                and (self.tree is None or port in self._forwarding or not self._takes_part(port))
            ]
        return found

    def _learn(self, vlan: int, source: bytes, port: int, now_ns: int) -> None:
        before = self.addresses.learn(vlan, source, port, now_ns)
        if before == port:
            return
        where = f" in VLAN {vlan}" if vlan else ""
        if before is None:
            self._tell(now_ns, f"{source.hex(':')} is behind port {self.ports[port]}{where}")
        else:
            self._tell(now_ns, f"{source.hex(':')} moved from port {self.ports[before]} to {self.ports[port]}{where}")

    @property
    def deadline(self) -> int | None:
        """When the spanning tree has something to do."""
        return None if self.tree is None else self.tree.deadline

    def describe_link(self, port: int, bandwidth: int | None, *, is_shared: bool) -> None:
        """Tell which link a port has: its bandwidth in bit/s, and whether it has more than two ends, as a hub has."""
        if self.tree is not None and self._takes_part(port):
            settings = self._tree_ports.get(self.ports[port])
            self.tree.add_port(port, self._port_mac(port), settings, bandwidth=bandwidth, is_shared=is_shared)

    def start(self, now_ns: int) -> list[Transmission]:
        """Begin to take part in the spanning tree, at all ports."""
        if self.tree is None:
            return []
        taking_part = [port for port in range(len(self.ports)) if self._takes_part(port)]
        return self._told(self.tree.set_enabled(taking_part, True, now_ns), now_ns)

    def link_changed(self, port: int, is_up: bool, now_ns: int) -> list[Transmission]:
        """Forget what was behind the port of a link that is cut, and tell the spanning tree."""
        if not is_up:
            self.addresses.forget({port})
        if self.tree is None or not self._takes_part(port):
            return []
        return self._told(self.tree.set_enabled([port], is_up, now_ns), now_ns)

    def advance(self, now_ns: int) -> list[Transmission]:
        """Let the spanning tree do what the time has come for."""
        return [] if self.tree is None else self._told(self.tree.advance(now_ns), now_ns)

    def _told(self, messages: Iterable[tuple[int, Message]], now_ns: int) -> list[Transmission]:
        """Do as the spanning tree says, and return the messages as frames."""
        assert self.tree is not None
        flushed = self.tree.take_flushed()
        if flushed:
            self.addresses.forget(flushed)
        if self.tree.root != self._root:
            self._root = self.tree.root
            self._tell(now_ns, f"the root is {'this bridge' if self.tree.is_root else self._root}")
        learning, forwarding = set(), set()
        for port in range(len(self.ports)):
            if not self._takes_part(port):
                continue
            state = self.tree.state(port)
            if state.learning:
                learning.add(port)
            if state.forwarding:
                forwarding.add(port)
            if self._roles.get(port) != (state.role, state.word):
                self._roles[port] = (state.role, state.word)
                self._tell(now_ns, f"port {self.ports[port]}: {state.role.value}, {state.word}")
        if forwarding != self._forwarding:
            self._members.clear()
        self._learning, self._forwarding = learning, forwarding
        return [
            Transmission(port, frame_of(message, self._port_mac(port), self._group(port).hex(":")))
            for port, message in messages
        ]

    def _takes_part(self, port: int) -> bool:
        """Whether a port takes part in the spanning tree: a provider's port to a customer does not."""
        rule = self._rules[port]
        return rule is None or rule.tag is TagType.CUSTOMER or bool(rule.tagged)

    def _group(self, port: int) -> bytes:
        """Return the group address of the bridges of a port's kind (IEEE 802.1Q, tables 8-1 and 8-2)."""
        rule = self._rules[port]
        return BRIDGES if rule is None or rule.tag is TagType.CUSTOMER else PROVIDERS_BRIDGES

    def _port_mac(self, port: int) -> str:
        number = int.from_bytes(mac_bytes(self.mac), "big") + port + 1
        return number.to_bytes(_MAC, "big").hex(":")

    def tree_table(self) -> str:
        """Return what is known of the spanning tree: who the root is, and what each port is for and does."""
        if self.tree is None:
            raise FieldError(f"{self.name} takes part in no spanning tree, expected one that was given a tree")
        way = "this bridge" if self.tree.root_port is None else f"cost {self.tree.root_cost}"
        width = max([4, *(len(name) for name in self.ports)])
        lines = [f"root {self.tree.root}, {way}", f"{'port':{width}}  role        state       cost"]
        for port, name in enumerate(self.ports):
            if self._takes_part(port):
                state, cost = self.tree.state(port), self.tree.cost(port)
                lines.append(f"{name:{width}}  {state.role.value:10}  {state.word:10}  {cost}")
        return "\n".join(lines)

    def forget(self) -> None:
        """Forget every address."""
        self.addresses.forget()

    def table(self, now_ns: int) -> str:
        """Return what is known, by port: a line for each MAC address, with the time since it last sent."""
        width = max([4, *(len(name) for name in self.ports)])
        has_vlans = self._described is not None
        lines = [f"{'port':{width}}  {'vlan  ' if has_vlans else ''}mac address        age"]
        for each in sorted(self.addresses.entries(now_ns), key=lambda each: (each.port, each.vlan, each.mac)):
            vlan = f"{each.vlan:<4}  " if has_vlans else ""
            age = (now_ns - each.last_ns) / 1e9
            lines.append(f"{self.ports[each.port]:{width}}  {vlan}{each.mac.hex(':')}  {age:.1f} s")
        return "\n".join(lines)


def _is_reserved(destination: bytes, rule: SwitchPort | None) -> bool:
    """Whether a group address is one that bridges keep to themselves."""
    if not destination.startswith(RESERVED):
        return False
    of_provider = rule is not None and rule.tag is not TagType.CUSTOMER
    return destination[-1] in (OF_PROVIDERS if of_provider else OF_CUSTOMERS)
