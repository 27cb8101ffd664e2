from __future__ import annotations

import pytest

from dissect.wireshark.ftp import quoted_directory
from tests.talk import infos, talk


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


def test_text_goes_on_where_tls_was_agreed_on() -> None:
    packets = talk(21, (0, b"AUTH TLS\r\n"), (1, b"234 go\r\n"), (0, b"USER x\r\n"), (1, b"331 who\r\n"))
    assert infos(packets)[2:] == ["Request: USER x", "Response: 331 who"]


def test_what_a_segment_carries_is_one_message() -> None:
    """Whatever lines stand in it: the first is told."""
    assert infos(talk(21, (0, b"USER x\r\nPASS y\r\n"), (0, b"QU"))) == ["Request: USER x", "Request: QU"]
