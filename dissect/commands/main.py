"""The program `dissect`: finds the sub-command, runs it, and turns what went wrong into one sentence."""

from __future__ import annotations

import argparse
import atexit
import gc
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from importlib import import_module
from typing import Any, ClassVar, NoReturn

import dissect.commands
from dissect.commands.declarations import declared, load_named
from dissect.errors import DissectError

__all__ = ["Parser", "main", "run"]

INTERRUPTED = 130
"""The exit status after Ctrl-C: 128 and the number of SIGINT, as shells have it."""
_NO_COMMANDS = frozenset(
    "capture_options completion declarations interruption kept_modules live_capture live_reading main other_tools "
    "output playing playing_options printing prompt questions quoted reading_options rewriting_options stream_files "
    "stream_messages streams_together tables".split()
)


_OBJECTS_OF_A_START = 200_000
"""More than a start makes and than the protocols of most captures. When there are as many, what the texts of a capture
are made with is there as well: to look for garbage among all that takes a twentieth of a run of 20,000 frames."""
_OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""After the first collection; Python has 700."""
_NUMBERS = r"\d+(?:-\d*)?"
"""Packets as editcap takes them, behind the files."""
_CAPTURE = r"(?i)\.(?:pcap|pcapng|cap|ntar)(?:\.\w+)?$"
"""How the name of a capture ends, be it there or not: no display filter does."""
_SUFFIXES = ("py", "pyc")
"""How the files of modules end: of an installation without sources, the second way."""


def _columns() -> int:
    """Return how many columns the terminal has: as COLUMNS says, or the terminal, or 80."""
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return int(told)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):
        return 80


class Parser(argparse.ArgumentParser):
    """A parser whose complaints are one sentence."""

    latest: ClassVar[Parser]
    """The parser that was made last: that of the sub-command that runs."""
    hint: ClassVar[Callable[[Any, list[str]], str | None]] = lambda _, known: None
    """What gives the end of that sentence, where it is about an option that only other tools have."""

    def __init__(self, **options: Any) -> None:
        # The width is told, as argparse makes a formatter for each argument, and imports `shutil` to ask the terminal.
        formatter = partial(argparse.HelpFormatter, width=_columns() - 2)
        super().__init__(**{"formatter_class": formatter, **options}, allow_abbrev=False)
        # argparse notes here that there is -2, and takes -1 for an option from then on.
        self._has_negative_number_optionals = _NoneOfThem()
        Parser.latest = self

    def options(self) -> list[str]:
        """Return the options that the help names, long and short."""
        return re.findall(r"(?<![\w-])--?[a-zA-Z0-9][\w-]*", self.format_help())

    def error(self, message: str) -> NoReturn:
        """Print what was wrong and where help is; exit status 2."""
        hint = self.hint(self.options()) or f"'{self.prog} --help' tells what there is"
        self.exit(2, f"{self.prog}: {message}; {hint}\n")


class _NoneOfThem(list[bool]):
    """Stays empty, so that -1 behind an option is its value."""

    def append(self, _: bool) -> None:
        """Take nothing in."""


class _Version(argparse.Action):
    """Looks the version up when somebody asks, and not before."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from importlib.metadata import PackageNotFoundError, version

        try:
            found = version("dissect-workbench")
        except PackageNotFoundError:
            found = "(not installed, run from its directory)"
        print(f"dissect {found}")
        parser.exit(0)


def sub_commands() -> list[str]:
    """Return the names of the sub-commands: the modules beside this one."""
    # Not pkgutil, which brings `inspect` with it.
    files = os.listdir(dissect.commands.__path__[0])  # noqa: PTH208
    names = (name for name, dot, suffix in (file.partition(".") for file in files) if dot and suffix in _SUFFIXES)
    return sorted(name for name in names if name not in _NO_COMMANDS and not name.startswith("_"))


