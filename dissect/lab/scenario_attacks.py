"""The keys of wiretaps and of programs that attack, in a network's description."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dissect.lab.attacks.echo_forge import EchoForge
from dissect.lab.attacks.name_guess import NameGuess, OldResolver
from dissect.lab.attacks.onlookers import NameForger, Onlooker, ResetForger
from dissect.lab.attacks.port_scan import PortScan
from dissect.lab.attacks.tagged_send import TaggedSend
from dissect.lab.program import Program
from dissect.lab.quantities import nanoseconds
from dissect.lab.scenario_values import Key, read_data, read_number, read_numbers, read_text, read_text_by_text
from dissect.lab.wiretap import WiretapOptions

__all__ = ["ATTACKS", "ATTACK_EXAMPLES", "WIRETAP", "read_words", "wiretap_options"]


def read_words(value: Any) -> dict[bytes, bytes]:
    """Read words and those that take their places."""
    return {old.encode(): new.encode() for old, new in read_text_by_text(value).items()}


WIRETAP = {
    "drops": Key("a display filter: what it passes is dropped", read_text),
    "alters": Key('words in data that become others as long, as { "100" = "900" }', read_words),
    "forges_names": Key("addresses by name: it answers questions for them before the server does", read_text_by_text),
    "resets": Key("a word: the connection over which it goes is reset", read_data),
}


def wiretap_options(options: dict[str, Any]) -> WiretapOptions:
    """Return a wiretap's options from the values of its table; FieldError for what does not fit."""
    onlookers: list[Onlooker] = []
    if "forges_names" in options:
        onlookers.append(NameForger(options["forges_names"]))
    if "resets" in options:
        onlookers.append(ResetForger(options["resets"]))
    return {"drops": options.get("drops"), "alters": options.get("alters", {}), "onlookers": onlookers}


_REPEATED = {
    "count": Key("how often (1)", read_number),
    "interval": Key("time between two of them", nanoseconds, "interval_ns"),
}
_TARGET = Key("the address that it goes to", read_text)
ATTACKS: dict[str, tuple[Callable[..., Program], dict[str, Key], tuple[str, ...]]] = {
    "tagged_send": (
        TaggedSend,
        {
            "target": _TARGET,
            "target_mac": Key("the MAC address that it goes to", read_text),
            "port": Key("UDP port", read_number),
            "tags": Key("the numbers of its VLAN tags, the outer one first", read_numbers),
            "data": Key("text that is sent", read_data),
        },
        ("target", "target_mac", "port", "tags"),
    ),
    "port_scan": (
        PortScan,
        {
            "target": _TARGET,
            "first": Key("the first TCP port", read_number),
            "last": Key("the last one", read_number),
            "interval": Key("time between two of them (1 ms)", nanoseconds, "interval_ns"),
            "wait": Key("how long an answer may take (1 s)", nanoseconds, "wait_ns"),
        },
        ("target", "first", "last"),
    ),
    "echo_forge": (
        EchoForge,
        {
            "target": Key("the broadcast address of a network", read_text),
            "source": Key("in whose name it asks", read_text),
            "size": Key("bytes of data", read_number),
        }
        | _REPEATED,
        ("target", "source"),
    ),
    "old_resolver": (
        OldResolver,
        {
            "name": Key("what it asks for", read_text),
            "server": Key("whom it asks", read_text),
            "port": Key("the UDP port that it asks from (1053)", read_number),
            "number": Key("the number of its question (1)", read_number),
            "wait": Key("how long it waits for an answer", nanoseconds, "wait_ns"),
        },
        ("name", "server"),
    ),
    "name_guess": (
        NameGuess,
        {
            "target": Key("the resolver that is to believe it", read_text),
            "server": Key("in whose name it answers", read_text),
            "question": Key("the name that was asked for", read_text),
            "answer": Key("the address that it says", read_text),
            "port": Key("the UDP port that was asked from, as it guesses (1053)", read_number),
            "first": Key("the first number that it guesses (0)", read_number),
            "count": Key("how many it guesses (16)", read_number),
            "interval": Key("time between two of them (1 us)", nanoseconds, "interval_ns"),
        },
        ("target", "server", "question", "answer"),
    ),
}
ATTACK_EXAMPLES = {
    "tags": "tags = [1, 20]",
    "first": "first = 1",
    "last": "last = 100",
    "source": 'source = "192.168.0.55"',
    "name": 'name = "www.example.com"',
    "server": 'server = "192.168.0.53"',
    "question": 'question = "www.example.com"',
    "answer": 'answer = "203.0.113.66"',
}
