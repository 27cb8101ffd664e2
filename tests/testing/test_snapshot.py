"""`assert frames == capture_snapshot`: the first run, updates, and what a failure says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import dissect
from tests.testing.conftest import Project

ONE = """
    def test_it(capture_snapshot):
        assert FRAMES == capture_snapshot
"""


def changed(project: Project, frames: str) -> pytest.RunResult:
    """Make the golden of three frames, and run the test with others."""
    project.write(ONE)
    project.run("--capture-update").assert_outcomes(passed=1)
    project.write(f"FRAMES = {frames}", ONE)
    return project.run()


def test_the_first_run_fails_and_says_how_to_make_the_golden(project: Project) -> None:
    project.write(ONE)
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E*no golden __captures__/test_client/test_it.pcapng; 3 new frames",
            "E*1 *10.0.0.1 → 10.0.0.2*UDP 43 1 → 7 Len=1",
            'E*pytest --capture-update "test_client.py::test_it" makes it',
        ]
    )
    assert project.files() == []


def test_an_update_makes_it_and_reports_it(project: Project) -> None:
    project.write(ONE)
    result = project.run("--capture-update")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*= captures =*", "created __captures__/test_client/test_it.pcapng"])
    assert project.files() == ["test_client/test_it.pcapng", "test_client/test_it.txt"]
    project.run().assert_outcomes(passed=1)
    assert "captures" not in [line.strip("= ") for line in project.run().outlines]


def test_the_golden_is_a_capture_with_a_sidecar_to_read(project: Project) -> None:
    project.write(ONE)
    project.run("--capture-update")
    packets = list(dissect.read(project.golden()))
    assert [packet[dissect.UDP].sport for packet in packets] == [1, 2, 3]
    assert [packet.time_ns for packet in packets] == [None, None, None]
    text = project.golden().with_suffix(".txt").read_text(encoding="utf-8")
    lines = text.splitlines()
    assert lines[0].split()[-5:] == ["43", "1", "→", "7", "Len=1"]
    assert lines[4].startswith("Frame 1: 43 bytes on wire")
    assert "     22      Time to Live: 64" in [line[4:] for line in lines] or "Time to Live: 64" in text


def test_an_update_without_a_change_writes_nothing(project: Project) -> None:
    project.write(ONE)
    project.run("--capture-update")
    before = {path: path.stat().st_mtime_ns for path in project.golden().parent.iterdir()}
    result = project.run("--capture-update")
    assert {path: path.stat().st_mtime_ns for path in project.golden().parent.iterdir()} == before
    result.stdout.no_fnmatch_line("*= captures =*")


def test_the_sidecar_is_never_compared_and_renewed_by_an_update(project: Project) -> None:
    project.write(ONE)
    project.run("--capture-update")
    sidecar = project.golden().with_suffix(".txt")
    text = sidecar.read_text(encoding="utf-8")
    sidecar.write_text("something else", encoding="utf-8")
    project.run().assert_outcomes(passed=1)
    golden = project.golden().read_bytes()
    result = project.run("--capture-update")
    result.stdout.fnmatch_lines(["updated __captures__/test_client/test_it.txt"])
    assert sidecar.read_text(encoding="utf-8") == text
    assert project.golden().read_bytes() == golden


def test_a_change_names_frame_field_values_and_byte(project: Project) -> None:
    result = changed(project, "[frame(1), frame(2, ttl=63), frame(3)]")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E*1 frame differs from __captures__/test_client/test_it.pcapng: 1 changed",
            "E*#2 ip.ttl 64 -> 63 at byte 22",
            "E*so ip.checksum 0x* -> 0x* at byte 24",
            'E*pytest --capture-update "test_client.py::test_it" takes the new frames for right',
        ]
    )


def test_a_change_of_bytes_shows_both_dumps(project: Project) -> None:
    result = changed(project, "[frame(1), frame(2), frame(4)]")
    result.stdout.fnmatch_lines(["E*#3 ip.id 0x0003 -> 0x0004 at byte 18", "*- 0020*", "*^^*", "*+ 0020*", "*^^*"])


@pytest.mark.parametrize(
    ("frames", "line"),
    [
        ("[frame(1), frame(9), frame(2), frame(3)]", "E*#2 added: 10.0.0.1 → 10.0.0.2 UDP 43 9 → 7 Len=1"),
        ("[frame(1), frame(3)]", "E*#2 missing: 10.0.0.1 → 10.0.0.2 UDP 43 2 → 7 Len=1"),
        ("[frame(2), frame(3), frame(1)]", "E*#1 moved to #3: 10.0.0.1 → 10.0.0.2 UDP 43 1 → 7 Len=1"),
    ],
    ids=["insertion", "removal", "reorder"],
)
def test_frames_added_missing_and_moved_are_one_difference(project: Project, frames: str, line: str) -> None:
    result = changed(project, frames)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E*1 frame differs*", line])


def test_an_update_takes_the_change(project: Project) -> None:
    changed(project, "[frame(1), frame(2, ttl=63), frame(3)]").assert_outcomes(failed=1)
    result = project.run("--capture-update")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["updated __captures__/test_client/test_it.pcapng"])
    project.run().assert_outcomes(passed=1)
    assert "Time to Live: 63" in project.golden().with_suffix(".txt").read_text(encoding="utf-8")


def test_many_differences_are_shown_in_a_section_as_well(project: Project) -> None:
    project.write("FRAMES = [frame(n) for n in range(1, 40)]", ONE)
    project.run("--capture-update")
    project.write("FRAMES = [frame(n, ttl=3) for n in range(1, 40)]", ONE)
    result = project.run("-v")
    result.stdout.fnmatch_lines(
        ["E*#1 ip.ttl 64 -> 3*", "E*more lines are below*", "*differences*", "#39 ip.ttl 64 -> 3*"]
    )


@pytest.mark.parametrize(
    "left", ["[bytes(each) for each in FRAMES]", "iter(FRAMES)", "Path('three.pcap')", "'three.pcap'"]
)
def test_what_may_stand_on_the_left(project: Project, left: str) -> None:
    project.write(ONE)
    project.run("--capture-update")
    project.write(
        f"""
    from dissect import write
    write("three.pcap", FRAMES)
    def test_it(capture_snapshot):
        assert {left} == capture_snapshot(canonical="no-times")
    """
    )
    project.run().assert_outcomes(passed=1)


@pytest.mark.parametrize("left", ["FRAMES[0]", "bytes(FRAMES[0])", "Packet(bytes(FRAMES[0]))", "FRAMES[0][IPv4]"])
def test_a_single_frame_may_stand_there_too(project: Project, left: str) -> None:
    project.write(f"def test_it(capture_snapshot):\n    assert {left} == capture_snapshot\n")
    project.run("--capture-update").assert_outcomes(passed=1)
    project.run().assert_outcomes(passed=1)
    assert len(list(dissect.read(project.golden()))) == 1


def test_what_is_no_frame_is_refused_with_a_sentence(project: Project) -> None:
    project.write("def test_it(capture_snapshot):\n    assert [1] == capture_snapshot\n")
    result = project.run("--capture-update")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E*item 1 is 1, expected a packet, a header or bytes"])
    assert project.files() == []


def test_several_in_one_test_go_by_order_or_name(project: Project) -> None:
    project.write(
        """
    def test_it(capture_snapshot):
        assert FRAMES[:1] == capture_snapshot
        assert FRAMES[:2] == capture_snapshot
        assert FRAMES == capture_snapshot(name="all")
    """
    )
    project.run("--capture-update").assert_outcomes(passed=1)
    goldens = [name for name in project.files() if name.endswith(".pcapng")]
    assert goldens == ["test_client/test_it-2.pcapng", "test_client/test_it-all.pcapng", "test_client/test_it.pcapng"]
    assert [len(list(dissect.read(project.path / "__captures__" / name))) for name in goldens] == [2, 3, 1]
    project.run().assert_outcomes(passed=1)


def test_a_name_is_good_for_one_comparison(project: Project) -> None:
    project.write(
        """
    def test_it(capture_snapshot):
        assert FRAMES[:1] == capture_snapshot(name="a")
        assert FRAMES[:2] == capture_snapshot(name="a")
    def test_path(capture_snapshot):
        assert FRAMES[:1] == capture_snapshot(name="../a")
    """
    )
    result = project.run("--capture-update")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*is compared twice in one test*", "*expected a part of a file's name*"])
    assert project.files() == []


def test_parametrised_tests_and_methods_have_one_each(project: Project) -> None:
    project.write(
        """
    @pytest.mark.parametrize("ttl", [1, 2, "a/b"])
    def test_it(capture_snapshot, ttl):
        assert frame(1, ttl=ttl if isinstance(ttl, int) else 9) == capture_snapshot

    class TestClient:
        def test_it(self, capture_snapshot):
            assert FRAMES == capture_snapshot
    """
    )
    project.run("--capture-update").assert_outcomes(passed=4)
    names = [Path(name).stem for name in project.files() if name.endswith(".pcapng")]
    assert names[0] == "TestClient.test_it"
    assert names[1:3] == ["test_it[1]", "test_it[2]"]
    assert names[3].startswith("test_it[a_b]~")
    project.run().assert_outcomes(passed=4)


SETTINGS = """
    def changed():
        return [frame(1), frame(2, ttl=63), frame(3)]
