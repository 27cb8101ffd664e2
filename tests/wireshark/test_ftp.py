from __future__ import annotations

import pytest

from dissect.wireshark.ftp import quoted_directory


@pytest.mark.parametrize(
    ("text", "directory"),
    [
        (b'"/a" is the current directory', b"/a"),
        (b'"/say ""hi""" created', b'/say "hi"'),
        (rb"\"/\" is the current directory", None),
        (b"it is /", None),
        (b'"/a', None),
    ],
)
def test_the_directory_of_a_reply(text: bytes, directory: bytes | None) -> None:
    assert quoted_directory(text) == directory
