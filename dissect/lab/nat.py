"""Network address translation with ports, as a home's router does it by the habits of Linux (RFC 3022, 4787, 5382)."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from ipaddress import IPv4Network

from dissect.declaration.named_tuples import NamedTuple
from dissect.errors import FieldError
from dissect.flows.reassembly import Reassembler
from dissect.lab.flow_keys import FlowKey, begins, key_of, quoted_key_of, rewritten
from dissect.lab.flow_tracking import MOST_ENTRIES, Entry, FlowTable
from dissect.lab.packet_filter import Verdict
from dissect.protocols.ipv4 import IPProtocol, IPv4

__all__ = ["NAT", "PortForward"]

_PROTOCOLS = {"tcp": int(IPProtocol.TCP), "udp": int(IPProtocol.UDP)}
_FREE_PORTS = range(1024, 65536)
_MOST_TRIES = 128


class PortForward(NamedTuple):
    """What comes to a port of the outside address goes to a host inside, at its `inside_port`."""

    protocol: str
    port: int
    inside_ip: str
    inside_port: int


class NAT:
    """Translates between hosts inside and one address outside; a packet filter for a router.

    `outside` is the interface to the world, `address` the one that it lends to all, `inside` the networks that use it.
    A connection keeps its source port where that is free, and gets another one where it isn't. `forwards` lead
    connections from outside to hosts inside; hosts inside may use them by the outside address, too (hairpinning): the
    router's own address inside, `inside_address`, is then put in the place of theirs, so that answers come back by
    the same way. ICMP errors are translated with what they quote, and refresh nothing. Fragments are put
    together first. Datagrams from outside that belong to nothing that is known are left as they are, for the router
    itself.

    Raises FieldError for forwards that are none.
    """

    def __init__(
        self,
        outside: str,
        address: str,
        inside: Iterable[str],
        *,
        inside_address: str,
        forwards: Iterable[PortForward] = (),
        limit: int = MOST_ENTRIES,
        seed: int | str = 0,
    ) -> None:
        self.outside = outside
        self.address = address
        self.inside_address = inside_address
        self.networks = [IPv4Network(network) for network in inside]
        self.table = FlowTable(limit=limit)
        self.forwards: dict[tuple[int, int], PortForward] = {}
        for forward in forwards:
            protocol = _PROTOCOLS.get(forward.protocol)
            if protocol is None or not 0 < forward.port < 65536 or not 0 < forward.inside_port < 65536:
                raise FieldError(f"{forward} forwards nothing, expected tcp or udp and ports of 1 to 65535")
            self.forwards[protocol, forward.port] = forward
        self.dropped = 0
        """How many new conversations found no port."""
        self._seed = seed
        self._fragments = Reassembler()
        # By the key that a datagram has between both translations: the entry, and whether it is an answer.
        self._between: dict[FlowKey, tuple[Entry, bool]] = {}

    def arriving(self, datagram: IPv4, interface: str, now_ns: int) -> Verdict:
        """Translate the destination."""
        if datagram.is_fragment:
            whole = self._whole(datagram, now_ns)
            if whole is None:
                return None
            datagram = whole
        quoted = quoted_key_of(datagram)
        if quoted is not None:
            return self._error_arrives(datagram, quoted, now_ns)
        key = key_of(datagram)
        if key is None:
            return datagram
        entry = self.table.find(key, now_ns)
        if entry is None:
            return self._begins(datagram, key, now_ns)
        is_reply = key != entry.original
        self.table.saw(entry, datagram, is_reply=is_reply, now_ns=now_ns)
        target = entry.original.inverted if is_reply else entry.reply.inverted
        return _towards(datagram, key, target)

    def leaving(self, datagram: IPv4, interface: str, now_ns: int) -> Verdict:
        """Translate the source."""
        quoted = quoted_key_of(datagram)
        if quoted is not None:
            return self._error_leaves(datagram, quoted, interface)
        key = key_of(datagram)
        if key is None:
            return datagram
        known = self._between.get(key)
        if known is not None and known[0].ends_ns > now_ns:
            entry, is_reply = known
            source = entry.original.inverted if is_reply else entry.reply.inverted
            return _from(datagram, key, source)
        if interface != self.outside or self.table.find(key, now_ns) is not None:
            return datagram
        return self._goes_out(datagram, key, now_ns)

    def text(self, now_ns: int) -> str:
        """Return what is known as `conntrack -L` prints it."""
        return self.table.text(now_ns)

    def _begins(self, datagram: IPv4, key: FlowKey, now_ns: int) -> Verdict:
        """Forward a datagram that begins something, if a rule says so."""
        forward = self.forwards.get((key.protocol, key.dport)) if key.dst == self.address else None
        if forward is None:
            return datagram
        inner = FlowKey(key.protocol, key.src, key.sport, forward.inside_ip, forward.inside_port)
        reply = inner.inverted
        if self._is_inside(key.src):
            # A host inside that uses the outside address: answers have to come back by way of the router.
            port = self._free_port(FlowKey(key.protocol, self.inside_address, key.sport, *inner[3:]))
            if port is None:
                self.dropped += 1
                return None
            reply = FlowKey(key.protocol, inner.dst, inner.dport, self.inside_address, port)
        self._take(Entry(key, reply), now_ns)
        return _towards(datagram, key, inner)

    def _goes_out(self, datagram: IPv4, key: FlowKey, now_ns: int) -> Verdict:
        """Lend the outside address to a datagram that begins something."""
        if not self._is_inside(key.src) and (key.src != self.address or not begins(datagram)):
            return datagram
        port = self._free_port(key._replace(src=self.address))
        if port is None:
            self.dropped += 1
            return None
        entry = Entry(key, FlowKey(key.protocol, key.dst, key.dport, self.address, port))
        self._take(entry, now_ns)
        return _from(datagram, key, entry.reply.inverted)

    def _take(self, entry: Entry, now_ns: int) -> None:
        self.table.add(entry, now_ns)
        if len(self._between) > 4 * self.table.limit:
            self._between = {key: known for key, known in self._between.items() if known[0] in self.table}
        first, answer = entry.original, entry.reply
        self._between[FlowKey(first.protocol, first.src, first.sport, answer.src, answer.sport)] = (entry, False)
        self._between[FlowKey(first.protocol, answer.src, answer.sport, first.src, first.sport)] = (entry, True)

    def _free_port(self, wanted: FlowKey) -> int | None:
        """Return the source port that a conversation gets: its own if it is free, or one that depends on it."""
        if wanted.protocol not in (IPProtocol.TCP, IPProtocol.UDP, IPProtocol.ICMP):
            return 0 if wanted.inverted not in self.table else None
        if self._is_free(wanted):
            return wanted.sport
        digest = blake2b(f"{self._seed}/{wanted}".encode(), digest_size=4).digest()
        start = int.from_bytes(digest, "big") % len(_FREE_PORTS)
        for step in range(_MOST_TRIES):
            port = _FREE_PORTS[(start + step) % len(_FREE_PORTS)]
            if self._is_free(wanted._replace(sport=port)):
                return port
        return None

    def _is_free(self, key: FlowKey) -> bool:
        """Whether a source port may be lent: it is neither forwarded nor lent to another for the same peer."""
        return (key.protocol, key.sport) not in self.forwards and key.inverted not in self.table

    def _is_inside(self, ip: str) -> bool:
        number = int.from_bytes(bytes(map(int, ip.split("."))), "big")
        return any(number & int(network.netmask) == int(network.network_address) for network in self.networks)

    def _error_arrives(self, datagram: IPv4, quoted: FlowKey, now_ns: int) -> Verdict:
        """Lead an ICMP error to the host whose datagram it quotes, as that host has sent it (RFC 5508, section 4)."""
        entry = self.table.find(quoted.inverted, now_ns)
        if entry is None:
            return datagram
        # What is quoted went the other way: an answer's key quotes what the first side has sent.
        inner = entry.original if quoted.inverted == entry.reply else entry.reply
        if inner == quoted:
            return datagram
        return rewritten(datagram, _ends(datagram, dst=inner.src), inner)

    def _error_leaves(self, datagram: IPv4, quoted: FlowKey, interface: str) -> Verdict:
        """Have an error quote what its receiver has sent, and hide the hosts inside from the world."""
        known = self._between.get(quoted)
        sent = quoted if known is None else known[0].reply if known[1] else known[0].original
        src = str(datagram.src)
        if interface == self.outside and self._is_inside(src):
            src = self.address
        if sent == quoted and src == str(datagram.src):
            return datagram
        return rewritten(datagram, _ends(datagram, src=src), sent)

    def _whole(self, fragment: IPv4, now_ns: int) -> IPv4 | None:
        """Put a datagram together; None as long as parts are missing."""
        self._fragments.advance(now_ns)
        for ended in self._fragments.receive(fragment, now_ns):
            if ended.datagram is not None:
                return ended.datagram
        return None


def _ends(datagram: IPv4, *, src: str | None = None, dst: str | None = None) -> FlowKey:
    return FlowKey(int(datagram.protocol), src or str(datagram.src), 0, dst or str(datagram.dst), 0)


def _towards(datagram: IPv4, key: FlowKey, target: FlowKey) -> IPv4:
    """Return a datagram with the destination of another key."""
    wanted = key._replace(dst=target.dst, dport=target.dport)
    return datagram if wanted == key else rewritten(datagram, wanted)


def _from(datagram: IPv4, key: FlowKey, source: FlowKey) -> IPv4:
    """Return a datagram with the source of another key."""
    wanted = key._replace(src=source.src, sport=source.sport)
    return datagram if wanted == key else rewritten(datagram, wanted)
