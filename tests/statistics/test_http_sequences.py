"""Which page led to which: by what requests say of where they come from, and by redirections."""

from __future__ import annotations

from pathlib import Path

import pytest

import dissect
from dissect import count_tree
from dissect.statistics.http_sequences import located
from tests.statistics.test_http_trees import asks, says
from tests.talk import talk


def test_a_page_that_leads_to_itself_again_and_again_nests_64_deep_at_most(tmp_path: Path) -> None:
    said = [asks(b"GET", b"/x", b"Host: a", b"Referer: http://a/x")] * 200
    dissect.write(tmp_path / "polls.pcap", talk(80, *said))
    rows = count_tree(tmp_path / "polls.pcap", "http_seq")
    assert max(len(row.path) for row in rows) == 64
    assert rows[0].frames == 200


@pytest.mark.parametrize(
    ("base", "said", "found"),
    [
        ("no address", "/a", None),
        ("http://a", "/b", None),
        ("http://a", "b", "http://a/b"),
        ("http://a/b/c?d#e", "?f", "http://a/b/c?f"),
        ("http://a/b/c", "", "http://a/b/c"),
        ("http://a/b", "https://c/d", "https://c/d"),
        ("HTTP://a/b", "//c/d", "http://c/d"),
        ("http://a/b?c#d", "e", "http://a/e"),
    ],
)
def test_where_a_redirection_leads(base: str, said: str, found: str | None) -> None:
    assert located(base, said) == found


def sequences(tmp_path: Path, *said: tuple[int, bytes]) -> dict[tuple[str, ...], int]:
    """The pages below the root, each by its way from there, and how often it was counted."""
    dissect.write(tmp_path / "pages.pcap", talk(80, *said))
    return {row.path[1:]: row.frames for row in count_tree(tmp_path / "pages.pcap", "http_seq")[1:]}


def test_a_page_stands_below_the_one_that_it_was_asked_for_from(tmp_path: Path) -> None:
    found = sequences(
        tmp_path,
        asks(b"GET", b"/b", b"Host: x", b"Referer: http://x/a"),
        asks(b"GET", b"/c", b"Host: x", b"Referer: http://x/b"),
        asks(b"GET", b"/alone", b"Host: x"),
    )
    # As Wireshark counts: who leads on counts twice, those above it once more, and who is led to once.
    a, b, c = "http://x/a", "http://x/b", "http://x/c"
    assert found == {(a,): 2 + 1, (a, b): 1 + 2, (a, b, c): 1}


def test_a_redirection_leads_to_where_it_says(tmp_path: Path) -> None:
    found = sequences(tmp_path, asks(b"GET", b"/old/page", b"Host: x"), says(b"302 Found", b"Location: new"))
    assert set(found) == {("http://x/old/page",), ("http://x/old/page", "http://x/old/new")}
    assert sequences(tmp_path, asks(b"GET", b"/", b"Host: x"), says(b"200 OK")) == {}
