from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys

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


@pytest.mark.parametrize("name", ["is_request", "ETHER_TYPES", "IP_LINKS"])
def test_what_files_of_protocols_use_among_themselves_is_no_name_of_the_package(name: str) -> None:
    assert name not in dissect.__all__
    with pytest.raises(AttributeError, match=name):
        getattr(dissect, name)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Etherent"):
        dissect.Etherent  # type: ignore[attr-defined] # noqa: B018


_MODULES = """
import sys, dissect
# As if nothing were listed.
dissect._homes().clear()
print(dissect.GeneveOption.__name__, hasattr(dissect, "no_such_name"))
print(*(name.rpartition(".")[2] for name in sys.modules if name.startswith("dissect.protocols.")))
"""


def test_a_name_brings_its_own_protocol_and_no_other() -> None:
    done = subprocess.run([sys.executable, "-c", _MODULES], capture_output=True, text=True, check=True)
    answer, modules = done.stdout.splitlines()
    assert answer == "GeneveOption False"
    assert {"geneve_options"} <= set(modules.split())
    assert not {"geneve", "vxlan", "icmp", "mpls"} & set(modules.split())
