"""Goldens that no test uses, and runs of several processes."""

from __future__ import annotations

import pytest

from tests.testing.conftest import Project

TWO = """
    def test_one(capture_snapshot):
        assert FRAMES == capture_snapshot
        assert FRAMES[1:] == capture_snapshot(name="rest")

    def test_two(capture_snapshot):
        assert FRAMES == capture_snapshot
"""
WITHOUT_TWO = """
    def test_one(capture_snapshot):
        assert FRAMES == capture_snapshot
        assert FRAMES[1:] == capture_snapshot(name="rest")
"""
WITHOUT_REST = """
    def test_one(capture_snapshot):
        assert FRAMES == capture_snapshot

    def test_two(capture_snapshot):
        assert FRAMES == capture_snapshot
"""


@pytest.fixture
def two(project: Project) -> Project:
    """A project with two tests and three goldens."""
    project.write(TWO)
    project.run("--capture-update").assert_outcomes(passed=2)
    assert len(project.files()) == 6
    return project


@pytest.mark.parametrize(
    ("tests", "unused"), [(WITHOUT_TWO, "test_two"), (WITHOUT_REST, "test_one-rest")], ids=["test", "comparison"]
)
def test_an_unused_golden_is_reported_and_an_update_removes_it(two: Project, tests: str, unused: str) -> None:
    two.write(tests)
    result = two.run()
    assert result.ret == 0
    result.stdout.fnmatch_lines(
        [f"unused __captures__/test_client/{unused}.pcapng", "No test uses the unused ones any more*--capture-update*"]
    )
    assert len(two.files()) == 6
    result = two.run("--capture-update")
    result.stdout.fnmatch_lines([f"removed __captures__/test_client/{unused}.pcapng"])
    assert len(two.files()) == 4
    assert not two.golden(unused).with_suffix(".txt").exists()
    result = two.run()
    result.stdout.no_fnmatch_line("unused *")


@pytest.mark.parametrize("is_configured", [True, False])
def test_an_unused_golden_fails_where_that_is_asked_for(two: Project, is_configured: bool) -> None:
    if is_configured:
        two.pytester.makeini("[pytest]\ncapture_strict = true\n")
    asked = [] if is_configured else ["--capture-strict"]
    assert two.run(*asked).ret == 0
    two.write(WITHOUT_TWO)
    assert two.run(*asked).ret == 1
    assert two.run(*asked, "--capture-update").ret == 0
    assert two.run(*asked).ret == 0


def test_goldens_of_a_test_file_that_is_gone_are_unused(two: Project) -> None:
    two.write("def test_other(): pass\n", name="test_other")
    (two.path / "test_client.py").unlink()
    two.run().stdout.fnmatch_lines(["unused __captures__/test_client/test_one-rest.pcapng"])
    two.run("--capture-update").stdout.fnmatch_lines(["removed __captures__/test_client/test_one.pcapng"])
    assert not (two.path / "__captures__").exists()


@pytest.mark.parametrize(
    "arguments",
    [["-k", "test_two"], ["test_client.py::test_two"], ["--deselect", "test_client.py::test_one"], ["--collect-only"]],
    ids=lambda arguments: arguments[0],
)
def test_tests_that_did_not_run_keep_their_goldens(two: Project, arguments: list[str]) -> None:
    result = two.run("--capture-update", *arguments)
    result.stdout.no_fnmatch_line("*captures/*")
    assert len(two.files()) == 6


def test_tests_that_failed_or_were_skipped_keep_their_goldens(two: Project) -> None:
    two.write(
        """
    def test_one(capture_snapshot):
        assert FRAMES == capture_snapshot
        assert 1 == 2

    @pytest.mark.skip
    def test_two(capture_snapshot):
        pass
    """
    )
    two.run("--capture-update").assert_outcomes(failed=1, skipped=1)
    assert len(two.files()) == 6


def test_a_run_that_was_broken_off_judges_nothing(two: Project) -> None:
    two.write("def test_a(): assert 0\n", WITHOUT_TWO)
    two.run("--capture-update", "-x")
    assert len(two.files()) == 6
    two.write("def test_a(): raise KeyboardInterrupt\n", WITHOUT_TWO)
    two.run("--capture-update", own_process=True)
    assert len(two.files()) == 6
    two.write("1 / 0\n", WITHOUT_TWO)
    two.run("--capture-update")
    assert len(two.files()) == 6


MANY = """
    @pytest.mark.parametrize("number", range(24))
    def test_it(capture_snapshot, number):
        assert [frame(number + 1), frame(99)] == capture_snapshot
"""


def test_workers_of_xdist_do_what_one_process_does(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("xdist", reason="pytest-xdist is not installed: 'make test' installs it.")
    project.write(MANY)
    project.write(TWO, name="test_two")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    workers = ("--capture-update", "-p", "xdist", "-n", "2")
    result = project.run(*workers, own_process=True)
    result.assert_outcomes(passed=26)
    assert len([line for line in result.outlines if line.startswith("created ")]) == 27
    assert len(project.files()) == 2 * 27
    project.run().assert_outcomes(passed=26)
    project.write(MANY.replace("24", "22").replace("frame(99)", "frame(98)"))
    result = project.run()
    result.assert_outcomes(failed=22, passed=2)
    unused = [line for line in result.outlines if line.startswith("unused ")]
    assert unused == [
        f"unused __captures__/test_client/test_it[[]{number}].pcapng".replace("[[]", "[") for number in (22, 23)
    ]
    result = project.run(*workers, own_process=True)
    result.assert_outcomes(passed=24)
    assert len([line for line in result.outlines if line.startswith("updated ")]) == 22
    assert len([line for line in result.outlines if line.startswith("removed ")]) == 2
    assert len(project.files()) == 2 * 25


def test_a_worker_that_dies_costs_no_golden(two: Project) -> None:
    pytest.importorskip("xdist", reason="pytest-xdist is not installed: 'make test' installs it.")
    two.write("import os\ndef test_dies(): os._exit(1)\n", WITHOUT_TWO)
    two.run("--capture-update", "-n", "1", "--max-worker-restart=0", own_process=True)
    assert len(two.files()) == 6
