"""MANIFEST.md: a line per sample, written from the scenario's own words and from what was recorded."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from .sample import SAMPLES, Sample

MANIFEST_NAME = "MANIFEST.md"

INTRODUCTION = """# Capture samples

Real traffic of the Linux kernel, recorded by `record.py` in network namespaces that exist only while a sample is
recorded; what is not recorded but written or derived says so. This file is written by `record.py` too: recording a
sample again replaces its line, and those of samples derived from it, and no other. `python3 capture_samples/record.py
NAME` (as root) records one sample, `--all` every one, `--list` names them, `--out DIR` writes to another folder.

Hosts have the hardware addresses 02:00:00:00:INTERFACE:HOST and no IPv6; segmentation and checksum offload are off, so
a captured frame is what a wire would carry. Where neighbour entries are permanent, the capture starts without ARP.

| file | frames | shows | how | recorded |
|---|---|---|---|---|
"""

VERSION_COMMANDS: Mapping[str, tuple[str, ...]] = {
    "tcpdump": ("tcpdump", "--version"),
    "ip": ("ip", "-V"),
    "ethtool": ("ethtool", "--version"),
    "ping": ("ping", "-V"),
    "arping": ("arping", "-V"),
    "traceroute": ("traceroute", "-V"),
    "nft": ("nft", "--version"),
    "dnsmasq": ("dnsmasq", "--version"),
    "editcap": ("editcap", "--version"),
}


def _version(tool: str) -> str:
    result = subprocess.run(VERSION_COMMANDS[tool], capture_output=True, text=True, timeout=10)
    # iputils dates its releases, the others number them.
    found = re.search(r"\d+(\.\d+)+|\d{8}", result.stdout + result.stderr)
    return f"{tool} {found.group() if found else 'of unknown version'}"


def when_and_with_what(sample: Sample, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> str:
    """Give the date in UTC, and the versions of the kernel and of the tools that took part."""
    parts = [now().strftime("%Y-%m-%d %H:%M UTC")]
    if sample.record is not None:
        # What a distribution appends to the kernel's version says nothing about its network stack.
        parts.append("Linux " + os.uname().release.split("-")[0])
    parts += [_version(tool) for tool in sample.tools if tool in VERSION_COMMANDS]
    return ", ".join(parts)


def line(sample: Sample, frames: int, topology: str, commands: list[str], recorded: str) -> str:
    """Make a sample's line of the manifest's table."""
    how = [f"{topology[0].upper()}{topology[1:]}."] if topology else []
    how.append(sample.how)
    if sample.base is not None:
        how.append(f"From {SAMPLES[sample.base].file_name}.")
    if commands:
        how.append("Commands: " + ", ".join(f"`{command}`" for command in commands) + ".")
    cells = (sample.file_name, str(frames), sample.shows, " ".join(how), recorded)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def lines_of(text: str) -> dict[str, str]:
    """Find the manifest's lines, by file name."""
    return {row.group(1): row.group(0) for row in re.finditer(r"^\| ([a-z0-9_]+\.\w+) \| .*$", text, re.MULTILINE)}


def with_line(text: str, sample: Sample, new_line: str) -> str:
    """Put one sample's new line in its place, and every other one as it was, in the order of the samples' list.

    Lines of samples that are no more are left out.
    """
    lines = lines_of(text)
    lines[sample.file_name] = new_line
    names = (known.file_name for known in SAMPLES.values())
    return INTRODUCTION + "".join(lines[name] + "\n" for name in names if name in lines)


def read(folder: Path) -> str:
    """Read the folder's manifest, or no text where there is none yet."""
    path = folder / MANIFEST_NAME
    return path.read_text(encoding="utf-8") if path.exists() else ""
