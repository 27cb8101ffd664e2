"""`@pytest.mark.capture`: packets for a test, or a test for each packet."""

from __future__ import annotations

import pytest

import dissect
from dissect import UDP, Ethernet, IPv4
from tests.testing.conftest import Project

IN_DIRECTORY = "data/login.pcapng"


@pytest.fixture
def login(project: Project) -> Project:
    """A project with a capture of four datagrams, two of them to port 22."""
    (project.path / "data").mkdir()
    frames = [Ethernet() / IPv4(src="10.0.0.1") / UDP(sport=n, dport=22 if n % 2 else 23) for n in range(1, 5)]
    dissect.write(project.path / IN_DIRECTORY, frames)
    return project


def test_a_test_gets_the_packets(login: Project) -> None:
    login.write(
        """
    @pytest.mark.capture("data/login.pcapng")
    def test_all(capture_packets):
        assert len(capture_packets) == 4

    @pytest.mark.capture("data/login.pcapng", display_filter="udp.dstport == 22")
    def test_some(capture_packets):
        assert [packet.number for packet in capture_packets] == [1, 3]

    @pytest.mark.capture("data/login.pcapng", display_filter="tcp")
    def test_none(capture_packets):
        assert capture_packets == []
    """
    )
    login.run().assert_outcomes(passed=3)


def test_a_test_runs_for_each_packet(login: Project) -> None:
    login.write(
        """
    pytestmark = pytest.mark.capture("data/login.pcapng", display_filter="udp.dstport == 22")

    def test_each(capture_packet):
        assert capture_packet[UDP].sport != 3
    """
    )
    result = login.run()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*test_each[[]#1] PASSED*", "*test_each[[]#3] FAILED*"])


@pytest.mark.parametrize(
    ("marker", "sentence"),
    [
        ("", "*test_it: *needs to know a capture: @pytest.mark.capture*"),
        ('@pytest.mark.capture("none.pcapng")', "*test_it: the marker capture: *none.pcapng: No such file*"),
        ('@pytest.mark.capture("test_client.py")', "*the marker capture: *is no capture*"),
        (f'@pytest.mark.capture("{IN_DIRECTORY}", display_filter="udp.prot")', "*the marker capture: *udp.prot*"),
        (
            f'@pytest.mark.capture("{IN_DIRECTORY}", filter="udp")',
            "*takes a path and display_filter=..., and nothing else*",
        ),
    ],
)
@pytest.mark.parametrize("fixture", ["capture_packet", "capture_packets"])
def test_a_wrong_marker_is_told_in_a_sentence(login: Project, marker: str, sentence: str, fixture: str) -> None:
    login.write(f"{marker}\ndef test_it({fixture}): pass\n")
    result = login.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([sentence])
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*During handling of*")


def test_a_filter_that_lets_nothing_through_does_not_pass_for_success(login: Project) -> None:
    login.write('@pytest.mark.capture("data/login.pcapng", display_filter="tcp")\ndef test_it(capture_packet): pass\n')
    result = login.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*no packet of data/login.pcapng passes 'tcp', so test_it would never run*"])
