"""The keys of a network's description: how the value of each is read, and what it becomes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dissect.replay.arp_programs import ARPDelete, ARPList, ARPSpoof
from dissect.replay.host import OnStart
from dissect.replay.padding import Padding
from dissect.replay.ping import Ping
from dissect.replay.program import Program
from dissect.replay.quantities import bits_per_second, nanoseconds
from dissect.replay.traceroute import Traceroute
from dissect.replay.udp_programs import UDPEcho, UDPSend

__all__ = [
    "ARP_TIMES",
    "EXAMPLES",
    "HOST",
    "INTERFACE",
    "LINK",
    "PROGRAM",
    "PROGRAMS",
    "ROUTER",
    "SWITCH",
    "TOP",
    "Key",
]


@dataclass(frozen=True, slots=True)
class Key:
    """How a value is read (ValueError says what was expected), and what the option is called that it becomes."""

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


def _truth_or_texts(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    return _many(_text, "true, false, or interfaces in brackets")(value)


TOP = {
    "title": Key(_text),
    "text": Key(_text),
    "seed": Key(_number),
    "until": Key(nanoseconds),
    "capture": Key(_one_or_many),
    "show": Key(_one_or_many),
    "outside": Key(_one_or_many),
    "hosts": Key(_tables),
    "routers": Key(_tables),
    "switches": Key(_tables),
    "hubs": Key(_tables),
    "links": Key(_of(list, "tables as [[links]]")),
    "programs": Key(_of(list, "tables as [[programs]]")),
}
INTERFACE = {"ip": Key(_addresses), "mac": Key(_text), "mtu": Key(_number)}
HOST = {
    "gateway": Key(_text),
    "routes": Key(_routes),
    "padding": Key(_padding),
    "ttl": Key(_number),
    "identification": Key(_number),
    "on_start": Key(_on_start),
    "discovers_path_mtu": Key(_truth),
    "arp": Key(_text_by_text),
    "arp_lifetime": Key(nanoseconds),
    "arp_tries": Key(_number),
    "arp_interval": Key(nanoseconds),
    "rarp_table": Key(_text_by_text),
    "asks_rarp": Key(_truth),
}
ARP_TIMES = {"arp_lifetime": "lifetime_ns", "arp_tries": "tries", "arp_interval": "interval_ns"}
ROUTER = {
    "interfaces": Key(_tables),
    "proxy_arp": Key(_truth_or_texts),
    "redirects": Key(_truth),
    "prohibited": Key(_one_or_many),
}
SWITCH = {"lifetime": Key(nanoseconds, "lifetime_ns"), "limit": Key(_number)}
LINK = {
    "between": Key(_texts),
    "delay": Key(nanoseconds, "delay_ns"),
    "bandwidth": Key(bits_per_second),
    "mtu": Key(_number),
    "loss": Key(_share),
    "duplication": Key(_share),
    "reordering": Key(_share),
    "reorder": Key(nanoseconds, "reorder_ns"),
    "corruption": Key(_share),
    "queue_limit": Key(_number),
}
PROGRAM = {"run": Key(_text), "on": Key(_text), "at": Key(nanoseconds)}
_REPEATED = {"count": Key(_number), "interval": Key(nanoseconds, "interval_ns")}
_WAIT = {"wait": Key(nanoseconds, "wait_ns")}
PROGRAMS: dict[str, tuple[Callable[..., Program], dict[str, Key], tuple[str, ...]]] = {
    "ping": (
        Ping,
        {
            "target": Key(_text),
            "size": Key(_number),
            "ttl": Key(_number),
            "tos": Key(_number),
            "dont_fragment": Key(_truth),
            "record_route": Key(_truth),
            "identifier": Key(_number),
        }
        | _REPEATED
        | _WAIT,
        ("target",),
    ),
    "traceroute": (
        Traceroute,
        {
            "target": Key(_text),
            "most_hops": Key(_number),
            "probes": Key(_number),
            "icmp": Key(_truth),
            "identifier": Key(_number),
        }
        | _WAIT,
        ("target",),
    ),
    "udp_send": (
        UDPSend,
        {
            "target": Key(_text),
            "port": Key(_number),
            "data": Key(_data),
            "size": Key(_number),
            "source_port": Key(_number),
            "ttl": Key(_number),
            "dont_fragment": Key(_truth),
        }
        | _REPEATED
        | _WAIT,
        ("target", "port"),
    ),
    "udp_echo": (UDPEcho, {"port": Key(_number)}, ()),
    "arp_list": (ARPList, {}, ()),
    "arp_delete": (ARPDelete, {"ip": Key(_text)}, ("ip",)),
    "arp_spoof": (
        ARPSpoof,
        {"ip": Key(_text), "target": Key(_text), "target_mac": Key(_text), "mac": Key(_text)} | _REPEATED,
        ("ip", "target", "target_mac"),
    ),
}
EXAMPLES = {
    "on": 'on = "a"',
    "target": 'target = "192.168.0.2"',
    "port": "port = 7",
    "ip": 'ip = "192.168.0.1"',
    "target_mac": 'target_mac = "02:00:00:00:00:01"',
}
