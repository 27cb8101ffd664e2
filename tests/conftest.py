"""Captures and judges that tests share; what is not there is skipped with a sentence."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from functools import cache
from inspect import isfunction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from capture_samples.recorder.laboratory import Host, Laboratory, RecordingError
from dissect.declaration.checksum import verifying
from tests.oracle.joined import Joined, distribute, join
from tests.oracle.tshark import VERSION, Tshark, version

if TYPE_CHECKING:
    from dissect.edges.network_interface import NetworkInterface

REPOSITORY = Path(__file__).resolve().parent.parent
SAMPLES = REPOSITORY / "capture_samples"

# Examples are the same on every run of continuous integration, and `HYPOTHESIS_PROFILE=hunt` looks
# for new ones for a long time. No profile has a deadline: a busy machine is not a failure.
PROFILE = os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "default")
settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None, print_blob=True)
settings.register_profile(
    "hunt", deadline=None, max_examples=20_000, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
FEW = 3
"""Examples that `make quick` tries of anything."""
settings.register_profile(
    "quick", deadline=None, max_examples=FEW, suppress_health_check=[HealthCheck.too_slow], database=None
)
settings.load_profile(PROFILE)
if PROFILE == "quick":
    # A test that asks for more examples than others is content with few here, unless it looks for one among thousands.
    _given = settings.__init__

    def _few(self: settings, *arguments: Any, **options: Any) -> None:
        if (options.get("max_examples") or 1000) < 1000:
            options["max_examples"] = FEW
        _given(self, *arguments, **options)

    settings.__init__ = _few  # type: ignore[method-assign]

# Times are printed as local ones: those that tests expect are of one zone, whatever the machine's is.
os.environ["TZ"] = "UTC"
time.tzset()

# A shell without job control starts what stands before & with SIGINT ignored, and children inherit that. With a
# handler here, the children that tests interrupt begin as those of a terminal do: exec makes a handler the default.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_configure() -> None:
    """Look for no garbage while modules and tests are made, half a million objects that stay."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Look for garbage from now on, among what the tests make."""
    gc.freeze()
    gc.enable()


def captures_under(directory: Path) -> list[Path]:
    """Every pcap and pcapng file under a directory, compressed ones included, in a stable order."""
    return sorted(path for path in directory.rglob("*.pcap*") if path.is_file())


def corpus() -> Path | None:
    """The directory of public captures: DISSECT_CORPUS, else the one beside the repository, else None."""
    stated = os.environ.get("DISSECT_CORPUS")
    if stated:
        if not Path(stated).is_dir():
            raise pytest.UsageError(f"DISSECT_CORPUS names {stated}, which is no directory.")
        return Path(stated).resolve()
    beside = REPOSITORY.parent / "shared" / "captures"
    return beside if beside.is_dir() else None


def known_captures() -> dict[str, tuple[Path | None, str]]:
    """By fixture, the directory of its captures and the sentence that says why there are none."""
    return {
        "sample_capture": (SAMPLES, "capture_samples/ holds no captures: record them with 'make samples'."),
        "corpus_capture": (corpus(), "The corpus is not here: DISSECT_CORPUS may name a directory of captures."),
    }


NOT_QUICK = frozenset(
    "browser captures_under corpus_capture corpus_captures corpus_part find getfixturevalue laboratory mermaid program "
    "pyshark_tshark pytester sample_capture sample_captures sample_part subprocess tracemalloc tshark tun".split()
)
"""Fixtures, and names in their code, of tests that ask other programs, the kernel or whole captures, or measure."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as quick what runs in this process alone: `make quick` tries that, and nobody has to keep a list."""
    for item in items:
        named = {*getattr(item, "fixturenames", ()), *_names_in(getattr(item, "function", None), set())}
        if NOT_QUICK.isdisjoint(named):
            item.add_marker("quick")


