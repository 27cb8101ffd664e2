from __future__ import annotations

import importlib
import pkgutil

import pytest

import dissect
import dissect.protocols
from dissect import Header, Option


def test_every_name_of_the_surface_is_there() -> None:
    for name in dissect.__all__:
        assert getattr(dissect, name) is not None


def test_dir_lists_what_is_imported_later() -> None:
    assert {"Reassembler", "fragment", "Host"} <= set(dir(dissect))


def test_every_header_and_option_of_a_protocol_is_public() -> None:
    for module in pkgutil.iter_modules(dissect.protocols.__path__):
        loaded = importlib.import_module(f"dissect.protocols.{module.name}")
        for name in loaded.__all__:
            value = getattr(loaded, name)
            if isinstance(value, type) and issubclass(value, (Header, Option)):
                assert getattr(dissect, name, None) is value, f"{module.name}.{name} is not in dissect"


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Etherent"):
        dissect.Etherent  # type: ignore[attr-defined] # noqa: B018