"""


def test_settings_of_a_comparison_of_a_file_and_of_the_configuration(project: Project) -> None:
    project.write(ONE)
    project.run("--capture-update")
    test = "def test_it(capture_snapshot):\n    assert changed() == capture_snapshot{}\n"
    ignoring = 'pytestmark = pytest.mark.capture_defaults(ignore={"ip.ttl"})\n'
    # Of a comparison, then with_defaults.
    project.write(SETTINGS, test.format('(ignore={"ip.t*"})'))
    project.run().assert_outcomes(passed=1)
    project.write(SETTINGS, test.format('.with_defaults(ignore="ip.ttl")'))
    project.run().assert_outcomes(passed=1)
    # Of the file, which a comparison overrides.
    project.write(SETTINGS, ignoring, test.format(""))
    project.run().assert_outcomes(passed=1)
    project.write(SETTINGS, ignoring, test.format("(ignore=())"))
    project.run().assert_outcomes(failed=1)
    # Of the configuration, which the file overrides.
    project.pytester.makepyprojecttoml('[tool.pytest.ini_options]\ncapture_ignore = ["ip.ttl"]\n')
    project.write(SETTINGS, test.format(""))
    project.run().assert_outcomes(passed=1)
    project.write(SETTINGS, ignoring.replace("ip.ttl", "ip.id"), test.format(""))
    project.run().assert_outcomes(failed=1)
    # Each setting for itself: what the file says of one leaves the other as it is.
    project.write(SETTINGS, 'pytestmark = pytest.mark.capture_defaults(canonical="times")\n', test.format(""))
    project.run().assert_outcomes(passed=1)


TIMES = """
    def test_it(capture_snapshot):
        assert [Packet(bytes(each), time_ns=START + n) for n, each in enumerate(FRAMES)] == capture_snapshot
