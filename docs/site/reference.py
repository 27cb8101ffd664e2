"""The reference by topic: which public name stands on which page."""

from __future__ import annotations

import inspect
import sys
from functools import cache
from types import ModuleType
from typing import NamedTuple

import dissect
import dissect.declare
import dissect.protocols
import dissect.testing
from docs.site.protocol_page import home_of
from docs.site.protocols import every_protocol

__all__ = ["TOPICS", "Topic", "protocol_names", "reference_index", "reference_pages", "topics", "unlisted_names"]


class Topic(NamedTuple):
    """A page of the reference: its file's name, its title, and what it says before the names."""

    name: str
    title: str
    text: str


TOPICS = (
    Topic("captures", "Captures", "Reading and writing capture files and hex text."),
    Topic("packets", "Packets and parsing", "One record of a capture, and bytes as headers."),
    Topic("declaration", "Headers and fields", "What all headers have in common, and what is computed of them."),
    Topic(
        "declare",
        "Declaring protocols",
        "`from dissect.declare import ...`: what a protocol of your own is made of. "
        "[Adding a protocol](../adding_a_protocol.md) goes through one.",
    ),
    Topic("filters", "Display filters", "Wireshark's filters, and reading by them."),
    Topic("flows", "Streams, flows and alarms", "What frames mean in the light of others."),
    Topic("statistics", "Statistics", "What is counted in a capture."),
    Topic("tables", "Tables and SQL", "Columns of captures in bulk: the extras `tables` and `queries`."),
    Topic("doors", "Spark", "Captures as a source of Spark: the extra `spark`."),
    Topic("differences", "Comparing", "Which field of which frame differs."),
    Topic("testing", "Testing", "`from dissect.testing import ...`: goldens, expectations and replays in pytest."),
    Topic("replay", "Replaying", "Playing captures, and answering them."),
    Topic(
        "edges",
        "Interfaces and TAP devices",
        "Frames on a real wire: Linux, and root or CAP_NET_RAW and CAP_NET_ADMIN.",
    ),
    Topic("lab", "The lab", "Simulated hosts, switches, routers and links."),
    Topic("services", "Services and clients in the lab", "Programs of simulated hosts."),
    Topic("views", "Views", "Lists, details, diagrams and plots."),
    Topic("wireshark", "Wireshark's names", "What Wireshark calls things."),
    Topic(
        "protocols",
        "Protocols: what is no header",
        "Functions and values that files of protocols bring beside headers.",
    ),
    Topic(
        "errors",
        "Errors",
        "Every error that dissect raises by itself is a `DissectError`, whose text is a sentence for people.",
    ),
)
_BY_NAME = {topic.name: topic for topic in TOPICS}
_HOMES: dict[str, str] = vars(dissect)["_homes"]()
_OTHER_DOORS = {"declare": dissect.declare, "testing": dissect.testing}


@cache
def protocol_names() -> dict[str, str]:
    """Return the public names that stand on the pages of protocols, each with the protocol."""
    every_protocol()
    declared = ("dissect.protocols.", "dissect.declaration.")
    # Those of other rooms are not looked at: that would import what plots and tables take.
    names = (name for name in dissect.__all__ if _HOMES.get(name, declared[0]).startswith(declared))
    found = {name: getattr(dissect, name) for name in names}
    return {name: home for name, value in found.items() if inspect.isclass(value) and (home := home_of(value))}


@cache
def topics() -> dict[str, dict[str, str]]:
    """Return, by topic, the public names that stand there, each with the path that says where it is defined.

    Raises KeyError for a room that has no topic: give it one in `TOPICS`.
    """
    found: dict[str, dict[str, str]] = {topic.name: {} for topic in TOPICS}
    taken = set(protocol_names())
    for name in dissect.__all__:
        if name not in taken:
            path = f"{_HOMES.get(name) or _module_with(name)}.{name}"
            found[_topic_of(path)][name] = path
            taken.add(name)
    for topic, door in _OTHER_DOORS.items():
        for name in door.__all__:
            if name not in taken:
                found[topic][name] = _defined_at(door, name)
                taken.add(name)
    found["doors"]["DissectSource"] = "dissect.doors.spark.DissectSource"
    return found


def unlisted_names() -> dict[str, str]:
    """Return the public names that `dissect/__init__.pyi` lacks, which types and editors go by, with their modules."""
    return {name: _module_with(name) for name in dissect.__all__ if name not in _HOMES}


def _module_with(name: str) -> str:
    """Return the module of a protocol that makes a name public."""
    return next(module.__name__ for module in dissect.protocols.modules() if name in module.__all__)


def _defined_at(door: ModuleType, name: str) -> str:
    """Return where a door has a name from: its object's module, or the first that makes the same object public."""
    value = getattr(door, name)
    if getattr(value, "__qualname__", "") == name and value.__module__.startswith("dissect."):
        return f"{value.__module__}.{name}"
    homes = (
        module
        for module, held in sorted(sys.modules.items())
        if module.startswith("dissect.declaration.")
        and name in vars(held).get("__all__", ())
        and vars(held).get(name) is value
    )
    return f"{next(homes, door.__name__)}.{name}"


def _topic_of(path: str) -> str:
    room = path.split(".")[1]
    if path.startswith("dissect.lab.applications."):
        return "services"
    return _BY_NAME[room].name


def reference_pages() -> dict[str, str]:
    """Return the pages by the names of their files."""
    pages = {}
    for topic in TOPICS:
        names = sorted(topics()[topic.name].items())
        blocks = (f"::: {path}\n    options:\n      heading: {name}\n      toc_label: {name}\n" for name, path in names)
        if names:
            pages[topic.name] = f"# {topic.title}\n\n{topic.text}\n\n" + "\n".join(blocks)
    return pages


def reference_index() -> str:
    """Return the list of all names by topic, with links."""
    lines = []
    for topic in TOPICS:
        names = sorted(topics()[topic.name].items())
        links = ", ".join(f"[`{name}`]({topic.name}.md#{path})" for name, path in names)
        if names:
            lines.append(f"**[{topic.title}]({topic.name}.md)**: {links}\n")
    return "\n".join(lines)
