"""Fingerprints of TLS hellos: what a program offers tells which program it is.

JA3 and JA3S are the MD5 of five, or three, lists of numbers in the order in which they stand
(https://github.com/salesforce/ja3). JA4 is readable in its first part, and the rest are hashes of sorted lists, so
that it doesn't depend on their order (https://github.com/FoxIO-LLC/ja4, technical_details/JA4.md). Values that are
there to mean nothing (GREASE, RFC 8701) are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import md5, sha256
from typing import Any

from dissect.protocols.tls_numbers import is_grease

__all__ = ["ja3_of_client", "ja3_of_server", "ja4", "md5_of"]

_GROUPS, _POINT_FORMATS, _SIGNATURES, _ALPN, _VERSIONS, _SERVER_NAME = 10, 11, 13, 16, 43, 0
_VERSION_LETTERS = {0x0304: "13", 0x0303: "12", 0x0302: "11", 0x0301: "10", 0x0300: "s3", 0x0002: "s2"}


def _numbers(entries: Iterable[Any] | None) -> Iterator[int]:
    """Yield the number in each record of a list, those that mean nothing left out."""
    for entry in entries or ():
        number = 0 if isinstance(entry, bytes) else int(entry.raw(entry.layout[0]))
        if not isinstance(entry, bytes) and not is_grease(number):
            yield number


def _listed(hello: Any, kind: int, name: str) -> list[int]:
    """Return the numbers in a list of one of a hello's extensions; none where it has none."""
    for extension in hello.extensions or ():
        if not extension.malformed and extension.raw("type") == kind:
            return list(_numbers(getattr(extension, name, None)))
    return []


def _types(hello: Any) -> list[int]:
    types = (int(each.raw("type")) for each in hello.extensions or () if not each.malformed)
    return [number for number in types if not is_grease(number)]


def _joined(numbers: Iterable[int]) -> str:
    return "-".join(map(str, numbers))


def ja3_of_client(hello: Any) -> str:
    """Return what JA3 is the hash of: version, suites, extensions, groups and point formats of a ClientHello."""
    lists = (
        _numbers(hello.cipher_suites),
        _types(hello),
        _listed(hello, _GROUPS, "groups"),
        _listed(hello, _POINT_FORMATS, "formats"),
    )
    return ",".join([str(hello.raw("version")), *map(_joined, lists)])


def ja3_of_server(hello: Any) -> str:
    """Return what JA3S is the hash of: version, suite and extensions of a ServerHello."""
    return f"{hello.raw('version')},{hello.raw('cipher_suite')},{_joined(_types(hello))}"


def md5_of(text: str) -> str:
    """Return the MD5 of text, in hexadecimal digits."""
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def _short_hash(numbers: Iterable[str]) -> str:
    text = ",".join(numbers)
    return sha256(text.encode()).hexdigest()[:12] if text else "0" * 12


def ja4(hello: Any, transport: str = "t") -> str:
    """Return the JA4 of a ClientHello; `transport` is "t" for TCP and "q" for QUIC.

    >>> from dissect.protocols.tls_hellos import ClientHello
    >>> ja4(ClientHello(cipher_suites=["TLS_AES_128_GCM_SHA256"]))
    't12i010000_0f2cb44170f4_000000000000'
    """
    types = _types(hello)
    suites = [f"{number:04x}" for number in _numbers(hello.cipher_suites)]
    version = max(_listed(hello, _VERSIONS, "versions"), default=int(hello.raw("version")))
    name = "d" if _SERVER_NAME in types else "i"
    alpn = _first_protocol(hello)
    head = (
        f"{transport}{_VERSION_LETTERS.get(version, '00')}{name}{min(len(suites), 99):02}{min(len(types), 99):02}{alpn}"
    )
    extensions = ",".join(f"{number:04x}" for number in sorted(types) if number not in (_SERVER_NAME, _ALPN))
    signatures = ",".join(f"{number:04x}" for number in _listed(hello, _SIGNATURES, "schemes"))
    text = f"{extensions}_{signatures}" if signatures else extensions
    behind = sha256(text.encode()).hexdigest()[:12] if types else "0" * 12
    return f"{head}_{_short_hash(sorted(suites))}_{behind}"


def _first_protocol(hello: Any) -> str:
    """Return the first and the last character of the first protocol above TLS; "00" where none is offered."""
    for extension in hello.extensions or ():
        for entry in getattr(extension, "protocols", None) or ():
            if extension.raw("type") != _ALPN or isinstance(entry, bytes):
                continue
            data = bytes(entry.raw("protocol"))
            if not data:
                return "00"
            first, last = chr(data[0]), chr(data[-1])
            is_readable = (first + last).isascii() and first.isalnum() and last.isalnum()
            return first + last if is_readable else data.hex()[0] + data.hex()[-1]
    return "00"
