"""What a file is by its first bytes, where it is no capture that can be read."""

from __future__ import annotations

__all__ = ["LOOKED_AT", "what_it_is"]

# How many bytes `what_it_is` may look at.
LOOKED_AT = 64

_CONVERT = "convert it with 'editcap -F pcap'"
_KNOWN: tuple[tuple[bytes, str, str], ...] = (
    (b"BZh", "compressed by bzip2", "uncompress it first with 'bunzip2'"),
    (b"PK\x03\x04", "a zip archive", "unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "unpack it first"),
    (b"btsnoop\x00", "a btsnoop file", _CONVERT),
    (b"TRSNIFF data", "a Sniffer file", _CONVERT),
    (b"XCP\x00", "a NetXRay file", _CONVERT),
    (b"5VIEW", "a 5View file", _CONVERT),
    (b"\x1c\x00\x01\xac", "an Ixia lcaptap file", _CONVERT),
    (b"\xac\x01\x00\x1c", "an Ixia lcaptap file", _CONVERT),
    (b"\x1c\x00\x01\xab", "an Ixia lcaptap file", _CONVERT),
    (b"\xab\x01\x00\x1c", "an Ixia lcaptap file", _CONVERT),
    (b"\x7fELF", "a program (ELF)", "give a capture file"),
    (b"SQLite format 3", "an SQLite database", "give a capture file"),
    (b"%PDF", "a PDF document", "give a capture file"),
    (b"<?xml", "XML", "give the capture that it was made from"),
)

_HEX_TEXT = frozenset(b"0123456789abcdefABCDEFxX \t\r\n:.,|*-")


def what_it_is(start: bytes) -> tuple[str, str]:
    """Say what a file that starts with these bytes seems to be, and what to do about it."""
    for magic, name, remedy in _KNOWN:
        if start.startswith(magic):
            return name, remedy
    if start and not start.strip(b"\x00"):
        return "zero bytes", "the copy or the disk may have failed: take the file from its source again"
    text = start.removeprefix(b"\xef\xbb\xbf")
    if text and all(byte in b"\t\n\r\f" or 0x20 <= byte < 0x7F for byte in text):
        first_line = text.lstrip().split(b"\n")[0]
        if first_line and all(byte in _HEX_TEXT for byte in first_line.split(b"  ")[0]):
            return "text, a hex dump perhaps", "turn it into a capture first with 'dissect hex'"
        return "text", "give a capture file"
    return f"a file that starts with {start[:4].hex(' ')}", "give a pcap or pcapng file"
