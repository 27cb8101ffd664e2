"""What a capture holds, counted: plain rows, from a file or from packets, of what tshark's `-z` prints."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from dissect.captures.given import Given, packets_of, reader_of
from dissect.packets.clock import Clock
from dissect.statistics.conversations import ConversationCount, ConversationTable
from dissect.statistics.credentials import Login
from dissect.statistics.endpoints import EndpointCount, EndpointTable
from dissect.statistics.expert import Remark
from dissect.statistics.hierarchy import Level
from dissect.statistics.intervals import Interval
from dissect.statistics.tap import Setting, tap_named, tapped
from dissect.statistics.trees import Tree, TreeRow

__all__ = [
    "count_conversations",
    "count_endpoints",
    "count_intervals",
    "count_lengths",
    "count_protocols",
    "count_remarks",
    "count_tree",
    "logins",
]


def count_conversations(source: Given, kind: str = "tcp", *, display_filter: str = "") -> list[ConversationCount]:
    """Return what each two ends sent to each other, those of most frames first.

    `source` is a capture's path, or packets; `kind` is "eth", "ip", "ipv6", "tcp" or "udp"; packets that the filter
    does not let through are left out. Raises DissectError for another kind, FilterError for a wrong filter, and
    CaptureError for what is no capture, or is damaged.

    >>> from dissect import Ethernet, IPv4, Packet, UDP
    >>> question = Packet(bytes(Ethernet() / IPv4(src="10.0.0.1", dst="10.0.0.2") / UDP(sport=5, dport=53)))
    >>> [(row.source, row.destination_port, row.frames, row.bytes) for row in count_conversations([question], "udp")]
    [('10.0.0.1', 53, 1, 42)]
    """
    return conversation_table(source, kind, display_filter).rows()


def conversation_table(source: Given, kind: str, display_filter: str = "") -> ConversationTable:
    """Return the table of the conversations, which tells of them one by one, and of what it left out."""
    found: ConversationTable = _counted(source, f"conv,{kind}", display_filter).table
    return found


def count_endpoints(source: Given, kind: str = "ip", *, display_filter: str = "") -> list[EndpointCount]:
    """Return what each end sent and received, those of most frames first; arguments are as those of conversations."""
    return endpoint_table(source, kind, display_filter).rows()


def endpoint_table(source: Given, kind: str, display_filter: str = "") -> EndpointTable:
    """Return the table of the ends, which tells of them one by one, and of what it left out."""
    found: EndpointTable = _counted(source, f"endpoints,{kind}", display_filter).table
    return found


def count_protocols(source: Given, *, display_filter: str = "") -> list[Level]:
    """Return how many frames each protocol stands in, below what carries it."""
    found: list[Level] = _counted(source, "io,phs", display_filter).table.rows()
    return found


def count_intervals(source: Given, seconds: float = 1.0, *columns: str) -> list[Interval]:
    """Return frames and bytes of each interval of so many seconds, 0 for the whole capture.

    Instead of them, `columns` may tell display filters, and calculations in front of one: "SUM(tcp.len)tcp.len".
    """
    return list(_counted(source, ",".join([f"io,stat,{seconds:.9f}", *columns])).rows())


def count_lengths(source: Given, *, display_filter: str = "") -> list[TreeRow]:
    """Return how many frames there are of each class of lengths; the first row is for all of them."""
    found: list[TreeRow] = _counted(source, "plen,tree", display_filter).tree.rows()
    return found


def count_tree(source: Given, name: str, *, display_filter: str = "") -> list[TreeRow]:
    """Return the nodes of one of the trees that `-z NAME,tree` prints, each in front of those below it.

    `name` is "dns", "http", "http_req", "http_srv", "http_seq", "plen", "dests" or another of those. Raises
    DissectError for a name that is none, and what `count_conversations` does.

    >>> [(row.path[-1], row.frames) for row in count_tree("capture_samples/web_request.pcap", "http_req")]
    [('HTTP Requests by HTTP Host', 1), ('www.example.test', 1), ('/index.html', 1)]
    """
    return tree_counted(source, name, display_filter).rows()


def tree_counted(source: Given, name: str, display_filter: str = "") -> Tree:
    """Return the tree itself, which tells of its nodes one by one, and of what it left out."""
    found: Tree = _counted(source, f"{name},tree", display_filter).tree
    return found


def logins(source: Given) -> list[Login]:
    """Return who said a name and a password in the clear, as `-z credentials` tells it; the passwords are not told."""
    found: list[Login] = _counted(source, "credentials").rows()
    return found


def count_remarks(source: Given, severity: str = "comment", *, display_filter: str = "") -> list[Remark]:
    """Return what Wireshark remarks, the worst first, with the frames.

    Nothing is told that is less bad than `severity`: "error", "warn", "note", "chat" or "comment".
    """
    return remarks_counted(source, severity, display_filter)[0]


def remarks_counted(source: Given, severity: str, display_filter: str = "") -> tuple[list[Remark], int]:
    """Return what Wireshark remarks, and how often it remarks what is left out: there may be too many that differ."""
    tap = _counted(source, f"expert,{severity}", display_filter)
    return tap.rows(), tap.left_out


def _counted(source: Given, text: str, display_filter: str = "") -> Any:
    """Return the tap of this name that has taken all packets in."""
    clock = Clock()
    tap = tap_named(f"{text},{display_filter}" if display_filter else text, Setting(str(source), clock))
    reader = reader_of(source)
    with nullcontext() if reader is None or reader is source else reader:
        for _ in tapped(packets_of(source) if reader is None else reader, [tap], clock, reader=reader):
            pass
    return tap
