"""Paths lead to files and never above them, whatever they say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dissect.errors import FieldError
from dissect.lab.applications.http_content import GivenFiles, asked_range, path_parts

PIECES = st.sampled_from(["..", ".", "%2e%2e", "%2E.", "a", "%2f", "/", "\\", "%5c", "%00", "//", "b c", "?", "#", "%"])


@given(st.lists(PIECES, max_size=8).map("/".join))
def test_no_path_leads_upwards(path: str) -> None:
    parts = path_parts(f"/{path}")
    assert parts is None or not any(part in ("", ".", "..") or set(part) & set("/\\\0") for part in parts)


@given(st.integers(0, 20), st.integers(0, 30), st.integers(1, 20))
def test_a_range_lies_within_what_there_is(first: int, last: int, size: int) -> None:
    for said in (f"bytes={first}-{last}", f"bytes={first}-", f"bytes=-{last}"):
        try:
            found = asked_range(said, size)
        except ValueError:
            continue
        if found is not None:
            assert 0 <= found[0] < found[1] <= size


def test_files_in_memory_are_found_by_their_paths() -> None:
    files = GivenFiles({"/": "root", "/a/index.html": "a", "b.txt": b"b"})
    for path, data in (("/", b"root"), ("/index.html", b"root"), ("/a/", b"a")):
        resource = files.find(path).resource
        assert resource is not None
        assert resource.read(0, 99) == data
    resource = files.find("/b.txt").resource
    assert resource is not None
    assert resource.media_type == "text/plain; charset=utf-8"
    assert files.find("/a").moved_to == "/a/"
    assert files.find("/none").resource is None
    with pytest.raises(FieldError, match=r"a file's path is '\.\./x'"):
        GivenFiles({"../x": ""})
