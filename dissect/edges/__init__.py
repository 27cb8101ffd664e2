"""Where frames leave the program and come in: network interfaces and TAP devices of Linux.

Nothing is opened, and nothing sent, before somebody asks for it. What is given are packets as captures give them. Where
packets go that have no link header tell the kernel's tables (`kernel_tables`, by `netlink`), or the next hop
when it is asked (`next_hop`); what is asked many is `questions`, and what answers is told in `dissect.flows.answers`.
"""

from __future__ import annotations

from dissect.edges.edge import Edge
from dissect.edges.network_interface import NetworkInterface
from dissect.edges.tap import Tap

__all__ = ["Edge", "NetworkInterface", "Tap"]
