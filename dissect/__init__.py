"""A packet crafting and protocol dissection workbench.

>>> from dissect import Ethernet, IPv4, TCP, parse
>>> frame = Ethernet(dst="00:05:5d:a1:b8:40") / IPv4(src="192.168.0.55", dst="192.168.0.2") / TCP(dport=80, flags="S")
>>> parse(bytes(frame)) == frame
True
>>> frame[IPv4].ttl, str(frame[TCP].flags), hex(frame[TCP].checksum)
(64, 'S', '0xe09')

Nothing is imported before it is used. The public names stand in `__init__.pyi`, each with the module that it
comes from. Of a protocol that is not listed there, what its file declares is found: headers, options, records and
numbers. The functions and tables of such a file are no names of the package, unless they are listed.
"""

from __future__ import annotations

from dissect.declaration.drawers import CALLED, PROTOCOLS, VIEWS

VIEWS.update(
    bits="dissect.views.bits",
    capture_html="dissect.views.packet_list",
    comparison_html="dissect.views.comparison_html",
    details="dissect.views.details",
    diagram="dissect.views.diagram",
    explain="dissect.views.explain",
    frame_html="dissect.views.frame_html",
    headers="dissect.views.strategies",
    hexdump="dissect.views.hexdump",
    source="dissect.views.source",
    summary="dissect.views.listing",
    to_mermaid="dissect.views.mermaid",
    to_svg="dissect.views.svg",
    values="dissect.wireshark.fields",
)
PROTOCOLS.append("dissect.protocols")
CALLED["flows"] = "dissect.tables.flows"


_HOMES: dict[str, str] = {}
"""The module of each public name, once somebody has asked for one."""


def _homes() -> dict[str, str]:
    """Return the module of each public name, as `__init__.pyi` has them."""
    if not _HOMES:
        with open(f"{__file__.removesuffix('.py').removesuffix('.pyc')}.pyi", encoding="utf-8") as stub:  # noqa: PTH123
            text = stub.read()
        # Six words a line: from, the module, import, the name, as, the name.
        words = text[text.index("\nfrom ") :].split()
        _HOMES.update(zip(words[3::6], words[1::6], strict=False))
    return _HOMES


def _of_protocols() -> list[str]:
    """Return the names of what the files of protocols declare, whether they are listed or not."""
    from dissect.protocols import modules

    return [name for module in modules() for name in module.__all__ if _is_declared(getattr(module, name))]


def _is_declared(value: object) -> bool:
    """Whether something is a header, an option, a record, or a class of numbers with names."""
    from dissect.declaration.enumerated import Code, Flags
    from dissect.declaration.record import Record

    return isinstance(value, type) and issubclass(value, (Record, Code, Flags))


def _exporting(name: str) -> list[object]:
    """Return the modules of protocols that declare what has a name; no others are imported for it."""
    from sys import modules

    from dissect.declaration.pending import declare_exporting

    declare_exporting(name)
    package = "dissect.protocols."
    return [
        module
        for at, module in modules.items()
        if at.startswith(package) and name in getattr(module, "__all__", ()) and _is_declared(getattr(module, name))
    ]


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name == "__all__":
        found = sorted({*_homes(), *_of_protocols()})
        globals()[name] = found
        return found
    if name == "load_ipython_extension":
        return import_module("dissect.commands.prompt").load_ipython_extension
    home = _homes().get(name)
    if home is not None:
        value = getattr(import_module(home), name)
        # A room of the same name, which importing its file has put here, stays: `dissect.flows` can be called as well.
        return globals().setdefault(name, value)
    if not name.startswith("_"):
        for module in _exporting(name):
            return globals().setdefault(name, getattr(module, name))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__getattr__("__all__")})
