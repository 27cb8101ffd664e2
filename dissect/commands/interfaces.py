"""Tell which network interfaces this machine has: addresses, link types, states, and what passed."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from dissect.commands.tables import print_table

if TYPE_CHECKING:
    from dissect.edges.interfaces import InterfaceDescription

__all__ = ["add_parser", "run"]


def add_parser(subparsers: Any) -> None:
    """Declare the options."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "interfaces",
        help="tell which network interfaces there are",
        description=__doc__,
        epilog="They are those that 'capture -i' and 'read -i' take, by name or number. It takes no right.",
    )
    parser.add_argument("--json", action="store_true", help="print JSON: a list with an object per interface")


def run(options: argparse.Namespace) -> int:
    """Print the interfaces."""
    # Loaded for those who ask, once the options are known to be right.
    from dissect.edges.interfaces import interfaces

    found = interfaces()
    if options.json:
        rows = [asdict(each) | {"link_name": each.link_name or None} for each in found]
        sys.stdout.write(json.dumps(rows, indent=1) + "\n")
    else:
        print_table("interfaces", [_row(number, each) for number, each in enumerate(found, 1)])
    return 0


def _row(number: int, interface: InterfaceDescription) -> dict[str, Any]:
    kind = f"{interface.link_name or 'none'}, {interface.kind}" if interface.kind else interface.link_name or "none"
    lost = interface.received.dropped + interface.sent.dropped + interface.received.errors + interface.sent.errors
    return {
        "number": number,
        "name": interface.name,
        "state": interface.state if interface.is_up else "down",
        "link": kind,
        "MTU": interface.mtu,
        "MAC": interface.mac,
        "addresses": " ".join(interface.addresses),
        "received": interface.received.packets,
        "sent": interface.sent.packets,
        "lost": lost,
        "about": interface.alias,
    }
