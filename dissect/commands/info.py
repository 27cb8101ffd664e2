"""Tell what captures are as a whole: format, packets, sizes, times, rates, interfaces and comments."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from dissect.captures.facts import CaptureFacts, InterfaceFacts, capture_facts, links_of
from dissect.commands.output import watched
from dissect.errors import DissectError
from dissect.packets.links import link_description, link_name
from dissect.wireshark.frame import seconds_text

__all__ = ["add_parser", "run"]


def add_parser(subparsers: Any) -> None:
    """Declare the options."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "info",
        help="tell what captures are as a whole",
        description=__doc__,
        epilog="Sizes are in bytes, data sizes of the packets as they were on the wire; times are in UTC.",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="a capture, or - for standard input")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("-T", dest="table", action="store_true", help="print a table, with tabs between its columns")
    kind.add_argument("--json", action="store_true", help="print a JSON list with an object per file")


def run(options: argparse.Namespace) -> int:
    """Tell of every file; 2 where one is damaged or is no capture, after all that can be told."""
    status, objects, told_of = 0, [], 0
    for file in options.files:
        try:
            facts = capture_facts(file, watched)
        except (DissectError, OSError) as error:
            # One bad file does not keep the others from being described.
            status = _complain(error)
            continue
        told = _told(facts)
        if options.json:
            objects.append(told)
        elif options.table:
            if not told_of:
                print(*_columns(told), sep="\t")
            print(*(_cell(told[column]) for column in _columns(told)), sep="\t")
        else:
            if told_of:
                print()
            _print(facts, told)
        told_of += 1
        if facts.damage is not None:
            sys.stdout.flush()
            status = _complain(facts.damage)
    if options.json:
        print(json.dumps(objects, indent=2, ensure_ascii=False))
    return status


def _complain(error: Exception) -> int:
    name = getattr(error, "filename", None)
    said = f"{name}: {error.strerror}" if isinstance(error, OSError) and name is not None else str(error)
    print(f"dissect: {said}", file=sys.stderr)
    return 2


def _told(facts: CaptureFacts) -> dict[str, Any]:
    """Return everything as what JSON has: numbers in seconds and bytes, times as text."""
    digits = facts.digits
    duration = facts.duration_ns
    return {
        "file": facts.path,
        "format": facts.format,
        "compression": facts.compression,
        "byte_order": facts.byte_order,
        "link_types": [link_name(link) for link in links_of(facts)],
        "snap_length": facts.snap_length or None,
        "packets": facts.packets,
        "file_size": facts.file_size,
        "data_size": facts.data_size,
        "captured_size": facts.captured_size,
        "shortest": facts.shortest,
        "longest": facts.longest,
        "first_time": None if facts.first_ns is None else _moment(facts.first_ns, digits),
        "last_time": None if facts.last_ns is None else _moment(facts.last_ns, digits),
        "duration": None if duration is None else seconds_text(duration, digits),
        "bytes_per_second": _rounded(facts.per_second(facts.data_size)),
        "bits_per_second": _rounded(facts.per_second(8 * facts.data_size)),
        "packets_per_second": _rounded(facts.per_second(facts.packets)),
        "average_size": _rounded(facts.average_size),
        "strict_time_order": facts.in_order,
        "sha256": facts.sha256,
        "packet_comments": facts.packet_comments,
        "section_count": facts.sections,
        "interface_count": facts.interface_count,
        "sections": facts.section_facts,
        "interfaces": [_interface(each) for each in facts.interfaces],
        "damage": None if facts.damage is None else str(facts.damage),
    }


def _counted(each: InterfaceFacts, name: str) -> int | None:
    """Return a number of the interface's last block of statistics; None where there is none."""
    options = () if each.details is None else each.details.statistics
    value = next((option.value for option in options if option.name == name), None)
    return value if isinstance(value, int) else None


