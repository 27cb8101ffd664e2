"""What is counted in a capture, as tables whose rows lead back to packets: by a filter, or by their numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from dissect.declaration.named_tuples import NamedTuple
from dissect.statistics.conversations import ConversationCount
from dissect.statistics.endpoints import EndpointCount
from dissect.statistics.expert import Remark
from dissect.statistics.hierarchy import Level
from dissect.statistics.tap import TAPS
from dissect.statistics.trees import TreeRow
from dissect.views.listing import printable
from dissect.views.stream_text import bracketed

__all__ = ["KINDS", "TREES", "Statistic", "Table", "TableRow", "statistic"]

KINDS = ("eth", "ip", "ipv6", "tcp", "udp")
"""Whose conversations and ends are counted."""
TREES = tuple(name.removesuffix(",tree") for name in TAPS if name.endswith(",tree"))
_MOST_LISTED = 1000


class TableRow(NamedTuple):
    """A row: `cells` as they are shown, `keys` what they are sorted by; `filter` passes its packets, "" where none is.

    `frames` are the numbers of its packets, as far as they are known; `severity` that of a remark.
    """

    cells: tuple[str, ...]
    keys: tuple[Any, ...]
    filter: str = ""
    frames: tuple[int, ...] = ()
    severity: str = ""


class Table(NamedTuple):
    """What was counted: `right` are the places of the columns that stand at the right edge of theirs."""

    title: str
    columns: tuple[str, ...]
    right: frozenset[int]
    rows: list[TableRow]
    note: str = ""


class Statistic(NamedTuple):
    """Something that is counted: what it is called, the name that `-z` knows it by, and what makes its table."""

    title: str
    tap: str
    table: Callable[[Any], Table]


def statistic(what: str, kind: str = "", display_filter: str = "") -> Statistic:
    """Return how "conversations", "endpoints", "hierarchy", "expert" or a tree is counted; KeyError for another.

    `kind` is one of `KINDS` for the first two. Of what passes a display filter alone is counted.
    """
    behind = f",{display_filter}" if display_filter else ""
    if what == "conversations":
        title = f"Conversations of {_name(kind)}"
        return Statistic(title, f"conv,{kind}{behind}", lambda tap: _conversations(tap, kind, title))
    if what == "endpoints":
        title = f"Endpoints of {_name(kind)}"
        return Statistic(title, f"endpoints,{kind}{behind}", lambda tap: _endpoints(tap, kind, title))
    if what == "hierarchy":
        return Statistic("Protocol hierarchy", f"io,phs{behind}", _hierarchy)
    if what == "expert":
        return Statistic("Expert remarks", f"expert,comment{behind}", _remarks)
    if what in TREES:
        return Statistic(f"Tree of {what}", f"{what},tree{behind}", lambda tap: _tree(tap, what))
    raise KeyError(what)


def _name(kind: str) -> str:
    return {"eth": "Ethernet", "ip": "IPv4", "ipv6": "IPv6", "tcp": "TCP", "udp": "UDP"}[kind]


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.6f}"


def _note(left_out: int) -> str:
    return f"{left_out:,} frames belong to others, of which there are too many to count" if left_out else ""


def _end(address: str, port: int, kind: str) -> str:
    return f"{bracketed(address)}:{port}" if kind in ("tcp", "udp") else address


def _address_key(address: str) -> tuple[int, bytes]:
    """Return what addresses are sorted by: as numbers."""
    from ipaddress import ip_address

    try:
        parsed = ip_address(address)
    except ValueError:
        return (0, address.encode("utf-8", "replace"))
    return (parsed.version, parsed.packed)


def _conversations(tap: Any, kind: str, title: str) -> Table:
    rows: Iterable[ConversationCount] = tap.table.ordered()
    columns = ("A", "B", "Frames", "Bytes", "A → B", "Bytes", "A ← B", "Bytes", "Start", "Duration")

    def row(each: ConversationCount) -> TableRow:
        numbers = (
            each.frames, each.bytes, each.frames_forth, each.bytes_forth, each.frames_back, each.bytes_back,
            each.relative_start, each.duration,
        )  # fmt: skip
        if each.stream is not None and kind in ("tcp", "udp"):
            passes = f"{kind}.stream == {each.stream}"
        else:
            passes = " && ".join(
                _end_filter(kind, address, port)
                for address, port in ((each.source, each.source_port), (each.destination, each.destination_port))
            )
        ends = (each.source, each.source_port), (each.destination, each.destination_port)
        return TableRow(
            (*(_end(address, port, kind) for address, port in ends), *map(_number, numbers)),
            (*((_address_key(address), port) for address, port in ends), *numbers),
            passes,
        )

    return Table(title, columns, frozenset(range(2, 10)), [row(each) for each in rows], _note(tap.table.left_out))


def _end_filter(kind: str, address: str, port: int) -> str:
    layer = "ipv6" if kind == "ipv6" or (kind in ("tcp", "udp") and ":" in address) else kind
    if kind in ("tcp", "udp"):
        return f"{'ipv6' if layer == 'ipv6' else 'ip'}.addr == {address} && {kind}.port == {port}"
    return f"{layer}.addr == {address}"


def _endpoints(tap: Any, kind: str, title: str) -> Table:
    rows: Iterable[EndpointCount] = tap.table.ordered()
    columns = ("End", "Frames", "Bytes", "Sent", "Bytes", "Received", "Bytes")

    def row(each: EndpointCount) -> TableRow:
        numbers = each[2:]
        return TableRow(
            (_end(each.address, each.port, kind), *map(_number, numbers)),
            ((_address_key(each.address), each.port), *numbers),
            _end_filter(kind, each.address, each.port),
        )

    return Table(title, columns, frozenset(range(1, 7)), [row(each) for each in rows], _note(tap.table.left_out))


def _hierarchy(tap: Any) -> Table:
    levels: list[Level] = tap.table.rows()
    all_frames = max((level.frames for level in levels), default=0) or 1

    def row(place: int, level: Level) -> TableRow:
        share = 100 * level.frames / all_frames
        cells = (
            "  " * (len(level.path) - 1) + printable(level.path[-1]),
            f"{share:.1f}",
            _bar(share),
            _number(level.frames),
            _number(level.bytes),
        )
        return TableRow(cells, (place, share, share, level.frames, level.bytes), level.path[-1])

    columns = ("Protocol", "%", "Share", "Frames", "Bytes")
    return Table("Protocol hierarchy", columns, frozenset({1, 3, 4}), [row(*each) for each in enumerate(levels)])


def _bar(percent: float, cells: int = 20) -> str:
    """Return a bar that is full at 100 percent.

    >>> _bar(50), _bar(1)
    ('██████████          ', '▎                   ')
    """
    eighths = max(round(percent / 100 * cells * 8), 1 if percent else 0)
    whole, part = divmod(eighths, 8)
    return ("█" * whole + (" ▏▎▍▌▋▊▉"[part] if part else "")).ljust(cells)


_SEVERITIES = ("Error", "Warning", "Note", "Chat", "Comment")


def _remarks(tap: Any) -> Table:
    remarks: list[Remark] = tap.rows()

    def row(each: Remark) -> TableRow:
        frames = ",".join(map(str, each.frames[:_MOST_LISTED]))
        return TableRow(
            (each.severity, printable(each.protocol), printable(each.summary), each.group, _number(each.frequency)),
            (_SEVERITIES.index(each.severity), each.protocol, each.summary, each.group, each.frequency),
            f"frame.number in {{{frames}}}" if frames else "",
            each.frames,
            each.severity.lower(),
        )

    columns = ("Severity", "Protocol", "Remark", "Group", "Frames")
    left_out = tap.left_out
    note = f"{left_out:,} remarks have no row: there are too many different ones" if left_out else ""
    return Table("Expert remarks", columns, frozenset({4}), [row(each) for each in remarks], note)


def _tree(tap: Any, what: str) -> Table:
    rows: list[TreeRow] = tap.tree.rows()

    def row(place: int, each: TreeRow) -> TableRow:
        percent = each.percent
        share = "" if percent is None else f"{percent:.1f}"
        cells = (
            "  " * (len(each.path) - 1) + printable(each.path[-1]),
            _number(each.frames),
            share,
            _bar(percent or 0),
        )
        return TableRow(cells, (place, each.frames, percent or 0, percent or 0))

    left_out = tap.tree.left_out
    note = f"{left_out:,} counts have no row: there are too many different names" if left_out else ""
    columns = ("Node", "Count", "%", "Share")
    return Table(f"Tree of {what}", columns, frozenset({1, 2}), [row(*each) for each in enumerate(rows)], note)