def build_parser(only: str | None = None) -> Parser:
    """Return the program's parser: with all sub-commands, or one, whose module alone is imported, or none ("")."""
    parser = Parser(
        prog="dissect",
        description="Dissect captures, build frames, replay protocols.",
        epilog="Exit status: 0; 1 where something differs or a check failed; 2 where something could not be run, "
        "or a capture is damaged. Where the manual pages are installed, 'man dissect' and 'man dissect-read' and so on "
        "tell more, with examples.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    subparsers = parser.add_subparsers(
        title="sub-commands", metavar="COMMAND", dest="command", required=True, parser_class=Parser,
        # Said here, argparse need not format the usage for it.
        prog="dissect",
    )  # fmt: skip
    for name in sub_commands() if only is None else filter(None, [only]):
        import_module(f"dissect.commands.{name}").add_parser(subparsers)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the program with these arguments (those of the process, if None) and return its exit status.

    0 is success, 1 a difference or failed check, 2 what could not be run or read whole.
    """
    with _seldom_collecting():
        return _main(sys.argv[1:] if arguments is None else arguments, is_process=arguments is None)


def run() -> int:
    """Be the program: run it as `main` does, and end the process.

    What the process holds goes with it, and to free each object takes a twentieth of a short run. So only what waits
    for the end is done. Returns the exit status where somebody watches the process from inside, or other threads run.
    """
    from dissect.commands.kept_modules import KeptModules

    # Not in `main`, which others call in processes of theirs.
    sys.meta_path.insert(0, KeptModules("dissect", dissect.__path__[0]))
    # argparse looks into the system's folders for translations of its words, which stand between ours.
    argparse._ = str  # type: ignore[attr-defined]
    status = main()
    if sys.getprofile() is None and sys.gettrace() is None and "threading" not in sys.modules:
        atexit._run_exitfuncs()
        with suppress(OSError, ValueError):
            sys.stdout.flush()
        with suppress(OSError, ValueError):
            sys.stderr.flush()
        os._exit(status)
    return status


@contextmanager
def _seldom_collecting() -> Iterator[None]:
    """Look for garbage less often than Python does by itself, and not at all in a short run or at its end.

    What a start has made is never looked through, for nearly all of it stays.
    """

    def started(phase: str, told: object) -> None:
        if started in gc.callbacks:
            gc.callbacks.remove(started)
            gc.freeze()
            gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, *before[1:])

    before = gc.get_threshold()
    gc.set_threshold(_OBJECTS_OF_A_START, *before[1:])
    gc.callbacks.append(started)
    # What goes with the process need not be looked through once more.
    atexit.unregister(gc.freeze)
    atexit.register(gc.freeze)
    try:
        yield
    finally:
        if started in gc.callbacks:
            gc.callbacks.remove(started)
        # What was made in the meantime counts as looked through, or all of it would be now.
        gc.freeze()
        gc.unfreeze()
        gc.set_threshold(*before)


def _main(arguments: list[str], *, is_process: bool) -> int:
    try:
        _open_what_is_closed()
        load_named(arguments)
        options = _read_arguments(arguments)
        options.is_process = is_process
    except DissectError as error:
        return _fail(str(error))
    except OSError as error:
        return _fail_of_system(error)
    except SystemExit as asked:
        return asked.code if isinstance(asked.code, int) else 2
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            # A character that the terminal cannot show is replaced and does not stop the program.
            reconfigure(errors="backslashreplace")
    try:
        with declared(options):
            status = import_module(f"dissect.commands.{options.command}").run(options)
        sys.stdout.flush()
        return int(status)
    except BrokenPipeError:
        # The reader, such as `head`, has closed the pipe: that is no error.
        _forget_output()
        return 0
    except KeyboardInterrupt:
        _forget_output()
        return INTERRUPTED
    except DissectError as error:
        return _fail(str(error))
    except OSError as error:
        return _fail_of_system(error)


def _open_what_is_closed() -> None:
    """Give closed standard streams something to stand for, so that no file that is opened takes their place."""
    for descriptor, stream in enumerate((sys.stdin, sys.stdout, sys.stderr)):
        if stream is None:
            with suppress(OSError):
                # The lowest number that is free is taken.
                while os.open(os.devnull, os.O_RDWR) < descriptor:
                    pass
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123 - as long as the program runs
    if sys.stdout is None:
        from dissect.commands.output import ClosedOutput

        sys.stdout = ClosedOutput()


def _read_arguments(arguments: list[str]) -> argparse.Namespace:
    """Return what the arguments say; SystemExit after help, version or a complaint."""
    command = arguments[0] if arguments else ""
    if command in sub_commands():
        return _parse_all(command, arguments)
    if not arguments:
        build_parser().print_help()
        raise SystemExit(2)
    if command.startswith("-"):
        # The version is told before any sub-command is looked at.
        return build_parser("" if command == "--version" else None).parse_args(arguments)
    from difflib import get_close_matches

    from dissect.commands.other_tools import advice_on_tool

    near = get_close_matches(command, sub_commands(), 1)
    hint = f"did you mean {near[0]!r}?" if near else f"they are {', '.join(sub_commands())}"
    hint = advice_on_tool(command) or hint
    print(f"dissect: there is no sub-command {command!r}; {hint}", file=sys.stderr)
    raise SystemExit(2)


def _parse_all(command: str, arguments: list[str]) -> argparse.Namespace:
    """Return what the sub-command's arguments say; what it does not take is told as its own, not the program's."""
    arguments = _with_dashes(arguments)
    parser = build_parser(command)
    Parser.hint = lambda _, known: _hint_at_unknown(command, arguments[1:], known)
    options, rest = parser.parse_known_args(arguments)
    if not rest:
        return options
    hint = f"'dissect {command} --help' tells what there is"
    if any(argument.startswith("-") and argument != "-" for argument in rest):
        hint = _hint_at_unknown(command, rest, Parser.latest.options()) or hint
    else:
        if all(os.path.exists(word) or re.search(_CAPTURE, word) for word in rest):  # noqa: PTH110
            hint = "one capture is taken at a time, and 'dissect merge' puts several together"
        elif getattr(options, "words", None) == [] and (
            getattr(options, "filter", None) is None or getattr(options, "interfaces", None)
        ):
            # The display filter behind the file, and the capture filter behind interfaces, as tshark takes them.
            options.words = rest
            return options
        elif hasattr(options, "packets") and all(re.fullmatch(_NUMBERS, word) for word in rest):
            hint = f"the numbers of packets to keep follow -p: -p {','.join(rest)}"
        elif hasattr(options, "filter"):
            hint = "a display filter follows -Y, in quotes"
    # Captures that were taken for the values of options which are none are not what is wrong.
    told = [argument for argument in rest if not os.path.exists(argument)] or rest  # noqa: PTH110
    print(f"dissect {command}: unrecognized arguments: {' '.join(told)}; {hint}", file=sys.stderr)
    raise SystemExit(2)


def _with_dashes(arguments: list[str]) -> list[str]:
    """Return the arguments with a value of -S that begins with a dash behind it in one word, as argparse needs it."""
    joined: list[str] = []
    for argument in arguments:
        if joined and joined[-1] == "-S" and argument.startswith("-"):
            joined[-1] += argument
        else:
            joined.append(argument)
    return joined


def _hint_at_unknown(command: str, arguments: list[str], known: list[str]) -> str | None:
    """Return what to say of the first option that the sub-command has not; None where all are its own, or nobody's."""
    from difflib import get_close_matches

    from dissect.commands.other_tools import advice_on_option

    for argument in arguments:
        name = argument.partition("=")[0] if argument.startswith("--") else argument[:2]
        if not argument.startswith("-") or argument == "-" or name in known or argument[1:2].isdigit():
            continue
        near = get_close_matches(name, known, 1, 0.7) if name.startswith("--") else []
        advice = advice_on_option(command, argument)
        return advice or (f"did you mean {near[0]}?" if near else None)
    return None


def _fail_of_system(error: OSError) -> int:
    where = f"{error.filename}: " if error.filename is not None else ""
    return _fail(f"{where}{error.strerror or error}")


def _fail(sentence: str) -> int:
    """Print what was there to print, then the sentence."""
    try:
        sys.stdout.flush()
    except OSError:
        _forget_output()
    print(f"dissect: {sentence}", file=sys.stderr)
    return 2


def _forget_output() -> None:
    """Point standard output at nothing, so that the interpreter's last flush has nowhere to fail."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    except (OSError, ValueError, AttributeError):
        # Standard output is no file of the system's: then nothing is flushed to one.
        return