def _interface(each: InterfaceFacts) -> dict[str, Any]:
    told: dict[str, Any] = {
        "link_type": link_name(each.link),
        "snap_length": each.snap_length or None,
        "time_digits": each.digits,
        "packets": each.packets,
        "statistics": each.statistics,
    }
    if each.details is not None:
        base, exponent = each.details.resolution
        told["time_resolution"] = f"{base}^-{exponent}"
        for name in ("name", "description", "hardware", "os", "filter", "speed", "mac_address", "fcs_length"):
            told[name] = getattr(each.details, name)
        told["time_offset"] = each.details.offset or None
        for name in ("received", "dropped", "dropped_by_system"):
            told[name] = _counted(each, name)
        told["addresses"] = list(each.details.addresses)
        told["comments"] = list(each.details.comments)
    return told


def _columns(told: dict[str, Any]) -> list[str]:
    return [column for column in told if column not in ("sections", "interfaces")]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(value)
    return _plain(str(value))


def _plain(text: str) -> str:
    """Return text without what would break a line or steer a terminal."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in text)


_HEADINGS = {
    "file": "File",
    "format": "Format",
    "compression": "Compression",
    "byte_order": "Byte order",
    "snap_length": "Snap length",
    "packets": "Packets",
    "file_size": "File size",
    "data_size": "Data size",
    "captured_size": "Captured size",
    "shortest": "Shortest packet",
    "longest": "Longest packet",
    "average_size": "Average packet",
    "first_time": "First time",
    "last_time": "Last time",
    "duration": "Duration",
    "bytes_per_second": "Data rate",
    "bits_per_second": "Bit rate",
    "packets_per_second": "Packet rate",
    "strict_time_order": "Strict time order",
    "sha256": "SHA256",
}
_UNITS = {
    "snap_length": " bytes",
    "file_size": " bytes",
    "data_size": " bytes",
    "captured_size": " bytes",
    "shortest": " bytes",
    "longest": " bytes",
    "average_size": " bytes",
    "duration": " seconds",
    "bytes_per_second": " bytes/s",
    "bits_per_second": " bits/s",
    "packets_per_second": " packets/s",
}


def _print(facts: CaptureFacts, told: dict[str, Any]) -> None:
    for key, heading in _HEADINGS.items():
        value = told[key]
        if key == "strict_time_order":
            text = {True: "yes", False: "no", None: "unknown, for a packet has no time"}[value]
        elif value is None:
            continue
        else:
            text = f"{value:,}{_UNITS.get(key, '')}" if isinstance(value, (int, float)) else _plain(value)
            text = text if isinstance(value, (int, float)) else text + _UNITS.get(key, "")
        _line(heading, text)
        if key == "byte_order":
            for link in links_of(facts):
                counted = f", {facts.links[link]:,} packets" if len(facts.links) > 1 else ""
                _line("Link type", f"{link_name(link)} ({link}): {link_description(link)}{counted}")
    for number, section in enumerate(told["sections"]):
        for name in ("hardware", "os", "application"):
            if section[name]:
                _line(_of(name.capitalize() if name != "os" else "Operating system", number, facts), section[name])
        for comment in section["comments"]:
            _line(_of("Comment", number, facts), comment)
    if facts.packet_comments:
        _line("Packet comments", f"{facts.packet_comments:,}")
    if facts.format == "pcapng":
        _line("Interfaces", f"{facts.interface_count:,}")
        for number, interface in enumerate(told["interfaces"]):
            print(f"Interface {number}:")
            for name, value in interface.items():
                for each in value if isinstance(value, list) else [value]:
                    if each is not None:
                        print(f"  {name.replace('_', ' ')}: {_plain(str(each))}")


def _of(heading: str, number: int, facts: CaptureFacts) -> str:
    return heading if facts.sections < 2 else f"{heading} {number}"


def _line(heading: str, text: str) -> None:
    print(f"{heading + ':':<20} {_plain(text)}")


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _moment(time_ns: int, digits: int) -> str:
    """Return a time in UTC as ISO 8601 has it; in seconds since 1970 where no calendar reaches."""
    seconds, fraction = divmod(time_ns, 1_000_000_000)
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    except OverflowError:
        return seconds_text(time_ns, digits)
    return f"{moment:%Y-%m-%dT%H:%M:%S}" + (f".{fraction:09d}"[: digits + 1] if digits else "") + "Z"
