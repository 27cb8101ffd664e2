"""Print a row for each conversation: who, when, how much, how evenly, what was sent again, how it ended."""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from dissect.commands.declarations import add_declaration_options, add_key_option
from dissect.commands.output import whole
from dissect.errors import CaptureError, DissectError
from dissect.wireshark.frame import seconds_text

__all__ = ["add_parser", "run"]

_KINDS = ("csv", "json")
_HEADINGS = ("Protocol", "Client", "Server", "Frames →", "Frames ←", "Bytes →", "Bytes ←", "Start", "Seconds", "End")
_WIDTHS = (8, 22, 22, 9, 9, 11, 11, 20, 12, 0)
_RIGHT = 3
"""The first column of numbers."""
_NAMES = {1: "ICMP", 2: "IGMP", 6: "TCP", 17: "UDP", 47: "GRE", 58: "ICMPv6"}


def add_parser(subparsers: Any) -> None:
    """Declare the options."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "flows",
        help="print a row of numbers for each conversation",
        description=__doc__,
        epilog="CSV and JSON have all columns; those that are fields have their display-filter names. Times are in "
        "seconds, gaps those between packets; the client is who opened, or was seen first.",
    )
    parser.add_argument("file", metavar="FILE", help="a capture, or - for standard input")
    parser.add_argument("-o", dest="output", metavar="OUT", help="write OUT.csv or OUT.json; - for standard output")
    parser.add_argument(
        "-T", dest="kind", metavar="KIND", choices=("text", *_KINDS),
        help="text, csv or json: without it, what the ending of OUT says, or a table to look at",
    )  # fmt: skip
    parser.add_argument("-Y", dest="filter", metavar="FILTER", help="count only packets that pass this display filter")
    parser.add_argument(
        "--idle", metavar="SECONDS", type=_seconds,
        help="end a row where a conversation was silent for so long; it begins another should it go on",
    )  # fmt: skip
    parser.add_argument(
        "--active", metavar="SECONDS", type=_seconds, help="end a row of a conversation that goes on for so long"
    )
    parser.add_argument(
        "--first-bytes", metavar="N", type=int, default=32, help="keep N bytes of data of each direction (32)"
    )
    add_key_option(parser)
    add_declaration_options(parser)


def run(options: argparse.Namespace) -> int:
    """Print or write the rows; of a damaged capture, all that can be told comes first."""
    kind = options.kind or _kind_of(options.output)
    # What takes a while to load is loaded once the options are known to be right.
    from dissect.flows.flow_rows import COLUMNS
    from dissect.tables.flows import flows

    keep = None
    if options.filter is not None:
        from dissect.filters import saved
        from dissect.filters.compiler import compile_filter

        keep = compile_filter(saved.expand(options.filter))
    damage: list[CaptureError] = []
    rows: Iterable[dict[str, Any]] = flows(
        options.file, idle=options.idle, active=options.active, first_bytes=max(options.first_bytes, 0), keep=keep
    )
    texts = {"csv": _csv, "json": _json, "text": _table}[kind](whole(rows, damage), COLUMNS)
    if options.output in (None, "-"):
        for text in texts:
            sys.stdout.write(text)
    else:
        _write(options.output, texts)
    if damage:
        raise damage[0]
    return 0


def _kind_of(output: str | None) -> str:
    if output in (None, "-"):
        return "text"
    ending = str(output).rpartition(".")[2].lower()
    if ending not in _KINDS:
        raise DissectError(f"{output} ends in neither .csv nor .json: say which it shall be, with -T csv or -T json")
    return ending


def _write(path: str, texts: Iterator[str]) -> None:
    """Write a file that is there whole or not at all."""
    from dissect.captures.output import Output

    output = Output(path)
    try:
        for text in texts:
            output.write(text.encode("utf-8"))
    except BaseException:
        output.discard()
        raise
    output.commit()


def _cell(name: str, value: Any) -> Any:
    """Return what a file has for a value: seconds with nine decimals of times, hex digits of bytes."""
    if value is None:
        return None
    if name.endswith("time_epoch"):
        return seconds_text(value, 9)
    return value.hex() if isinstance(value, bytes) else value


def _csv(rows: Iterable[dict[str, Any]], columns: tuple[str, ...]) -> Iterator[str]:
    line = io.StringIO()
    writer = csv.writer(line, lineterminator="\n")

    def text(cells: Iterable[Any]) -> str:
        line.seek(0)
        line.truncate()
        writer.writerow(cells)
        return line.getvalue()

    yield text(columns)
    for row in rows:
        yield text("" if row[name] is None else _cell(name, row[name]) for name in columns)


def _json(rows: Iterable[dict[str, Any]], columns: tuple[str, ...]) -> Iterator[str]:
    before = "[\n"
    for row in rows:
        yield before + json.dumps({name: _cell(name, row[name]) for name in columns if row[name] is not None})
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def _table(rows: Iterable[dict[str, Any]], columns: tuple[str, ...]) -> Iterator[str]:
    yield _line(_HEADINGS)
    for row in rows:
        yield _line(_shown(row))


def _line(cells: Iterable[str]) -> str:
    aligned = [
        f"{cell:>{width}}" if number >= _RIGHT and width else f"{cell:<{width}}"
        for number, (cell, width) in enumerate(zip(cells, _WIDTHS, strict=True))
    ]
    return "  ".join(aligned).rstrip() + "\n"


def _shown(row: dict[str, Any]) -> Iterator[str]:
    yield _NAMES.get(row["ip.proto"], str(row["ip.proto"]))
    for side, port in (("src", "srcport"), ("dst", "dstport")):
        address = row[f"ip.{side}"]
        of_port = row[f"tcp.{port}"] if row[f"tcp.{port}"] is not None else row[f"udp.{port}"]
        text = f"[{row[f'ipv6.{side}']}]" if address is None else address
        yield text if of_port is None else f"{text}:{of_port}"
    for name in ("packets", "bytes"):
        for who in ("client", "server"):
            yield f"{row[f'{who}_{name}']:,}"
    begun = row["frame.time_epoch"]
    yield "" if begun is None else seconds_text(begun, 9)
    yield "" if row["duration"] is None else f"{row['duration']:.6f}"
    yield _end(row)


def _end(row: dict[str, Any]) -> str:
    """Return how it ended in words: the states of a connection and how it was closed, and why the row ends here."""
    words = []
    if row["client_state"] is not None:
        words.append(f"{row['client_state']} {row['server_state']}")
        if row["teardown"] is not None:
            words.append(row["teardown"])
    again = row["retransmissions"]
    if again:
        words.append(f"{again} sent again")
    if row["ended_by"] != "end":
        words.append(f"({row['ended_by']})")
    return ", ".join(words)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is no time in seconds, such as 120")
    return seconds