"""


def test_canonical_values_of_the_configuration(project: Project) -> None:
    project.write("START = 5", TIMES)
    project.run("--capture-update").assert_outcomes(passed=1)
    assert [packet.time_ns for packet in dissect.read(project.golden())] == [5, 6, 7]
    project.write("START = 9", TIMES)
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E*frame.time_epoch 0.000000005 -> 0.000000009", 'E*canonical={"times"}*'])
    project.pytester.makepyprojecttoml('[tool.pytest.ini_options]\ncapture_canonical = ["times"]\n')
    project.run().assert_outcomes(passed=1)


def test_misspelt_settings_are_errors(project: Project) -> None:
    project.write(
        """
    def test_a(capture_snapshot):
        assert FRAMES == capture_snapshot(ignore={"ip.tttl"})
    def test_b(capture_snapshot):
        assert FRAMES == capture_snapshot(canonical={"time"})
    @pytest.mark.capture_defaults(ignored={"ip.ttl"})
    def test_c(capture_snapshot):
        assert FRAMES == capture_snapshot
    """
    )
    result = project.run("--capture-update")
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(
        ["*did you mean 'ip.ttl'*", "*did you mean 'times'*", "*takes ignore=... and canonical=...*"]
    )
    assert project.files() == []


def test_the_golden_of_a_test_that_fails_otherwise_stays_as_it_is(project: Project) -> None:
    changed(project, "[frame(1)]")
    before = project.golden().read_bytes()
    project.write(
        """
    def test_it(capture_snapshot):
        assert FRAMES[:1] == capture_snapshot
        assert FRAMES == capture_snapshot
        assert 1 == 2

    @pytest.fixture
    def breaks():
        yield
        raise RuntimeError("at the end")

    def test_teardown(capture_snapshot, breaks):
        assert FRAMES == capture_snapshot

    @pytest.mark.xfail
    def test_expected(capture_snapshot):
        assert FRAMES == capture_snapshot
        assert 1 == 2
    """
    )
    result = project.run("--capture-update")
    result.assert_outcomes(failed=1, passed=1, errors=1, xfailed=1)
    assert project.golden().read_bytes() == before
    assert project.files() == ["test_client/test_it.pcapng", "test_client/test_it.txt"]
    result.stdout.fnmatch_lines(["kept __captures__/test_client/test_it.pcapng, for its test failed"])


def test_a_golden_that_is_no_capture_is_an_error_and_not_overwritten(project: Project) -> None:
    project.write(ONE)
    project.run("--capture-update")
    project.golden().write_text("<html>not a capture</html>", encoding="utf-8")
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["the golden __captures__/test_client/test_it.pcapng cannot be read*is no capture*"])
    result.stdout.no_fnmatch_line("*During handling of*")
    assert project.golden().read_text(encoding="utf-8").startswith("<html>")
    project.run("--capture-update").assert_outcomes(passed=1)
    project.run().assert_outcomes(passed=1)


def test_a_golden_cut_short_is_an_error_and_not_overwritten(project: Project) -> None:
    project.write(ONE)
    project.run("--capture-update")
    cut = project.golden().read_bytes()[:-7]
    project.golden().write_bytes(cut)
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["the golden *cut short*Restore it, or make it again with pytest --capture-update*"])
    assert project.golden().read_bytes() == cut
    result = project.run("--capture-update")
    result.stdout.fnmatch_lines(["updated __captures__/test_client/test_it.pcapng"])
    project.run().assert_outcomes(passed=1)


def _is_read_only_to_root(directory: Path) -> bool:
    """Make what is mounted on the directory read-only, in a name space of mounts of this process's children."""
    command = f"mount -t tmpfs none {directory} && umount {directory}"
    return subprocess.run(["unshare", "-m", "sh", "-c", command], capture_output=True, check=False).returncode == 0


