"""Alarms, and what raises them: detectors, each in a file of its own, found as learners are."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar

from dissect.declaration.named_tuples import NamedTuple
from dissect.declaration.times import BILLION
from dissect.flows.talks import Watcher

__all__ = ["MOST_HELD", "Alarm", "Detector", "Setting", "detectors"]

MOST_HELD = 4096
"""How many hosts, addresses or episodes a detector holds; of more, the one that was silent longest gives way."""


class Alarm(NamedTuple):
    """Something that should be looked at.

    `kind` is a word for programs, `text` a sentence. `number` and `last_number` are those of the first and the last
    frame that show it, `time_ns` and `last_time_ns` their times since 1970, None where they have none. `facts` are
    what the sentence tells, by name.
    """

    kind: str
    text: str
    number: int
    last_number: int
    time_ns: int | None
    last_time_ns: int | None
    facts: Mapping[str, Any]

    def __str__(self) -> str:
        frames = (
            f"frame {self.number}" if self.number == self.last_number else f"frames {self.number}–{self.last_number}"
        )
        return f"{self.kind}: {self.text} ({frames})"


class Setting(NamedTuple):
    """A threshold: its name, what it is unless told, and what it means."""

    name: str
    default: float
    meaning: str


class Detector(Watcher):
    """Watches a capture, and tells of alarms of one kind.

    Every subclass is in use as soon as its file is imported; all files beside the first ones are. What it holds is
    bounded. A subclass may name other headers that it has to see, as the one for answers of name servers does:
    `of = (DNS,)` and `observe`; they are shown to it whatever carries them.
    """

    settings: ClassVar[tuple[Setting, ...]] = ()
    """The thresholds that it takes."""
    all: ClassVar[list[type[Detector]]] = []
    """All detectors that were declared."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        Detector.all.append(cls)

    def __init__(self, values: Mapping[str, float]) -> None:
        self.values = {setting.name: values.get(setting.name, setting.default) for setting in self.settings}

    def setting_ns(self, name: str) -> int:
        """Return a setting in seconds as nanoseconds."""
        return round(self.values[name] * BILLION)


def detectors() -> list[type[Detector]]:
    """Return all detectors, in the order of their names."""
    folder = Path(__file__).with_name("detectors")
    names = {file.name.partition(".")[0] for file in folder.iterdir()}
    for name in sorted(name for name in names if name and not name.startswith("_")):
        import_module(f"{__package__}.detectors.{name}")
    return sorted(Detector.all, key=lambda each: (each.__module__, each.__name__))


def seconds_between(first_ns: int | None, last_ns: int | None) -> str:
    """Return how long something took, as text behind a number of things; "" where nobody knows."""
    return "" if first_ns is None or last_ns is None else f" in {(last_ns - first_ns) / BILLION:.3g} s"
