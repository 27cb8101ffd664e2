"""`@pytest.mark.drill`: a folder of time lines as tests."""

from __future__ import annotations

from shutil import copytree

from tests.test_docs import ROOT, blocks
from tests.testing.conftest import Project

PAGE = ROOT / "docs" / "how_to" / "time_lines.md"
SCRIPTS = ROOT / "tests" / "lab" / "drill" / "scripts"
GOOD = "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n"


def test_each_script_is_a_test(project: Project) -> None:
    folder = project.path / "lines" / "deep"
    folder.mkdir(parents=True)
    (folder.parent / "good.pkt").write_text(GOOD)
    (folder / "bad.pkt").write_text(GOOD + "+0 close(3) = 1\n")
    project.write(
        """
    @pytest.mark.drill("lines")
    def test_line(timeline):
        assert timeline.passed
    """
    )
    result = project.run()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*bad.pkt:2: +0 close(3) = 1*", "*return value: expected 1, found 0*"])


def test_a_folder_without_scripts_is_told(project: Project) -> None:
    project.write(
        """
    @pytest.mark.drill("nothing")
    def test_line(timeline):
        pass
    """
    )
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*there is no [*].pkt in*"])


def test_a_test_that_names_none_is_told(project: Project) -> None:
    project.write(
        """
    def test_line(timeline):
        pass
    """
    )
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*timeline needs to know a folder*"])


def test_the_script_of_the_page_is_the_one_that_it_names() -> None:
    ((_, script),) = blocks(PAGE, "text")
    assert script == (SCRIPTS / "closing" / "four_segments.pkt").read_text(encoding="utf-8")


def test_the_test_of_the_page_runs_a_folder(project: Project) -> None:
    ((_, test),) = blocks(PAGE, "py")
    copytree(SCRIPTS / "closing", project.path / "timelines")
    project.write(test)
    project.run(own_process=True).assert_outcomes(passed=len(list((SCRIPTS / "closing").glob("*.pkt"))))
