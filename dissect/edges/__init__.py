"""Where frames leave the program and come in: network interfaces and TAP devices of Linux.

Nothing is opened before somebody asks for it. This room knows no protocol; what it gives are packets
as captures give them.
"""

from __future__ import annotations

from dissect.edges.edge import Edge
from dissect.edges.network_interface import NetworkInterface
from dissect.edges.tap import Tap

__all__ = ["Edge", "NetworkInterface", "Tap"]
