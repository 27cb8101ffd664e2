"""A stateful firewall: rules for what begins; whatever belongs to that passes."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network

from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import FieldError
from dissect.lab.flow_keys import FlowKey, begins, key_of, quoted_key_of
from dissect.lab.flow_tracking import Entry, FlowTable
from dissect.lab.packet_filter import Verdict
from dissect.protocols.icmp import UnreachableCode
from dissect.protocols.icmp_errors import DestinationUnreachable
from dissect.protocols.ipv4 import IPProtocol, IPv4

__all__ = ["Firewall", "Rule", "read_rule"]

_PROTOCOLS = {"tcp": int(IPProtocol.TCP), "udp": int(IPProtocol.UDP), "icmp": int(IPProtocol.ICMP)}
_ANYWHERE = IPv4Network("0.0.0.0/0")
EXPECTED = (
    '"allow out", "allow in tcp 80,443 from 10.0.0.0/8", "reject in udp to 10.0.0.5" and the like: allow, deny or '
    "reject, then in or out, then what it is about"
)


class Rule(NamedTuple):
    """One rule: what is done (`allow`, `deny`, `reject`) with what begins in a direction (`in`, `out`)."""

    action: str
    direction: str
    protocol: int | None = None
    ports: frozenset[int] = frozenset()
    source: IPv4Network = _ANYWHERE
    target: IPv4Network = _ANYWHERE

    def applies(self, key: FlowKey) -> bool:
        """Whether a datagram is what the rule is about."""
        if self.protocol is not None and key.protocol != self.protocol:
            return False
        if self.ports and key.dport not in self.ports:
            return False
        return _is_in(key.src, self.source) and _is_in(key.dst, self.target)


def read_rule(text: str) -> Rule:
    """Read a rule; FieldError says what was expected.

    >>> read_rule("allow in tcp 80,443 from 10.0.0.0/8").ports == {80, 443}
    True
    >>> read_rule("allow sideways")
    Traceback (most recent call last):
    dissect.errors.FieldError: the rule 'allow sideways' does not say in or out
    """
    words = text.split()
    if len(words) < 2 or words[0] not in ("allow", "deny", "reject"):
        raise FieldError(f"{text!r} is no rule, expected {EXPECTED}")
    if words[1] not in ("in", "out"):
        raise FieldError(f"the rule {text!r} does not say in or out")
    rule = Rule(words[0], words[1])
    rest = words[2:]
    while rest:
        word = rest.pop(0)
        if word in _PROTOCOLS:
            rule = rule._replace(protocol=_PROTOCOLS[word])
            if rest and rest[0][0].isdigit():
                rule = rule._replace(ports=_ports(rest.pop(0), text))
        elif word in ("from", "to") and rest:
            network = _network(rest.pop(0), text)
            rule = rule._replace(source=network) if word == "from" else rule._replace(target=network)
        else:
            raise FieldError(f"the rule {text!r} has {word!r}, expected {EXPECTED}")
    return rule


def _ports(words: str, text: str) -> frozenset[int]:
    found: set[int] = set()
    for word in words.split(","):
        first, dash, last = word.partition("-")
        if not first.isdigit() or (dash and not last.isdigit()) or int(last or first) > 0xFFFF:
            raise FieldError(f"the rule {text!r} has the port {word!r}, expected numbers as 80,443 or 8000-8010")
        found.update(range(int(first), int(last or first) + 1))
    return frozenset(found)


def _network(word: str, text: str) -> IPv4Network:
    try:
        return IPv4Network(word)
    except ValueError as reason:
        raise FieldError(f"the rule {text!r} has the network {word!r}: {reason}") from None


def _is_in(ip: str, network: IPv4Network) -> bool:
    number = int.from_bytes(bytes(map(int, ip.split("."))), "big")
    return number & int(network.netmask) == int(network.network_address)


class Firewall:
    """Lets pass what its rules allow, and what belongs to that; a packet filter.

    The first rule that applies decides; without one, what begins is dropped. ICMP errors about what has passed pass,
    and so do fragments behind the first, which mean nothing without it. With `interface`, only what crosses
    that one is looked at.

    >>> wall = Firewall(["allow out", "allow in tcp 22"])
    >>> from dissect.protocols.udp import UDP
    >>> question = IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=5000, dport=53)
    >>> answer = IPv4(src="10.0.0.2", dst="10.0.0.1") / UDP(sport=53, dport=5000)
    >>> wall.arriving(answer, "eth0", 0)
    >>> wall.leaving(question, "eth0", 0) is question, wall.arriving(answer, "eth0", 1) is answer
    (True, True)
    """

    def __init__(self, rules: Iterable[str], *, interface: str | None = None) -> None:
        self.rules = [read_rule(rule) for rule in rules]
        self.interface = interface
        self.table = FlowTable()
        self.refused = 0
        """How many datagrams did not pass."""

    def arriving(self, datagram: IPv4, interface: str, now_ns: int) -> Verdict:
        """Judge what comes in."""
        return self._judged(datagram, "in", interface, now_ns)

    def leaving(self, datagram: IPv4, interface: str, now_ns: int) -> Verdict:
        """Judge what goes out."""
        return self._judged(datagram, "out", interface, now_ns)

    def _judged(self, datagram: IPv4, direction: str, interface: str, now_ns: int) -> Verdict:
        if self.interface is not None and interface != self.interface:
            return datagram
        quoted = quoted_key_of(datagram)
        if quoted is not None:
            return datagram if self.table.find(quoted, now_ns) is not None else self._refuse()
        key = key_of(datagram)
        if key is None:
            return datagram if datagram.fragment_offset else self._refuse()
        entry = self.table.find(key, now_ns)
        if entry is not None:
            self.table.saw(entry, datagram, is_reply=key != entry.original, now_ns=now_ns)
            return datagram
        rule = next((rule for rule in self.rules if rule.direction == direction and rule.applies(key)), None)
        if rule is None or rule.action == "deny" or (rule.action == "allow" and not begins(datagram)):
            return self._refuse()
        if rule.action == "reject":
            self.refused += 1
            return DestinationUnreachable(code=UnreachableCode.PROHIBITED)
        self.table.saw(self.table.add(Entry(key, key.inverted), now_ns), datagram, is_reply=False, now_ns=now_ns)
        return datagram

    def _refuse(self) -> Verdict:
        self.refused += 1
        return None

    def text(self, now_ns: int) -> str:
        """Return what has passed and is known, as `conntrack -L` prints it."""
        return self.table.text(now_ns)
