"""Secrets in a pcapng: read, used, kept and written."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from io import BytesIO
from pathlib import Path

import pytest

from dissect import Packet, with_context, write
from dissect.captures import read
from dissect.captures.pcapng import PcapngReader
from dissect.captures.pcapng_writer import PcapngWriter
from dissect.commands.main import main
from dissect.packets.secrets import TLS_KEY_LOG, Secrets
from tests.captures.blocks import Order, block, enhanced, interface, section
from tests.oracle.tshark import Tshark
from tests.protocols.tls_connection import connection, encrypted

SAID = [
    ("c", b"GET /secret HTTP/1.1\r\nHost: www.example.com\r\n\r\n"),
    ("s", b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhidden"),
]


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Packet], Path]:
    """A connection, and the file with its secrets."""
    said, keys = encrypted(tmp_path_factory.mktemp("tls"), ssl.TLSVersion.TLSv1_3, "", SAID)
    return connection(said), keys


def targets(path: Path) -> list[str]:
    with read(path) as packets:
        return [target for packet in with_context(packets) for target in packet.get("http.request.uri")]


def test_they_are_used(recording: tuple[list[Packet], Path], tmp_path: Path, tshark: Tshark) -> None:
    packets, keys = recording
    path = tmp_path / "with.pcapng"
    lines = keys.read_bytes().splitlines(keepends=True)
    with PcapngWriter(path) as writer:
        writer.add_secrets(Secrets(TLS_KEY_LOG, b"".join(lines[:2])))
        writer.add_secrets(Secrets(7, b"for somebody else"))
        writer.write(packets[0])
        writer.add_secrets(Secrets(TLS_KEY_LOG, b"".join(lines[2:])))
        for packet in packets[1:]:
            writer.write(packet)
    assert targets(path) == ["/secret"]
    theirs = tshark.ask(path, "-T", "fields", "-e", "http.request.uri", "-Y", "http.request").output
    assert theirs == "/secret\n"
    again = tmp_path / "again.pcapng"
    with read(path) as reader:
        write(again, reader)
        assert isinstance(reader, PcapngReader)
        assert [each.kind for each in reader.secrets] == [TLS_KEY_LOG, 7, TLS_KEY_LOG]
    assert again.read_bytes() == path.read_bytes()


def test_every_way_of_reading_has_them(
    recording: tuple[list[Packet], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packets, keys = recording
    path = str(tmp_path / "with.pcapng")
    with PcapngWriter(path) as writer:
        writer.add_secrets(Secrets(TLS_KEY_LOG, keys.read_bytes()))
        for packet in packets:
            writer.write(packet)
    for options in ([], ["-2"], ["-Y", "http"], ["-2", "-Y", "http"], ["-T", "fields", "-e", "_ws.col.Info"]):
        assert main(["read", path, *options]) == 0
        assert "GET /secret HTTP/1.1" in capsys.readouterr().out
    assert main(["read", path, "-q", "-z", "http_req,tree"]) == 0
    assert "/secret" in capsys.readouterr().out
    assert main(["export", path, "http", str(tmp_path / "files")]) == 0
    assert (tmp_path / "files" / "secret").read_bytes() == b"hidden"


def test_what_was_decrypted_raises_no_alarm(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = [("c", b"GET / HTTP/1.1\r\nAuthorization: Basic YTpi\r\n\r\n")]
    records, keys = encrypted(tmp_path, ssl.TLSVersion.TLSv1_3, "", said)
    path = tmp_path / "basic.pcap"
    write(path, connection(records))
    main(["alarms", str(path), "--tls-keys", str(keys)])
    assert "clear-password" not in capsys.readouterr().out


def test_sections_of_any_order_share_them() -> None:
    parts = []
    orders: tuple[Order, ...] = ("little", "big")
    for order in orders:
        body = TLS_KEY_LOG.to_bytes(4, order) + (4).to_bytes(4, order) + b"abcd"
        parts += [section(order), block(order, 10, body), interface(order), enhanced(order)]
    with read(BytesIO(b"".join(parts))) as reader:
        assert [len(packet.secrets) for packet in reader] == [1, 2]
        assert isinstance(reader, PcapngReader)
        assert list(reader.secrets) == [Secrets(TLS_KEY_LOG, b"abcd")] * 2


def test_putting_in_and_taking_out(
    recording: tuple[list[Packet], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packets, keys = recording
    plain, full, empty, theirs = (str(tmp_path / name) for name in ("a.pcapng", "b.pcapng", "c.pcapng", "d.pcapng"))
    write(plain, packets)
    assert main(["write", plain, full, "--inject-secrets", f"tls,{keys}"]) == 0
    assert targets(Path(full)) == ["/secret"]
    assert main(["write", full, empty, "--discard-all-secrets"]) == 0
    assert Path(empty).read_bytes() == Path(plain).read_bytes()
    editcap = shutil.which("editcap")
    if editcap is not None:
        subprocess.run([editcap, "--inject-secrets", f"tls,{keys}", plain, theirs], check=True)
        assert targets(Path(theirs)) == ["/secret"]
    assert main(["write", plain, str(tmp_path / "e.pcap"), "--inject-secrets", f"tls,{keys}"]) == 2
    assert "becomes a pcap, which holds no secrets: add -F pcapng" in capsys.readouterr().err
    assert not (tmp_path / "e.pcap").exists()


@pytest.mark.parametrize("text", ["tls", "wireguard,x", "tls,/no/such/file", f"tls,{__file__}"])
def test_what_is_no_secret(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["write", str(tmp_path / "in"), str(tmp_path / "out"), "--inject-secrets", text]) == 2
    assert "secrets" in capsys.readouterr().err
