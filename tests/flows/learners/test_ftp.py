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
