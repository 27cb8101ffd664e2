"""A switch: learns behind which port a MAC address is, and sends frames there alone (IEEE 802.1Q, clause 8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from dissect.errors import FieldError
from dissect.lab.device import Device, Transmission
from dissect.lab.mac_table import LIFETIME_NS, MOST_ADDRESSES, MACTable
from dissect.lab.switch_port import ADDRESSES, Arrived, SwitchPort, TagType
from dissect.protocols.ethernet import Ethernet

__all__ = ["Switch", "SwitchOptions"]

RESERVED = bytes.fromhex("0180c20000")
"""What the 16 group addresses begin with whose frames no bridge forwards (IEEE 802.1Q, table 8-1)."""
OF_CUSTOMERS = range(0x10)
OF_PROVIDERS = range(0x01, 0x0B)
"""Those that a provider's bridges keep to themselves: its customers' spanning tree is not among them (table 8-2)."""
_MAC = 6
_NO_VLAN = 0


class SwitchOptions(TypedDict, total=False):
    """The options of `Switch`, for whoever hands them on; each may be left out."""

    lifetime_ns: int
    limit: int
    vlans: Mapping[str, SwitchPort]


class Switch(Device):
    """Forwards frames by their destination, and learns from their sources.

    A frame for an address that is known goes out of its port, or nowhere if it came from there;
    broadcasts, multicasts and frames for unknown addresses go out of every other port. An address is
    forgotten `lifetime_ns` after it last sent (5 minutes); at most `limit` are known, and for a new one the oldest
    goes: see `MACTable`. Frames of fewer than the 14 bytes of a header are dropped.

    `vlans` says what ports do with VLAN tags, by their names; ports that are not named are in VLAN 1, without tags.
    Each VLAN is a network of its own. Without `vlans` tags are not looked at: all ports are one network.

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
    ) -> None:
        super().__init__(name, [])
        self.addresses = MACTable(lifetime_ns=lifetime_ns, limit=limit)
        self._described = None if vlans is None else dict(vlans)
        self._rules: list[SwitchPort | None] = []
        # The ports of each VLAN, as far as anybody asked.
        self._members: dict[int, list[int]] = {}
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
        return len(self.ports) - 1

    def __len__(self) -> int:
        """Return how many addresses are known, those included that nobody has noticed to be too old."""
        return len(self.addresses)

    # --- frames ----------------------------------------------------------------------------------

    def receive(self, port: int, frame: bytes, now_ns: int) -> list[Transmission]:
        """Return the frame for the port that its destination is behind, or for every other one of its VLAN."""
        if len(frame) < Ethernet.least_size:
            return []
        rule = self._rules[port]
        arrived = Arrived(_NO_VLAN, 0, frame) if rule is None else rule.arrives(frame)
        if arrived is None:
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
                port for port, rule in enumerate(self._rules) if rule is None or vlan in rule.members
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

    # --- for people ------------------------------------------------------------------------------

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
