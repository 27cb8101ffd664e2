"""Names of NetBIOS: sixteen bytes, two letters for each, and a scope behind them (RFC 1001, section 14.1)."""

from __future__ import annotations

import re
from typing import Any

from dissect.declare import DomainName

__all__ = ["NetBIOSName", "netbios_text"]

_SIZE = 16
_TEXT = re.compile(r"((?:[^<.@]|<[0-9a-f]{2})*)<([0-9a-f]{2})>(?:\.(.*))?", re.DOTALL)
_PIECE = re.compile(r"<([0-9a-f]{2})>|(.)", re.DOTALL)
_LETTERS = b"ABCDEFGHIJKLMNOP"


class NetBIOSName(DomainName):
    """A name as people write it: "FRED<20>", the last byte in brackets; other bytes that are no characters, too.

    What is no such name is a name of labels, as in DNS.

    >>> name = NetBIOSName()
    >>> name.store("FRED<20>", 0)[:9], name.load(name.store("FRED<1b>.corp.example", 0))
    (b' EGFCEFEE', 'FRED<1b>.corp.example')
    """

    def load(self, raw: bytes) -> str:
        octets = _decoded(raw)
        if octets is None:
            text = super().load(raw)
            return text.replace("<", "\\060") if _TEXT.fullmatch(text) else text
        scope = super().load(raw[1 + 2 * _SIZE :])
        own = "".join(_shown(byte, b"<.@") for byte in octets[:-1].rstrip(b" "))
        return f"{own}<{octets[-1]:02x}>" + ("" if scope == "." else f".{scope}")

    def store(self, value: Any, width: int) -> bytes:
        found = _TEXT.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            return super().store(value, width)
        pieces = (int(code, 16) if code else ord(letter) for code, letter in _PIECE.findall(found[1]))
        try:
            octets = bytes(pieces)
        except ValueError:
            raise ValueError("a name of 15 bytes, and one more in brackets") from None
        if len(octets) >= _SIZE:
            raise ValueError("a name of at most 15 bytes, and one more in brackets")
        octets = octets.ljust(_SIZE - 1) + bytes([int(found[2], 16)])
        letters = bytes(_LETTERS[half] for byte in octets for half in (byte >> 4, byte & 15))
        return bytes([len(letters)]) + letters + super().store(found[3] or ".", width)

    def text(self, raw: bytes, base: int, digits: int) -> str:
        """Return the name as Wireshark prints it, or what is wrong with it."""
        name = super().text(raw, base, digits)
        label, dot, scope = name.partition(".")
        octets = bytearray()
        for place, letter in enumerate(label):
            if not "A" <= letter <= "Z":
                which = "2nd" if place % 2 else "1st"
                return f"Illegal NetBIOS name ({which} character not between A and Z in first-level encoding)"
            number = ord(letter) - ord("A")
            if place % 2:
                octets[-1] |= number
            else:
                octets.append(number << 4 & 0xFF)
        if len(label) % 2:
            return "Illegal NetBIOS name (odd number of bytes)"
        if len(octets) < _SIZE:
            return f"Illegal NetBIOS name ({len(octets)} bytes long)"
        return f"{netbios_text(bytes(octets[:_SIZE]))}{dot}{scope}"


def netbios_text(octets: bytes) -> str:
    r"""Return sixteen bytes as text: the last one in brackets, and those that are no characters.

    >>> netbios_text(b"FRED           \x1b"), netbios_text(b"*" + bytes(15))[:9]
    ('FRED<1b>', '*<00><00>')
    """
    return "".join(_shown(byte) for byte in octets[:-1].rstrip(b" ")) + f"<{octets[-1]:02x}>"


def _shown(byte: int, others: bytes = b"") -> str:
    return chr(byte) if 0x20 <= byte < 0x7F and byte not in others else f"<{byte:02x}>"


def _decoded(raw: bytes) -> bytes | None:
    """Return the sixteen bytes of a name; None where it is none."""
    letters = raw[1 : 1 + 2 * _SIZE]
    if raw[:1] != bytes([2 * _SIZE]) or len(letters) < 2 * _SIZE or letters.strip(_LETTERS):
        return None
    halves = [_LETTERS.index(letter) for letter in letters]
    return bytes(high << 4 | low for high, low in zip(halves[::2], halves[1::2], strict=True))
