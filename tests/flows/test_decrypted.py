"""Messages inside of TLS beside tshark: in many records, many in one, of several versions and ciphers."""

from __future__ import annotations

import ssl
from gzip import compress
from itertools import chain
from pathlib import Path

import pytest

from dissect import Packet, objects, write
from dissect.commands.main import main
from tests.oracle.tshark import Tshark
from tests.protocols.tls_connection import connection, encrypted

GET = b"GET /%s HTTP/1.1\r\nHost: www.example.com\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
BIG = b"line of a body that takes several records\n" * 1000
ZIPPED = compress(b"zipped words " * 99, mtime=0)
SAID = [
    ("c", GET % b"small"), ("s", OK + b"Content-Length: 5\r\n\r\n"), ("s", b"small"),
    ("c", GET % b"big"), ("s", OK + b"Content-Length: %d\r\n\r\n" % len(BIG) + BIG),
    ("c", GET % b"one" + GET % b"two" + (GET % b"three")[:9]), ("c", (GET % b"three")[9:]),
    ("s", (OK + b"Content-Length: 3\r\n\r\none") + (OK + b"Content-Length: 3\r\n\r\nt")), ("s", b"wo"),
    ("s", OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"), ("s", b"4\r\ndefg\r\n"), ("s", b"0\r\n\r\n"),
    ("c", b"POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\na=1&b"), ("c", b"=2"),
    ("s", OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(ZIPPED) + ZIPPED),
    ("c", GET % b"rest"), ("s", OK + b"\r\nuntil the end"),
]  # fmt: skip
SUITES = [
    (ssl.TLSVersion.TLSv1_3, ""),
    (ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-AES256-GCM-SHA384"),
    (ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-CHACHA20-POLY1305"),
    (ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-AES128-SHA256@SECLEVEL=0"),
]
FIELDS = """
    frame.number _ws.col.Protocol http.request.method http.request.uri http.request.full_uri http.response.code
    http.content_length http.request_in http.response_for.uri http.chunk_size http.file_data tls.handshake.type
    tls.record.content_type tls.app_data_proto urlencoded-form.key
""".split()


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Connections of every kind, one behind the other, and the file with their keys."""
    folder = tmp_path_factory.mktemp("decrypted")
    packets: list[Packet] = []
    lines = b""
    for number, (version, ciphers) in enumerate(SUITES):
        said, keys = encrypted(folder, version, ciphers, SAID)
        lines = lines + keys.read_bytes()
        packets += connection(said, sport=50000 + number)
    path, keys = folder / "all.pcap", folder / "all.keys"
    keys.write_bytes(lines)
    write(path, packets)
    return path, keys


def test_beside_tshark(recording: tuple[Path, Path], tshark: Tshark, capsys: pytest.CaptureFixture[str]) -> None:
    path, keys = recording
    fields = ["-T", "fields", "-E", "occurrence=a", *chain.from_iterable(("-e", name) for name in FIELDS)]
    # Its list says something else where two messages become whole in one frame.
    follow = [*chain.from_iterable(("-z", f"follow,tls,ascii,{n}") for n in range(len(SUITES))), "-z", "http,tree"]
    for options in (fields, ["-q", *follow, "-z", "follow,tls,hex,1,2-3", "-z", "follow,tls,yaml,9"]):
        theirs = tshark.ask(path, "-o", f"tls.keylog_file:{keys}", *options).output
        assert main(["read", "-n", str(path), "--tls-keys", str(keys), *options]) == 0
        assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == [
            line.rstrip() for line in theirs.splitlines()
        ]


def test_objects_are_those_of_tshark(recording: tuple[Path, Path], tshark: Tshark, tmp_path: Path) -> None:
    path, keys = recording
    tshark.ask(path, "-o", f"tls.keylog_file:{keys}", "-q", "--export-objects", f"http,{tmp_path / 'theirs'}")
    assert main(["export", str(path), "http", str(tmp_path / "ours"), "--tls-keys", str(keys)]) == 0
    theirs = {file.name: file.read_bytes() for file in (tmp_path / "theirs").iterdir()}
    ours = {file.name: file.read_bytes() for file in (tmp_path / "ours").iterdir()}
    assert BIG in theirs.values()
    assert ours == theirs


def test_both_ends_are_followed(recording: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    path, keys = recording
    assert main(["follow", str(path), "tls", "2", "--tls-keys", str(keys)]) == 0
    printed = capsys.readouterr().out
    assert "Node 0: 192.0.2.1:50002\nNode 1: 192.0.2.2:443\n" in printed
    assert "until the end" in printed
    assert main(["follow", str(path), "tls", "all", "--tls-keys", str(keys)]) == 0
    assert capsys.readouterr().out.count("until the end") == len(SUITES)
    assert main(["follow", str(path), "tls", "2"]) == 2
    assert "nothing of tcp.stream 2" in capsys.readouterr().err


def test_without_keys_nothing_is_read(recording: tuple[Path, Path]) -> None:
    assert list(objects(recording[0])) == []
