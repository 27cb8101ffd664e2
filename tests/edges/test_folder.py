"""A folder shows its regular files, and what it holds."""

from __future__ import annotations

from pathlib import Path

from dissect.edges.folder import Folder


def test_names_of_folders_end_with_a_slash_and_are_bounded(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for number in range(5):
        (tmp_path / f"f{number}").write_text("x")
    folder = Folder(tmp_path)
    assert folder.names([]) == ["f0", "f1", "f2", "f3", "f4", "sub/"]
    assert folder.names([], most=2) == ["f0", "f1"]
    assert folder.names(["none"]) == folder.names(["f0"]) == []
    assert (folder.is_folder(["sub"]), folder.is_folder(["f0"]), folder.is_folder([".."])) == (True, False, False)


def test_a_file_that_shrinks_ends_where_it_ends(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(bytes(100))
    file = Folder(tmp_path).open(["f"])
    assert file is not None
    (tmp_path / "f").write_bytes(bytes(10))
    assert (file.size, len(file.read(0, 100)), file.read(50, 10)) == (100, 10, b"")
    file.close()
