"""The command line: which samples are recorded, where they are written, what is said when that fails."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from . import arp, icmp, manifest, programs, services, tags, tcp, tcp_attempts, tcp_pressure, tunnels, udp, variants
from .capture_file import frame_count, in_byte_order
from .laboratory import Laboratory, RecordingError
from .sample import SAMPLES, Sample

# Importing a module of scenarios is what puts its samples on the list.
SCENARIOS = (arp, icmp, udp, tcp, tcp_attempts, tcp_pressure, programs, services, tags, tunnels, variants)


def write_beside_and_rename(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    beside = path.with_name(f".{path.stem}.{os.getpid()}.partial")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def make(sample: Sample, folder: Path) -> None:
    """Record, derive or write one sample into the folder, and renew its line of the folder's manifest.

    Raises RecordingError with one sentence.
    """
    topology, commands = "", list[str]()
    if sample.record is not None:
        with Laboratory() as laboratory:
            sample.record(laboratory)
        data = in_byte_order(laboratory.captured, "<")
        topology, commands = laboratory.topology, laboratory.commands
    elif sample.derive is not None and sample.base is not None:
        base = folder / SAMPLES[sample.base].file_name
        if not base.exists():
            raise RecordingError(f"it is derived from {base}, which is not there: record {sample.base} first")
        data = sample.derive(base.read_bytes())
    else:
        assert sample.write is not None
        data = sample.write()
    recorded = manifest.when_and_with_what(sample)
    line = manifest.line(sample, frame_count(data), topology, commands, recorded)
    write_beside_and_rename(folder / sample.file_name, data)
    text = manifest.with_line(manifest.read(folder), sample, line)
    write_beside_and_rename(folder / manifest.MANIFEST_NAME, text.encode())


def obstacle(samples: Sequence[Sample]) -> str | None:
    """Why these samples can't be recorded here, in one sentence; None when nothing is known against it."""
    if any(sample.record for sample in samples):
        if not sys.platform.startswith("linux"):
            return "recording needs Linux and its network namespaces; this is " + sys.platform
        if os.geteuid() != 0:
            return "recording needs root, for network namespaces and tcpdump: run it again with sudo"
    missing = sorted({tool for sample in samples for tool in sample.tools if shutil.which(tool) is None})
    if missing:
        return f"recording needs {', '.join(missing)}, not found in PATH: install the packages that have them"
    return None


def _end_orderly(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit status: 0, or 2 with one sentence on standard error."""
    parser = argparse.ArgumentParser(
        prog="record.py", description="Record the capture samples in network namespaces (needs root)."
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="samples to record; every one when none is named")
    parser.add_argument("--all", action="store_true", help="record every sample")
    parser.add_argument("--list", action="store_true", help="name the samples and what they show, record nothing")
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).parents[1], metavar="DIR", help="where files are written"
    )
    options = parser.parse_args(arguments)
    if options.list:
        width = max(map(len, SAMPLES)) + 2
        for sample in SAMPLES.values():
            print(f"{sample.name:{width}}{sample.shows}")
        return 0
    unknown = [name for name in options.names if name not in SAMPLES]
    if unknown:
        return _failed(f"no sample is called {', '.join(unknown)}: --list names them all")
    everything = options.all or not options.names
    samples = list(SAMPLES.values()) if everything else [SAMPLES[name] for name in options.names]
    # What was derived from a sample stays in step with it.
    stale = [
        s for s in SAMPLES.values() if s.base and SAMPLES[s.base] in samples and (options.out / s.file_name).exists()
    ]
    samples += [sample for sample in stale if sample not in samples]
    reason = obstacle(samples)
    if reason is not None:
        return _failed(reason)
    for sample in samples:
        try:
            options.out.mkdir(parents=True, exist_ok=True)
            make(sample, options.out)
        except KeyboardInterrupt:
            return _failed(f"interrupted while recording {sample.name}", status=130)
        except (RecordingError, OSError, ValueError, EOFError, subprocess.TimeoutExpired) as error:
            return _failed(f"{sample.name}: {error}")
        print(options.out / sample.file_name)
    return 0


def _failed(sentence: str, status: int = 2) -> int:
    print(f"record.py: {sentence}", file=sys.stderr)
    return status


def run() -> int:
    """Run the command line as a program; when the reader of its output leaves, as `| head` does, it ends quietly."""
    # Ended or hung up on, the recorder still takes its namespaces down.
    signal.signal(signal.SIGTERM, _end_orderly)
    signal.signal(signal.SIGHUP, _end_orderly)
    try:
        status = main()
        sys.stdout.flush()
    except BrokenPipeError:
        # The interpreter must not complain at its own flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status
