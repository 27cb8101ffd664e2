"""Which conversation a datagram is of: addresses and ports, or what stands for ports."""

from __future__ import annotations

from dissect.declaration.named_tuples import NamedTuple
from dissect.packets.checksum_correction import updated
from dissect.packets.packet import parse
from dissect.protocols.icmp import ICMP, QUERIES
from dissect.protocols.ipv4 import IPProtocol, IPv4
from dissect.protocols.tcp import TCP
from dissect.protocols.udp import UDP

__all__ = ["FlowKey", "begins", "key_of", "quoted_key_of", "rewritten"]

_ICMP_REPLIES = {0: 8, 14: 13, 16: 15, 18: 17}
"""The answers to ICMP's questions, and what they answer."""
_SYN, _ACK, _RST = 2, 16, 4
_PORTS = (int(IPProtocol.TCP), int(IPProtocol.UDP))


class FlowKey(NamedTuple):
    """Protocol, and both ends as they stand in a datagram.

    Ports of ICMP's questions are the identifier at the asker's end, and 0 at the other.
    """

    protocol: int
    src: str
    sport: int
    dst: str
    dport: int

    @property
    def inverted(self) -> FlowKey:
        """The key of an answer."""
        return FlowKey(self.protocol, self.dst, self.dport, self.src, self.sport)

    def __str__(self) -> str:
        return f"{self.src}:{self.sport} > {self.dst}:{self.dport}"


def key_of(datagram: IPv4) -> FlowKey | None:
    """Return the key of a whole datagram; None for fragments, ICMP errors, and what has not enough bytes to tell.

    >>> key_of(IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=5, dport=6))
    FlowKey(protocol=17, src='10.0.0.1', sport=5, dst='10.0.0.2', dport=6)
    """
    carried = datagram.payload
    protocol, src, dst = int(datagram.protocol), str(datagram.src), str(datagram.dst)
    if datagram.is_fragment:
        return None
    if isinstance(carried, (TCP, UDP)):
        if carried.captured_length < carried.least_size and not datagram.is_quoted:
            return None
        return FlowKey(protocol, src, carried.sport, dst, carried.dport)
    if isinstance(carried, ICMP):
        kind = int(carried.type)
        if kind not in QUERIES and kind not in _ICMP_REPLIES:
            return None
        ident = int.from_bytes(bytes(carried)[4:6], "big")
        return FlowKey(protocol, src, 0, dst, ident) if kind in _ICMP_REPLIES else FlowKey(protocol, src, ident, dst, 0)
    return FlowKey(protocol, src, 0, dst, 0)


def begins(datagram: IPv4) -> bool:
    """Whether a datagram may begin a conversation: of TCP, a SYN alone does."""
    segment = datagram.payload
    return not isinstance(segment, TCP) or int(segment.flags) & (_SYN | _ACK | _RST) == _SYN


def quoted_key_of(datagram: IPv4) -> FlowKey | None:
    """Return the key of what an ICMP error quotes; None where it is no error, or quotes too little of a transport."""
    carried = datagram.payload
    if not isinstance(carried, ICMP) or int(carried.type) in QUERIES or int(carried.type) in _ICMP_REPLIES:
        return None
    quoted = carried.payload
    if not isinstance(quoted, IPv4) or quoted.is_cut:
        return None
    return key_of(quoted)


def rewritten(datagram: IPv4, key: FlowKey, quoted: FlowKey | None = None) -> IPv4:
    """Return a datagram with the addresses and ports of a key, and of what it quotes with those of another.

    Checksums are moved by what changed (RFC 1624), those in a quotation too, and a UDP checksum of 0 stays 0.

    >>> datagram = IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=5, dport=6, checksum=0)
    >>> changed = rewritten(datagram, FlowKey(17, "192.0.2.1", 7, "10.0.0.2", 6))
    >>> str(changed.src), changed[UDP].sport, changed[UDP].checksum, changed.checksum_state().value
    ('192.0.2.1', 7, 0, 'good')
    """
    before = bytes(datagram)
    after = bytearray(before)
    _put(after, 0, key)
    carried = datagram.payload
    if quoted is not None and isinstance(carried, ICMP):
        _put(after, 4 * datagram.ihl + 8, quoted)
    changed = updated(before, bytes(after), "raw")
    made = parse(changed, "raw")
    assert isinstance(made, IPv4)
    return made


def _put(data: bytearray, start: int, key: FlowKey) -> None:
    """Write a key into a datagram that begins at `start`."""
    data[start + 12 : start + 16] = _packed(key.src)
    data[start + 16 : start + 20] = _packed(key.dst)
    ports = start + 4 * (data[start] & 15)
    if key.protocol in _PORTS:
        data[ports : ports + 4] = key.sport.to_bytes(2, "big") + key.dport.to_bytes(2, "big")
    elif key.protocol == IPProtocol.ICMP and (key.sport or key.dport) and len(data) >= ports + 6:
        data[ports + 4 : ports + 6] = (key.sport or key.dport).to_bytes(2, "big")


def _packed(ip: str) -> bytes:
    return bytes(map(int, ip.split(".")))
