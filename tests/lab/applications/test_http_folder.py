"""A folder's files, its index, the list of what is in it, and nothing outside."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dissect.errors import DissectError
from dissect.lab.applications.http_folder import FolderContent


@pytest.fixture
def content(tmp_path: Path) -> FolderContent:
    served = tmp_path / "served"
    (served / "sub").mkdir(parents=True)
    (served / "with index").mkdir()
    (served / "a.txt").write_text("a")
    (served / "<b>.bin").write_bytes(bytes(100))
    (served / "with index" / "index.html").write_text("index")
    (tmp_path / "secret.txt").write_text("secret")
    (served / "out").symlink_to(tmp_path / "secret.txt")
    (served / "up").symlink_to(tmp_path)
    (served / "loop").symlink_to(served / "loop")
    (served / "in").symlink_to(served / "a.txt")
    os.mkfifo(served / "fifo")
    return FolderContent(served)


def data(content: FolderContent, path: str) -> bytes | None:
    resource = content.find(path).resource
    if resource is None:
        return None
    try:
        return resource.read(0, 1000)
    finally:
        resource.close()


def test_files_are_found_and_folders_have_an_index_or_a_list(content: FolderContent) -> None:
    assert (data(content, "/a.txt"), data(content, "/in"), data(content, "/with%20index/")) == (b"a", b"a", b"index")
    assert content.find("/sub").moved_to == "/sub/"
    assert content.find("/with%20index").moved_to == "/with%20index/"
    page = content.find("/").resource
    assert page is not None
    assert page.is_made
    listed = page.read(0, 10_000).decode()
    assert '<a href="./%3Cb%3E.bin">&lt;b&gt;.bin</a>' in listed
    assert '<a href="./sub/">sub/</a>' in listed


@pytest.mark.parametrize(
    "path",
    ["/../secret.txt", "/%2e%2e/secret.txt", "/out", "/up/secret.txt", "/loop", "/fifo", "/a.txt/", "/none", "/a%00",
     "x", "/" + "y" * 5000],
)  # fmt: skip
def test_nothing_outside_and_no_device_is_served(content: FolderContent, path: str) -> None:
    assert content.find(path).resource is None


def test_a_part_of_a_file_is_read_and_the_file_closed(content: FolderContent) -> None:
    resource = content.find("/%3Cb%3E.bin").resource
    assert resource is not None
    assert (resource.size, len(resource.read(90, 50)), resource.media_type) == (100, 10, "application/octet-stream")
    resource.close()
    with pytest.raises(ValueError, match="closed"):
        resource.read(0, 1)


def test_what_is_no_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(DissectError, match="none is no folder: expected one whose files are to be served"):
        FolderContent(tmp_path / "none")
