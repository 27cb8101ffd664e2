"""Every public name has its entry, in the reference or with its protocol."""

from __future__ import annotations

from importlib import import_module

import pytest

import dissect
import dissect.declare
import dissect.testing
from docs.site.reference import TOPICS, protocol_names, reference_index, reference_pages, topics, unlisted_names


def test_each_public_name_stands_somewhere() -> None:
    listed = {name for names in topics().values() for name in names} | protocol_names().keys()
    assert set(dissect.__all__) <= listed
    assert set(dissect.declare.__all__) <= listed
    assert set(dissect.testing.__all__) <= listed


def test_names_that_types_do_not_have_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "GeneveOption" not in unlisted_names()
    monkeypatch.delitem(vars(dissect)["_homes"](), "GeneveOption")
    assert unlisted_names() == {"GeneveOption": "dissect.protocols.geneve_options"}


def test_paths_lead_to_what_they_name() -> None:
    assert [topic.name for topic in TOPICS] == list(topics())
    for name, path in (pair for names in topics().values() for pair in names.items()):
        module, _, last = path.rpartition(".")
        if module != "dissect.doors.spark":  # which takes Spark
            assert last == name
            assert hasattr(import_module(module), name), path


def test_pages_name_what_is_documented_there() -> None:
    pages = reference_pages()
    assert "::: dissect.filters.compiler.compile_filter\n" in pages["filters"]
    assert "[`compile_filter`](filters.md#dissect.filters.compiler.compile_filter)" in reference_index()
    assert pages.keys() == {name for name, names in topics().items() if names}
