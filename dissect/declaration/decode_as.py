"""Decode as: what a number says is carried, chosen by the user while the program runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

from dissect.declaration import decoder
from dissect.declaration.automatic import Ports, Selector
from dissect.declaration.carrying import protocol_named
from dissect.declaration.fields import Field
from dissect.declaration.header import Data, Header
from dissect.declaration.payloads import forget_payloads
from dissect.declaration.pending import declare_pending
from dissect.declaration.selection import count_change
from dissect.errors import DissectError

__all__ = ["DecodeAs", "decode_as", "read_rule"]

_RULE = re.compile(r"\s*([^=\s]+)\s*==\s*([^-:,\s]+)\s*(?:([-:])\s*([^,\s]+)\s*)?")
_MOST = 0x10000
"""How many numbers a range may have."""
_ACTIVE: list[DecodeAs] = []
_LENT: list[tuple[type[Header], type[Header]]] = []
"""Carriers, and the protocols that have a number there for no other reason than that a user chose one."""


class DecodeAs:
    """A choice of the user, which holds until `undo()`, or to the end of a `with`; see `decode_as`."""

    def __init__(self, layer: str, protocol: type[Header] | str) -> None:
        carriers, numbers = _read_layer(layer)
        self.protocol = _protocol(protocol)
        self._carriers, self._numbers = carriers, numbers
        self.layer = layer
        _ACTIVE.append(self)
        _apply_all()

    def undo(self) -> None:
        """Take the choice back; what was declared, or chosen otherwise, holds again."""
        if self in _ACTIVE:
            _ACTIVE.remove(self)
            _apply_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.undo()

    def __repr__(self) -> str:
        return f"decode_as({self.layer!r}, {self.protocol.name!r})"

    def _apply(self) -> None:
        for carrier in self._carriers:
            for cls in _with_followers(carrier):
                cls._chosen.update(dict.fromkeys(self._numbers, self.protocol.decode))
                # Bytes that nobody reads ask for no number; a protocol that has none here is built with the first.
                if self.protocol is not Data and self.protocol not in cls._numbers:
                    cls._numbers[self.protocol] = self._numbers[0]
                    _LENT.append((cls, self.protocol))


def decode_as(layer: str, protocol: type[Header] | str) -> DecodeAs:
    """Read what some numbers stand for as another protocol, from now on.

    `layer` is a field that says what follows, and a number or a range: "udp.port==9999", "tcp.port==8888-8890",
    "tcp.port==8888:3" (three numbers), "ethertype==0x88b5", "ip.proto==253". `protocol` is a class of headers or its
    display-filter name; "data" leaves the bytes unread. A chosen port goes before all that are declared.
    The result is a context manager, and has an `undo()`. FieldError's base, DissectError, is raised
    for a layer, number or protocol that does not exist, and names the nearest.

    >>> from dissect import IPv4, UDP, VXLAN, Ethernet, parse
    >>> data = bytes(Ethernet() / IPv4() / UDP(dport=9999) / bytes(VXLAN(vni=5) / Ethernet()))
    >>> with decode_as("udp.port==9999", VXLAN):
    ...     parse(data)[VXLAN].vni
    5
    >>> VXLAN in parse(data)
    False
    """
    return DecodeAs(layer, protocol)


def read_rule(text: str) -> DecodeAs:
    """Apply a rule as the command line has it: "udp.port==9999,vxlan"; errors are those of `decode_as`."""
    layer, comma, protocol = text.rpartition(",")
    if not comma or "==" not in layer:
        raise DissectError(f"{text!r} is no LAYER==NUMBER,PROTOCOL, as in udp.port==9999,vxlan")
    return decode_as(layer, protocol.strip())


def _apply_all() -> None:
    """Bring all tables to what is declared and what is chosen now, the last choice above all."""
    for carrier, protocol in _LENT:
        carrier._numbers.pop(protocol, None)
    _LENT.clear()
    for cls in _headers(Header):
        cls._chosen.clear()
        cls._known.clear()
    for choice in _ACTIVE:
        choice._apply()
    forget_payloads()
    count_change()


def _read_layer(text: str) -> tuple[list[type[Header]], range]:
    """Return the carriers and numbers that a layer names."""
    match = _RULE.fullmatch(text)
    if match is None:
        raise DissectError(f"{text!r} is no LAYER==NUMBER, as in udp.port==9999 or tcp.port==8888-8890")
    name, first, sign, last = match.groups()
    tables = _tables()
    if name not in tables:
        raise DissectError(f"there is no layer {name!r} to decode; {_nearest(name, tables)}")
    carriers, selector = tables[name]
    start = _number(first, name)
    stop = start if sign is None else _number(last, name)
    if sign == ":":
        stop += start - 1
    least, most = int(isinstance(selector.factory, Ports)), (1 << selector.width) - 1
    if not least <= start <= stop <= most or stop - start >= _MOST:
        raise DissectError(f"{text!r} has numbers that {name} cannot have, expected {least} to {most}")
    return carriers, range(start, stop + 1)


def _number(text: str, name: str) -> int:
    try:
        return int(text, 0)
    except ValueError:
        raise DissectError(
            f"{text!r} is no number for {name}, expected one as in {name}==9999 or {name}==0x270f"
        ) from None


def _tables() -> dict[str, tuple[list[type[Header]], Field]]:
    """Return, by name, the headers that say what follows and the field by which they say it.

    The name is that of the table, as tshark has it, and of the field itself. Of headers that carry the same, the
    first stands for the others.
    """
    declare_pending()
    found: dict[str, tuple[list[type[Header]], Field]] = {}
    followers = {follower for cls in _headers(Header) for follower in cls._followers}
    for cls in _headers(Header):
        selector = decoder.field_of_role(cls, Selector)
        if selector is None or not cls.name or cls is not _first_with(cls, selector):
            continue
        role: Any = selector.factory
        for name in {role.table, *(() if isinstance(role, Ports) else (selector.label, selector.also))} - {""}:
            carriers = found.setdefault(name, ([], selector))[0]
            if not any(cls in _with_followers(carrier) for carrier in carriers) or cls not in followers:
                carriers.append(cls)
    return found


def _first_with(cls: type[Header], selector: Field) -> type[Header]:
    """Return the class that brings the selector, of which the forms of a header are subclasses."""
    return next(base for base in reversed(cls.__mro__) if selector in base.__dict__.get("layout", ()))


def _protocol(given: Any) -> type[Header]:
    if isinstance(given, type):
        if issubclass(given, Header) and given.name:
            return given
        raise DissectError(f"{given!r} is no protocol, expected a class of headers or a name as in 'vxlan'")
    declare_pending()
    found = protocol_named(given.lower())
    if found is None:
        names = {cls.name for cls in _headers(Header)} - {""}
        raise DissectError(f"there is no protocol {given!r}; {_nearest(given.lower(), names)}")
    return found


def _nearest(name: str, names: Any) -> str:
    # For an error alone.
    from difflib import get_close_matches

    near = get_close_matches(name, sorted(names), 1)
    return f"did you mean {near[0]!r}?" if near else f"there are {', '.join(sorted(names))}"


def _headers(base: type[Header]) -> Iterator[type[Header]]:
    for cls in base.__subclasses__():
        # One that was refused may still be there, and so may those that stand for traced headers.
        if cls.is_declared and not cls.is_traced:
            yield cls
            yield from _headers(cls)


def _with_followers(carrier: type[Header]) -> Iterator[type[Header]]:
    yield carrier
    for follower in carrier._followers:
        yield from _with_followers(follower)