def _names_in(function: object, seen: set[str]) -> set[str]:
    """Add the names in the code of a function, and of those that it calls in its own file."""
    code = getattr(function, "__code__", None)
    if code is not None:
        fresh = set(code.co_names) - seen
        seen |= fresh
        for name in fresh:
            called = function.__globals__.get(name)  # type: ignore[attr-defined]  # it has code, so it is a function
            if isfunction(called) and called.__module__ == function.__module__:
                _names_in(called, seen)
    return seen


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once for every capture where it asks for `sample_capture` or `corpus_capture`."""
    for fixture, (directory, absence) in known_captures().items():
        if fixture in metafunc.fixturenames:
            found = (
                [pytest.param(path, id=str(path.relative_to(directory))) for path in captures_under(directory)]
                if directory
                else []
            )
            metafunc.parametrize(
                fixture, found or [pytest.param(None, marks=pytest.mark.skip(reason=absence), id="none")]
            )


def _all_of(fixture: str) -> list[Path]:
    directory, absence = known_captures()[fixture]
    found = captures_under(directory) if directory else []
    if not found:
        pytest.skip(absence)
    return found


@pytest.fixture(scope="session")
def sample_captures() -> list[Path]:
    """All of capture_samples/."""
    return _all_of("sample_capture")


@pytest.fixture(scope="session")
def corpus_captures() -> list[Path]:
    """All of the corpus."""
    return _all_of("corpus_capture")


PARTS = {"sample_part": 4, "corpus_part": 16}
"""Into how many the captures are joined, so that several processes have something to do."""


def _part_of(fixture: str, part: int, captures: list[Path], factory: pytest.TempPathFactory) -> Joined:
    lists, _ = _distributed(tuple(captures), PARTS[fixture])
    return join(lists[part], factory.mktemp(fixture) / f"{part}.pcapng")


@cache
def _distributed(captures: tuple[Path, ...], parts: int) -> tuple[list[list[Path]], list[Path]]:
    return distribute(captures, parts)


@pytest.fixture(scope="session", params=range(PARTS["sample_part"]))
def sample_part(
    request: pytest.FixtureRequest, sample_captures: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> Joined:
    """All of capture_samples/ in a few captures, one after the other."""
    return _part_of("sample_part", request.param, sample_captures, tmp_path_factory)


@pytest.fixture(scope="session", params=range(PARTS["corpus_part"]))
def corpus_part(
    request: pytest.FixtureRequest, corpus_captures: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> Joined:
    """The corpus in a few captures, one after the other, without those that cannot be joined."""
    return _part_of("corpus_part", request.param, corpus_captures, tmp_path_factory)


@pytest.fixture(scope="session")
def captures_apart(corpus_captures: list[Path]) -> list[Path]:
    """Those captures of the corpus that cannot be joined."""
    return _distributed(tuple(corpus_captures), PARTS["corpus_part"])[1]


@pytest.fixture(scope="session")
def tshark(tmp_path_factory: pytest.TempPathFactory) -> Tshark:
    """The judge; skips where tshark 4.0 is not installed, for another version prints other values."""
    program = shutil.which("tshark")
    if program is None:
        pytest.skip("tshark is not installed, so nothing is held against it: 'apt-get install tshark'.")
    found = version(program)
    if not found.startswith(f"{VERSION}."):
        pytest.skip(f"tshark {found} is installed; field names and values are judged by tshark {VERSION} alone.")
    return Tshark(tmp_path_factory.mktemp("wireshark"), program)


@pytest.fixture(autouse=True)
def _judged_as_the_judge_judges(request: pytest.FixtureRequest) -> Iterator[None]:
    """The judge's profile verifies checksums: for it, also what was left to the hardware is wrong."""
    is_judged = "tshark" in request.fixturenames
    with verifying(dict.fromkeys(("ip", "tcp", "udp"), True) if is_judged else {}):
        yield


@pytest.fixture(scope="session")
def pyshark_tshark(tshark: Tshark) -> Tshark:
    """The judge for use through pyshark; skips where pyshark does not run."""
    if sys.version_info >= (3, 14):
        pytest.skip("pyshark 0.6 does not run on Python 3.14 or newer: tshark is asked directly there.")
    pytest.importorskip("pyshark", reason="pyshark is not installed: 'make test' installs it.")
    return tshark


@pytest.fixture
def laboratory() -> Iterator[Laboratory]:
    """Network namespaces of this machine's kernel, gone after the test; skips where they cannot be made."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("The kernel is met in network namespaces, which root makes on Linux: run the tests as root.")
    for program in ("ip", "ethtool"):
        if shutil.which(program) is None:
            pytest.skip(f"The kernel is met in network namespaces, for which {program} is missing: install it.")
    with Laboratory() as made:
        try:
            made.cable(made.host("attempt"), made.host("another"))
        except RecordingError as error:
            pytest.skip(f"The kernel is met in network namespaces, and this machine makes none: {error}.")
        yield made


@pytest.fixture
def cable(laboratory: Laboratory) -> tuple[Host, Host]:
    """Two hosts of the laboratory, without addresses, and a cable between them."""
    left, right = laboratory.host("left"), laboratory.host("right")
    laboratory.cable(left, right)
    return left, right


@pytest.fixture
def sender(cable: tuple[Host, Host]) -> Iterator[NetworkInterface]:
    """The interface of the first of these hosts, open."""
    from dissect.edges.network_interface import NetworkInterface

    with cable[0].entered():
        opened = NetworkInterface("eth0")
    with opened:
        yield opened


@pytest.fixture
def tun() -> None:
    """Skips where TAP devices cannot be made."""
    try:
        os.close(os.open("/dev/net/tun", os.O_RDWR))
    except OSError as error:
        pytest.skip(f"TAP devices are made with /dev/net/tun, which cannot be opened: {error.strerror}.")