def test_on_a_read_only_file_system_goldens_are_compared_and_an_update_says_why_not(project: Project) -> None:
    project.write(ONE)
    project.run("--capture-update")
    project.write(ONE.replace("test_it", "test_new"), name="test_new")
    arguments = [sys.executable, "-m", "pytest", "-p", "dissect.testing", "-p", "no:cacheprovider", "-W", "error"]
    if os.geteuid() == 0:
        if not _is_read_only_to_root(project.path):
            pytest.skip("root writes everywhere, and this one may not mount anything to be kept from it.")
        mount = "mount --bind . . && mount -o remount,ro,bind . && cd $PWD"
        prefix = ["unshare", "-m", "sh", "-c", f'{mount} && exec "$@"', "sh"]
    else:
        prefix = []
        for directory in (project.path, project.path / "__captures__", project.golden().parent):
            directory.chmod(0o555)
    try:
        reads, writes = (
            subprocess.run([*prefix, *arguments, *more], capture_output=True, text=True, cwd=project.path, check=False)
            for more in (["test_client.py"], ["--capture-update"])
        )
    finally:
        if not prefix:
            for directory in (project.path, project.path / "__captures__", project.golden().parent):
                directory.chmod(0o755)
    assert reads.returncode == 0, reads.stdout
    assert writes.returncode == 1, writes.stdout
    assert "__captures__/test_new/test_new.pcapng cannot be written: " in writes.stdout
    assert "or leave --capture-update out" in writes.stdout
    assert "Traceback" not in writes.stdout
    assert project.files() == ["test_client/test_it.pcapng", "test_client/test_it.txt"]


def test_nothing_is_left_where_writing_is_interrupted(project: Project) -> None:
    changed(project, "[frame(1)]")
    before = project.golden().read_bytes()
    project.pytester.makeconftest(
        """
        import dissect.captures.output as output
        def interrupted(self):
            self.discard()
            raise KeyboardInterrupt
        output.Output.commit = interrupted
        """
    )
    project.run("--capture-update", own_process=True)
    assert project.golden().read_bytes() == before
    assert project.files() == ["test_client/test_it.pcapng", "test_client/test_it.txt"]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('FRAMES == capture_snapshot(canonical={"timez"})', "*canonical has 'timez'*did you mean 'times'*"),
        ('expect(FRAMES, "ip.tttl == 1")', "*there is no field 'ip.tttl'*"),
    ],
)
def test_what_a_test_misspells_is_shown_at_its_line(project: Project, line: str, sentence: str) -> None:
    project.write(f"from dissect.testing import expect\ndef test_it(capture_snapshot):\n    assert {line}\n")
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f">       assert {line}", f"E   {sentence}", "test_client.py:*"])
    # Nothing of the plugin's own lines.
    result.stdout.no_fnmatch_line("*.py:*: in *")
    result.stdout.no_fnmatch_line("*compiler.py*")
    result.stdout.no_fnmatch_line("*canonical.py*")
