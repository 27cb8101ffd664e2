"""Who may import whom: every room on its floor, no arrow upwards, no circle."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeGuard

import pytest

import dissect
from dissect.views.kept_forms import ELSEWHERE

PACKAGE = Path(dissect.__file__).parent

FLOORS: tuple[tuple[str, ...], ...] = (
    ("errors", "declaration", "declare"),
    ("protocols",),
    ("packets", "wireshark"),
    ("captures", "flows"),
    ("filters", "tables", "differences", "edges", "lab", "replay"),
    ("views", "statistics"),
    ("terminal", "commands", "testing", "doors", "__main__"),
    ("dissect",),
)
"""The rooms of the house, the ground floor first. A room imports from the floors below, and from its own floor
what stands to the left of it. "dissect" is the roof: what users import."""

DOORS = FLOORS[-2]
"""Who may import the roof, as users do: a prompt gives its user all that is there."""

OF_PYTHON = {"_actions", "_asdict", "_exit", "_fields", "_make", "_replace", "_run_exitfuncs"}
"""Names with an underscore of the standard library that others use: of named tuples, argparse, and a process's end."""

_PLACES = {room: (floor, place) for floor, rooms in enumerate(FLOORS) for place, room in enumerate(rooms)}
_MODULE_NAME = re.compile(r"dissect(\.[A-Za-z_]\w*)+\.?")


class Arrow(NamedTuple):
    """One import: who imports which module, and in which line."""

    importer: str
    imported: str
    line: int

    @property
    def goes_up(self) -> bool:
        """Whether it leads anywhere but downwards, to the left, or within a room."""
        here, there = room_of(self.importer), room_of(self.imported)
        return here != there and _PLACES[there] > _PLACES[here] and not (there == "dissect" and here in DOORS)

    def __str__(self) -> str:
        return f"{self.importer}, line {self.line}: imports {self.imported}"


def files(package: Path = PACKAGE) -> dict[str, Path]:
    """Return the files of the package by the names of their modules."""
    found = {}
    for path in package.rglob("*.py"):
        parts = path.relative_to(package.parent).with_suffix("").parts
        found[".".join(parts).removesuffix(".__init__")] = path
    return found


def room_of(module: str) -> str:
    """Return the room that a module lies in."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else parts[0]


def arrows(name: str, source: str, known: set[str], *, is_package: bool = False) -> Iterator[Arrow]:
    """Yield every import of a module of the package: at the top, in functions, for types alone, and by a text."""
    return arrows_in(name, list(ast.walk(ast.parse(source))), known, is_package=is_package)


def arrows_in(name: str, nodes: list[ast.AST], known: set[str], *, is_package: bool = False) -> Iterator[Arrow]:
    """Yield the same of a module that has been parsed."""
    documentation = {
        node.body[0].value
        for node in nodes
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.partition(".")[0] == "dissect":
                    yield Arrow(name, alias.name, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = name.split(".")[: len(name.split(".")) - node.level + is_package]
                base = ".".join([*above, *([base] if base else [])])
            if base.partition(".")[0] == "dissect":
                for alias in node.names:
                    module = f"{base}.{alias.name}"
                    yield Arrow(name, module if module in known else base, node.lineno)
        elif isinstance(node, ast.Constant) and node not in documentation and _names_module(node.value):
            # What `import_module` and `importlib.resources` are given, or what stands in a table for them.
            yield Arrow(name, node.value.rstrip("."), node.lineno)


def _names_module(value: object) -> TypeGuard[str]:
    """Whether a constant is the name of a module of a room, or the beginning of one."""
    return isinstance(value, str) and bool(_MODULE_NAME.fullmatch(value)) and room_of(value) in _PLACES


class Told(NamedTuple):
    """What one file of the package imports, to what it gives a private name, and which ones it reaches for."""

    module: str
    arrows: list[Arrow]
    named: set[str]
    reached: list[tuple[str, int]]


@cache
def told_by_files() -> list[Told]:
    """Return what every file tells; each is parsed once, and its tree is not kept."""
    known = files()
    found = []
    for name, path in known.items():
        nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
        imports = list(arrows_in(name, nodes, set(known), is_package=path.name == "__init__.py"))
        reached = [
            (node.attr, node.lineno)
            for node in nodes
            if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.endswith("__")
        ]
        found.append(Told(name, imports, private_names(nodes), reached))
    return found


def all_arrows() -> list[Arrow]:
    """Return the imports of the whole package; the roof's tables of names are what everything is found by."""
    return [
        arrow
        for told in told_by_files()
        for arrow in told.arrows
        if told.module != "dissect" or arrow.imported == "dissect.declaration.drawers"
    ]


def circles(found: list[Arrow]) -> list[list[str]]:
    """Return the modules that import each other, however long the way round."""
    below: dict[str, set[str]] = {}
    for arrow in found:
        if arrow.importer != arrow.imported:
            below.setdefault(arrow.importer, set()).add(arrow.imported)
    reached = {module: _reachable(module, below) for module in below}
    together = {frozenset({module} | {each for each in reached[module] if module in reached.get(each, ())})
                for module in below if module in reached[module]}  # fmt: skip
    return sorted(sorted(group) for group in together)


