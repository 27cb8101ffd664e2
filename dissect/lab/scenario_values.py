"""How the values of a network's description are read: ValueError says what was expected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import Any

from dissect.errors import DissectError, FieldError, ScenarioError
from dissect.lab.applications.dns_zone import Zone, read_zones
from dissect.lab.firewall import read_rule
from dissect.lab.host_options import OnStart
from dissect.lab.nat import PortForward
from dissect.lab.padding import Padding
from dissect.lab.quantities import nanoseconds
from dissect.lab.tcp.settings import TCPSettings
from dissect.lab.tcp_steps import EXPECTED, Step, read_steps

__all__ = [
    "Key",
    "read_addresses",
    "read_data",
    "read_forwards",
    "read_number",
    "read_numbers",
    "read_on_start",
    "read_one_or_many",
    "read_padding",
    "read_routes",
    "read_rules",
    "read_share",
    "read_step_list",
    "read_tables",
    "read_tcp_settings",
    "read_text",
    "read_text_by_text",
    "read_texts",
    "read_truth",
    "read_truth_or_texts",
    "read_zone_tables",
    "value_of",
    "values_of",
]


@dataclass(frozen=True, slots=True)
class Key:
    """What a key means, how its value is read (ValueError says what was expected), and the option that it becomes."""

    meaning: str
    read: Callable[[Any], Any]
    option: str = ""


def value_of(kind: type, expected: str) -> Callable[[Any], Any]:
    """Return what reads a value of one of Python's types."""

    def read(value: Any) -> Any:
        # True is an int in Python, and none in TOML.
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise ValueError(expected)
        return value

    return read


def values_of(read: Callable[[Any], Any], expected: str) -> Callable[[Any], Any]:
    """Return what reads a list of values, each read by `read`."""

    def read_all(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise ValueError(expected)
        return [read(each) for each in value]

    return read_all


read_text = value_of(str, "text in quotes")
read_number = value_of(int, "a whole number")
read_truth = value_of(bool, "true or false")
read_tables = value_of(dict, "tables by name")
read_texts = values_of(read_text, "texts in brackets")
read_numbers = values_of(read_number, "whole numbers in brackets")


def read_share(value: Any) -> float:
    """Read a share, 0 to 1."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise ValueError("a share from 0 to 1, as 0.1 for one in ten")
    return float(value)


def read_one_or_many(value: Any) -> list[str]:
    """Read a text, or several."""
    return [value] if isinstance(value, str) else read_texts(value)


def read_addresses(value: Any) -> list[str]:
    """Read an address with its mask, or several."""
    if not isinstance(value, (str, list)):
        raise ValueError('an address with its mask, as "192.168.0.2/24", or several in brackets')
    return read_one_or_many(value)


def read_text_by_text(value: Any) -> dict[str, str]:
    """Read a table of texts."""
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        raise ValueError('texts by name, as { "10.0.0.0/8" = "192.168.0.1" }')
    return value


def read_routes(value: Any) -> list[tuple[str, str]]:
    """Read gateways by network."""
    return list(read_text_by_text(value).items())


def read_padding(value: Any) -> Padding | bytes:
    """Read what fills short frames."""
    try:
        return Padding(value)
    except ValueError:
        pass
    try:
        return bytes.fromhex(value)
    except (TypeError, ValueError):
        raise ValueError('"zeros", "none", "request" (the tail of the request), or bytes in hex') from None


def read_on_start(value: Any) -> OnStart:
    """Read what a host does when it is switched on."""
    try:
        return OnStart(value)
    except ValueError:
        raise ValueError('"nothing", "announce" or "probe"') from None


def read_data(value: Any) -> bytes:
    """Read a text as bytes."""
    if not isinstance(value, str):
        raise ValueError("text in quotes")
    return value.encode()


def read_step_list(value: Any) -> list[Step]:
    """Read the steps of a connection."""
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError(EXPECTED)
    return read_steps(value)


def read_rules(value: Any) -> list[str]:
    """Read the rules of a firewall."""
    rules: list[str] = values_of(read_text, "rules in brackets")(value)
    for rule in rules:
        try:
            read_rule(rule)
        except FieldError as reason:
            raise ValueError(f"rules: {reason}") from None
    return rules


def read_forwards(value: Any) -> list[PortForward]:
    """Read which ports are forwarded."""
    found = []
    for text in read_one_or_many(value):
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


def read_tcp_settings(value: Any) -> TCPSettings:
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


def read_zone_tables(value: Any) -> list[Zone]:
    """Read zones of DNS."""
    try:
        return list(read_zones(value))
    except ScenarioError as reason:
        raise ValueError(f"zones: {reason}") from None


def read_truth_or_texts(value: Any) -> Any:
    """Read true, false, or texts."""
    if isinstance(value, bool):
        return value
    return values_of(read_text, "true, false, or interfaces in brackets")(value)
