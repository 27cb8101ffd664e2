"""`@pytest.mark.drill`: a folder of time lines as tests."""

from __future__ import annotations

from tests.testing.conftest import Project

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
