"""The files of every capture of the corpus beside those that tshark exports, byte for byte."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from dissect import DissectError
from dissect.flows.objects import export
from tests.oracle.tshark import Tshark

KINDS = {"http": "http", "tftp": "tftp", "ftp": "ftp-data", "smtp": "imf"}
"""By the name of a kind here, tshark's."""
ARGUED = {
    "http-length-and-chunked.pcap": "tshark takes the length, where chunks count (RFC 9112, section 6.3)",
    "smtp-pipelining.pcap": "tshark misses the end of a mail with a command behind it in its segment",
    "tcp-urgent1.pcap": "tshark exports what it has tried as HTTP in urgent data",
}


@pytest.mark.long
def test_every_capture(tshark: Tshark, corpus_capture: Path, tmp_path: Path) -> None:
    if corpus_capture.name in ARGUED:
        pytest.skip(ARGUED[corpus_capture.name])
    asked = [part for name in KINDS.values() for part in ("--export-objects", f"{name},{tmp_path / name}")]
    # The judge's profile knows no mail, so that tshark is asked with one of its own, and with its checks of checksums.
    checks = [part for name in ("ip", "tcp", "udp") for part in ("-o", f"{name}.check_checksum:TRUE")]
    (tmp_path / "profile").mkdir()
    subprocess.run(
        [tshark.program, "-n", "-r", str(corpus_capture), "-q", *checks, *asked],
        env={**os.environ, "WIRESHARK_CONFIG_DIR": str(tmp_path / "profile")}, capture_output=True, timeout=60,
    )  # fmt: skip
    for kind, name in KINDS.items():
        folder = tmp_path / name
        theirs = {file.name: file.read_bytes() for file in folder.iterdir()} if folder.exists() else {}
        ours: dict[str, bytes] = {}
        try:
            for found, path in export(corpus_capture, kind, tmp_path / kind / "ours"):
                ours[path.name] = found.data
        except DissectError:
            # The capture is damaged, after what is whole.
            continue
        assert ours == theirs
