"""The exceptions of the workbench; every one of them is a `DissectError`."""

from __future__ import annotations

__all__ = [
    "CaptureError",
    "CaptureFilterError",
    "ConnectionFailedError",
    "DissectError",
    "FieldAbsentError",
    "FieldError",
    "FilterError",
    "FragmentationNeededError",
    "HexTextError",
    "IdleConnectionError",
    "InterfaceError",
    "MissingExtraError",
    "NameNotFoundError",
    "NextHopError",
    "NoRouteError",
    "RestlessNetworkError",
    "ScenarioError",
    "TimeExceededError",
]


class DissectError(Exception):
    """Anything that the workbench refuses or could not do; its text is one sentence."""

    def __reduce__(self) -> tuple[object, ...]:
        """Cross to another process as text and attributes: constructors of subclasses take more than their text."""
        return _again, (type(self), self.args), self.__dict__


def _again(cls: type[DissectError], args: tuple[object, ...]) -> DissectError:
    return cls.__new__(cls, *args)


class FieldError(DissectError, ValueError):
    """A value that does not fit its field: the text names header, field, value and range."""


class FilterError(DissectError, ValueError):
    """A display filter that cannot be understood: one sentence, then the filter with a caret below the place.

    `position` is the offset of that place in the filter, in characters from 0; `message` the
    sentence alone.
    """

    def __init__(self, message: str, text: str, position: int, end: int | None = None) -> None:
        position = min(max(position, 0), len(text))
        length = max(min(len(text) if end is None else end, len(text)) - position, 1)
        # A line break or tab would shift what stands below it, and the sentence may hold a part of the filter; a window
        # of that is shown if it is long.
        message, shown = (
            "".join(character if character.isprintable() else " " for character in each) for each in (message, text)
        )
        first = max(position - 60, 0)
        window, column = shown[first : first + 100], position - first
        marks = "^" + "~" * (min(length, 100 - column) - 1)
        super().__init__(f"{message}\n  {window}\n  {' ' * column}{marks}")
        self.message = message
        self.position = position


class CaptureFilterError(DissectError, ValueError):
    """A capture filter that libpcap refuses, or that cannot be tried on these frames."""


class CaptureError(DissectError):
    """A capture that cannot be read or written any further.

    Everything readable before the damage has been delivered when this is raised.
    `path` is the file's name, or "<stream>"; `record` the number of the damaged record
    (from 1; 0: the file header); `offset` the byte offset of the damage in the
    uncompressed file, or None where no offset applies.
    """

    def __init__(self, message: str, *, path: str = "<stream>", record: int = 0, offset: int | None = None) -> None:
        super().__init__(message)
        self.path = path
        self.record = record
        self.offset = offset


class HexTextError(DissectError):
    """Text that was meant as a hex dump and is none; `line` counts from 1."""

    def __init__(self, message: str, *, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


class InterfaceError(DissectError):
    """An interface that cannot be opened, or that does not take or give frames any more."""


class MissingExtraError(DissectError, ImportError):
    """A part of the workbench whose optional packages are not installed."""


class FieldAbsentError(DissectError, AttributeError):
    """A field that a cut header does not reach."""


class FragmentationNeededError(DissectError):
    """A datagram with DF set is larger than the MTU of the link that it should take; `mtu` is in bytes."""

    def __init__(self, message: str, *, mtu: int) -> None:
        super().__init__(message)
        self.mtu = mtu


class TimeExceededError(DissectError):
    """A datagram may not pass another router; `ttl` is the time to live that it came with."""

    def __init__(self, message: str, *, ttl: int) -> None:
        super().__init__(message)
        self.ttl = ttl


class NoRouteError(DissectError):
    """There is no route to where something should be sent, or a simulated host has no address to send from."""


class NextHopError(DissectError):
    """Nobody tells the hardware address of the machine that a frame should go to next: it is off, or not there."""


class ConnectionFailedError(DissectError):
    """A simulated connection that could not be opened, was lost, or is closing and takes nothing more."""


class IdleConnectionError(ConnectionFailedError):
    """A simulated connection over which nothing happened for so long as somebody wanted to wait."""


class NameNotFoundError(DissectError):
    """A name for which a simulated host has found no address: there is none, or nobody answered who knows."""


class RestlessNetworkError(DissectError):
    """A simulated network went on and on: a loop of switches carries a broadcast round for ever."""


class ScenarioError(DissectError):
    """The description of a network that cannot be understood: the text names file, key and what was expected."""
