"""Options of DHCP that have one value, or a list, beside scapy's: which code has which kind of value."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from scapy.fields import Field
from scapy.layers import dhcp as scapy

from dissect import DHCP
from dissect.protocols.dhcp_options import DHCPValueOption

__all__ = ["classes_of", "parsed", "scapys_bytes"]

_VALUES: dict[str, tuple[Any, Any]] = {
    "IPField": ("192.0.2.1", ("192.0.2.1", "198.51.100.2")),
    "IntField": (0x01020304, None),
    "ShortField": (0x0506, (0x0506, 0x0708)),
    "ByteField": (1, None),
    "StrField": ("some text", None),
}
"""By the kind of scapy's field, a value, and several where an option takes them."""


def classes_of(module: ModuleType) -> list[type[Any]]:
    """The options with one value or one list that a module declares, and that scapy knows as such."""
    found = (getattr(module, name) for name in module.__all__)
    return [
        cls for cls in found
        if issubclass(cls, DHCPValueOption) and cls.number is not None and {"value", "values"} & set(cls._by_name)
        and isinstance(scapy.DHCPOptions.get(cls.number), Field | str)
    ]  # fmt: skip


def scapys_bytes(cls: type[Any]) -> tuple[Any, bytes]:
    """An option of a class with a value of its kind, and the bytes that scapy makes of the same."""
    known: Any = scapy.DHCPOptions[cls.number]
    name, kind = (known, "StrField") if isinstance(known, str) else (known.name, type(known).__name__)
    one, several = _VALUES[kind]
    value = one if "value" in cls._by_name else several
    given = value if isinstance(value, tuple) else (value,)
    return cls(value), bytes(scapy.DHCP(options=[(name, *given)]))


def parsed(raw: bytes) -> list[Any]:
    """The options of a message that holds these bytes."""
    message = bytes(DHCP(options=raw + b"\xff"))
    return list(DHCP.decode(message, 0, len(message), 0).options)[:-1]
