"""The packets of a script: TCP segments, UDP datagrams and ICMP messages, as packetdrill writes them."""

from __future__ import annotations

from types import EllipsisType

from dissect.lab.drill.scanner import Scanner
from dissect.lab.drill.script import ANY_OPTIONS, ICMPText, Option, Packet, TCPText, Transport, UDPText

__all__ = ["read_packet"]

_FLAGS = r"(?:[FSRPUEWA.]+|-)(?=\s|\d|$)"
_ENCAPSULATIONS = r"(?:ipv4|ipv6|gre|mpls)\b"
_NUMBERS_OF_OPTIONS = {"mss": 1, "wscale": 1, "nop": 0, "NOP": 0, "eol": 0, "EOL": 0, "sackOK": 0}


def read_packet(scanner: Scanner) -> Packet:
    """Take a packet: `>` where the tested side has to send it, `<` where the script does, and what it is.

    >>> packet = read_packet(Scanner("", "> [ect0] P. 1:301(300) ack 1 win 500 <nop,nop,TS val 5 ecr 0>"))
    >>> packet.is_expected, packet.ecn, packet.transport.size, packet.transport.options[2].numbers
    (True, 'ect0', 300, (5, 0))
    >>> read_packet(Scanner("", "< icmp unreachable frag_needed mtu 1200 [1:901(900)]")).transport.quoted
    (1, 901)
    """
    is_expected = scanner.expect("[<>]", "'<' or '>'") == ">"
    ecn: str | None = None
    tos: int | None = None
    ttl: int | None = None
    while True:
        if scanner.sees(r"\((?:tos|ttl|flowlabel)\b"):
            scanner.expect(r"\(", "'('")
            while not scanner.take(r"\)"):
                word = scanner.expect(r"tos|ttl|flowlabel|,", "tos or ttl")
                if word == "tos":
                    tos = scanner.number("a type of service")
                elif word == "ttl":
                    ttl = scanner.number("a time to live")
                elif word == "flowlabel":
                    raise scanner.wrong("flow labels are of IPv6, expected IPv4 alone")
        elif (found := scanner.take(r"\[(ect0|ect1|ect01|ce|noecn)\]")) is not None:
            ecn = found
        else:
            break
    if scanner.sees(_ENCAPSULATIONS):
        raise scanner.wrong("packets in tunnels are not understood here, expected a segment, udp or icmp")
    return Packet(is_expected, _transport(scanner, is_expected=is_expected), ecn, tos, ttl)


def _transport(scanner: Scanner, *, is_expected: bool) -> Transport:
    ports = _ports(scanner)
    if scanner.take(r"udp\b"):
        scanner.expect(r"\(", "'(' and the bytes of a datagram")
        size = scanner.number("a number of bytes")
        scanner.expect(r"\)", "')'")
        return UDPText(size, ports)
    if scanner.take(r"icmp\b"):
        return _icmp(scanner)
    flags = scanner.expect(_FLAGS, "the flags of a segment, udp or icmp")
    start, end = _range(scanner)
    ack = scanner.number("an acknowledgment number") if scanner.take(r"ack\b") else None
    window = scanner.number("a window") if scanner.take(r"win\b") else None
    urgent = scanner.number("an urgent pointer") if scanner.take(r"urg\b") else None
    if window is None and not is_expected:
        raise scanner.wrong("expected 'win' and the window of a segment that the script sends")
    return TCPText(flags, start, end, ack, window, urgent, _options(scanner), ports)


def _ports(scanner: Scanner) -> tuple[int, int] | None:
    found = scanner.take(r"(\d+\s*>\s*\d+)")
    if found is None:
        return None
    source, _, target = found.partition(">")
    return int(source), int(target)


def _range(scanner: Scanner) -> tuple[int, int]:
    """Take numbers as `1:1001(1000)`."""
    start = scanner.number("a sequence number")
    scanner.expect(":", "':' and the number behind the last byte")
    end = scanner.number("the number behind the last byte")
    scanner.expect(r"\(", "'(' and the bytes of data")
    size = scanner.number("the bytes of data")
    if size != (end - start) & 0xFFFF_FFFF:
        raise scanner.wrong(f"{start}:{end} are {end - start} bytes, expected {size}")
    scanner.expect(r"\)", "')'")
    return start, start + size


def _options(scanner: Scanner) -> tuple[Option, ...] | EllipsisType:
    if not scanner.take("<(?!<)(?=[^>]*>)"):
        return ()
    if scanner.take(r"\.\.\."):
        scanner.expect(">", "'>' behind the options")
        return ANY_OPTIONS
    options: list[Option] = []
    while not scanner.take(">"):
        if options:
            scanner.expect(",", "',' or '>'")
        options.append(_option(scanner))
    return tuple(options)


def _option(scanner: Scanner) -> Option:
    word = scanner.expect(r"mss|wscale|sackOK|sack|TS|nop|NOP|eol|EOL|FOEXP|FO|md5", "a TCP option")
    if word == "sack":
        edges: list[int] = []
        while scanner.sees(r"\d+:\d+"):
            edges.append(scanner.number("the left edge of a block"))
            scanner.expect(":", "':'")
            edges.append(scanner.number("the right edge of a block"))
        return Option(word, tuple(edges))
    if word == "TS":
        scanner.expect(r"val\b", "'val'")
        value = scanner.number("a timestamp")
        scanner.expect(r"ecr\b", "'ecr'")
        return Option(word, (value, scanner.number("the echo of a timestamp")))
    if word in ("FO", "FOEXP", "md5"):
        digits = scanner.take(r"(?:[0-9a-fA-F]{2})+(?=[,>\s])") or ""
        return Option(word, data=bytes.fromhex(digits))
    return Option(
        word.lower() if word.isupper() else word,
        tuple(scanner.number(f"the number of {word}") for _ in range(_NUMBERS_OF_OPTIONS[word])),
    )


def _icmp(scanner: Scanner) -> ICMPText:
    kind = scanner.expect(r"[a-z_]+|\d+", "an ICMP type, as unreachable")
    code = scanner.take(r"(?!mtu\b|id\b|\[)(?:[a-z_]+|\d+(?!\.))")
    mtu = scanner.number("an MTU") if scanner.take(r"mtu\b") else None
    ident = scanner.number("an identifier") if scanner.take(r"id\b") else None
    quoted: tuple[int, int] | None = None
    if scanner.take(r"\["):
        quoted = _range(scanner)
        scanner.expect(r"\]", "']'")
    return ICMPText(kind, code, mtu, ident, quoted)
