"""The arguments and results of system calls, as scripts write them."""

from __future__ import annotations

from ipaddress import IPv4Address

from dissect.lab.drill.names import ERRNO, NUMBERS
from dissect.lab.drill.scanner import Scanner
from dissect.lab.drill.script import Call, Result, Structure, Value

__all__ = ["read_call"]

_ELLIPSIS = r"\.\.\."
_NAME = r"[A-Za-z_]\w*"
_WORDS_OF_AN_ERROR = r"\([^()]*\)"


def read_call(scanner: Scanner) -> Call:
    """Take a call: a name, arguments in parentheses, and behind `=` what it returns.

    >>> read_call(Scanner("", "fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0"))
    Call(name='fcntl', arguments=(3, 4, 2050), result=Result(value=0, error=None))
    >>> read_call(Scanner("", "read(4, ..., 1000) = -1 EAGAIN (Try again)")).result.error
    'EAGAIN'
    """
    name = scanner.expect(_NAME, "the name of a system call")
    scanner.expect(r"\(", f"'(' behind {name}")
    arguments = _values(scanner, r"\)")
    return Call(name, tuple(arguments), _result(scanner))


def _result(scanner: Scanner) -> Result:
    scanner.expect("=", "'=' and what the call returns")
    value = _value(scanner)
    error = None
    if value == -1:
        # A word behind -1 is an error; what begins the next event is a number, a sign or a star.
        error = scanner.take(r"E[A-Z0-9]+\b")
        if error is not None and error not in ERRNO:
            raise scanner.wrong(f"{error} is the name of no error, expected one as EAGAIN")
    scanner.take(_WORDS_OF_AN_ERROR)
    return Result(value, error)


def _values(scanner: Scanner, end: str) -> list[Value]:
    """Take values with commas between them up to an end."""
    found: list[Value] = []
    while not scanner.take(end):
        if found:
            scanner.expect(",", "',' or the end of the list")
        found.append(_value(scanner))
    return found


def _value(scanner: Scanner) -> Value:
    if scanner.take(_ELLIPSIS):
        return ...
    if scanner.sees('"'):
        return scanner.expect(r'"((?:[^"\\]|\\.)*)"', "'\"' at the end of a text")
    if scanner.take(r"\["):
        return _values(scanner, r"\]")
    if scanner.take(r"\{"):
        return _structure(scanner)
    if scanner.take(r"NULL\b"):
        return None
    value = _one(scanner)
    while scanner.take(r"\|"):
        other = _one(scanner)
        if not isinstance(value, int) or not isinstance(other, int):
            raise scanner.wrong("'|' joins numbers alone")
        value |= other
    return value


def _one(scanner: Scanner) -> Value:
    """Take a number, or a name that stands for one; or a function of the C library, such as `htons(8080)`."""
    digits = scanner.take(r"-?(?:0[xX][0-9a-fA-F]+|\d+)(?![\w.])")
    if digits is not None:
        return int(digits, 16 if "x" in digits.lower() else 10)
    name = scanner.expect(_NAME, "a value")
    if scanner.take(r"\("):
        return _function(scanner, name)
    if name not in NUMBERS:
        raise scanner.wrong(f"{name} is no constant that is known here, expected a number in its place")
    return NUMBERS[name]


def _function(scanner: Scanner, name: str) -> Value:
    arguments = _values(scanner, r"\)")
    argument = arguments[0] if arguments else None
    if name in ("htons", "htonl", "ntohs", "ntohl") and isinstance(argument, int):
        # Numbers of a script are those that people read; where they stand in memory, the call sees to the order.
        return argument
    if name in ("inet_addr", "inet_pton") and arguments and isinstance(arguments[-1], str):
        try:
            return str(IPv4Address(arguments[-1]))
        except ValueError:
            raise scanner.wrong(f"{arguments[-1]!r} is no IPv4 address, expected one as 192.0.2.1") from None
    raise scanner.wrong(f"{name}() is no function that is known here, expected htons() or inet_addr()")


def _structure(scanner: Scanner) -> Structure:
    """Take the inside of braces: `fd=4, events=POLLIN`, `msg_iov(1)=[...]`, or values by their places."""
    members: dict[str, Value] = {}
    places: list[Value] = []
    while not scanner.take(r"\}"):
        if members or places:
            scanner.expect(",", "',' or '}'")
        member = scanner.take(rf"({_NAME})\s*(?:\([^()]*\)\s*)?=(?!=)")
        if member is not None:
            members[member] = _value(scanner)
        else:
            places.append(_value(scanner))
    return Structure(members, tuple(places))