def _reachable(start: str, below: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(below[start])
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            waiting += below.get(module, ())
    return found


def test_every_room_has_its_floor() -> None:
    rooms = {room_of(name) for name in files()}
    assert rooms <= set(_PLACES), "give the new room its floor in FLOORS"


def test_no_arrow_goes_up() -> None:
    assert [str(arrow) for arrow in all_arrows() if arrow.goes_up] == []


def test_nobody_imports_in_a_circle() -> None:
    assert circles(all_arrows()) == []


def test_no_text_depends_on_rooms_of_which_it_is_not_asked_whether_they_changed() -> None:
    below: dict[str, set[str]] = {}
    for arrow in all_arrows():
        below.setdefault(arrow.importer, set()).add(arrow.imported)
    makes_texts = {"dissect.commands.printing"}
    # Protocols, sights, learners and the like are imported by their names, when a frame asks for them.
    by_name = {room for floor in FLOORS[:4] for room in floor} | {"filters"}
    makes_texts |= {module for module in below if room_of(module) in by_name}
    reached = makes_texts.union(*(_reachable(module, below) for module in makes_texts))
    assert {room_of(module) for module in reached} >= {"tables", "views"}
    assert sorted(module for module in reached if room_of(module) in ELSEWHERE) == []


@pytest.mark.parametrize(
    ("importer", "source"),
    [
        ("dissect.protocols.udp", "import dissect.packets.packet"),
        ("dissect.protocols.udp", "from dissect.packets.packet import parse"),
        ("dissect.protocols.udp", "from dissect.packets import packet"),
        ("dissect.protocols.udp", "from dissect import packets"),
        ("dissect.protocols.udp", "from ..packets import packet"),
        ("dissect.protocols.udp", "def late():\n    from dissect.packets.packet import parse"),
        ("dissect.protocols.udp", "if TYPE_CHECKING:\n    from dissect.packets.packet import Packet"),
        ("dissect.protocols.udp", "import_module('dissect.packets.packet')"),
        ("dissect.protocols.udp", "LATER = {'parse': 'dissect.packets.packet'}"),
        ("dissect.protocols.udp", "import_module(f'dissect.packets.{name}')"),
        ("dissect.protocols.udp", "import dissect"),
        ("dissect.packets.packet", "from dissect.wireshark.frame import Clock"),
        ("dissect.lab.host", "from dissect.replay.plan import Plan"),
        ("dissect.flows.learners.tcp", "from dissect.filters import compile_filter"),
    ],
)
def test_arrows_upwards_are_found(importer: str, source: str) -> None:
    (arrow,) = arrows(importer, source, set(files()))
    assert arrow.goes_up


@pytest.mark.parametrize(
    ("importer", "source"),
    [
        ("dissect.packets.packet", "from dissect.protocols.udp import UDP"),
        ("dissect.wireshark.frame", "from dissect.packets.packet import Packet"),
        ("dissect.replay.player", "from dissect.lab.device import Device"),
        ("dissect.lab.host", "from dissect.lab.device import Device"),
        ("dissect.commands.repl", "import dissect"),
    ],
)
def test_arrows_downwards_are_let_be(importer: str, source: str) -> None:
    (arrow,) = arrows(importer, source, set(files()))
    assert not arrow.goes_up


def test_what_documents_something_imports_nothing() -> None:
    assert list(arrows("dissect.errors", '"""dissect.commands.main"""', set(files()))) == []


def test_protocols_come_in_by_the_door() -> None:
    """What a protocol file of this repository imports is there for everybody."""
    inside = [
        str(arrow)
        for arrow in all_arrows()
        if room_of(arrow.importer) == "protocols"
        and room_of(arrow.imported) == "declaration"
        # The room itself finds its files, and those of others.
        and arrow.importer != "dissect.protocols"
    ]
    assert inside == []


def test_circles_are_found_the_long_way_round() -> None:
    found = [Arrow("a", "b", 1), Arrow("b", "c", 1), Arrow("c", "a", 1), Arrow("c", "d", 1), Arrow("d", "d", 1)]
    assert circles(found) == [["a", "b", "c"]]


def private_names(nodes: list[ast.AST]) -> set[str]:
    """Return the private names that a file gives to something: functions, classes, variables, attributes, slots."""
    found = set()
    for node in nodes:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(node.attr)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            # Slots.
            found.add(node.value)
        elif isinstance(node, ast.alias):
            found.add(node.asname or node.name)
    return {name for name in found if name.startswith("_")}


def test_rooms_reach_for_public_names() -> None:
    named: dict[str, set[str]] = {}
    for told in told_by_files():
        named.setdefault(room_of(told.module), set()).update(told.named)
    reached = [
        f"{told.module}, line {line}: {name}"
        for told in told_by_files()
        if room_of(told.module) != "declaration"
        for name, line in told.reached
        if name not in named[room_of(told.module)] | OF_PYTHON
    ]
    assert reached == []
