from __future__ import annotations

from pathlib import Path

import pytest

from dissect import Ethernet, IPv4, write
from dissect.testing.goldens import directory_of, file_name, goldens_in, owner_of, sidecar_of, test_name
from tests.testing.conftest import Project


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


def test_goldens_of_tests_that_differ_by_capitals_are_apart_on_any_file_system(project: Project) -> None:
    project.write(
        """
        import pytest
        from frames import FRAMES

        @pytest.mark.parametrize("way", ["A", "a"])
        def test_it(way, capture_snapshot):
            assert FRAMES == capture_snapshot
            assert FRAMES == capture_snapshot(name="Late")
            assert FRAMES == capture_snapshot(name="late")

        def test_IT(capture_snapshot):
            assert FRAMES == capture_snapshot
        """
    )
    project.run("--capture-update").assert_outcomes(passed=3)
    assert len({name.lower() for name in project.files()}) == len(project.files()) == 14
    result = project.run()
    result.assert_outcomes(passed=3)
    result.stdout.no_fnmatch_line("unused *")


def test_captures_are_found_beside_the_test(project: Project, tmp_path: Path) -> None:
    (project.path / "recorded").mkdir()
    write(project.path / "recorded" / "x.pcap", [Ethernet() / IPv4()])
    project.write(
        """
        from dissect.testing import expect, replay

        def test_it(capture_snapshot, monkeypatch, tmp_path):
            monkeypatch.chdir(tmp_path)
            assert replay("recorded/x.pcap", lambda frame: frame)[0].link == 1
            assert len(expect("recorded/x.pcap", "ip", count=1)) == 1
            assert "recorded/x.pcap" == capture_snapshot
        """
    )
    project.run("--capture-update").assert_outcomes(passed=1)
