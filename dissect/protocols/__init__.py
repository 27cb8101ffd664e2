"""One file per protocol; each says by which numbers the protocols below carry it.

What nearly every frame is made of is declared when `dissect` is imported. All other modules of this
folder are imported when a frame first holds something else, or somebody asks for one of their
names or for all there are. Adding a protocol is adding its file.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from importlib import import_module
from os import listdir
from types import ModuleType

from dissect.declaration.outsiders import declare_installed, is_nothing_installed
from dissect.declaration.pending import pend, pend_folder
from dissect.protocols import arp, ethernet, ipv4, ipv6, tcp, udp

__all__ = ["arp", "ethernet", "ipv4", "ipv6", "modules", "tcp", "udp"]


def modules() -> Iterator[ModuleType]:
    """Yield the modules of all protocols, imported now where they were not yet."""
    # Neither pkgutil nor pathlib, which bring `inspect` and a good part of the import's time with them.
    for file in sorted(listdir(__path__[0])):  # noqa: PTH208
        if file.endswith(".py") and file != "__init__.py":
            yield import_module(f"{__name__}.{file[:-3]}")


def _declare_all() -> None:
    for _ in modules():
        pass


pend_folder(__name__, __path__[0], _declare_all)
# What installed packages declare has an entry-point group that is called as this package.
pend(partial(declare_installed, __name__), partial(is_nothing_installed, __name__))
