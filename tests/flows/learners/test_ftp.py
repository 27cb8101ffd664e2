from __future__ import annotations

import pytest

from dissect.flows.learners.ftp import joined
from tests.talk import seen, talk


@pytest.mark.parametrize(
    ("directory", "argument", "found"),
    [("/a", "b", "/a/b"), ("/a/b", "..", "/a"), ("/", "..", "/"), ("/a", "/c", "/c"), ("", "x", "x")],
)
def test_directories(directory: str, argument: str, found: str) -> None:
    assert joined(directory, argument) == found


def test_a_refused_change_changes_nothing() -> None:
    packets = seen(talk(21, (0, b"CWD /x\r\n"), (1, b"550 no\r\n"), (0, b"NOOP\r\n")))
    assert packets[-1].get("ftp.current-working-directory") == [""]


def test_a_directory_that_is_made_is_the_current_one() -> None:
    """Tshark takes it from every reply 257."""
    packets = seen(talk(21, (0, b"MKD x\r\n"), (1, b'257 "/a/x" made\r\n'), (0, b"NOOP\r\n")))
    assert packets[-1].get("ftp.current-working-directory") == ["/a/x"]


@pytest.mark.parametrize(
    ("said", "ports", "told"),
    [
        # The first command counts, whatever it is.
        (
            [(0, b"EPSV\r\n"), (1, b"229 ok (|||25700|)\r\n"), (0, b"SIZE a\r\n"), (0, b"RETR a\r\n")],
            (25700, 50001),
            ["SIZE a"],
        ),
        ([(0, b"PORT 192,0,2,10,100,100\r\n"), (0, b"RETR a\r\n")], (20, 25700), ["RETR a"]),
        # A server opens connections from port 20.
        ([(0, b"PORT 192,0,2,10,100,100\r\n"), (0, b"RETR a\r\n")], (50001, 25700), []),
    ],
)
def test_the_command_of_a_transfer(said: list[tuple[int, bytes]], ports: tuple[int, int], told: list[str]) -> None:
    data = talk(ports[0], (1, b"text"), sport=ports[1])
    assert seen([*talk(21, *said), *data])[-1].get("ftp-data.command") == told
