"""The same packets in other kinds of file: nanoseconds, the other byte order, cut short, tagged, pcapng."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from .capture_file import in_byte_order
from .laboratory import Laboratory, RecordingError
from .sample import derived, recorded
from .topologies import bridged, two_hosts


@recorded(
    shows="a pcap file of nanosecond resolution",
    how="Three pings between hosts whose neighbour tables are empty, times written in nanoseconds.",
    tools=("ping",),
)
def first_ping_nanosecond(laboratory: Laboratory) -> None:
    client, _ = bridged(laboratory, "client", "server")
    with laboratory.capture(client, options=("--time-stamp-precision=nano",)):
        client.run(*"ping -n -c 3 -i 0.2 -e 1 10.0.0.2".split())


@derived(
    shows="a pcap file of big-endian byte order",
    how="Derived: the integers of the file's and the records' headers turned round, the frames unchanged.",
    base="first_ping",
)
def first_ping_big_endian(data: bytes) -> bytes:
    return in_byte_order(data, ">")


@derived(
    shows="a pcap file of nanosecond resolution and big-endian byte order",
    how="Derived: the integers of the file's and the records' headers turned round, the frames unchanged.",
    base="first_ping_nanosecond",
)
def first_ping_nanosecond_big_endian(data: bytes) -> bytes:
    return in_byte_order(data, ">")


@recorded(
    shows="frames cut to 64 bytes by the snap length, original lengths kept",
    how="Two pings of 4000 bytes over an MTU of 1500, captured with a snap length of 64.",
    tools=("ping",),
)
def ping_snap_length(laboratory: Laboratory) -> None:
    client, _ = two_hosts(laboratory)
    # Given 60, libpcap 1.10 in immediate mode keeps 58 bytes.
    with laboratory.capture(client, options=("-s", "64")):
        client.run(*"ping -n -c 2 -i 0.2 -s 4000 -e 1 10.0.0.2".split())


def _pcapng(data: bytes, *options: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "source.pcap"), Path(folder, "target.pcapng")
        source.write_bytes(data)
        command = ("editcap", "-F", "pcapng", *options, str(source), str(target))
        result = subprocess.run(command, capture_output=True, text=True, timeout=60)
        if result.returncode != 0:
            raise RecordingError(f"editcap ended with status {result.returncode}: {' '.join(result.stderr.split())}")
        return target.read_bytes()


@derived(
    shows="a pcapng file with a comment on the capture and one on a frame",
    how='Derived: `editcap -F pcapng --capture-comment "The first ping across a bridge." -a "2:The reply."`.',
    base="first_ping",
    suffix=".pcapng",
    tools=("editcap",),
)
def pcapng_comments(data: bytes) -> bytes:
    return _pcapng(data, "--capture-comment", "The first ping across a bridge.", "-a", "2:The reply.")


@derived(
    shows="a pcapng file of nanosecond resolution",
    how="Derived: `editcap -F pcapng`.",
    base="first_ping_nanosecond",
    suffix=".pcapng",
    tools=("editcap",),
)
def pcapng_nanosecond(data: bytes) -> bytes:
    return _pcapng(data)
