"""What `assert frames == capture_snapshot` compares with: a golden capture."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from dissect.captures import read
from dissect.differences import Comparison, Equality, compare
from dissect.differences.sources import as_packets
from dissect.errors import CaptureError, FieldError
from dissect.packets.clock import Clock
from dissect.packets.packet import Packet
from dissect.testing.goldens import beside_test, directory_of, file_name, sidecar_of, test_name
from dissect.testing.session import Captures, Pending
from dissect.testing.sidecar import sidecar
from dissect.views.differences import difference_lines, total
from dissect.views.listing import list_line

__all__ = ["CaptureSnapshot"]

SHOWN = 6
"""How many lines about differences stand in the failure itself; pytest cuts it off after 8."""
SHOWN_CHARACTERS = 480
MOST_LINES = 1000
"""How many are kept for the section of the report that shows more."""


class CaptureSnapshot:
    """The golden captures of one test; made by the fixture `capture_snapshot`.

    Each comparison without a name takes the next golden: the first is called as the test, the second
    has a 2 behind that. `ignore` and `canonical` are those of `dissect.compare`; where they are left out,
    the nearest `capture_defaults` marker decides, and then `capture_ignore` and `capture_canonical` of the
    configuration, each for itself.
    """

    def __init__(
        self,
        item: pytest.Item,
        captures: Captures,
        asked: set[Path],
        name: str | None = None,
        ignore: frozenset[str] | None = None,
        canonical: frozenset[str] | None = None,
    ) -> None:
        self._item = item
        self._captures = captures
        self._asked = asked
        self._name = name
        self._ignore = ignore
        self._canonical = canonical
        self._explanation: list[str] = []

    @classmethod
    def of(cls, item: pytest.Item, captures: Captures) -> CaptureSnapshot:
        """Return the first of a test."""
        return cls(item, captures, set())

    def __call__(
        self,
        name: str | None = None,
        *,
        ignore: Iterable[str] | None = None,
        canonical: Iterable[str] | None = None,
    ) -> CaptureSnapshot:
        """Return the golden of this name, with these settings in place of the defaults."""
        if name is not None and (not name or name != Path(name).name or len(name) > 100 or not name.isprintable()):
            raise FieldError(
                f"a golden is called {name!r}, expected a part of a file's name, of at most 100 characters"
            )
        return CaptureSnapshot(
            self._item,
            self._captures,
            self._asked,
            self._name if name is None else name,
            self._ignore if ignore is None else _names(ignore),
            self._canonical if canonical is None else _names(canonical),
        )

    def with_defaults(
        self, *, ignore: Iterable[str] | None = None, canonical: Iterable[str] | None = None
    ) -> CaptureSnapshot:
        """Return the same with these settings, for all comparisons of a test or of a fixture of one's own."""
        return self(ignore=ignore, canonical=canonical)

    def __repr__(self) -> str:
        where = "the next golden" if self._name is None else f"golden {self._name}"
        return f"<{where} of {self._item.nodeid}>"

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        """Hold frames against the golden; with --capture-update, have it written if the test passes."""
        __tracebackhide__ = True
        if isinstance(other, CaptureSnapshot):
            return NotImplemented
        packets = list(as_packets(beside_test(other)))  # type: ignore[arg-type]  # what is no frame is refused there
        try:
            ignore, canonical = self._setting("ignore"), self._setting("canonical")
            Equality.of(ignore, canonical)
        except FieldError as error:
            # The traceback shows the line of the test and not those of this function.
            raise error.with_traceback(None) from None
        path = self._next_path()
        self._captures.used.add(str(path))
        if not path.exists():
            return self._missing(path, packets)
        unreadable = ""
        try:
            comparison = compare(path, packets, ignore=ignore, canonical=canonical)
            differs = not comparison.is_equal
        except CaptureError as error:
            unreadable = str(error)
        except OSError as error:
            unreadable = error.strerror or str(error)
        if unreadable:
            return self._unreadable(path, packets, unreadable)
        if self._captures.updates:
            if differs:
                return self._pending(path, packets, "updated")
            self._renew_sidecar(path)
            return True
        if differs:
            self._explain(path, comparison)
        return not differs

    def _next_path(self) -> Path:
        """Return where the golden of the comparison at hand lies."""
        directory, test = directory_of(self._item.path), test_name(self._item)
        if self._name is not None:
            path = directory / file_name(test, self._name, 1)
            if path in self._asked:
                raise FieldError(f"{self._captures.shown(path)} is compared twice in one test: give the second a name")
        else:
            paths = (directory / file_name(test, None, number) for number in count(1))
            path = next(path for path in paths if path not in self._asked)
        self._asked.add(path)
        return path

    def _renew_sidecar(self, path: Path) -> None:
        """Have the text beside a golden written where it is missing, or not what it would be today."""
        with read(path) as golden:
            packets = list(golden)
        beside = sidecar_of(path)
        if not beside.exists() or beside.read_bytes() != sidecar(packets):
            self._captures.add_pending(self._item, Pending(beside, packets, "updated"))

    def _setting(self, name: str) -> frozenset[str]:
        """Return what is ignored or canonical: as asked for here, by the nearest marker, by the configuration."""
        own = self._ignore if name == "ignore" else self._canonical
        if own is not None:
            return own
        for marker in self._item.iter_markers("capture_defaults"):
            unknown = marker.kwargs.keys() - {"ignore", "canonical"}
            if unknown or marker.args:
                raise FieldError("the marker capture_defaults takes ignore=... and canonical=..., and nothing else")
            if name in marker.kwargs:
                return _names(marker.kwargs[name])
        return _names(self._captures.config.getini(f"capture_{name}"))

    def _pending(self, path: Path, packets: list[Packet], kind: str) -> bool:
        self._captures.add_pending(self._item, Pending(path, packets, kind))
        return True

    def _unreadable(self, path: Path, packets: list[Packet], reason: str) -> bool:
        # Outside the handlers, for pytest shows the exception that another is raised beneath.
        if self._captures.updates:
            return self._pending(path, packets, "updated")
        pytest.fail(
            f"the golden {self._captures.shown(path)} cannot be read: {reason}. "
            f"Restore it, or make it again with {self._command()}",
            pytrace=False,
        )

    def _missing(self, path: Path, packets: list[Packet]) -> bool:
        if self._captures.updates:
            return self._pending(path, packets, "created")
        number = len(packets)
        clock = Clock()
        lines = []
        for packet in packets:
            clock.advance(packet)
            lines.append(list_line(packet, clock).rstrip())
        self._told(
            f"no golden {self._captures.shown(path)}; {number} new frame{'' if number == 1 else 's'}",
            lines,
            f"{self._command()} makes it",
        )
        return False

    def _explain(self, path: Path, comparison: Comparison) -> None:
        kinds: dict[str, int] = {}
        lines: list[str] = []
        only_times = True
        for difference in comparison:
            kinds[difference.kind] = kinds.get(difference.kind, 0) + 1
            only_times = only_times and difference.is_of_time
            if len(lines) < MOST_LINES:
                lines += [line.text for line in difference_lines(difference)]
        remedy = f"{self._command()} takes the new frames for right"
        if only_times:
            remedy = 'capture_snapshot(canonical={"times"}) counts from the first frame, "no-times" leaves them out'
        self._told(total(kinds, self._captures.shown(path)), lines, remedy)

    def _told(self, first: str, lines: list[str], remedy: str) -> None:
        """Keep what the failure says; of many lines the first, and all of them in a section of the report."""
        shown: list[str] = []
        for line in lines[:SHOWN]:
            if sum(map(len, shown)) + len(line) > SHOWN_CHARACTERS and shown:
                break
            shown.append(line)
        if len(shown) < len(lines):
            shown = shown[: SHOWN - 1]
            shown.append(f"... {len(lines) - len(shown)} more lines are below, under 'Captured differences'")
            self._item.add_report_section("call", "differences", "\n".join(lines))
        self._explanation = [first, *shown, remedy]

    def _explained_to_pytest(self) -> list[str]:
        return self._explanation

    def _command(self) -> str:
        return f'pytest --capture-update "{self._item.nodeid}"'


def _names(given: Any) -> frozenset[str]:
    return frozenset([given] if isinstance(given, str) else given)
