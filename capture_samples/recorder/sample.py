"""What a sample is, and the list of all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .laboratory import Laboratory


@dataclass(frozen=True)
class Sample:
    """One capture: its name, what it shows, how it is made, and exactly one of the three ways of making it.

    `record` plays traffic in a laboratory that captures it; `derive` makes the file from that of another sample,
    `base`; `write` makes it from nothing.
    """

    name: str
    shows: str
    how: str
    suffix: str = ".pcap"
    tools: tuple[str, ...] = ()
    base: str | None = None
    record: Callable[[Laboratory], None] | None = None
    derive: Callable[[bytes], bytes] | None = None
    write: Callable[[], bytes] | None = None

    @property
    def file_name(self) -> str:
        """The name of the sample's file, for instance `first_ping.pcap`."""
        return self.name + self.suffix


SAMPLES: dict[str, Sample] = {}
"""Every sample by its name, in the order in which the modules of scenarios declare them."""

LABORATORY_TOOLS = ("ip", "ethtool", "tcpdump")


def _add(sample: Sample) -> None:
    if sample.name in SAMPLES:
        raise ValueError(f"two samples are called {sample.name}")
    SAMPLES[sample.name] = sample


def recorded(
    *, shows: str, how: str, tools: tuple[str, ...] = ()
) -> Callable[[Callable[[Laboratory], None]], Callable[[Laboratory], None]]:
    """Declare a sample whose function plays traffic in a laboratory; its name is the function's."""

    def declare(function: Callable[[Laboratory], None]) -> Callable[[Laboratory], None]:
        _add(Sample(function.__name__, shows, how, tools=LABORATORY_TOOLS + tools, record=function))
        return function

    return declare


def derived(
    *, shows: str, how: str, base: str, suffix: str = ".pcap", tools: tuple[str, ...] = ()
) -> Callable[[Callable[[bytes], bytes]], Callable[[bytes], bytes]]:
    """Declare a sample whose function turns the bytes of the sample `base` into those of this one."""

    def declare(function: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
        _add(Sample(function.__name__, shows, how, suffix, tools, base, derive=function))
        return function

    return declare


def written(*, shows: str, how: str) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    """Declare a sample whose function returns the bytes of the file; it needs neither root nor tools."""

    def declare(function: Callable[[], bytes]) -> Callable[[], bytes]:
        _add(Sample(function.__name__, shows, how, write=function))
        return function

    return declare
