"""Frames from hex text that somebody copied."""

from __future__ import annotations

import shutil
import subprocess

from dissect.captures.hextext import parse_hex_text
from dissect.declaration.header import Header
from dissect.errors import DissectError
from dissect.packets.packet import parse

__all__ = ["clipboard_text", "paste"]

_PROGRAMS = (
    ("wl-paste", "--no-newline"),
    ("xclip", "-selection", "clipboard", "-out"),
    ("xsel", "--clipboard", "--output"),
    ("pbpaste",),
    ("powershell.exe", "-NoProfile", "-Command", "Get-Clipboard"),
)
"""What prints the clipboard: of Wayland, X11, macOS, Windows."""
_PATIENCE = 10
"""Seconds for a program to answer."""


def paste(text: str | None = None, *, link: str | int = "ethernet") -> list[Header]:
    """Return the frames in a text of hex digits: `text`, or what the clipboard holds.

    The text may be what `dissect.parse_hex_text` reads: hex dumps of Wireshark, tshark, tcpdump, xxd
    and the like, bare digits, Python or C. `link` is the link type of the frames, as `dissect.parse`
    takes it. Raises HexTextError for a text without frames, DissectError where no program is there
    that reads the clipboard, FieldError for an unknown link type.

    >>> paste("00055da1b840 00055d6158a8 0806")
    [Ethernet(dst='00:05:5d:a1:b8:40', src='00:05:5d:61:58:a8', type='arp')]
    """
    return [parse(data, link) for data in parse_hex_text(clipboard_text() if text is None else text)]


def clipboard_text() -> str:
    """Return the text of the clipboard; DissectError where none of the programs that know it is installed."""
    found = [command for command in _PROGRAMS if shutil.which(command[0])]
    reason = "there is no program here that reads it: install xclip or wl-clipboard"
    for command in found:
        try:
            done = subprocess.run(command, capture_output=True, timeout=_PATIENCE, check=False)
        except (OSError, subprocess.TimeoutExpired):
            reason = f"{command[0]} does not answer"
            continue
        if done.returncode == 0:
            return done.stdout.decode("utf-8", "replace")
        reason = f"{command[0]} says {done.stderr.decode('utf-8', 'replace').strip() or 'nothing'}"
    raise DissectError(f"The clipboard cannot be read, for {reason}; or give the text itself: paste('00 05 5d ...').")
