"""Sets of addresses and ports in the words that people use for them."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_interface
from typing import Any, overload

from dissect.declaration.several import Several
from dissect.errors import FieldError

__all__ = ["hosts", "ports"]

_LARGEST_PORT = 0xFFFF


class _Addresses(Sequence[str]):
    """Addresses that follow one another, as texts."""

    def __init__(self, first: int, last: int, version: int) -> None:
        self._first, self._version = first, version
        self.size = last - first + 1

    def __len__(self) -> int:
        return self.size

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...
    def __getitem__(self, place: int | slice) -> Any:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(self.size))]
        if not 0 <= place < self.size:
            raise IndexError(place)
        number = self._first + place
        return str(ip_address(number.to_bytes(4 if self._version == 4 else 16, "big")))


def hosts(*texts: str | IPv4Network | IPv6Network | IPv4Address | IPv6Address) -> Any:
    """Return the hosts of networks, ranges and single addresses, for a field of a frame that is expanded.

    Of an IPv4 network with more than two addresses the first and the last are no hosts; of IPv6 all but the first are
    (RFC 4291, section 2.6.1). The result is a set as `several` returns it. Objects of `ipaddress` are taken as well.

    >>> list(hosts("10.0.0.0/30", "10.0.0.9", "10.0.1.5-7"))
    ['10.0.0.1', '10.0.0.2', '10.0.0.9', '10.0.1.5', '10.0.1.6', '10.0.1.7']
    >>> len(hosts("10.0.0.0/8"))
    16777214

    Raises FieldError for what is none of these.
    """
    said = [str(text) for text in texts]
    return Several([_hosts_of(text.strip()) for text in said], f"hosts({', '.join(map(repr, said))})")


def ports(*numbers: int | str) -> Any:
    """Return ports: from the first to the last of two numbers, or those of a text such as "22,80,8000-8100".

    >>> list(ports(20, 22)), list(ports(80)), list(ports("22,80,8000-8002"))
    ([20, 21, 22], [80], [22, 80, 8000, 8001, 8002])

    The result is a set as `several` returns it. Raises FieldError for what is none of these.
    """
    said = f"ports({', '.join(map(repr, numbers))})"
    if len(numbers) == 1 and isinstance(numbers[0], str):
        pieces = [_range_of(piece, said) for piece in numbers[0].split(",")]
    elif 1 <= len(numbers) <= 2 and all(isinstance(each, int) for each in numbers):
        pieces = [_range_of("-".join(map(str, numbers)), said)]
    else:
        raise FieldError(f'{said} names no ports, expected one or two numbers, or a text as in "22,80,8000-8100"')
    return Several(pieces, said)


def _range_of(text: str, said: str) -> range:
    first, dash, last = text.strip().partition("-")
    if text.strip() == "-":
        first, last = "1", str(_LARGEST_PORT)
    bounds = [int(each) if each.strip().isdecimal() else -1 for each in (first, last if dash else first)]
    if not 0 <= bounds[0] <= bounds[1] <= _LARGEST_PORT:
        raise FieldError(f"{said} names {text.strip()!r}, expected ports of 0 to {_LARGEST_PORT}, the lower one first")
    return range(bounds[0], bounds[1] + 1)


def _hosts_of(text: str) -> Sequence[str]:
    first, dash, last = text.partition("-")
    try:
        if dash:
            begin = ip_address(first.strip())
            separator = "." if begin.version == 4 else ":"
            last = last.strip()
            end = ip_address(
                last if separator in last else f"{first.strip().rpartition(separator)[0]}{separator}{last}"
            )
            if end.version != begin.version or int(end) < int(begin):
                raise ValueError
            return _Addresses(int(begin), int(end), begin.version)
        network = ip_interface(text).network
    except ValueError:
        raise FieldError(
            f"{text!r} names no hosts, expected an address, a network as in 10.0.0.0/24, or a range as in 10.0.0.1-20"
        ) from None
    least, most = int(network.network_address), int(network.broadcast_address)
    if most - least > 1:
        least += 1
        most -= network.version == 4
    return _Addresses(least, most, network.version)
