from __future__ import annotations

from pathlib import Path

import pytest

from dissect.testing.goldens import directory_of, file_name, goldens_in, owner_of, sidecar_of, test_name


def test_goldens_lie_beside_the_test_file() -> None:
    assert directory_of(Path("/a/test_client.py")) == Path("/a/__captures__/test_client")
    assert directory_of(Path("/a/guide.txt")) == Path("/a/__captures__/guide.txt")


def test_names_are_those_of_tests(request: pytest.FixtureRequest) -> None:
    assert test_name(request.node) == "test_names_are_those_of_tests"


@pytest.mark.parametrize("value", ["plain", "a b", "a/b", "a:b", "\udcff", "x" * 300, "日本"])
def test_any_parameter_makes_a_name_that_file_systems_take(
    value: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    name = test_name(request.node)
    assert "/" not in name
    path = tmp_path / file_name(name, None, 1)
    path.touch()
    assert list(goldens_in(tmp_path)) == [path]


def test_parameters_that_differ_in_what_is_replaced_have_other_names(request: pytest.FixtureRequest) -> None:
    class Item:
        name = ""

        def __init__(self, nodeid: str) -> None:
            self.nodeid = nodeid

    names = {test_name(Item(f"test_a.py::test_it[{value}]")) for value in ("a/b", "a:b", "a_b")}  # type: ignore[arg-type]
    assert len(names) == 3
    assert "test_it[a_b]" in names


def test_an_owner_is_the_longest_test_that_a_name_begins_with() -> None:
    tests = {"test_a", "test_a-b", "test_ab"}
    assert owner_of(Path("test_a.pcapng"), tests) == "test_a"
    assert owner_of(Path("test_a-2.pcapng"), tests) == "test_a"
    assert owner_of(Path("test_a-b-2.pcapng"), tests) == "test_a-b"
    assert owner_of(Path("test_abc.pcapng"), tests) is None


def test_a_sidecar_is_called_as_its_golden() -> None:
    assert sidecar_of(Path("/a/test_it[1.5].pcapng")) == Path("/a/test_it[1.5].txt")
