"""The keys of a network's description: how the value of each is read, and what it becomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import Any

from dissect.errors import DissectError, FieldError
from dissect.lab.arp_programs import ARPDelete, ARPList, ARPSpoof
from dissect.lab.firewall import read_rule
from dissect.lab.host_options import OnStart
from dissect.lab.nat import PortForward
from dissect.lab.padding import Padding
from dissect.lab.ping import Ping
from dissect.lab.program import Program
from dissect.lab.quantities import bits_per_second, nanoseconds
from dissect.lab.tcp.settings import TCPSettings
from dissect.lab.tcp_programs import Leave, TCPConnect, TCPSend, TCPServe
from dissect.lab.tcp_steps import EXPECTED, Step, read_steps
from dissect.lab.traceroute import Traceroute
from dissect.lab.udp_programs import UDPEcho, UDPSend

__all__ = [
    "ARP_TIMES",
    "EXAMPLES",
    "HOST",
    "INTERFACE",
    "LINK",
    "NAT_KEYS",
    "PROGRAM",
    "PROGRAMS",
    "ROUTER",
    "SWITCH",
    "TOP",
    "Key",
    "described",
]


@dataclass(frozen=True, slots=True)
class Key:
    """What a key means, how its value is read (ValueError says what was expected), and the option that it becomes."""

    meaning: str
    read: Callable[[Any], Any]
    option: str = ""


def _of(kind: type, expected: str) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        # True is an int in Python, and none in TOML.
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise ValueError(expected)
        return value

    return read


def _many(read: Callable[[Any], Any], expected: str) -> Callable[[Any], Any]:
    def read_all(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise ValueError(expected)
        return [read(each) for each in value]

    return read_all


_text = _of(str, "text in quotes")
_number = _of(int, "a whole number")
_truth = _of(bool, "true or false")
_tables = _of(dict, "tables by name")
_texts = _many(_text, "texts in brackets")


def _share(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise ValueError("a share from 0 to 1, as 0.1 for one in ten")
    return float(value)


def _one_or_many(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else _texts(value)


def _addresses(value: Any) -> list[str]:
    if not isinstance(value, (str, list)):
        raise ValueError('an address with its mask, as "192.168.0.2/24", or several in brackets')
    return _one_or_many(value)


def _text_by_text(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        raise ValueError('texts by name, as { "10.0.0.0/8" = "192.168.0.1" }')
    return value


def _routes(value: Any) -> list[tuple[str, str]]:
    return list(_text_by_text(value).items())


def _padding(value: Any) -> Padding | bytes:
    try:
        return Padding(value)
    except ValueError:
        pass
    try:
        return bytes.fromhex(value)
    except (TypeError, ValueError):
        raise ValueError('"zeros", "none", "request" (the tail of the request), or bytes in hex') from None


def _on_start(value: Any) -> OnStart:
    try:
        return OnStart(value)
    except ValueError:
        raise ValueError('"nothing", "announce" or "probe"') from None


def _data(value: Any) -> bytes:
    if not isinstance(value, str):
        raise ValueError("text in quotes")
    return value.encode()


def _steps(value: Any) -> list[Step]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError(EXPECTED)
    return read_steps(value)


def _rules(value: Any) -> list[str]:
    rules: list[str] = _many(_text, "rules in brackets")(value)
    for rule in rules:
        try:
            read_rule(rule)
        except FieldError as reason:
            raise ValueError(f"rules: {reason}") from None
    return rules


def _forwards(value: Any) -> list[PortForward]:
    found = []
    for text in _one_or_many(value):
        protocol, port, target, *rest = [*text.split(), "", "", ""]
        ip, colon, inside = target.partition(":")
        if (
            rest[0]
            or protocol not in ("tcp", "udp")
            or not port.isdigit()
            or (colon and not inside.isdigit())
            or not ip
        ):
            raise ValueError('protocol, port, and the host inside, as "tcp 80 192.168.1.2:8080"')
        found.append(PortForward(protocol, int(port), ip, int(inside or port)))
    return found


def _tcp_settings(value: Any) -> TCPSettings:
    """Read a table of settings: times lose their _ns, and false stands for None."""
    if not isinstance(value, dict):
        raise ValueError("a table as { mss = 1024, sack = false }")
    known = {field.name.removesuffix("_ns"): field for field in fields(TCPSettings)}
    found: dict[str, Any] = {}
    for key, given in value.items():
        if key not in known:
            near = get_close_matches(key, known, 1)
            raise ValueError(f"no {key}; did you mean {near[0]}?" if near else f"no {key}, but {', '.join(known)}")
        name, is_switch = known[key].name, known[key].type == "bool"
        if given is False and not is_switch:
            found[name] = None
        elif isinstance(given, bool) != is_switch:
            raise ValueError(f"{key} to be {'true or false' if is_switch else 'a number, or false'}")
        else:
            found[name] = nanoseconds(given) if name.endswith("_ns") else given
    try:
        return TCPSettings(**found)
    except (DissectError, TypeError) as reason:
        raise ValueError(f"settings that fit: {reason}") from None


def _truth_or_texts(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    return _many(_text, "true, false, or interfaces in brackets")(value)


TOP = {
    "title": Key("what the scenario is called in lists", _text),
    "text": Key("what it shows, in sentences", _text),
    "seed": Key("decides what links do to frames, and what else is random", _number),
    "until": Key("when it ends; without, when nothing more happens", nanoseconds),
    "capture": Key("links and ports that -w captures; without, all links", _one_or_many),
    "show": Key('tables to print at the end: "arp a", "route r", "tcp a", "nat r", "switch s"', _one_or_many),
    "outside": Key("devices with an open end, for a TAP device", _one_or_many),
    "hosts": Key("hosts with one interface, eth0", _tables),
    "routers": Key("routers, whose interfaces are tables of their own", _tables),
    "switches": Key("switches", _tables),
    "hubs": Key("hubs, which have no keys", _tables),
    "links": Key("what joins two devices", _of(list, "tables as [[links]]")),
    "programs": Key("what runs on hosts and routers", _of(list, "tables as [[programs]]")),
}
INTERFACE = {
    "ip": Key("its address with mask, or several; none for a host that asks by RARP", _addresses),
    "mac": Key("its MAC address; without, 02:00:00:00:00:01 and so on", _text),
    "mtu": Key("bytes of IP in a frame, 68 to 65535 (1500)", _number),
}
HOST = {
    "gateway": Key("where the default route leads", _text),
    "routes": Key("gateways by network", _routes),
    "padding": Key('what fills short frames: "zeros", "none", "request", or bytes in hex', _padding),
    "ttl": Key("of new datagrams (64)", _number),
    "identification": Key("of the first datagram (1)", _number),
    "on_start": Key('what it does with its addresses: "nothing", "announce" or "probe"', _on_start),
    "discovers_path_mtu": Key("whether DF is set on what fits the way", _truth),
    "arp": Key("permanent ARP entries: MAC addresses by IPv4 address", _text_by_text),
    "arp_lifetime": Key("how long ARP entries live (20 min)", nanoseconds),
    "arp_tries": Key("how often a neighbour is asked for (3)", _number),
    "arp_interval": Key("time between two ARP requests (1 s)", nanoseconds),
    "rarp_table": Key("IPv4 addresses by MAC address, to answer RARP requests from", _text_by_text),
    "asks_rarp": Key("whether it asks for its address by RARP", _truth),
    "firewall": Key(
        'rules for what begins, as ["allow out", "allow in tcp 80"]; the first that applies counts', _rules
    ),
    "firewall_interface": Key("the interface that the rules are for; without, all", _text),
}
ARP_TIMES = {"arp_lifetime": "lifetime_ns", "arp_tries": "tries", "arp_interval": "interval_ns"}
ROUTER = {
    "interfaces": Key("tables with ip, mac and mtu, by name", _tables),
    "proxy_arp": Key("true, or the interfaces on which it answers for others", _truth_or_texts),
    "redirects": Key("whether it tells of better ways (true)", _truth),
    "prohibited": Key("networks to which nothing passes", _one_or_many),
    "nat": Key("a table: the interface outside, the networks inside, and what is forwarded", _tables),
}
NAT_KEYS = {
    "outside": Key("the interface to the world, whose address all share", _text),
    "inside": Key("networks whose hosts share it", _one_or_many),
    "forwards": Key('what leads from outside to hosts inside, as ["tcp 80 192.168.1.2:8080"]', _forwards),
}
SWITCH = {
    "lifetime": Key("how long it knows a silent address (300 s)", nanoseconds, "lifetime_ns"),
    "limit": Key("how many addresses it knows (8192)", _number),
}
LINK = {
    "between": Key('the devices, with an interface where they have several: ["a", "r:eth1"]', _texts),
    "delay": Key("how long a frame takes to the other end", nanoseconds, "delay_ns"),
    "bandwidth": Key("how many bits go in a second", bits_per_second),
    "mtu": Key("the bytes behind the link header that it takes (1500)", _number),
    "loss": Key("share of frames that are lost, 0 to 1", _share),
    "duplication": Key("share of frames that arrive twice", _share),
    "reordering": Key("share of frames that are held back", _share),
    "reorder": Key("for how long they are held back (10 ms)", nanoseconds, "reorder_ns"),
    "corruption": Key("share of frames in which one bit changes", _share),
    "queue_limit": Key("bytes that may wait for a slow link", _number),
}
PROGRAM = {
    "run": Key("which program", _text),
    "on": Key("the host or router", _text),
    "at": Key("when it begins (0 s)", nanoseconds),
}
_REPEATED = {
    "count": Key("how often (1)", _number),
    "interval": Key("time between two of them", nanoseconds, "interval_ns"),
}
_WAIT = {"wait": Key("how long it waits for answers", nanoseconds, "wait_ns")}
PROGRAMS: dict[str, tuple[Callable[..., Program], dict[str, Key], tuple[str, ...]]] = {
    "ping": (
        Ping,
        {
            "target": Key("the address that it goes to", _text),
            "size": Key("bytes of data", _number),
            "ttl": Key("of its datagrams", _number),
            "tos": Key("type of service, 0 to 255", _number),
            "dont_fragment": Key("whether DF is set", _truth),
            "record_route": Key("whether routers write down their addresses", _truth),
            "identifier": Key("tells its requests from those of others", _number),
        }
        | _REPEATED
        | _WAIT,
        ("target",),
    ),
    "traceroute": (
        Traceroute,
        {
            "target": Key("the address that it goes to", _text),
            "most_hops": Key("how far it looks (30)", _number),
            "probes": Key("datagrams for each distance (3)", _number),
            "icmp": Key("echo requests in place of UDP", _truth),
            "identifier": Key("tells its requests from those of others", _number),
        }
        | _WAIT,
        ("target",),
    ),
    "udp_send": (
        UDPSend,
        {
            "target": Key("the address that it goes to", _text),
            "port": Key("UDP port", _number),
            "data": Key("text that is sent", _data),
            "size": Key("bytes of data", _number),
            "source_port": Key("the port that it is sent from", _number),
            "ttl": Key("of its datagrams", _number),
            "dont_fragment": Key("whether DF is set", _truth),
        }
        | _REPEATED
        | _WAIT,
        ("target", "port"),
    ),
    "udp_echo": (UDPEcho, {"port": Key("UDP port", _number)}, ()),
    "tcp_connect": (
        TCPConnect,
        {
            "target": Key("the address that it goes to", _text),
            "port": Key("TCP port", _number),
            "source_port": Key("the port that it comes from", _number),
            "isn": Key("the initial sequence number", _number),
            "steps": Key('what it does then, as ["write hello", "read 5", "close"]', _steps),
            "tcp": Key("settings, as { mss = 1024, sack = false }", _tcp_settings, "settings"),
        },
        ("target", "port"),
    ),
    "tcp_serve": (
        TCPServe,
        {
            "port": Key("TCP port", _number),
            "backlog": Key("how many may be half open, or wait (128)", _number),
            "cookies": Key("whether SYNs beyond that are answered all the same (true)", _truth),
            "isn": Key("the initial sequence number", _number),
            "steps": Key('what it does with each connection, as ["read end", "close"]', _steps),
            "tcp": Key("settings, as { mss = 1024, sack = false }", _tcp_settings, "settings"),
        },
        ("port",),
    ),
    "tcp_send": (
        TCPSend,
        {
            "target": Key("the address that it goes to", _text),
            "port": Key("TCP port", _number),
            "flags": Key('of the segments, as letters ("S")', _text),
            "seq": Key("their sequence number (0)", _number),
            "ack": Key("their acknowledgment (0)", _number),
            "source": Key("the address that they come from, or a network: then all of its in turn", _text),
            "source_port": Key("the port that they come from; without, one after the other", _number),
        }
        | _REPEATED,
        ("target", "port"),
    ),
    "leave": (Leave, {}, ()),
    "arp_list": (ARPList, {}, ()),
    "arp_delete": (ARPDelete, {"ip": Key("the address that it is about", _text)}, ("ip",)),
    "arp_spoof": (
        ARPSpoof,
        {
            "ip": Key("the address that it is about", _text),
            "target": Key("the address that it goes to", _text),
            "target_mac": Key("the victim's MAC address", _text),
            "mac": Key("what the victim is told; without, the sender's own", _text),
        }
        | _REPEATED,
        ("ip", "target", "target_mac"),
    ),
}


def described() -> Iterator[tuple[str, Mapping[str, Key]]]:
    """Yield the headings of the tables that a file may have, as TOML writes them, and the keys of each."""
    yield "", TOP
    yield "[hosts.NAME]", INTERFACE | HOST
    yield "[routers.NAME]", HOST | ROUTER
    yield "[routers.NAME.interfaces.eth0]", INTERFACE
    yield "[routers.NAME.nat]", NAT_KEYS
    yield "[switches.NAME]", SWITCH
    yield "[hubs.NAME]", {}
    yield "[[links]]", LINK
    for name, (_, keys, _) in PROGRAMS.items():
        yield f'[[programs]]  run = "{name}"', PROGRAM | keys


EXAMPLES = {
    "on": 'on = "a"',
    "target": 'target = "192.168.0.2"',
    "port": "port = 7",
    "ip": 'ip = "192.168.0.1"',
    "target_mac": 'target_mac = "02:00:00:00:00:01"',
}
