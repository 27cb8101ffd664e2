"""Names of fields by themselves: what is known of them when nothing but their own files has been imported."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from dissect import DissectError
from dissect.wireshark import loading
from dissect.wireshark.loading import load_all, load_named
from dissect.wireshark.names import truth_names, value_names
from dissect.wireshark.reading_order import reading_order
from dissect.wireshark.types import (
    declared_fields,
    declared_headers,
    field_names,
    field_type,
    has_field,
    protocol_of,
    protocols,
)
from dissect.wireshark.wording import holder

_ALONE = """
import json, os, sys
from tests.wireshark.test_loading import told
import dissect.wireshark.loading as loading
told({})
for label, names in json.load(sys.stdin).items():
    sys.stdout.flush()
    if not os.fork():
        found = told(names)
        modules = [name for name in sys.modules if name.startswith("dissect.protocols.")]
        print(json.dumps([label, found, not loading._LOADED, len(modules)]), flush=True)
        os._exit(0)
    os.wait()
"""
"""Asks for the names of each label in a process of its own, in which nothing else was asked before."""


def told(names: Any) -> dict[str, list[Any]]:
    """Return all that is known of each name."""
    return {
        name: [
            has_field(name),
            str(field_type(name) and field_type(name).name),  # type: ignore[union-attr]
            [
                f"{field.owner and field.owner.__qualname__}.{field.name}"
                for field in declared_fields(name)
                if not field.owner or is_of_the_package(field.owner)
            ],
            sorted(value_names(name).items()),
            list(truth_names(name)),
            holder(name),
            protocol_of(name),
            dict(reading_order(name)),
        ]
        for name in names
    }


def is_of_the_package(cls: type) -> bool:
    """Whether a class stands in a file of the package: other tests declare some, and traces make more of them."""
    is_ours = cls.__module__.startswith("dissect.")
    return is_ours and getattr(sys.modules.get(cls.__module__), cls.__name__, None) is cls


def is_shipped(name: str) -> bool:
    """Whether the package knows the name, and not only headers that other tests declared before."""
    fields = [field for field in declared_fields(name) if field.owner]
    classes = [field.owner for field in fields] or [cls for cls in declared_headers() if cls.name == name]
    # A class of a doctest says that it is of the file that the doctest stands in.
    return not classes or any(cls is not None and is_of_the_package(cls) for cls in classes)


def by_label(names: Any) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in sorted(names):
        found.setdefault(name.partition(".")[0], []).append(name)
    return found


def test_as_much_is_known_of_a_name_when_only_its_own_files_are_imported() -> None:
    asked = by_label(name for name in field_names() if not any(map(str.isupper, name)) and is_shipped(name))
    done = subprocess.run(
        [sys.executable, "-c", _ALONE], input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert {label for label, *_ in answers} == set(asked)
    for label, found, is_alone, count in answers:
        own = json.loads(json.dumps(told(asked[label])))
        for name in asked[label]:
            # Forms of a header may have been declared in another order.
            found[name][2].sort()
            own[name][2].sort()
            ours = [field for field in own[name][2] if "<locals>" not in field]
            assert [*found[name][:2], ours, *found[name][3:]] == [*own[name][:2], ours, *own[name][3:]], name
            assert set(ours) <= set(found[name][2]), name
        assert is_alone, label
        assert count < 40, (label, count)


def test_names_that_do_not_exist_are_told_from_the_texts_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "load_all", _refuse)
    assert not has_field("no_such_protocol.field")
    assert not has_field("tcp.no_such_field")
    assert not has_field("www")
    assert has_field("tcp")
    assert has_field("frame.len")


def test_all_is_loaded_where_no_text_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(loading, "_LOADED", [])
    monkeypatch.setattr(loading, "_LOADED_LABELS", set())
    monkeypatch.setattr(loading, "modules_naming", lambda label: None)
    monkeypatch.setattr(loading, "load_all", lambda: asked.append(True))
    load_named("tcp.flags")
    assert asked == [True]


def test_protocols_are_known_by_name_before_they_are_declared() -> None:
    before = protocols()
    load_all()
    assert protocols() == before


def _refuse() -> Callable[[], None]:
    raise AssertionError("all are loaded")


@pytest.mark.parametrize("collects", [True, False])
def test_garbage_is_collected_afterwards_as_before(collects: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks for any while everything is declared, nor where that fails does it stay so."""
    during: list[bool] = []

    def fails() -> None:
        during.append(gc.isenabled())
        raise DissectError("this one is broken")

    monkeypatch.setattr(loading, "declare_pending", fails)
    was = gc.isenabled()
    (gc.enable if collects else gc.disable)()
    try:
        with pytest.raises(DissectError, match="broken"):
            load_all()
        assert gc.isenabled() is collects
    finally:
        (gc.enable if was else gc.disable)()
    assert during == [False]
